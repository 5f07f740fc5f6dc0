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

VOCABULARY, POSITIONS, WIDTH, HEADS, LAYERS = 100, 64, 32, 4, 2


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x, bias):
        batch, sequence, _ = x.shape
        q, k, v = (
            layer(x).reshape(batch, sequence, HEADS, WIDTH // HEADS).transpose(1, 2)
            for layer in (self.query, self.key, self.value))
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // HEADS) + bias
        mixed = scores.softmax(dim=-1) @ v
        return self.output(mixed.transpose(1, 2).reshape(batch, sequence, WIDTH))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.norm1, self.norm2 = Attention(), nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.dense = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x, bias):
        x = self.norm1(x + self.attention(x, bias))
        return self.norm2(x + self.dense(x))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, ids, mask):
        x = self.norm(self.tokens(ids) + self.positions(torch.arange(ids.shape[1])))
        bias = (1 - mask[:, None, None, :].float()) * -10000
        for layer in self.layers:
            x = layer(x, bias)
        return x


def tokens(*lengths):
    """Token ids and mask of one batch, padded to the longest."""
    mask = torch.tensor([[int(t < n) for t in range(max(lengths))] for n in lengths])
    return torch.randint(1, VOCABULARY, mask.shape) * mask, mask


def main(folder):
    torch.manual_seed(2)
    model = testcase.randomize(Encoder())
    axes = {0: "batch", 1: "sequence"}
    testcase.write(
        folder, model, [tokens(7), tokens(12, 5, 9)],
        ["input_ids", "attention_mask"], ["hidden_state"],
        dynamic_axes={"input_ids": axes, "attention_mask": axes, "hidden_state": axes})


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
