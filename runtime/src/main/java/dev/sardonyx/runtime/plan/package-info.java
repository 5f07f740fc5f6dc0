/** Runs a lowered graph: a plan for each combination of input shapes, memory, steps. */
package dev.sardonyx.runtime.plan;
