package dev.sardonyx.runtime;

import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType.TensorType;
import java.util.List;

/**
 * What one node of a run took.
 *
 * @param node the node as it is run: many are of the runtime's own domain, and one may do what
 *     several nodes of the model ask for
 * @param inputs the types of its inputs; null for what is omitted, no tensor, or of a shape that
 *     depends on data
 * @param outputs the types of its outputs, likewise
 * @param nanos from its start to its end, all threads done
 */
public record NodeTime(Node node, List<TensorType> inputs, List<TensorType> outputs, long nanos) {}
