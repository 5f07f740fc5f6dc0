/** The public API: open a model as a {@link dev.sardonyx.Session} and run it. */
package dev.sardonyx;
