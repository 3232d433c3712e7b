"""The small models behind the built-in checkpoints and the reference checkpoints, as PyTorch modules.

Linear layers over feature maps are written as 1x1 convolutions, which run faster on a processor. All batch sizes stay free
on export. Every width, depth and size is an argument: the same classes make the trained checkpoints and the odd random ones.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


def attend(q, k, v, heads, bias=None):
    """Multi-head attention. q [B, N, D], k and v [B, M, D], bias broadcastable to [B, heads, N, M] -> [B, N, D]."""
    width = int(q.shape[-1])
    d = width // heads

    # Everything but the batch is a plain number, which keeps the exported graph free of shape arithmetic.
    def split(x):
        return x.reshape(-1, int(x.shape[1]), heads, d).transpose(1, 2)

    scores = split(q) @ split(k).transpose(2, 3) * (d**-0.5)
    if bias is not None:
        scores = scores + bias
    return (scores.softmax(-1) @ split(v)).transpose(1, 2).reshape(-1, int(q.shape[1]), width)


def group_norm(channels):
    """Up to 8 groups, as many as divide the channels."""
    return nn.GroupNorm(next(g for g in range(8, 0, -1) if channels % g == 0), channels)


class TextLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x, bias):
        q, k, v = self.qkv(self.norm1(x)).chunk(3, -1)
        x = x + self.out(attend(q, k, v, self.heads, bias))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class TextEncoder(nn.Module):
    """A text transformer. `causal` as CLIP's (pooled at the first end token), else over the attention mask (pooled by its mean)."""

    def __init__(self, vocab, width, heads, layers, length, causal=True):
        super().__init__()
        self.causal = causal
        self.tokens = nn.Embedding(vocab, width)
        self.positions = nn.Parameter(torch.randn(length, width) * 0.02)
        self.layers = nn.ModuleList(TextLayer(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.register_buffer("future", torch.full((length, length), -1e4).triu(1), persistent=False)
        nn.init.normal_(self.tokens.weight, std=0.05)

    def forward(self, ids, mask=None):
        """ids [B, L] (end token = the largest id), mask [B, L] -> hidden [B, L, D], pooled [B, D]."""
        bias = self.future if self.causal else 0.0
        if mask is not None:
            bias = bias + (1.0 - mask.to(torch.float32))[:, None, None, :] * -1e4
        x = self.tokens(ids.to(torch.int64)) + self.positions
        for layer in self.layers:
            x = layer(x, bias)
        x = self.norm(x)
        if self.causal:
            end = ids.to(torch.int32).argmax(-1)
            pooled = x.gather(1, end[:, None, None].expand(-1, -1, x.shape[-1]))[:, 0]
        else:
            weight = mask.to(torch.float32)[:, :, None]
            pooled = (x * weight).sum(1) / weight.sum(1)
        return x, pooled


class ConvBlock(nn.Module):
    """A residual block that may change width and halve the side."""

    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.norm1 = group_norm(c_in)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1)
        self.norm2 = group_norm(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1)
        self.skip = nn.Conv2d(c_in, c_out, 1, stride) if c_in != c_out or stride != 1 else nn.Identity()

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        return self.skip(x) + self.conv2(F.silu(self.norm2(h)))


class VisionEncoder(nn.Module):
    """A convolutional image encoder: image [B, 3, S, S] -> pooled [B, D]. The last map is flattened, so positions stay."""

    def __init__(self, size, widths, dim, stride=2):
        """stride: of the first convolution; each further width halves the side again."""
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], stride + 1, stride, stride // 2)
        self.blocks = nn.Sequential(*(ConvBlock(a, b, 2) for a, b in zip(widths, widths[1:])))
        side = (size + 2 * (stride // 2) - stride - 1) // stride + 1
        for _ in widths[1:]:
            side = (side + 1) // 2
        self.norm = nn.GroupNorm(1, widths[-1])
        self.out = nn.Linear(widths[-1] * side * side, dim)

    def forward(self, x):
        return self.out(F.silu(self.norm(self.blocks(self.stem(x)))).flatten(1))


class DualEncoder(nn.Module):
    def __init__(self, text, vision, dim, text_width):
        super().__init__()
        self.text = text
        self.vision = vision
        self.text_projection = nn.Linear(text_width, dim, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(math.log(10.0)))

    def embed_text(self, ids, mask):
        return F.normalize(self.text_projection(self.text(ids, mask)[1]), dim=-1)

    def embed_image(self, pixels):
        return F.normalize(self.vision(pixels), dim=-1)

    def forward(self, ids, pixels, mask):
        """-> logits_per_image [images, texts], text_embeds, image_embeds."""
        text = self.embed_text(ids, mask)
        image = self.embed_image(pixels)
        return self.logit_scale.exp() * image @ text.t(), text, image


class VaeEncoder(nn.Module):
    """image [B, 3, S, S] in -1..1 -> mean and log-variance [B, 2C, S/f, S/f], f = 2^(len(widths) - 1)."""

    def __init__(self, widths, latents):
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], 3, 1, 1)
        self.blocks = nn.Sequential(*(ConvBlock(a, b, 2) for a, b in zip(widths, widths[1:])), ConvBlock(widths[-1], widths[-1]))
        self.norm = group_norm(widths[-1])
        self.out = nn.Conv2d(widths[-1], 2 * latents, 3, 1, 1)

    def forward(self, x):
        return self.out(F.silu(self.norm(self.blocks(self.stem(x)))))


