"""A residual network in small (He et al. 2016): convolutions without bias, each followed by a batch
normalization that is still a node of the exported model, one grouped convolution (as in ResNeXt), one
convolution with bias before a normalization, a strided shortcut, global pooling, one dense layer.

    resnet_tiny.py FOLDER
"""
import pathlib
import sys

import torch
from torch import nn
from torch.onnx import TrainingMode

import testcase


class Block(nn.Module):
    def __init__(self, channels, out, stride, groups):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, out, 3, stride, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU(),
            nn.Conv2d(out, out, 3, padding=1, groups=groups, bias=False), nn.BatchNorm2d(out))
        self.shortcut = nn.Identity() if channels == out else nn.Sequential(
            nn.Conv2d(channels, out, 1, stride), nn.BatchNorm2d(out))
        self.activation = nn.ReLU()

    def forward(self, x):
        return self.activation(self.body(x) + self.shortcut(x))


def resnet_tiny():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        nn.MaxPool2d(3, 2, padding=1),
        Block(16, 16, 1, groups=1), Block(16, 32, 2, groups=4),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))


def main(folder):
    torch.manual_seed(18)
    model = testcase.randomize(resnet_tiny())
    dynamic = {"image": {0: "batch", 2: "height", 3: "width"}, "scores": {0: "batch"}}
    testcase.write(
        folder, model, [(torch.rand(1, 3, 32, 32),), (torch.rand(2, 3, 40, 56),)],
        ["image"], ["scores"], dynamic_axes=dynamic,
        training=TrainingMode.PRESERVE, do_constant_folding=False)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
