"""Architectures of torchvision as they are, with random weights: too big to be committed.

    torchvision_nets.py FOLDER      one folder below it for each
"""
import pathlib
import sys

import torch
import torchvision.models

import testcase

NETWORKS = ["resnet18", "mobilenet_v3_small", "efficientnet_b0", "densenet121", "convnext_tiny"]


def main(folder):
    for name in NETWORKS:
        torch.manual_seed(7)
        model = testcase.randomize(getattr(torchvision.models, name)(weights=None))
        image = torch.randn(1, 3, 224, 224)
        testcase.write(
            folder / name.replace("_", "-"), model, [(image,)], ["image"], ["scores"],
            training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
