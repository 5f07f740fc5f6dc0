"""Two models whose weights are 16-bit floats, in the two ways that are in use:

    resnet50-fp16   everything is float16: weights, input, output, and what flows between
    encoder-fp16    the weights are float16, each followed by a Cast to float; all else is float. A sentence
                    encoder of MiniLM's size: six layers, width 384, twelve heads

The expected outputs are PyTorch's with the same weights, computed in float.

    float16.py FOLDER
"""
import pathlib
import sys

import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

import encoder_tiny
import testcase
import torchvision_nets

VOCABULARY = 30522


def round_weights(model):
    """Weights and inputs that float16 holds exactly, so that both precisions see the same numbers."""
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(tensor.half())
    return model


def halve(tensor):
    return numpy_helper.from_array(numpy_helper.to_array(tensor).astype("float16"), tensor.name)


def halve_file(path):
    """Makes one tensor's file float16."""
    tensor = TensorProto.FromString(path.read_bytes())
    path.write_bytes(halve(tensor).SerializeToString())


def resnet50(folder):
    model, image = torchvision_nets.network("resnet50")
    testcase.write(
        folder, round_weights(model), [(image.half().float(),)], ["image"], ["scores"],
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    exported = onnx.load(folder / "model.onnx")
    for tensor in exported.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(halve(tensor))
    for value in *exported.graph.input, *exported.graph.output:
        value.type.tensor_type.elem_type = TensorProto.FLOAT16
    save(exported, folder)
    for file in folder.glob("test_data_set_*/*.pb"):
        halve_file(file)


def encoder(folder):
    torch.manual_seed(16)
    model = testcase.randomize(encoder_tiny.Encoder(VOCABULARY, positions=512, width=384, heads=12, layers=6))
    encoder_tiny.write(folder, round_weights(model), [encoder_tiny.tokens(VOCABULARY, 16)])
    exported = onnx.load(folder / "model.onnx")
    casts = []
    for tensor in exported.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            name = tensor.name
            tensor.CopyFrom(halve(tensor))
            tensor.name = name + ".half"
            casts.append(helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT))
    nodes = casts + list(exported.graph.node)
    del exported.graph.node[:]
    exported.graph.node.extend(nodes)
    save(exported, folder)


def save(model, folder):
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, folder / "model.onnx")


if __name__ == "__main__":
    resnet50(pathlib.Path(sys.argv[1]) / "resnet50-fp16")
    encoder(pathlib.Path(sys.argv[1]) / "encoder-fp16")
