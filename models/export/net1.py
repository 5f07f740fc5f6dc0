"""Net1: convolutions of stride 1 without padding, then dense layers; made for 32×32 pictures.

At full width 3→64 7×7, then 3×3 to 192, 384, 256, 256, and dense 256·18·18→4096→4096→10. Because
nothing pads or strides, the network applied to every 32×32 window of a larger picture is what its
fully-convolutional form computes in one go. `large.npy` is a 36×38 picture, `map.npy` the 1×10×5×7
outputs of the original network on its windows.

    net1.py FOLDER [--width DIVISOR] [--dense UNITS]
"""
import argparse
import pathlib

import torch
from torch import nn

import testcase

WINDOW = 32


def net1(divisor, units):
    layers, channels, extent = [], 3, WINDOW
    for out, kernel in [(64, 7), (192, 3), (384, 3), (256, 3), (256, 3)]:
        layers += [nn.Conv2d(channels, out // divisor, kernel), nn.ReLU()]
        channels, extent = out // divisor, extent - kernel + 1
    return nn.Sequential(
        *layers, nn.Flatten(),
        nn.Linear(channels * extent * extent, units), nn.ReLU(),
        nn.Linear(units, units), nn.ReLU(),
        nn.Linear(units, 10))


def main(folder, divisor, units):
    torch.manual_seed(1)
    model = testcase.randomize(net1(divisor, units))
    image, large = torch.rand(1, 3, WINDOW, WINDOW), torch.rand(1, 3, 36, 38)
    testcase.write(folder, model, [(image,)], ["image"], ["scores"])
    rows = [
        torch.stack([
            testcase.evaluate(model, large[:, :, y:y + WINDOW, x:x + WINDOW])[0]
            for x in range(large.shape[3] - WINDOW + 1)], dim=2)
        for y in range(large.shape[2] - WINDOW + 1)]
    testcase.save_npy(folder / "large.npy", large)
    testcase.save_npy(folder / "map.npy", torch.stack(rows, dim=2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--width", type=int, default=16, help="divides the number of channels")
    parser.add_argument("--dense", type=int, help="units of the dense layers (4096 / width)")
    arguments = parser.parse_args()
    main(arguments.folder, arguments.width, arguments.dense or 4096 // arguments.width)
