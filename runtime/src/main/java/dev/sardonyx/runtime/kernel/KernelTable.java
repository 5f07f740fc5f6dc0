package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.Node;
import dev.sardonyx.runtime.lowering.ChannelsLastConv;
import dev.sardonyx.runtime.lowering.DepthwiseBlock;
import dev.sardonyx.runtime.lowering.Lowering;
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

  private static final KernelFactory LOGIC =
      ((KernelFactory) ComparisonKernel::create).writingOver(0, 1);

  /** Over what is chosen from. */
  private static final KernelFactory WHERE =
      ((KernelFactory) WhereKernel::create).writingOver(1, 2);

  /** Over the residual, or over the others' channels. */
  private static final KernelFactory CONV = ((KernelFactory) ConvKernels::create).writingOver(3);

  /** Over the residual. */
  private static final KernelFactory LINEAR = ((KernelFactory) LinearKernel::create).writingOver(3);

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
          "Celu",
          "Clip",
          "Cos",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Log",
          "Mish",
          "Neg",
          "Reciprocal",
          "Relu",
          "Round",
          "Selu",
          "Sigmoid",
          "Sign",
          "Sin",
          "Softplus",
          "Softsign",
          "Sqrt",
          "Swish",
          "Tanh",
          "ThresholdedRelu",
          "com.microsoft::FastGelu",
          "com.microsoft::Gelu",
          "com.microsoft::QuickGelu" ->
          UNARY;
      case "Add" -> binary(BinaryOp.ADD);
      case "Sub" -> binary(BinaryOp.SUB);
      case "Mul" -> binary(BinaryOp.MUL);
      case "Div" -> binary(BinaryOp.DIV);
      case "Max" -> binary(BinaryOp.MAX);
      case "Min" -> binary(BinaryOp.MIN);
      case "Pow" -> binary(BinaryOp.POW);
      case "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual" -> ComparisonKernel::create;
      case "And", "Or", "Not" -> LOGIC;
      case "Where" -> WHERE;
      case "PRelu" -> BinaryKernel.prelu().writingOver(0);
      case "MatMul" -> MatMulKernel::create;
      case "Conv" -> KernelTable::conv;
      case "ConvTranspose" -> PlainConvTransposeKernel::create;
      case "MatMulInteger", "QLinearMatMul", LOWERED + "QuantizedGemm" ->
          MatMulIntegerKernel::create;
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
      case "LRN" -> LrnKernel::create;
      case "LpNormalization" -> LpNormalizationKernel::create;
      case "GroupNormalization", "InstanceNormalization" -> GroupNormalizationKernel::create;
      case "Transpose" -> TransposeKernel::create;
      case "DepthToSpace", "SpaceToDepth", LOWERED + "ChannelsLastBlocks" -> BlocksKernel::create;
      case "Gather" -> GatherKernel::create;
      case "GatherElements" -> GatherElementsKernel::create;
      case "ArgMax", "ArgMin" -> ArgReductionKernel::create;
      case "TopK" -> TopKKernel::create;
      case "CumSum" -> CumSumKernel::create;
      case "Concat" -> ConcatKernel::create;
      case "Slice" -> SliceKernel::create;
      case "Split" -> SplitKernel::create;
      case "Expand", "Tile" -> SelectKernel::repeat;
      case "Pad" -> SelectKernel::pad;
      case "Resize" -> InterpolateKernel::create;
      case "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceSumSquare", "ReduceL2" ->
          ReduceKernel::create;
      case "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool" -> ReduceKernel::createGlobal;
      case "AveragePool", "MaxPool" -> PlainPoolKernel::create;
      case LOWERED + "Linear" -> LINEAR;
      case LOWERED + "QuantizedLinear" -> QuantizedLinearKernel::create;
      case LOWERED + "DynamicQuantize" -> DynamicQuantizeKernel::create;
      case LOWERED + "ScaledDotProductAttention" -> AttentionKernel::create;
      case LOWERED + "ChannelsLastConv" -> isGrouped(node) ? ConvKernels::create : CONV;
      case LOWERED + "ConcatConv" -> CONV;
      case LOWERED + "DepthwiseBlock" -> DepthwiseBlockKernel::create;
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

  /** Which inputs of a node {@link #prepack} packs. */
  public static Set<Integer> weights(Node node) {
    return switch (node.qualifiedOpType()) {
      case "QLinearConv", "QLinearMatMul", LOWERED + "QuantizedGemm" -> Set.of(3);
      case LOWERED + "DepthwiseBlock" -> Set.of(DepthwiseBlock.EXPAND, DepthwiseBlock.PROJECT);
      default -> Set.of(1);
    };
  }

  /**
   * Packs weights of a node unless their packed form depends on shapes that are not known yet.
   *
   * @param node whose shapes need not be concrete
   * @param input the one of {@link #weights} to pack
   * @return whether no kernel will read the weights' own content any more
   */
  public static boolean prepack(NodeContext node, int input) {
    return switch (node.node().qualifiedOpType()) {
      case "MatMul" -> DoubleMatMulKernel.prepack(node);
      case "Conv" -> PointwiseConvKernel.prepack(node);
      case "ConvInteger", "QLinearConv" -> IntegerConvKernel.prepack(node);
      case "MatMulInteger", "QLinearMatMul", LOWERED + "QuantizedGemm" ->
          MatMulIntegerKernel.prepack(node);
      case LOWERED + "Linear" -> LinearKernel.prepack(node);
      case LOWERED + "QuantizedLinear" -> QuantizedLinearKernel.prepack(node);
      case LOWERED + "ChannelsLastConv", LOWERED + "ConcatConv" -> ConvKernels.prepack(node);
      case LOWERED + "DepthwiseBlock" -> DepthwiseBlockKernel.prepack(node, input);
      case LOWERED + "PreActivatedConv" -> PreActivatedConvKernel.prepack(node);
      default -> false;
    };
  }

  private static boolean isGrouped(Node node) {
    return ((ChannelsLastConv) node.operator()).conv().group() > 1;
  }

  private static Kernel conv(NodeContext node) {
    Kernel pointwise = PointwiseConvKernel.create(node);
    return pointwise != null ? pointwise : ConvKernel.create(node);
  }

  private static KernelFactory binary(BinaryOp op) {
    return BinaryKernel.factory(op).writingOver(0, 1);
  }
}