class Residual(nn.Module):
    """A residual block whose second normalisation is scaled and shifted by the condition vector (time, and the text's mean)."""

    def __init__(self, c_in, c_out, condition):
        super().__init__()
        self.norm1 = group_norm(c_in)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, 1, 1)
        self.condition = nn.Linear(condition, 2 * c_out)
        self.norm2 = group_norm(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1)
        self.skip = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else nn.Identity()
        nn.init.normal_(self.conv2.weight, std=1e-3)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x, condition):
        h = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.condition(condition)[:, :, None, None].chunk(2, 1)
        return self.skip(x) + self.conv2(F.silu(self.norm2(h) * (1 + scale) + shift))


class Attention(nn.Module):
    """Self-attention over the map's positions (optional), then cross-attention to the text's hidden states."""

    def __init__(self, channels, context, heads, to_self):
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(1, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1) if to_self else None
        self.self_out = nn.Conv2d(channels, channels, 1) if to_self else None
        self.cross_norm = nn.GroupNorm(1, channels)
        self.q = nn.Conv2d(channels, channels, 1)
        self.kv = nn.Linear(context, 2 * channels)
        self.out = nn.Conv2d(channels, channels, 1)

    def forward(self, x, text):
        _, channels, height, width = (int(n) for n in x.shape)

        def rows(m):
            return m.reshape(-1, channels, height * width).transpose(1, 2)

        def to_map(r):
            return r.transpose(1, 2).reshape(-1, channels, height, width)

        if self.qkv is not None:
            q, k, v = self.qkv(self.norm(x)).chunk(3, 1)
            x = x + self.self_out(to_map(attend(rows(q), rows(k), rows(v), self.heads)))
        k, v = self.kv(text).chunk(2, -1)
        return x + self.out(to_map(attend(rows(self.q(self.cross_norm(x))), k, v, self.heads)))


class UNet(nn.Module):
    """Predicts the noise in a latent. sample [B, C, H, W], timestep scalar, [1] or [B], hidden states [B, L, D] -> [B, C, H, W]."""

    def __init__(self, latents, widths, context, heads, condition, self_attention):
        """self_attention: one flag a level, whether its positions attend to each other."""
        super().__init__()
        self.frequencies = widths[0]
        self.time = nn.Sequential(nn.Linear(widths[0], condition), nn.SiLU(), nn.Linear(condition, condition))
        self.text = nn.Linear(context, condition)
        self.stem = nn.Conv2d(latents, widths[0], 3, 1, 1)
        self.down = nn.ModuleList()
        self.shrink = nn.ModuleList()
        for i, (width, to_self) in enumerate(zip(widths, self_attention)):
            self.down.append(nn.ModuleList([Residual(width, width, condition), Attention(width, context, heads, to_self)]))
            if i + 1 < len(widths):
                self.shrink.append(nn.Conv2d(width, widths[i + 1], 3, 2, 1))
        self.middle = Residual(widths[-1], widths[-1], condition)
        self.up = nn.ModuleList()
        self.grow = nn.ModuleList()
        for i, (width, to_self) in reversed(list(enumerate(zip(widths, self_attention)))):
            self.up.append(nn.ModuleList([Residual(2 * width, width, condition), Attention(width, context, heads, to_self)]))
            if i > 0:
                self.grow.append(nn.Conv2d(width, widths[i - 1], 3, 1, 1))
        self.norm = group_norm(widths[0])
        self.out = nn.Conv2d(widths[0], latents, 3, 1, 1)

    def condition(self, timestep, text):
        half = self.frequencies // 2
        rate = torch.exp(torch.arange(half, dtype=torch.float32) * (-math.log(10000.0) / half))
        angle = timestep.reshape(-1, 1).to(torch.float32) * rate
        return F.silu(self.time(torch.cat([angle.cos(), angle.sin()], 1)) + self.text(text.mean(1)))

    def forward(self, sample, timestep, text):
        condition = self.condition(timestep, text)
        x = self.stem(sample)
        skips = []
        for i, (residual, attention) in enumerate(self.down):
            x = attention(residual(x, condition), text)
            skips.append(x)
            if i < len(self.shrink):
                x = self.shrink[i](x)
        x = self.middle(x, condition)
        for i, (residual, attention) in enumerate(self.up):
            x = attention(residual(torch.cat([x, skips.pop()], 1), condition), text)
            if i < len(self.grow):
                x = self.grow[i](F.interpolate(x, scale_factor=2.0, mode="nearest"))
        return self.out(F.silu(self.norm(x)))


class Preconditioned(nn.Module):
    """A U-Net that predicts the noise by way of the velocity: eps = sqrt(abar) v + sqrt(1 - abar) x (Salimans and Ho, 2022).

    So an untrained network already passes the noise on, and learns what is left: the picture behind it.
    """

    def __init__(self, unet, abar):
        super().__init__()
        self.unet = unet
        nn.init.zeros_(unet.out.weight)
        nn.init.zeros_(unet.out.bias)
        self.register_buffer("abar", abar.float(), persistent=False)

    def forward(self, sample, timestep, text):
        a = self.abar[timestep.to(torch.int64).reshape(-1)].reshape(-1, 1, 1, 1)
        return a.sqrt() * self.unet(sample, timestep, text) + (1 - a).sqrt() * sample
