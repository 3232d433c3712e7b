"""Tiny modules of the forms a diffusion export can have, for make_diffusion.py. Nothing here is trained."""

import math
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[2] / "builtin" / "checkpoints"))
from models import Attention, Residual, TextEncoder, group_norm  # noqa: E402


def waves(values, count):
    """Sines and cosines of each number. values [B, N] -> [B, N * 2 * count]."""
    rate = torch.exp(torch.arange(count, dtype=torch.float32) * (-math.log(1000.0) / count))
    angle = values.to(torch.float32)[:, :, None] * rate
    return torch.cat([angle.cos(), angle.sin()], 2).flatten(1)


class SmallUNet(nn.Module):
    """sample [B, C, H, W], timestep scalar, [1] or [B], hidden states [B, L, D] -> [B, out, H, W].

    embeds: width of `text_embeds`, for a network that is also told text_embeds [B, embeds] and time_ids [B, 6], as SDXL's is.
    """

    def __init__(self, channels, out, width, context, embeds=0, condition=10):
        super().__init__()
        self.time = nn.Linear(8, condition)
        self.text = nn.Linear(context, condition)
        self.more = nn.Linear(embeds + 6 * 4, condition) if embeds else None
        self.stem = nn.Conv2d(channels, width, 3, 1, 1)
        self.block = Residual(width, width, condition)
        self.attention = Attention(width, context, 2, True)
        self.norm = group_norm(width)
        self.out = nn.Conv2d(width, out, 3, 1, 1)

    def forward(self, sample, timestep, text, text_embeds=None, time_ids=None):
        condition = self.time(waves(timestep.reshape(-1, 1), 4)) + self.text(text.mean(1))
        if self.more is not None:
            condition = condition + self.more(torch.cat([text_embeds, waves(time_ids, 2)], 1))
        x = self.attention(self.block(self.stem(sample), F.silu(condition)), text)
        return self.out(F.silu(self.norm(x)))


class HalfUNet(nn.Module):
    """A U-Net with half-precision weights, inputs and output that computes in single precision."""

    def __init__(self, unet):
        super().__init__()
        self.unet = round_to_half(unet)

    def forward(self, sample, timestep, text):
        return self.unet(sample.float(), timestep, text.float()).half()


def round_to_half(module):
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(p.half().float())
    return module


class SampledVae(nn.Module):
    """The encoder of an older export: it draws a sample of the posterior. fixed: the draw has that shape, not its input's."""

    def __init__(self, encoder, fixed=None):
        super().__init__()
        self.encoder = encoder
        self.fixed = fixed

    def forward(self, image):
        mean, log_variance = self.encoder(image).chunk(2, 1)
        noise = torch.randn(self.fixed) if self.fixed else torch.randn_like(mean)
        return mean + (0.5 * log_variance.clamp(-30.0, 20.0)).exp() * noise


class StatesText(TextEncoder):
    """CLIP's text model with every layer's hidden states, and with a projection of the pooled text if it has one.

    ids [B, L] -> hidden_states.0 ... hidden_states.<layers>, each [B, L, D]; then text_embeds [B, projection].
    """

    def __init__(self, vocab, width, heads, layers, length, projection=0):
        super().__init__(vocab, width, heads, layers, length)
        self.projection = nn.Linear(width, projection, bias=False) if projection else None

    def forward(self, ids):
        states = [self.tokens(ids.to(torch.int64)) + self.positions]
        for layer in self.layers:
            states.append(layer(states[-1], self.future))
        if self.projection is None:
            return tuple(states)
        end = ids.to(torch.int32).argmax(-1)
        last = self.norm(states[-1])
        pooled = last.gather(1, end[:, None, None].expand(-1, -1, last.shape[-1]))[:, 0]
        return (*states, self.projection(pooled))
