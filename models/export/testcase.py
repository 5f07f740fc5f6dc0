"""Writes a PyTorch module as a test case in ONNX's own layout:

    model.onnx
    test_data_set_0/input_0.pb …  output_0.pb …     one folder per tuple of inputs

The expected outputs are what PyTorch computes, in eval mode and on one thread, so that the same
machine writes the same bytes every time.
"""
import pathlib

import numpy
import onnx
import torch
from onnx import numpy_helper


def write(folder, model, cases, input_names, output_names, opset=13, **export_options):
    """Exports `model` with the first of `cases` (tuples of tensors) and records every case."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    model.eval()
    path = folder / "model.onnx"
    torch.onnx.export(
        model, cases[0], str(path), opset_version=opset,
        input_names=input_names, output_names=output_names, **export_options)
    onnx.checker.check_model(str(path))
    for number, inputs in enumerate(cases):
        outputs = evaluate(model, *inputs)
        data = folder / f"test_data_set_{number}"
        data.mkdir(exist_ok=True)
        _save(data, "input", input_names, inputs)
        _save(data, "output", output_names, outputs)


def evaluate(model, *inputs):
    """The outputs of `model`, always as a tuple."""
    with torch.no_grad():
        outputs = model(*inputs)
    return outputs if isinstance(outputs, tuple) else (outputs,)


def save_npy(path, tensor):
    numpy.save(path, tensor.numpy())


def randomize(model):
    """Gives weights a spread that keeps the signal alive through the depth of the network (He et al.
    2015), and normalizations statistics that are far from the identity. Biases are not zero."""
    for module in model.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                torch.nn.init.normal_(module.bias, std=0.1)
        elif isinstance(module, (torch.nn.BatchNorm2d, torch.nn.LayerNorm)):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.2)
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean, std=0.3)
            torch.nn.init.uniform_(module.running_var, 0.8, 3.0)
    return model


def _save(folder, kind, names, tensors):
    for index, (name, tensor) in enumerate(zip(names, tensors)):
        proto = numpy_helper.from_array(tensor.numpy(), name)
        (folder / f"{kind}_{index}.pb").write_bytes(proto.SerializeToString())
