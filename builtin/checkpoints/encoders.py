"""Image tower, dual encoder and matching head of the built-in checkpoints."""

import torch
from torch import nn

from layers import Layer
from models import ConvBlock, DualEncoder, TextEncoder

WIDTH, HEADS = 128, 4
# Spread of the positions at first: much less than this, and "left" and "right" are learned late if at all.
PLACES = 0.3


class ImageTower(nn.Module):
    """image [B, 3, 64, 64] -> 64 tokens [B, 64, WIDTH], one for each 8 x 8 pixels."""

    def __init__(self, layers):
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 4, 4)
        self.block = ConvBlock(64, WIDTH, 2)
        self.places = nn.Parameter(torch.randn(64, WIDTH) * PLACES)
        self.layers = nn.ModuleList(Layer(WIDTH, HEADS) for _ in range(layers))
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, pixels):
        x = self.block(self.stem(pixels)).flatten(2).transpose(1, 2) + self.places
        for layer in self.layers:
            x = layer(x)
        return self.norm(x)


class Vision(nn.Module):
    """image -> pooled [B, dim], tokens weighted by a learned query."""

    def __init__(self, layers, dim):
        super().__init__()
        self.tower = ImageTower(layers)
        self.weigh = nn.Linear(WIDTH, HEADS)
        self.out = nn.Linear(HEADS * WIDTH, dim)

    def forward(self, pixels):
        tokens = self.tower(pixels)
        share = self.weigh(tokens).softmax(1).transpose(1, 2)
        return self.out((share @ tokens).flatten(1))


def dual_encoder(vocabulary, length, dim=WIDTH):
    return DualEncoder(TextEncoder(vocabulary, WIDTH, HEADS, 2, length), Vision(3, dim), dim, WIDTH)


class MatchingHead(nn.Module):
    """A text encoder that looks at the image's tokens: image and text -> logits (no match, match) [B, 2]."""

    def __init__(self, vocabulary, length):
        super().__init__()
        self.tower = ImageTower(3)
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.places = nn.Parameter(torch.randn(length, WIDTH) * 0.02)
        self.layers = nn.ModuleList(Layer(WIDTH, HEADS, context=WIDTH) for _ in range(3))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, 2)
        nn.init.normal_(self.tokens.weight, std=0.05)

    def forward(self, pixels, ids, mask):
        """The match is read at the start token, as BLIP does. There may be several texts an image, those of one image in a row."""
        bias = (1.0 - mask.to(torch.float32))[:, None, None, :] * -1e4
        context = self.tower(pixels)
        if context.shape[0] != ids.shape[0]:
            context = context.repeat_interleave(ids.shape[0] // context.shape[0], 0)
        x = self.tokens(ids.to(torch.int64)) + self.places
        for layer in self.layers:
            x = layer(x, bias, context)
        return self.head(self.norm(x[:, 0]))
