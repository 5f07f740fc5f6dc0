/** Values: tensors of every ONNX element type, sequences, maps, optionals. */
package dev.sardonyx.tensor;
