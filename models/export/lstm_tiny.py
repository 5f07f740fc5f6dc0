"""Recurrent layers in small: an LSTM that reads both ways, a GRU over its output, and a dense layer on
every step. PyTorch's GRU is the variant that ONNX calls linear_before_reset. Sequence first.

    lstm_tiny.py FOLDER
"""
import pathlib
import sys

import torch
from torch import nn

import testcase


class Recurrent(nn.Module):
    def __init__(self, features=8, hidden=16):
        super().__init__()
        self.lstm = nn.LSTM(features, hidden, bidirectional=True)
        self.gru = nn.GRU(2 * hidden, hidden)
        self.dense = nn.Linear(hidden, 4)

    def forward(self, x, state):
        steps, _ = self.lstm(x)
        steps, state = self.gru(steps, state)
        return self.dense(steps), state


def main(folder):
    torch.manual_seed(3)
    model = Recurrent()
    dynamic = {name: {0: "sequence", 1: "batch"} for name in ("x", "y")}
    dynamic.update({name: {1: "batch"} for name in ("state", "new_state")})
    testcase.write(
        folder, model,
        [(torch.randn(5, 1, 8), torch.randn(1, 1, 16)), (torch.randn(9, 3, 8), torch.randn(1, 3, 16))],
        ["x", "state"], ["y", "new_state"], dynamic_axes=dynamic)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
