package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.Node;
import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.runtime.lowering.ChannelsLastConv;
import dev.sardonyx.runtime.lowering.ConcatConv;
import dev.sardonyx.runtime.lowering.Linear;
import dev.sardonyx.runtime.lowering.Lowering;
import dev.sardonyx.runtime.lowering.PreActivatedConv;
import dev.sardonyx.runtime.lowering.QuantizedLinear;
import dev.sardonyx.runtime.simd.BinaryOp;
import java.util.Set;

/** Which operators have fast kernels. All others are computed by their reference evaluation. */
public final class KernelTable {
  private static final String LOWERED = Lowering.DOMAIN + "::";

  private static final KernelFactory UNARY = ((KernelFactory) UnaryKernel::create).writingOver(0);

  /** Over any operand: the last step alone writes, at the places that it reads. */
  private static final KernelFactory POINTWISE =
      new KernelFactory() {
        @Override
        public Kernel create(NodeContext node) {
          return PointwiseKernel.create(node);
        }

        @Override
        public boolean inPlace(int i) {
          return true;
        }
      };

  /** Over the other channels. */
  private static final KernelFactory CONCAT_CONV =
      ((KernelFactory) ConvKernels::create).writingOver(3);

  /** Operators whose first output is their first input under another shape. */
  private static final Set<String> RESHAPES =
      Set.of("Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  private KernelTable() {}

  /** What makes kernels for a node, or null. It may still decline a node for types and shapes. */
  public static KernelFactory find(Node node) {
    // Not a map, so that only those kernels are loaded and linked that a model has.
    return switch (node.qualifiedOpType()) {
      case "Abs",
          "Ceil",
          "Clip",
          "Cos",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Log",
          "Neg",
          "Reciprocal",
          "Relu",
          "Sigmoid",
          "Sin",
          "Sqrt",
          "Swish",
          "Tanh" ->
          UNARY;
      case "Add" -> binary(BinaryOp.ADD);
      case "Sub" -> binary(BinaryOp.SUB);
      case "Mul" -> binary(BinaryOp.MUL);
      case "Div" -> binary(BinaryOp.DIV);
      case "Max" -> binary(BinaryOp.MAX);
      case "Min" -> binary(BinaryOp.MIN);
      case "Pow" -> binary(BinaryOp.POW);
      case "PRelu" -> BinaryKernel.prelu().writingOver(0);
      case "MatMul" -> MatMulKernel::create;
      case "Conv" -> KernelTable::conv;
      case "ConvTranspose" -> PlainConvTransposeKernel::create;
      case "MatMulInteger" -> MatMulIntegerKernel::create;
      case "QLinearMatMul", LOWERED + "QuantizedGemm" -> MatMulIntegerKernel::createQLinear;
      case "ConvInteger", "QLinearConv" -> IntegerConvKernel::create;
      case "QuantizeLinear" -> QuantizeLinearKernel::create;
      case "DequantizeLinear" -> DequantizeLinearKernel::create;
      case "DynamicQuantizeLinear" -> DynamicQuantizeLinearKernel::create;
      case "Cast" -> CastKernel::create;
      case "LSTM" -> LstmKernel::create;
      case "GRU" -> GruKernel::create;
      case "RNN" -> RnnKernel::create;
      case "Softmax", "LogSoftmax" -> SoftmaxKernel::create;
      case "LayerNormalization" -> LayerNormalizationKernel::create;
      case "RMSNormalization" -> RmsNormalizationKernel::create;
      case "GroupNormalization", "InstanceNormalization" -> GroupNormalizationKernel::create;
      case "Transpose" -> TransposeKernel::create;
      case "Gather" -> GatherKernel::create;
      case "Concat" -> ConcatKernel::create;
      case "Slice" -> SliceKernel::create;
      case "Split" -> SplitKernel::create;
      case "Expand", "Tile" -> SelectKernel::repeat;
      case "Pad" -> SelectKernel::pad;
      case "Resize" -> InterpolateKernel::create;
      case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceSumSquare", "ReduceL2" ->
          ReduceKernel::create;
      case LOWERED + "Linear" -> LinearKernel::create;
      case LOWERED + "QuantizedLinear" -> QuantizedLinearKernel::create;
      case LOWERED + "DynamicQuantize" -> DynamicQuantizeKernel::create;
      case LOWERED + "ScaledDotProductAttention" -> AttentionKernel::create;
      case LOWERED + "ChannelsLastConv" -> ConvKernels::create;
      case LOWERED + "ConcatConv" -> CONCAT_CONV;
      case LOWERED + "PreActivatedConv" -> PreActivatedConvKernel::create;
      case LOWERED + "ChannelsLastConvTranspose" -> ConvTransposeKernel::create;
      case LOWERED + "Interleave" -> InterleaveKernel::create;
      case LOWERED + "Pointwise" -> POINTWISE;
      case LOWERED + "ChannelsLastPool" -> PoolKernel::create;
      case LOWERED + "ChannelsLastMean" -> ChannelsLastMeanKernel::create;
      default -> null;
    };
  }

  /** Whether the node only gives its first input another shape. */
  public static boolean isReshape(Node node) {
    return node.domain().isEmpty() && RESHAPES.contains(node.opType());
  }

  /**
   * Where the outputs of a node begin within its first input, counted in elements, if each of them
   * is a part of the input that is contiguous in memory; else null.
   */
  public static int[] parts(NodeContext node) {
    return switch (node.node().qualifiedOpType()) {
      case "Gather" -> GatherKernel.parts(node);
      case "Slice" -> SliceKernel.parts(node);
      case "Split" -> SplitKernel.parts(node);
      case "Transpose" -> TransposeKernel.parts(node);
      default -> null;
    };
  }

  /**
   * Packs the weights of a node, its input 1, unless their packed form depends on shapes that are
   * not known yet.
   *
   * @param node whose shapes need not be concrete
   * @return whether no kernel will read the weights' own content any more
   */
  public static boolean prepack(NodeContext node) {
    if (node.operator() instanceof Linear) {
      return LinearKernel.prepack(node);
    }
    if (node.operator() instanceof Conv) {
      return PointwiseConvKernel.prepack(node);
    }
    if (node.operator() instanceof QuantizedLinear) {
      return QuantizedLinearKernel.prepack(node);
    }
    if (node.node().is("MatMulInteger")) {
      return MatMulIntegerKernel.prepack(node);
    }
    if (node.operator() instanceof PreActivatedConv) {
      return PreActivatedConvKernel.prepack(node);
    }
    boolean conv =
        node.operator() instanceof ChannelsLastConv || node.operator() instanceof ConcatConv;
    return conv && ConvKernels.prepack(node);
  }

  private static Kernel conv(NodeContext node) {
    Kernel pointwise = PointwiseConvKernel.create(node);
    return pointwise != null ? pointwise : ConvKernel.create(node);
  }

  private static KernelFactory binary(BinaryOp op) {
    return BinaryKernel.factory(op).writingOver(0, 1);
  }
}
