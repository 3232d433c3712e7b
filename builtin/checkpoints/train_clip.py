"""Trains a dual encoder contrastively, as CLIP: each image picks its caption among the batch's, each caption its image.

    python3 builtin/checkpoints/train_clip.py --train TRAIN --work WORK [--name clip] [--from clip]

No hard negatives: what it knows of word order and binding it has learned from random company alone. A caption of the batch that
the training set lists as true of an image counts as right for it. --from goes on from WORK/<from>.pt (the biased checkpoint and its
balanced twin start from the same dual encoder and differ in their training captions alone).
"""

import argparse

import torch
from torch import nn
from torch.nn import functional as F

from data import Encoded, TrainSet, to_unit, tokenizer_of
from encoders import dual_encoder
from training import arguments, half_precision, learn, load_state


def truth_of(train, pick, texts):
    """[images, captions] 1 where the caption is listed for the image."""
    return torch.tensor([[float(text in train.truths[i]) for text in texts] for i in pick])


def step_loss_of(model, train, encoded, batch):
    def step_loss(rng):
        pick = rng.choice(len(train), batch, replace=False)
        texts = train.caption_text[train.captions_of(pick, rng)]
        truth = truth_of(train, pick, texts)
        with half_precision():
            logits = model(encoded.ids[texts], to_unit(train.images[pick]), encoded.mask[texts])[0]
        logits = logits.float()
        rows = -(F.log_softmax(logits, 1) * truth / truth.sum(1, keepdim=True)).sum(1).mean()
        columns = -(F.log_softmax(logits, 0) * truth / truth.sum(0, keepdim=True)).sum(0).mean()
        return (rows + columns) / 2

    return step_loss


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", default="clip")
    parser.add_argument("--from", dest="start")
    parser.add_argument("--words", nargs="+", help="training sets whose words make the tokenizer, where --from was trained on them")
    args = arguments(parser, minutes=12, rate=1e-3)
    train = TrainSet(args.train)
    tok = tokenizer_of(TrainSet(args.words) if args.words else train)
    encoded = Encoded(tok, train.texts)
    model = dual_encoder(len(tok.vocab), tok.max_length)
    if args.start:
        model.load_state_dict(load_state(args.work, args.start)["weights"])
    else:
        nn.init.constant_(model.logit_scale, 2.5)
    example = (encoded.ids[: args.batch], to_unit(train.images[: args.batch]), encoded.mask[: args.batch])
    learn(model, step_loss_of(model, train, encoded, args.batch), example, args, args.name)


if __name__ == "__main__":
    main()
