package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Graph;

/**
 * What {@link Optimizer#optimize} gives.
 *
 * @param graph the better model; the same object as before if nothing was changed
 */
public record Optimization(Graph graph, Report report) {}
