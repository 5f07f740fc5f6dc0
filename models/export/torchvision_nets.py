"""Architectures of torchvision as they are, with random weights: too big to be committed.

    torchvision_nets.py FOLDER [NAME ...]      one folder below it for each, or for those named
"""
import pathlib
import sys

import torch
import torchvision.models

import testcase

NETWORKS = [
    "alexnet", "vgg16", "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0",
    "densenet121", "squeezenet1_1", "shufflenet_v2_x1_0", "convnext_tiny", "vit_b_16"]


def network(name):
    """The network and an image for it, the same ones at every call."""
    torch.manual_seed(7)
    model = testcase.randomize(getattr(torchvision.models, name)(weights=None))
    for module in model.modules():
        if isinstance(module, torch.nn.MultiheadAttention):
            # In eval mode this changes no result, but keeps PyTorch off a fused path that it cannot export.
            module.dropout = 0.1
    return model, torch.randn(1, 3, 224, 224)


def main(folder, names):
    for name in names:
        model, image = network(name)
        testcase.write(
            folder / name.replace("_", "-"), model, [(image,)], ["image"], ["scores"],
            training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2:] or NETWORKS)
