"""Trains the latent diffusion model of the built-in checkpoints from nothing ("zero-shot": it has seen no false caption).

    python3 builtin/checkpoints/train_ldm.py --train TRAIN --work WORK

The text encoder learns along with the denoiser. A tenth of the captions are left empty, so that the empty text means "any image".
"""

import argparse

import numpy
import torch

from autoencoder import latents_of
from data import Encoded, TrainSet, tokenizer_of
from diffusion import TextToLatent, autoencoder_of, noised, spread_timesteps, velocity
from training import arguments, half_precision, learn

EMPTY_SHARE = 0.1


def main():
    args = arguments(argparse.ArgumentParser(), minutes=60, rate=1.5e-3)
    train = TrainSet(args.train)
    tok = tokenizer_of(train)
    encoded = Encoded(tok, [*train.texts, ""])
    empty = len(train.texts)
    encoder, _, scale, _ = autoencoder_of(train)
    latents = latents_of(encoder, train.images) * scale
    model = TextToLatent(len(tok.vocab), tok.max_length)

    def step_loss(rng):
        pick = rng.integers(len(train), size=args.batch)
        texts = train.caption_text[train.captions_of(pick, rng)]
        texts = numpy.where(rng.random(args.batch) < EMPTY_SHARE, empty, texts)
        t = spread_timesteps(args.batch, rng)
        z = latents[pick]
        noise = torch.randn_like(z)
        with half_precision():
            guess = model(noised(z, t, noise), t, encoded.ids[texts])
        return (guess.float() - velocity(z, t, noise)).square().mean()

    example = (latents[: args.batch], torch.zeros(args.batch, dtype=torch.int64), encoded.ids[: args.batch])
    learn(model, step_loss, example, args, "ldm")


if __name__ == "__main__":
    main()
