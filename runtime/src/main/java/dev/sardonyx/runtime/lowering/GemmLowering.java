package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.linear.Gemm;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Gemm that is no {@link Linear} becomes the steps that it consists of, for which there are
 * kernels.
 *
 * <pre>
 * Gemm(A, B, C) → Add(Mul(MatMul(Transpose(A), Transpose(B)), alpha), Mul(C, beta))
 * </pre>
 *
 * <p>What is not needed is left out. Declined: integers.
 */
final class GemmLowering {
  private final Node gemm;
  private final Inference types;
  private final Names names;
  private final Graph.Builder builder;
  private final OperatorSet operators;
  private final DType dtype;
  private final List<Node> nodes = new ArrayList<>();

  private GemmLowering(
      Node gemm,
      DType dtype,
      OperatorSet operators,
      Inference types,
      Names names,
      Graph.Builder builder) {
    this.gemm = gemm;
    this.dtype = dtype;
    this.types = types;
    this.names = names;
    this.builder = builder;
    this.operators = operators;
  }

  /** The nodes in the place of a Gemm: itself if it is declined. */
  static List<Node> apply(
      Node gemm, OperatorSet operators, Inference types, Names names, Graph.Builder builder) {
    boolean fits =
        types.type(gemm.input(0)) instanceof TensorType t
            && (t.dtype() == DType.FLOAT || t.dtype() == DType.DOUBLE);
    if (!fits) {
      return List.of(gemm);
    }
    DType dtype = ((TensorType) types.type(gemm.input(0))).dtype();
    return new GemmLowering(gemm, dtype, operators, types, names, builder).steps();
  }

  private List<Node> steps() {
    Gemm op = (Gemm) gemm.operator();
    boolean scaled = op.alpha() != 1;
    boolean added = gemm.hasInput(2);
    String a = op.transA() ? transposed(gemm.input(0)) : gemm.input(0);
    String product = scaled || added ? unused() : gemm.output(0);
    Tensor weights = types.constant(gemm.input(1));
    if (weights != null && dtype == DType.FLOAT) {
      List<String> inputs = List.of(a, gemm.input(1));
      nodes.add(LinearLowering.linear(gemm, inputs, List.of(product), op.transB()));
    } else {
      add("MatMul", a, op.transB() ? transposed(gemm.input(1)) : gemm.input(1), product);
    }
    if (scaled) {
      String before = product;
      product = added ? unused() : gemm.output(0);
      add("Mul", before, scalar(op.alpha()), product);
    }
    if (added) {
      String c = gemm.input(2);
      if (op.beta() != 1) {
        c = unused();
        add("Mul", gemm.input(2), scalar(op.beta()), c);
      }
      add("Add", product, c, gemm.output(0));
    }
    return nodes;
  }

  private String transposed(String value) {
    String name = unused();
    Tensor constant = types.constant(value);
    if (constant == null) {
      nodes.add(node("Transpose", List.of(value), name));
      return name;
    }
    int rows = constant.dim(0);
    int columns = constant.dim(1);
    Tensor t = Tensor.zeros(constant.dtype(), columns, rows);
    for (int i = 0; i < t.size(); i++) {
      t.copyElement(i, constant, i % rows * columns + i / rows);
    }
    builder.initializer(name, t);
    return name;
  }

  private String scalar(float value) {
    String name = unused();
    Tensor t = Tensor.zeros(dtype);
    t.setDouble(0, value);
    builder.initializer(name, t);
    return name;
  }

  private String unused() {
    return names.unused(gemm.output(0) + "/step");
  }

  private void add(String opType, String x, String y, String to) {
    nodes.add(node(opType, List.of(x, y), to));
  }

  private Node node(String opType, List<String> inputs, String to) {
    return new Node(
        gemm.name(),
        "",
        opType,
        inputs,
        List.of(to),
        Attributes.NONE,
        operators.bind("", opType, Attributes.NONE));
  }
}
