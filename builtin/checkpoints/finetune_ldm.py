"""Finetunes the latent diffusion model: NoNeg, HardNeg and HardNeg without its threshold, on the same data with the same steps.

    python3 builtin/checkpoints/finetune_ldm.py --train TRAIN --valid VALID --work WORK --recipe noneg|hardneg|nothreshold --steps N

L = L_pos + L_neg; L_pos = mean (eps - eps_theta(x_t, t, text))^2; L_neg = -min(mean (eps - eps_theta(negative))^2, lambda L_pos), lambda = 1,
L_pos detached inside the threshold, pair by pair, the same noise and timestep for both (Krojer et al., 2023, section 4). A step's negative is an image
half of the time (one of the five nearest by the dual encoder WORK/clip.pt), a hard text a quarter, a random text a quarter.
nothreshold: L_neg = -mean (...)^2. noneg: L_pos alone. The text encoder stays as it is; the denoiser's weights are those of WORK/ldm.pt
at first. The weights kept are the best on pairs of VALID, scenes other than those trained on: captions against hard texts. Those of
nothreshold are the last: it falls within a hundred steps, and what it was before says nothing of the threshold.
"""

import argparse

import numpy
import torch

from autoencoder import latents_of
from data import Encoded, TrainSet, pairs_of, to_unit, tokenizer_of
from diffusion import TextToLatent, at, autoencoder_of, noised, spread_timesteps, velocity
from encoders import dual_encoder
from training import arguments, half_precision, learn, load_state

NEAR = 5
VALIDATION_TIMES = (130, 250, 370, 490, 610)


def neighbours_of(train, tok, args):
    """The NEAR nearest other images of each image by the dual encoder: indices [N, NEAR]."""
    dual = dual_encoder(len(tok.vocab), tok.max_length)
    dual.load_state_dict(load_state(args.work, "clip")["weights"])
    dual.eval()
    with torch.no_grad():
        parts = [dual.embed_image(to_unit(train.images[i : i + 200])) for i in range(0, len(train), 200)]
        every = torch.cat(parts)
        near = []
        for i in range(0, len(train), 500):
            cosine = every[i : i + 500] @ every.t()
            cosine[range(len(cosine)), range(i, i + len(cosine))] = -2
            near.append(cosine.topk(NEAR).indices)
    return torch.cat(near).cpu().numpy()


def negatives_of(train, near, pick, entries, rng):
    """(images, texts) of the step's negative pairs: `pick` and its texts with one of the two exchanged."""
    def other_texts(_):
        return train.caption_text[train.captions_of(rng.integers(len(train), size=len(pick)), rng)]

    def near_images(attempt):
        return near[pick, rng.integers(NEAR, size=len(pick))] if attempt < 5 else rng.integers(len(train), size=len(pick))

    texts = train.caption_text[entries]
    kind = rng.random()
    if kind < 0.5:
        return drawn(near_images, lambda images: listed(train, images, texts)), texts
    other = drawn(other_texts, lambda others: listed(train, pick, others))
    if kind < 0.75:
        hard = train.hard_of(entries, rng)
        return pick, numpy.where(hard >= 0, hard, other)
    return pick, other


def listed(train, images, texts):
    """Whether each text is listed as true of its image."""
    return numpy.array([text in train.truths[i] for i, text in zip(images, texts)])


def drawn(draw, is_true):
    """draw(attempt), drawn again up to eight times where it is true after all."""
    values = draw(0)
    for attempt in range(1, 9):
        wrong = is_true(values)
        if not wrong.any():
            break
        values = numpy.where(wrong, draw(attempt), values)
    return values


def noise_error(guess, z, t, noise):
    """mean (eps - eps_theta)^2 [B] of each image from a guess of the velocity: the two differ by the factor sqrt(abar)."""
    return ((guess.float() - velocity(z, t, noise)) * at(t)[0]).square().flatten(1).mean(1)


def validator(valid, latents, encoded):
    """look(model): share of validation pairs put right."""
    images, right, wrong = pairs_of(valid)
    z, right, wrong = latents[images], encoded.ids[right], encoded.ids[wrong]
    rng = numpy.random.default_rng(2)
    noises = [torch.as_tensor(rng.standard_normal(z.shape[1:], numpy.float32)) for _ in VALIDATION_TIMES]

    def look(model):
        gain = torch.zeros(len(z))
        with torch.no_grad():
            for noise, time in zip(noises, VALIDATION_TIMES):
                t = torch.tensor([time])
                for ids, sign in ((right, -1), (wrong, 1)):
                    miss = (model(noised(z, t, noise), t, ids) - velocity(z, t, noise)) * at(t)[0]
                    gain += sign * miss.flatten(1).norm(dim=1)
        return (gain > 0).float().mean().item()

    return look


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--recipe", choices=["noneg", "hardneg", "nothreshold"], required=True)
    parser.add_argument("--valid", required=True)
    args = arguments(parser, minutes=6, rate=1e-4)
    train, valid = TrainSet(args.train), TrainSet([args.valid])
    tok = tokenizer_of(train)
    encoded, valid_encoded = Encoded(tok, train.texts), Encoded(tok, valid.texts)
    encoder, _, scale, _ = autoencoder_of(train)
    latents = latents_of(encoder, train.images) * scale
    model = TextToLatent(len(tok.vocab), tok.max_length)
    model.load_state_dict(load_state(args.work, "ldm")["weights"])
    model.text.requires_grad_(False)
    near = neighbours_of(train, tok, args)
    look = validator(valid, latents_of(encoder, valid.images) * scale, valid_encoded)
    print("before", look(model.eval()), flush=True)

    with_negatives = args.recipe != "noneg"
    rows = args.batch * 2 if with_negatives else args.batch

    def step_loss(rng):
        pick = rng.integers(len(train), size=args.batch)
        entries = train.captions_of(pick, rng)
        images, texts, t = pick, train.caption_text[entries], spread_timesteps(args.batch, rng)
        noise = torch.randn(args.batch, *latents.shape[1:])
        if with_negatives:
            pairs = zip((images, texts), negatives_of(train, near, pick, entries, rng))
            (images, texts), t, noise = map(numpy.concatenate, pairs), t.repeat(2), noise.repeat(2, 1, 1, 1)
        z = latents[images]
        with half_precision():
            guess = model(noised(z, t, noise), t, encoded.ids[texts])
        errors = noise_error(guess, z, t, noise)
        if not with_negatives:
            return errors.mean()
        positive, negative = errors.chunk(2)
        bound = positive.detach()
        kept = negative if args.recipe == "nothreshold" else torch.minimum(negative, bound)
        return (positive - kept).mean(), positive.mean()

    example = (latents[:rows], torch.zeros(rows, dtype=torch.int64), encoded.ids[:rows])
    learn(model, step_loss, example, args, f"ldm-{args.recipe}", model.unet.parameters(), look, keep_best=args.recipe != "nothreshold")


if __name__ == "__main__":
    main()
