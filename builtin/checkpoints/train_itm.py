"""Trains a matching head, as BLIP's: does this text fit this image? An image is asked for a true caption, a hard false one and another's.

    python3 builtin/checkpoints/train_itm.py --train TRAIN --valid VALID --work WORK

Its image tower and its tokens start from those of the dual encoder WORK/clip.pt, as BLIP's start from trained encoders. The
weights kept are the best on pairs of VALID, scenes other than those trained on: captions against hard texts.
"""

import argparse

import numpy
import torch
from torch.nn import functional as F

from data import Encoded, TrainSet, pairs_of, to_unit, tokenizer_of
from encoders import MatchingHead
from training import arguments, half_precision, learn, load_state


TOWER = "vision.tower."
# Texts an image a step.
TEXTS = 3


def texts_of(train, pick, rng):
    """Texts [N, TEXTS] of the images `pick`, and labels: a true caption, one of its hard texts, the caption of another image.

    A caption without hard texts gets two of other images. A text of another image may be true after all; the label says so.
    """

    def other():
        return train.caption_text[train.captions_of(rng.integers(len(train), size=len(pick)), rng)]

    entries = train.captions_of(pick, rng)
    hard = train.hard_of(entries, rng)
    texts = numpy.stack([train.caption_text[entries], numpy.where(hard >= 0, hard, other()), other()], 1)
    labels = [[int(text in train.truths[i]) for text in row] for i, row in zip(pick, texts)]
    return texts, torch.tensor(labels)


def loss_of(logits, labels):
    """Is each text a match? And, since what tells right from wrong is small beside what tells images apart: which is more of one?

    logits [N, TEXTS, 2]; labels [N, TEXTS], of which the first is 1.
    """
    match = logits[..., 1] - logits[..., 0]
    gaps = match[:, :1] - match[:, 1:]
    false = 1.0 - labels[:, 1:]
    return F.cross_entropy(logits.flatten(0, 1), labels.flatten()) + (F.softplus(-gaps) * false).sum() / false.sum()


def validator(valid, encoded):
    """look(model): share of validation pairs put right."""
    images, right, wrong = pairs_of(valid)
    pixels = to_unit(valid.images[images])

    def look(model):
        with torch.no_grad():
            first, second = (model(pixels, encoded.ids[texts], encoded.mask[texts]) for texts in (right, wrong))
        return (first[:, 1] - first[:, 0] > second[:, 1] - second[:, 0]).float().mean().item()

    return look


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--valid", required=True)
    args = arguments(parser, minutes=30, rate=1e-3)
    train, valid = TrainSet(args.train), TrainSet([args.valid])
    tok = tokenizer_of(train)
    encoded = Encoded(tok, train.texts)
    model = MatchingHead(len(tok.vocab), tok.max_length)
    dual = load_state(args.work, "clip")["weights"]
    model.tower.load_state_dict({k[len(TOWER) :]: v for k, v in dual.items() if k.startswith(TOWER)})
    model.tokens.weight.data.copy_(dual["text.tokens.weight"])
    model.places.data.copy_(dual["text.positions"])

    count = args.batch // TEXTS

    def step_loss(rng):
        pick = rng.integers(len(train), size=count)
        texts, labels = texts_of(train, pick, rng)
        flat = texts.flatten()
        with half_precision():
            logits = model(to_unit(train.images[pick]), encoded.ids[flat], encoded.mask[flat])
        return loss_of(logits.float().unflatten(0, texts.shape), labels)

    example = (to_unit(train.images[:count]), encoded.ids[: count * TEXTS], encoded.mask[: count * TEXTS])
    learn(model, step_loss, example, args, "itm", look=validator(valid, Encoded(tok, valid.texts)))


if __name__ == "__main__":
    main()
