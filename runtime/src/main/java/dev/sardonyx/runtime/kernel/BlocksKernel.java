package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.Operator;
import dev.sardonyx.op.shaping.DepthToSpace;
import dev.sardonyx.op.shaping.SpaceToDepth;
import dev.sardonyx.runtime.lowering.ChannelsLastBlocks;

/**
 * DepthToSpace and SpaceToDepth of float32 or float64, channels first or last: a Transpose of the
 * elements with blocks in dimensions of their own.
 */
final class BlocksKernel {
  private BlocksKernel() {}

  static Kernel create(NodeContext node) {
    int[] x = node.shape(0);
    if (node.operator() instanceof ChannelsLastBlocks last) {
      Operator op = last.node().operator();
      return op instanceof DepthToSpace d
          ? depthToSpace(node, d, x[0], x[3], x[1], x[2], true)
          : spaceToDepth(node, (SpaceToDepth) op, x[0], x[3], x[1], x[2], true);
    }
    return node.operator() instanceof DepthToSpace d
        ? depthToSpace(node, d, x[0], x[1], x[2], x[3], false)
        : spaceToDepth(node, (SpaceToDepth) node.operator(), x[0], x[1], x[2], x[3], false);
  }

  private static Kernel depthToSpace(
      NodeContext node, DepthToSpace op, int n, int channels, int h, int w, boolean last) {
    int b = op.block();
    int c = channels / (b * b);
    if (c * b * b != channels) {
      return null;
    }
    if (last) {
      return op.columnFirst()
          ? TransposeKernel.create(node, new int[] {n, h, w, c, b, b}, 0, 1, 4, 2, 5, 3)
          : TransposeKernel.create(node, new int[] {n, h, w, b, b, c}, 0, 1, 3, 2, 4, 5);
    }
    return op.columnFirst()
        ? TransposeKernel.create(node, new int[] {n, c, b, b, h, w}, 0, 1, 4, 2, 5, 3)
        : TransposeKernel.create(node, new int[] {n, b, b, c, h, w}, 0, 3, 4, 1, 5, 2);
  }

  private static Kernel spaceToDepth(
      NodeContext node, SpaceToDepth op, int n, int c, int height, int width, boolean last) {
    int b = op.block();
    int h = height / b;
    int w = width / b;
    if (h * b != height || w * b != width) {
      return null;
    }
    return last
        ? TransposeKernel.create(node, new int[] {n, h, b, w, b, c}, 0, 1, 3, 2, 4, 5)
        : TransposeKernel.create(node, new int[] {n, c, h, b, w, b}, 0, 3, 5, 1, 2, 4);
  }
}
