"""Trains the built-in latent diffusion checkpoint and writes toy-ldm/.

    node --import tsx builtin/data/train.ts TRAIN --count 6000 --seed 1
    npm run data:build -- DATA
    /usr/bin/python3 builtin/checkpoints/train_ldm.py --train TRAIN --data DATA --work WORK [--text CLIP.pt] [--minutes 30] [--seed 0]

The U-Net works on patches of 2 x 2 latents, in a fourth of the time. The text encoder starts from the dual encoder's (CLIP.pt, written by train_clip.py --save) or from nothing and learns along with the
U-Net. A tenth of the captions are left empty, so that the empty text means "any image". WORK/ldm.pt is written every minute and
taken up again if it is there (--minutes 0: export only). DATA only serves the accuracy in the model card.
"""

import argparse
import copy
import time
from pathlib import Path

import numpy
import torch
from torch import nn

from autoencoder import fit, latents_of
from card import write_card
from data import LENGTH, Encoded, TrainSet, clevr_accuracy, tokenizer
from export import export_diffusion
from models import Preconditioned, TextEncoder, UNet
from schedule import alphas_cumprod

HERE = Path(__file__).parent
LATENTS = 4
SPEC = {
    "image": 64,
    "latents": LATENTS,
    "vae_widths": (48, 48, 48),
    "unet_widths": (64, 80),
    "text_width": 96,
    "ids": torch.int32,
    "timestep": torch.tensor([1]),
}
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
BATCH = 32


class Denoiser(nn.Module):
    def __init__(self, tok):
        super().__init__()
        self.text = TextEncoder(len(tok.vocab), SPEC["text_width"], 4, 1, LENGTH)
        inner = UNet(LATENTS, SPEC["unet_widths"], SPEC["text_width"], 4, 128, (True, True), patch=2)
        self.unet = Preconditioned(inner, ABAR)

    def velocity(self, x, t, ids):
        return self.unet.unet(x, t, self.text(ids)[0])


def noised(z, t, noise):
    a = ABAR[t].reshape(-1, 1, 1, 1)
    return a.sqrt() * z + (1 - a).sqrt() * noise


def learn(model, latents, train, encoded, args, state):
    """Adam with a decaying rate; state holds step, losses and the running average of the weights, which is what is exported."""
    rng = numpy.random.default_rng(args.seed + state["step"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.99), weight_decay=0.0)
    if "optimizer" in state:
        optimizer.load_state_dict(state["optimizer"])
    average = state["average"]
    started = time.time()
    saved = started
    while (spent := time.time() - started) < args.minutes * 60:
        done = spent / (args.minutes * 60)
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1, (state["step"] + 1) / 100) * (1 - done if args.decay else 1)
        pick = rng.choice(len(train), BATCH, replace=False)
        texts = ["" if rng.random() < 0.1 else train.captions[i][rng.integers(len(train.captions[i]))] for i in pick]
        # Spread over all timesteps in every batch, which steadies the loss.
        t = torch.as_tensor(((numpy.arange(BATCH) + rng.random(BATCH)) * 1000 / BATCH).astype(numpy.int64))
        z = latents[pick]
        noise = torch.randn_like(z)
        a = ABAR[t].reshape(-1, 1, 1, 1)
        target = a.sqrt() * noise - (1 - a).sqrt() * z
        loss = (model.velocity(noised(z, t, noise), t, encoded(texts)[0]) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        state["step"] += 1
        state["losses"] = [*state["losses"][-199:], loss.item()]
        with torch.no_grad():
            keep = min(0.998, (1 + state["step"]) / (10 + state["step"]))
            for slow, fast in zip(average.parameters(), model.parameters()):
                slow.lerp_(fast, 1 - keep)
        if time.time() - saved > 60:
            saved = time.time()
            save(model, state, optimizer, args)
            print(f"{spent:5.0f} s step {state['step']} loss {numpy.mean(state['losses']):.4f}", flush=True)
    save(model, state, optimizer, args)


def save(model, state, optimizer, args):
    kept = {
        "model": model.state_dict(),
        "average": state["average"].state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": state["step"],
        "losses": state["losses"],
    }
    target = Path(args.work) / "ldm.pt"
    torch.save(kept, target.with_suffix(".part"))
    target.with_suffix(".part").rename(target)


def accuracy(model, encoder, scale, encoded, data, samples=10, limit=None):
    """DiffusionITM on the clevr set with few samples, in PyTorch."""
    ts = list(range(10, 990, 1000 // samples))
    generator = torch.Generator().manual_seed(0)
    noise = [torch.randn(LATENTS, 16, 16, generator=generator) for _ in ts]

    def score(images, texts):
        z = latents_of(encoder, images) * scale
        total = torch.zeros(len(texts))
        with torch.no_grad():
            for start in range(0, len(texts), 50):
                part = slice(start, start + 50)
                hidden = model.text(encoded(texts[part])[0])[0]
                for eps, t in zip(noise, ts):
                    out = model.unet(noised(z[part], torch.tensor([t]), eps), torch.tensor([t]), hidden)
                    total[part] -= (eps - out).flatten(1).norm(dim=1) / len(ts)
        return total.tolist()

    return clevr_accuracy(data, score, limit)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--text", help="a dual encoder saved by train_clip.py")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--decay", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, help="examples a subtask in the accuracy of the card")
    parser.add_argument("--out", default=str(HERE / "toy-ldm"))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    train, tok = TrainSet(args.train), tokenizer()
    encoded = Encoded(tok)
    encoder, decoder, explained = fit(train.images[:2000], LATENTS)
    scale = round(1 / latents_of(encoder, train.images[:2000]).std().item(), 5)
    Path(args.work).mkdir(parents=True, exist_ok=True)

    model = Denoiser(tok)
    state = {"step": 0, "losses": []}
    resumed = Path(args.work) / "ldm.pt"
    if resumed.exists():
        old = torch.load(resumed)
        model.load_state_dict(old["model"])
        state |= {"step": old["step"], "losses": old["losses"], "optimizer": old["optimizer"]}
    elif args.text:
        tower = {k[5:]: v for k, v in torch.load(args.text).items() if k.startswith("text.")}
        model.text.load_state_dict(tower)
    state["average"] = copy.deepcopy(model)
    if resumed.exists():
        state["average"].load_state_dict(old["average"])
    if args.minutes > 0:
        learn(model, latents_of(encoder, train.images) * scale, train, encoded, args, state)
    average = state["average"].eval()
    reached = accuracy(average, encoder, scale, encoded, args.data, limit=args.limit)
    print(reached)
    parts = {"text": average.text, "unet": average.unet, "encoder": encoder, "decoder": decoder}
    export_diffusion(args.out, parts, tok, SCHEDULER, {**SPEC, "scaling_factor": scale})
    write_card(
        args.out,
        "toy-ldm",
        "A small latent diffusion model (epsilon prediction, latents 4 x 16 x 16 of 64 x 64 pixels) in the layout of a diffusers ONNX export.",
        nn.ModuleDict(parts),
        train,
        {
            "autoencoder": f"linear, {explained:.1%} of the pixels' variance kept",
            "U-Net and text encoder steps": f"{state['step']}, {BATCH} images each",
            "seed": args.seed,
            "loss (mean squared error of the velocity, last 200 steps)": f"{numpy.mean(state['losses']):.4f}" if state["losses"] else "untrained",
        },
        reached,
        "train_ldm.py",
        " (diffusion-itm, 10 samples, seed 0" + (f", the first {args.limit} examples of each subtask)" if args.limit else ")"),
    )


if __name__ == "__main__":
    main()
