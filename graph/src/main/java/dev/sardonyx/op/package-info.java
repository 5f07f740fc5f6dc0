/** The standard operators, a package for each family; {@code StandardOperators} lists them. */
package dev.sardonyx.op;
