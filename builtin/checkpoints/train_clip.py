"""Trains the built-in dual encoder and writes toy-clip/.

    node --import tsx builtin/data/train.ts TRAIN --count 6000 --seed 1
    npm run data:build -- DATA
    /usr/bin/python3 builtin/checkpoints/train_clip.py --train TRAIN --data DATA [--minutes 6] [--seed 0]

A caption is right or wrong for each image of a batch, by the training set's list of true captions; the loss is a logistic one over
all pairs. DATA, the built-in test set, only serves the accuracy printed at the end; nothing is chosen by it.
"""

import argparse
import time
from pathlib import Path

import numpy
import torch
from torch.nn import functional as F

from card import write_card
from data import LENGTH, Encoded, TrainSet, clevr_accuracy, false_caption, to_unit, tokenizer
from export import export_dual_encoder
from models import DualEncoder, TextEncoder, VisionEncoder

HERE = Path(__file__).parent
SIZE, DIM, TEXT_WIDTH = 64, 96, 96
PREPROCESSOR = {
    "image_processor_type": "CLIPImageProcessor",
    "do_resize": True,
    "size": {"height": SIZE, "width": SIZE},
    "resample": 3,
    "do_center_crop": False,
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "do_convert_rgb": True,
}


def build(tok):
    text = TextEncoder(len(tok.vocab), TEXT_WIDTH, 4, 1, LENGTH)
    return DualEncoder(text, VisionEncoder(SIZE, (48, 64, 96), DIM, stride=4), DIM, TEXT_WIDTH)


def batch_of(train, rng, images, hard):
    """Indices, then two true captions an image and `hard` false ones; truth [images, captions]."""
    pick = rng.choice(len(train), images, replace=False)
    texts = []
    for i in pick:
        own = train.captions[i]
        texts += [own[rng.integers(len(own))] for _ in range(2)]
        for _ in range(hard):
            wrong = false_caption(own[rng.integers(len(own))], train.truths[i], rng)
            if wrong:
                texts.append(wrong)
    texts = list(dict.fromkeys(texts))
    truth = torch.tensor([[float(t in train.truths[i]) for t in texts] for i in pick])
    return pick, texts, truth


def accuracy(dual, encoded, data, limit=None):
    def score(images, texts):
        with torch.no_grad():
            return (dual.embed_image(to_unit(images)) * dual.embed_text(*encoded(texts))).sum(1).tolist()

    return clevr_accuracy(data, score, limit)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", nargs="+", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save", help="also write the PyTorch weights there, for train_ldm.py --text")
    parser.add_argument("--out", default=str(HERE / "toy-clip"))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = numpy.random.default_rng(args.seed)
    train, tok = TrainSet(args.train), tokenizer()
    encoded = Encoded(tok)
    dual = build(tok)
    bias = torch.nn.Parameter(torch.tensor(-3.0))
    optimizer = torch.optim.AdamW([*dual.parameters(), bias], lr=1e-3, weight_decay=0.01)
    started, step, losses = time.time(), 0, []
    while (spent := time.time() - started) < args.minutes * 60:
        for group in optimizer.param_groups:
            group["lr"] = 1.5e-3 * min(1, (step + 1) / 50) * max(0.02, 1 - spent / (args.minutes * 60))
        pick, texts, truth = batch_of(train, rng, 48, 2)
        logits = dual(encoded(texts)[0], to_unit(train.images[pick]), encoded(texts)[1])[0] + bias
        # True pairs are few; both sides weigh the same.
        weight = truth / truth.sum() + (1 - truth) / (1 - truth).sum()
        loss = (F.binary_cross_entropy_with_logits(logits, truth, reduction="none") * weight).sum() / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        step += 1
        if step % 100 == 0:
            print(f"{spent:5.0f} s step {step} loss {numpy.mean(losses[-100:]):.4f}", flush=True)
    dual.eval()
    reached = accuracy(dual, encoded, args.data)
    if args.save:
        torch.save(dual.state_dict(), args.save)
    print(reached)
    export_dual_encoder(args.out, dual, tok, SIZE, PREPROCESSOR, DIM, TEXT_WIDTH, joint=False)
    write_card(
        args.out,
        "toy-clip",
        "A small dual encoder in CLIP's layout (split export).",
        dual,
        train,
        {"steps": step, "images a step": 48, "seed": args.seed, "loss (mean of the last 100 steps)": f"{numpy.mean(losses[-100:]):.4f}"},
        reached,
        "train_clip.py",
    )


if __name__ == "__main__":
    main()
