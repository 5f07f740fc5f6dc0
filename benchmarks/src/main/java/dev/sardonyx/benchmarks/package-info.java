/**
 * Measures kernels with JMH, and whole models side by side with ONNX Runtime; {@code
 * benchmarks/run} starts {@link dev.sardonyx.benchmarks.Benchmarks}.
 */
package dev.sardonyx.benchmarks;
