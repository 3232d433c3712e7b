"""What the base training and the finetuning of the latent diffusion model share: its parts, its noise, its errors."""

from functools import lru_cache

import numpy
import torch
from torch import nn

from autoencoder import fit, latents_of
from denoiser import Denoiser
from models import TextEncoder
from schedule import alphas_cumprod

LATENTS, SIDE, CONTEXT, WIDTH = 4, 16, 128, 128
SCHEDULER = {
    "_class_name": "DDIMScheduler",
    "_diffusers_version": "0.30.0",
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "trained_betas": None,
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
}
ABAR = alphas_cumprod(SCHEDULER).float()


class TextToLatent(nn.Module):
    """The text encoder and the denoiser (which predicts the velocity) together."""

    def __init__(self, vocabulary, length):
        super().__init__()
        self.text = TextEncoder(vocabulary, CONTEXT, 4, 2, length)
        self.unet = Denoiser(LATENTS, SIDE, patch=4, width=WIDTH, layers=4, heads=4, expand=4, context=CONTEXT)

    def forward(self, x, t, ids):
        return self.unet(x, t, self.text(ids)[0])


def autoencoder_of(train):
    """The linear autoencoder, its scaling factor, and the share of the pixels' variance that it keeps."""
    encoder, decoder, explained = fit(train.images[:2000], LATENTS)
    scale = round(1 / latents_of(encoder, train.images[:2000]).std().item(), 5)
    return encoder, decoder, scale, explained


@lru_cache
def abar_on(device):
    return ABAR.to(device)


def at(t):
    a = abar_on(t.device)[t].reshape(-1, 1, 1, 1)
    return a.sqrt(), (1 - a).sqrt()


def noised(z, t, noise):
    signal, rest = at(t)
    return signal * z + rest * noise


def velocity(z, t, noise):
    signal, rest = at(t)
    return signal * noise - rest * z


def spread_timesteps(batch, rng):
    """One timestep from each of `batch` equal parts of 0..999, which steadies the loss."""
    return torch.as_tensor(((numpy.arange(batch) + rng.random(batch)) * 1000 / batch).astype(numpy.int64))
