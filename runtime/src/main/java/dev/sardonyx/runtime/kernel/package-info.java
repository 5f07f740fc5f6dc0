/** The fast kernels, one file per operator or family; {@code KernelTable} lists them. */
package dev.sardonyx.runtime.kernel;
