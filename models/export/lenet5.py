"""LeNet-5 (LeCun et al. 1998) with ReLU and max pooling: 61,706 parameters, 28×28 digits, ten classes.

    lenet5.py FOLDER
"""
import pathlib
import sys

import torch
from torch import nn

import testcase


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10))


def main(folder):
    torch.manual_seed(5)
    model = testcase.randomize(lenet5())
    image = torch.rand(1, 1, 28, 28)
    testcase.write(
        folder, model, [(image,)], ["image"], ["scores"],
        dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})
    testcase.save_npy(folder / "image.npy", image)
    testcase.save_npy(folder / "scores.npy", *testcase.evaluate(model, image))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
