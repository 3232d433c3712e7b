"""The denoiser of the built-in diffusion checkpoints: a transformer over patches of the latent, with cross-attention to the text.

Most of its work is a few large matrix products, which suits a processor.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

from layers import Layer


class Block(Layer):
    """A layer whose perceptron's input the time scales and shifts."""

    def __init__(self, width, context, heads, expand):
        super().__init__(width, heads, context, expand)
        self.modulate = nn.Linear(width, 2 * width)
        nn.init.zeros_(self.modulate.weight)
        nn.init.zeros_(self.modulate.bias)

    def forward(self, x, text, time):
        """x [B, N, D], text [B, L, C], time [B, D] -> [B, N, D]."""
        x = self.look(x, context=text)
        scale, shift = self.modulate(time)[:, None].chunk(2, -1)
        return x + self.think(self.norm3(x) * (1 + scale) + shift)


class Denoiser(nn.Module):
    """sample [B, C, S, S], timestep [1] or [B], hidden states [B, L, context] -> velocity [B, C, S, S]."""

    def __init__(self, latents, side, patch, width, layers, heads, expand, context):
        super().__init__()
        self.latents, self.grid, self.patch = latents, side // patch, patch
        self.stem = nn.Conv2d(latents, width, patch, patch)
        self.places = nn.Parameter(torch.randn(self.grid**2, width) * 0.02)
        self.time = nn.Sequential(nn.Linear(64, width), nn.SiLU(), nn.Linear(width, width))
        self.blocks = nn.ModuleList(Block(width, context, heads, expand) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, latents * patch * patch)

    def forward(self, sample, timestep, text):
        rate = torch.exp(torch.arange(32, dtype=torch.float32) * (-math.log(10000.0) / 32))
        angle = timestep.reshape(-1, 1).to(torch.float32) * rate
        time = self.time(torch.cat([angle.cos(), angle.sin()], 1))
        x = self.stem(sample).flatten(2).transpose(1, 2) + self.places + time[:, None]
        for block in self.blocks:
            x = block(x, text, F.silu(time))
        x = self.out(self.norm(x)).transpose(1, 2)
        x = x.reshape(-1, self.latents * self.patch**2, self.grid, self.grid)
        return F.pixel_shuffle(x, self.patch)
