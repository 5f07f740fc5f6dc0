/** What every part of the runtime uses: the threads. */
package dev.sardonyx.runtime;
