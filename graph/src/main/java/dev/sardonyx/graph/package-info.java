/** What a model means: nodes, values, types, symbolic shapes, and what an operator is. */
package dev.sardonyx.graph;
