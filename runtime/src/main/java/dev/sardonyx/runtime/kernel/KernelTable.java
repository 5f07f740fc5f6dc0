package dev.sardonyx.runtime.kernel;

import static java.util.Map.entry;

import dev.sardonyx.graph.Node;
import dev.sardonyx.op.activation.Softmax;
import dev.sardonyx.runtime.lowering.ChannelsLastConv;
import dev.sardonyx.runtime.lowering.Linear;
import dev.sardonyx.runtime.lowering.Lowering;
import dev.sardonyx.runtime.lowering.PreActivatedConv;
import dev.sardonyx.runtime.simd.BinaryOp;
import java.util.Map;
import java.util.Set;

/** Which operators have fast kernels. All others are computed by their reference evaluation. */
public final class KernelTable {
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

  private static final Map<String, KernelFactory> FACTORIES =
      Map.ofEntries(
          entry("Abs", UNARY),
          entry("Ceil", UNARY),
          entry("Clip", UNARY),
          entry("Erf", UNARY),
          entry("Exp", UNARY),
          entry("Floor", UNARY),
          entry("Gelu", UNARY),
          entry("HardSigmoid", UNARY),
          entry("HardSwish", UNARY),
          entry("LeakyRelu", UNARY),
          entry("Log", UNARY),
          entry("Neg", UNARY),
          entry("Reciprocal", UNARY),
          entry("Relu", UNARY),
          entry("Sigmoid", UNARY),
          entry("Sqrt", UNARY),
          entry("Swish", UNARY),
          entry("Tanh", UNARY),
          entry("Add", binary(BinaryOp.ADD)),
          entry("Sub", binary(BinaryOp.SUB)),
          entry("Mul", binary(BinaryOp.MUL)),
          entry("Div", binary(BinaryOp.DIV)),
          entry("Max", binary(BinaryOp.MAX)),
          entry("Min", binary(BinaryOp.MIN)),
          entry("Pow", binary(BinaryOp.POW)),
          entry("MatMul", MatMulKernel::create),
          entry("Conv", ConvKernel::create),
          entry("MatMulInteger", MatMulIntegerKernel::create),
          entry("QLinearMatMul", MatMulIntegerKernel::createQLinear),
          entry("ConvInteger", IntegerConvKernel::create),
          entry("QLinearConv", IntegerConvKernel::create),
          entry("QuantizeLinear", QuantizeLinearKernel::create),
          entry("DequantizeLinear", DequantizeLinearKernel::create),
          entry("DynamicQuantizeLinear", DynamicQuantizeLinearKernel::create),
          entry("Cast", CastKernel::create),
          entry("LSTM", LstmKernel::create),
          entry("GRU", GruKernel::create),
          entry("RNN", RnnKernel::create),
          entry("Softmax", KernelTable::softmax),
          entry("LogSoftmax", KernelTable::softmax),
          entry("LayerNormalization", LayerNormalizationKernel::create),
          entry("Transpose", TransposeKernel::create),
          entry("Gather", GatherKernel::create),
          entry("Concat", ConcatKernel::create),
          entry("Slice", SliceKernel::create),
          entry("Split", SplitKernel::create),
          entry("Expand", SelectKernel::repeat),
          entry("Tile", SelectKernel::repeat),
          entry("Pad", SelectKernel::pad),
          entry("Resize", SelectKernel::resize),
          entry("ReduceMean", ReduceKernel::create),
          entry("ReduceSum", ReduceKernel::create),
          entry("ReduceMax", ReduceKernel::create),
          entry("ReduceMin", ReduceKernel::create),
          entry(Lowering.DOMAIN + "::Linear", LinearKernel::create),
          entry(Lowering.DOMAIN + "::QuantizedLinear", QuantizedLinearKernel::create),
          entry(Lowering.DOMAIN + "::QuantizedGemm", MatMulIntegerKernel::createQLinear),
          entry(Lowering.DOMAIN + "::DynamicQuantize", DynamicQuantizeKernel::create),
          entry(Lowering.DOMAIN + "::ScaledDotProductAttention", AttentionKernel::create),
          entry(Lowering.DOMAIN + "::ChannelsLastConv", ConvKernels::create),
          entry(Lowering.DOMAIN + "::PreActivatedConv", PreActivatedConvKernel::create),
          entry(Lowering.DOMAIN + "::ChannelsLastConvTranspose", ConvTransposeKernel::create),
          entry(Lowering.DOMAIN + "::Pointwise", POINTWISE),
          entry(Lowering.DOMAIN + "::ChannelsLastPool", PoolKernel::create),
          entry(Lowering.DOMAIN + "::ChannelsLastMean", ChannelsLastMeanKernel::create));

  /** Operators whose first output is their first input under another shape. */
  private static final Set<String> VIEWS =
      Set.of("Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  private KernelTable() {}

  /** What makes kernels for a node, or null. It may still decline a node for types and shapes. */
  public static KernelFactory find(Node node) {
    return FACTORIES.get(node.qualifiedOpType());
  }

  /** Whether the node only gives its first input another shape. */
  public static boolean isView(Node node) {
    return node.domain().isEmpty() && VIEWS.contains(node.opType());
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
    if (node.operator() instanceof PreActivatedConv) {
      return PreActivatedConvKernel.prepack(node);
    }
    return node.operator() instanceof ChannelsLastConv && ConvKernels.prepack(node);
  }

  private static KernelFactory binary(BinaryOp op) {
    return BinaryKernel.factory(op).writingOver(0, 1);
  }

  private static Kernel softmax(NodeContext node) {
    int rank = node.shape(0).length;
    Softmax op = (Softmax) node.operator();
    boolean last = op.axis() == -1 || op.axis() == rank - 1;
    return node.allFloat() && rank > 0 && last
        ? new SoftmaxKernel(node, op.function() == Softmax.Function.LogSoftmax)
        : null;
  }
}
