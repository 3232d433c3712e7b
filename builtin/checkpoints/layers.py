"""The transformer layer that denoiser, image tower and matching head share."""

from torch import nn
from torch.nn import functional as F

from models import attend


class Layer(nn.Module):
    """Self-attention, cross-attention to tokens of width `context` if it is given, and a perceptron `expand` times as wide."""

    def __init__(self, width, heads, context=None, expand=2):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out1 = nn.Linear(width, width)
        if context is not None:
            self.norm2 = nn.LayerNorm(width)
            self.q = nn.Linear(width, width)
            self.kv = nn.Linear(context, 2 * width)
            self.out2 = nn.Linear(width, width)
        self.norm3 = nn.LayerNorm(width)
        self.up = nn.Linear(width, expand * width)
        self.down = nn.Linear(expand * width, width)

    def look(self, x, bias=None, context=None):
        """The two attentions: x [B, N, D], bias broadcastable to [B, heads, N, N], context [B, M, C] -> [B, N, D]."""
        q, k, v = self.qkv(self.norm1(x)).chunk(3, -1)
        x = x + self.out1(attend(q, k, v, self.heads, bias))
        if context is not None:
            k, v = self.kv(context).chunk(2, -1)
            x = x + self.out2(attend(self.q(self.norm2(x)), k, v, self.heads))
        return x

    def think(self, x):
        """The perceptron: [B, N, D] -> [B, N, D]."""
        return self.down(F.gelu(self.up(x)))

    def forward(self, x, bias=None, context=None):
        x = self.look(x, bias, context)
        return x + self.think(self.norm3(x))
