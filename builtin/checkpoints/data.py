"""Training sets written by builtin/data/train.ts: images, captions that are true of them, and hard false captions."""

import json
from pathlib import Path

import numpy
import torch

from bpe import Tokenizer, normalize, split_words

# Longest text of the built-in tasks and lessons in tokens, start and end included, with some room.
LENGTH = 32


def to_unit(pixels):
    """uint8 [N, H, W, 3] -> float [N, 3, H, W] in -1..1."""
    return torch.as_tensor(pixels).permute(0, 3, 1, 2).float() / 127.5 - 1


class TrainSet:
    """All images, and all texts once.

    images uint8 [N, 64, 64, 3]; texts: M different strings; captions of image i are the entries first[i] .. first[i + 1] of
    caption_text (indices of texts); hard texts of entry c are hard_text[hard_first[c] : hard_first[c + 1]].
    """

    def __init__(self, folders):
        images, self.sources, lines = [], [], []
        for folder in map(Path, folders):
            about = json.loads((folder / "train.json").read_text())
            shape = (about["count"], about["height"], about["width"], about["channels"])
            images.append(numpy.fromfile(folder / "images.u8", numpy.uint8).reshape(shape))
            lines += (folder / "items.jsonl").read_text().splitlines()
            self.sources.append(about)
        self.images = numpy.concatenate(images)
        places = {}

        def place(text):
            return places.setdefault(text, len(places))

        first, caption_text, hard_first, hard_text = [0], [], [0], []
        for line in lines:
            item = json.loads(line)
            for caption in item["captions"]:
                caption_text.append(place(caption["text"]))
                hard_text += [place(text) for text in caption["hard"]]
                hard_first.append(len(hard_text))
            first.append(len(caption_text))
        self.texts = list(places)
        self.first, self.hard_first = numpy.array(first), numpy.array(hard_first)
        self.caption_text, self.hard_text = numpy.array(caption_text), numpy.array(hard_text, dtype=numpy.int64)
        self.truths = [frozenset(caption_text[a:b]) for a, b in zip(first, first[1:])]

    def __len__(self):
        return len(self.images)

    def words(self):
        return sorted({w for text in self.texts for w in split_words(normalize(text))})

    def captions_of(self, pick, rng):
        """One caption entry for each image of `pick`, at random."""
        low, high = self.first[pick], self.first[pick + 1]
        return low + (rng.random(len(pick)) * (high - low)).astype(numpy.int64)

    def hard_of(self, entries, rng):
        """The text index of a hard false text of each caption entry; -1 where it has none."""
        low, high = self.hard_first[entries], self.hard_first[entries + 1]
        at = low + (rng.random(len(entries)) * (high - low)).astype(numpy.int64)
        return numpy.where(high > low, self.hard_text[numpy.minimum(at, len(self.hard_text) - 1)], -1)


class Encoded:
    """Ids and masks of a list of texts, each encoded once: ids, mask [M, LENGTH]."""

    def __init__(self, tokenizer, texts):
        rows = [tokenizer.padded(text) for text in texts]
        self.ids = torch.tensor([ids for ids, _ in rows])
        self.mask = torch.tensor([mask for _, mask in rows])


def pairs_of(valid, count=400):
    """(images, true texts, hard false texts) of the first `count` images of which a caption drawn at random has hard texts."""
    rng = numpy.random.default_rng(1)
    entries = valid.captions_of(numpy.arange(len(valid)), rng)
    hard = valid.hard_of(entries, rng)
    kept = numpy.flatnonzero(hard >= 0)[:count]
    return kept, valid.caption_text[entries[kept]], hard[kept]


def tokenizer_of(train):
    """A word of the training captions is one token; any other is spelt in smaller pieces."""
    return Tokenizer(train.words(), LENGTH)
