"""An LSTM and a GRU as they are used for speech and time series: two layers, 256 features, hidden 256.
Sequence first; batch and sequence are dynamic, the case has 100 steps.

    recurrent.py FOLDER      writes FOLDER/lstm and FOLDER/gru
"""
import pathlib
import sys

import torch
from torch import nn

import testcase


class Steps(nn.Module):
    """The hidden states of the last layer, without the final states."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        return self.layers(x)[0]


def main(folder):
    axes = {0: "sequence", 1: "batch"}
    for name, layers in ("lstm", nn.LSTM), ("gru", nn.GRU):
        torch.manual_seed(4)
        model = Steps(layers(256, 256, num_layers=2))
        testcase.write(
            folder / name, model, [(torch.randn(100, 1, 256),)], ["x"], ["y"],
            dynamic_axes={"x": axes, "y": axes})


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
