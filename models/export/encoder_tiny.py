"""A transformer encoder in small (Vaswani et al. 2017): two layers, width 32, four heads, over token
ids with an attention mask. At opset 13 LayerNormalization and the exact Gelu come out decomposed, and
attention as MatMul and Softmax. Batch and sequence are dynamic.

    encoder_tiny.py FOLDER
"""
import math
import pathlib
import sys

import torch
from torch import nn

import testcase

VOCABULARY = 100


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.width, self.heads = width, heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x, bias):
        batch, sequence, _ = x.shape
        q, k, v = (
            layer(x).reshape(batch, sequence, self.heads, self.width // self.heads).transpose(1, 2)
            for layer in (self.query, self.key, self.value))
        scores = q @ k.transpose(2, 3) / math.sqrt(self.width // self.heads) + bias
        mixed = scores.softmax(dim=-1) @ v
        return self.output(mixed.transpose(1, 2).reshape(batch, sequence, self.width))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attention, self.norm1, self.norm2 = Attention(width, heads), nn.LayerNorm(width), nn.LayerNorm(width)
        self.dense = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, bias):
        x = self.norm1(x + self.attention(x, bias))
        return self.norm2(x + self.dense(x))


class Encoder(nn.Module):
    def __init__(self, vocabulary, positions, width, heads, layers):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))

    def forward(self, ids, mask):
        x = self.norm(self.tokens(ids) + self.positions(torch.arange(ids.shape[1])))
        bias = (1 - mask[:, None, None, :].float()) * -10000
        for layer in self.layers:
            x = layer(x, bias)
        return x


def tokens(vocabulary, *lengths):
    """Token ids and mask of one batch, padded to the longest."""
    mask = torch.tensor([[int(t < n) for t in range(max(lengths))] for n in lengths])
    return torch.randint(1, vocabulary, mask.shape) * mask, mask


def write(folder, model, cases):
    axes = {0: "batch", 1: "sequence"}
    testcase.write(
        folder, model, cases, ["input_ids", "attention_mask"], ["hidden_state"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "hidden_state": axes})


def main(folder):
    torch.manual_seed(2)
    model = testcase.randomize(Encoder(VOCABULARY, positions=64, width=32, heads=4, layers=2))
    write(folder, model, [tokens(VOCABULARY, 7), tokens(VOCABULARY, 12, 5, 9)])


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
