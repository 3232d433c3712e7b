"""The image autoencoder of the built-in diffusion checkpoint: linear, in closed form.

Each 4 x 4 patch (48 numbers) is described by its four principal components over the training images, each brought to unit
variance: roughly light and dark, two colour axes and one slope. No gradient step is needed, and the posterior is its mean; the
log-variance that the layout asks for is a constant.
"""

import torch
from torch import nn
from torch.nn import functional as F

from data import to_unit

PATCH = 4
LOG_VARIANCE = -10.0


class PatchEncoder(nn.Module):
    """image [B, 3, S, S] in -1..1 -> mean and log-variance [B, 2C, S/4, S/4]."""

    def __init__(self, latents):
        super().__init__()
        self.conv = nn.Conv2d(3, 2 * latents, PATCH, PATCH)

    def forward(self, x):
        return self.conv(x)


class PatchDecoder(nn.Module):
    """latent [B, C, s, s] -> image [B, 3, 4s, 4s] in -1..1."""

    def __init__(self, latents):
        super().__init__()
        self.conv = nn.Conv2d(latents, 3 * PATCH * PATCH, 1)

    def forward(self, z):
        return F.pixel_shuffle(self.conv(z), PATCH)


def fit(images, latents):
    """images uint8 [N, 64, 64, 3] -> encoder, decoder and the share of the pixels' variance that is kept."""
    patches = F.pixel_unshuffle(to_unit(images), PATCH).permute(0, 2, 3, 1).reshape(-1, 3 * PATCH * PATCH).double()
    mean = patches.mean(0)
    values, vectors = torch.linalg.eigh((patches - mean).t() @ (patches - mean) / len(patches))
    top = vectors[:, -latents:].flip(1)
    # An eigenvector's sign is arbitrary: make its largest entry positive, so that a second run gives the same.
    top = top * top.gather(0, top.abs().argmax(0, keepdim=True)).sign()
    deviation = values[-latents:].flip(0).sqrt()
    encoder, decoder = PatchEncoder(latents), PatchDecoder(latents)
    with torch.no_grad():
        weight = (top / deviation).t()
        encoder.conv.weight.zero_()
        encoder.conv.weight[:latents] = weight.reshape(latents, 3, PATCH, PATCH).float()
        encoder.conv.bias[:latents] = -(weight @ mean).float()
        encoder.conv.bias[latents:] = LOG_VARIANCE
        decoder.conv.weight.copy_((top * deviation)[:, :, None, None].float())
        decoder.conv.bias.copy_(mean.float())
    return encoder.eval(), decoder.eval(), (values[-latents:].sum() / values.sum()).item()


def latents_of(encoder, images):
    """Posterior means of uint8 images [N, 64, 64, 3], unscaled."""
    with torch.no_grad():
        return torch.cat([encoder(to_unit(images[i : i + 200])).chunk(2, 1)[0] for i in range(0, len(images), 200)])
