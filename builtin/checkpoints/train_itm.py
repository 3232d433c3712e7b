"""Trains a matching head, as BLIP's: does this text fit this image? Asked of true captions, hard false ones and those of other images.

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


def pairs_of(train, batch, rng):
    """Images, texts and labels: half true; of the false half, one text in two is hard, one of another image."""
    pick = rng.choice(len(train), batch, replace=False)
    entries = train.captions_of(pick, rng)
    texts = train.caption_text[entries].copy()
    kind = rng.random(batch)
    hard = train.hard_of(entries, rng)
    other = train.caption_text[train.captions_of(rng.integers(len(train), size=batch), rng)]
    texts = numpy.where(kind < 0.5, texts, numpy.where((kind < 0.75) & (hard >= 0), hard, other))
    labels = [int(text in train.truths[i]) for i, text in zip(pick, texts)]
    return pick, texts, torch.tensor(labels)


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
        pick, texts, labels = pairs_of(train, args.batch, rng)
        with half_precision():
            logits = model(to_unit(train.images[pick]), encoded.ids[texts], encoded.mask[texts])
        return F.cross_entropy(logits.float(), labels)

    learn(model, step_loss, args, "itm")


if __name__ == "__main__":
    main()
