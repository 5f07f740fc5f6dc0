/** From the portable graph to the one that runs on this machine: layouts and fused operators. */
package dev.sardonyx.runtime.lowering;
