"""Trains a matching head, as BLIP's: does this text fit this image? An image is asked for a true caption, a hard false one and another's.

    /usr/bin/python3 builtin/checkpoints/train_itm.py --train TRAIN --work WORK

Its image tower and its tokens start from those of the dual encoder WORK/clip.pt, as BLIP's start from trained encoders.
"""

import argparse

import numpy
import torch
from torch.nn import functional as F

from data import Encoded, TrainSet, to_unit, tokenizer_of
from encoders import MatchingHead
from training import arguments, half_precision, learn


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


def main():
    args = arguments(argparse.ArgumentParser(), minutes=10, rate=1e-3)
    train = TrainSet(args.train)
    tok = tokenizer_of(train)
    encoded = Encoded(tok, train.texts)
    model = MatchingHead(len(tok.vocab), tok.max_length)
    dual = torch.load(f"{args.work}/clip.pt")["weights"]
    model.tower.load_state_dict({k[len(TOWER) :]: v for k, v in dual.items() if k.startswith(TOWER)})
    model.tokens.weight.data.copy_(dual["text.tokens.weight"])
    model.places.data.copy_(dual["text.positions"])

    def step_loss(rng):
        pick = rng.choice(len(train), args.batch // TEXTS, replace=False)
        texts, labels = texts_of(train, pick, rng)
        flat = texts.flatten()
        with half_precision():
            logits = model(to_unit(train.images[pick]), encoded.ids[flat], encoded.mask[flat])
        return loss_of(logits.float().unflatten(0, texts.shape), labels)

    learn(model, step_loss, args, "itm")


if __name__ == "__main__":
    main()
