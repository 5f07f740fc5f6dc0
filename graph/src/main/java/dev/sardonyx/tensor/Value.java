package dev.sardonyx.tensor;

/** Anything that flows along an edge of a graph: the value kinds of ONNX's {@code TypeProto}. */
public sealed interface Value
    permits Tensor, SparseTensor, SequenceValue, MapValue, OptionalValue {}
