"""Trains the image autoencoder of the built-in diffusion checkpoint (a step before train_ldm.py).

    /usr/bin/python3 builtin/checkpoints/train_vae.py --train TRAIN --work WORK [--minutes 6] [--seed 0] [--threads 2]

Writes WORK/vae.pt: the weights, the scaling factor (1 / standard deviation of the latents) and the facts for the model card.
"""

import argparse
import time
from pathlib import Path

import numpy
import torch
from torch import nn

from data import TrainSet, to_unit
from models import VaeDecoder, VaeEncoder

LATENTS, WIDTHS = 4, (16, 32, 48)
KL_WEIGHT = 1e-3


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = VaeEncoder(WIDTHS, LATENTS)
        self.decoder = VaeDecoder(WIDTHS, LATENTS)

    def forward(self, x):
        mean, logvar = self.encoder(x).chunk(2, 1)
        logvar = logvar.clamp(-12, 4)
        z = mean + torch.randn_like(mean) * (0.5 * logvar).exp()
        kl = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
        return self.decoder(z), kl


def latents_of(encoder, images):
    """Posterior means of uint8 images [N, 64, 64, 3], unscaled."""
    with torch.no_grad():
        return torch.cat([encoder(to_unit(images[i : i + 100])).chunk(2, 1)[0] for i in range(0, len(images), 100)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = numpy.random.default_rng(args.seed)
    train = TrainSet(args.train)
    vae = Vae()
    optimizer = torch.optim.AdamW(vae.parameters(), lr=2e-3, weight_decay=0.0)
    started, step, losses = time.time(), 0, []
    while (spent := time.time() - started) < args.minutes * 60:
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1, (step + 1) / 30) * max(0.02, 1 - spent / (args.minutes * 60))
        x = to_unit(train.images[rng.choice(len(train), 16, replace=False)])
        again, kl = vae(x)
        wrong = (again - x).square().mean()
        loss = wrong + KL_WEIGHT * kl
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        losses.append(wrong.item())
        step += 1
        if step % 50 == 0:
            print(f"{spent:5.0f} s step {step} mse {numpy.mean(losses[-50:]):.4f} kl {kl.item():.2f}", flush=True)
    z = latents_of(vae.eval().encoder, train.images[:1000])
    facts = {"VAE steps": step, "VAE mean squared error (pixels in -1..1)": f"{numpy.mean(losses[-50:]):.4f}"}
    Path(args.work).mkdir(parents=True, exist_ok=True)
    torch.save({"vae": vae.state_dict(), "scaling_factor": round(1 / z.std().item(), 5), "facts": facts}, Path(args.work) / "vae.pt")
    print(facts, z.mean((0, 2, 3)), z.std((0, 2, 3)))


if __name__ == "__main__":
    main()
