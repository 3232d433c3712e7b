"""Training images and captions (written by builtin/data/train.ts), and the built-in test set for a first look at accuracy."""

import json
from pathlib import Path

import numpy
import torch
from PIL import Image

from bpe import Tokenizer

# Every word of the training captions becomes one token; any other text is spelt in smaller pieces.
WORDS = """a and behind blue brown cube cubes cyan cylinder cylinders emblem flat front gray green grid in is large left matte
object of on one purple raised red right ring shiny small sphere spheres star the three top two underneath wave yellow .""".split()
LENGTH = 16
COLORS = ["gray", "red", "blue", "green", "brown", "purple", "cyan", "yellow"]
# Words that take each other's place in a false caption.
FAMILIES = [
    COLORS,
    ["cube", "sphere", "cylinder"],
    ["small", "large"],
    ["matte", "shiny"],
    ["left", "right"],
    ["in front of", "behind"],
    ["on top of", "underneath"],
]


def tokenizer():
    return Tokenizer(WORDS, LENGTH)


def to_unit(pixels):
    """uint8 [N, H, W, 3] -> float [N, 3, H, W] in -1..1."""
    return torch.as_tensor(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1


class TrainSet:
    """Images uint8 [N, 64, 64, 3] and, for each, the list of captions that are true of it."""

    def __init__(self, folders):
        images, self.captions, self.sources = [], [], []
        for folder in map(Path, folders):
            about = json.loads((folder / "train.json").read_text())
            shape = (about["count"], about["height"], about["width"], about["channels"])
            images.append(numpy.fromfile(folder / "images.u8", numpy.uint8).reshape(shape))
            self.captions += [json.loads(line) for line in (folder / "captions.jsonl").read_text().splitlines()]
            self.sources.append(about)
        self.images = numpy.concatenate(images)
        self.truths = [set(c) for c in self.captions]

    def __len__(self):
        return len(self.captions)


class Encoded:
    """Padded ids of texts, each text encoded once."""

    def __init__(self, tok):
        self.tok = tok
        self.known = {}

    def __call__(self, texts):
        rows = []
        for t in texts:
            if t not in self.known:
                self.known[t] = self.tok.padded(t)
            rows.append(self.known[t])
        return torch.tensor([r[0] for r in rows]), torch.tensor([r[1] for r in rows])


def false_caption(caption, truths, rng):
    """One word (or relation) of a caption exchanged so that it is not among the image's true captions; None if no try succeeds."""
    for _ in range(6):
        family = FAMILIES[rng.integers(len(FAMILIES))]
        here = [w for w in family if w in caption]
        if not here:
            continue
        if len(here) > 1 and rng.random() < 0.5:
            # Exchange two that occur: "a red cube and a blue sphere" -> "a blue cube and a red sphere".
            a, b = here[0], here[1]
            changed = caption.replace(a, "\0").replace(b, a).replace("\0", b)
        else:
            changed = caption.replace(here[rng.integers(len(here))], family[rng.integers(len(family))], 1)
        if changed not in truths:
            return changed
    return None


def clevr_examples(root):
    """(subtask, image uint8 [64, 64, 3], right, wrong) of a data root in the official layout."""
    folder = Path(root) / "clevr"
    images = {}
    for path in sorted((folder / "captions").glob("*.json")):
        for name, pairs in json.loads(path.read_text()).items():
            if name not in images:
                image = Image.open(folder / "images" / name).convert("RGB").resize((64, 64), Image.Resampling.BICUBIC)
                images[name] = numpy.asarray(image)
            for right, wrong in pairs:
                yield path.stem, images[name], right, wrong


def clevr_accuracy(root, score, limit=None):
    """score(images uint8 [N, 64, 64, 3], texts) -> N scores. Returns accuracy by subtask; a tie counts one half."""
    by_task = {}
    for example in clevr_examples(root):
        by_task.setdefault(example[0], []).append(example)
    out = {}
    for task, examples in by_task.items():
        examples = examples[:limit]
        images = numpy.stack([e[1] for e in examples])
        right = score(images, [e[2] for e in examples])
        wrong = score(images, [e[3] for e in examples])
        out[task] = sum(1.0 if r > w else 0.5 if r == w else 0.0 for r, w in zip(right, wrong)) / len(examples)
    out["average"] = sum(out.values()) / len(out)
    return out
