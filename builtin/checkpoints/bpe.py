"""A small byte-level BPE tokenizer in CLIP's form: built from a list of words, each of which becomes one token.

The vocabulary is laid out as CLIP's is: 256 byte symbols, the same with "</w>", the merges' results, then
<|startoftext|> and <|endoftext|>. Text is lower-cased, split by CLIP's pattern, written as byte symbols and merged.
"""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

START = "<|startoftext|>"
END = "<|endoftext|>"
SPLIT = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
ASCII_SPLIT = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[A-Za-z]+|[0-9]|[^\sA-Za-z0-9]+")
CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")


def byte_symbols():
    """GPT-2's map of the 256 bytes to printable characters: printable Latin-1 stands for itself, the rest for 256, 257, ..."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {b: chr(b) for b in kept}
    spare = 256
    for b in range(256):
        if b not in table:
            table[b] = chr(spare)
            spare += 1
    # CLIP's vocabulary lists the printable bytes first.
    return {b: table[b] for b in [*kept, *(b for b in range(256) if b not in kept)]}


SYMBOLS = byte_symbols()


def split_words(text):
    """CLIP's pattern by hand (`re` knows no \\p{L}): contractions, runs of letters, single numbers, runs of anything else but space."""
    if text.isascii():
        return ASCII_SPLIT.findall(text)
    words = []
    i = 0
    while i < len(text):
        contraction = next((c for c in CONTRACTIONS if text.startswith(c, i)), None)
        kind = unicodedata.category(text[i])[0]
        if contraction:
            j = i + len(contraction)
        elif text[i].isspace():
            i += 1
            continue
        elif kind == "N":
            j = i + 1
        else:
            letters = kind == "L"
            j = i + 1
            while j < len(text) and not text[j].isspace():
                k = unicodedata.category(text[j])[0]
                if (k == "L") != letters or k == "N":
                    break
                j += 1
        words.append(text[i:j])
        i = j
    return words


def normalize(text):
    return " ".join(unicodedata.normalize("NFC", text).split()).lower()


def symbols_of(word):
    out = [SYMBOLS[b] for b in word.encode("utf-8")]
    out[-1] += "</w>"
    return out


def merge_once(symbols, pair):
    out = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def learn_merges(words):
    """Byte-pair merges, the commonest pair first (ties in alphabetical order), until every word is one symbol."""
    pieces = [symbols_of(w) for w in sorted(set(words))]
    merges = []
    while True:
        counts = Counter(pair for p in pieces for pair in zip(p, p[1:]))
        if not counts:
            return merges
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        pieces = [merge_once(p, best) for p in pieces]


class Tokenizer:
    def __init__(self, words, max_length):
        self.max_length = max_length
        self.merges = learn_merges(w for text in words for w in split_words(normalize(text)))
        tokens = [*SYMBOLS.values(), *(s + "</w>" for s in SYMBOLS.values()), *(a + b for a, b in self.merges)]
        # Two merges can spell the same token; it keeps its first place.
        self.vocab = {t: i for i, t in enumerate(dict.fromkeys([*tokens, START, END]))}
        self.ranks = {pair: i for i, pair in enumerate(self.merges)}
        self.start = self.vocab[START]
        self.end = self.vocab[END]
        self.known = {}

    def bpe(self, word):
        """Ids of one word; a word is merged once."""
        if word not in self.known:
            self.known[word] = self.merged(word)
        return self.known[word]

    def merged(self, word):
        symbols = symbols_of(word)
        while len(symbols) > 1:
            pair = min(zip(symbols, symbols[1:]), key=lambda p: self.ranks.get(p, len(self.ranks)))
            if pair not in self.ranks:
                break
            symbols = merge_once(symbols, pair)
        return [self.vocab[s] for s in symbols]

    def encode(self, text):
        """Ids of a text cut to start, the first max_length - 2 tokens and end, without padding."""
        ids = [i for w in split_words(normalize(text)) for i in self.bpe(w)]
        return [self.start, *ids[: self.max_length - 2], self.end]

    def padded(self, text):
        """(ids, mask) of length max_length; padded with the end token, as CLIP does."""
        ids = self.encode(text)
        spare = self.max_length - len(ids)
        return ids + [self.end] * spare, [1] * len(ids) + [0] * spare

    def config(self):
        return {
            "add_prefix_space": False,
            "bos_token": START,
            "clean_up_tokenization_spaces": True,
            "do_lower_case": True,
            "eos_token": END,
            "errors": "replace",
            "model_max_length": self.max_length,
            "pad_token": END,
            "tokenizer_class": "CLIPTokenizer",
            "unk_token": END,
        }

    def save_slow(self, folder):
        """vocab.json, merges.txt and the two configs: what a diffusers export holds in tokenizer/."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        dump(folder / "vocab.json", self.vocab, indent=None)
        lines = ["#version: 0.2", *(f"{a} {b}" for a, b in self.merges)]
        (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        dump(folder / "tokenizer_config.json", self.config())
        dump(folder / "special_tokens_map.json", {k: v for k, v in self.config().items() if k.endswith("_token")})

    def save_fast(self, folder):
        """tokenizer.json and tokenizer_config.json: what a CLIP export holds at its root."""
        special = [
            {"id": i, "content": c, "single_word": False, "lstrip": False, "rstrip": False, "normalized": n, "special": True}
            for i, c, n in [(self.start, START, True), (self.end, END, False)]
        ]
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        whole = {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": special,
            "normalizer": {
                "type": "Sequence",
                "normalizers": [
                    {"type": "NFC"},
                    {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
                    {"type": "Lowercase"},
                ],
            },
            "pre_tokenizer": {
                "type": "Sequence",
                "pretokenizers": [
                    {"type": "Split", "pattern": {"Regex": SPLIT}, "behavior": "Removed", "invert": True},
                    {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True},
                ],
            },
            "post_processor": {
                "type": "RobertaProcessing",
                "sep": [END, self.end],
                "cls": [START, self.start],
                "trim_offsets": False,
                "add_prefix_space": False,
            },
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": END,
                "continuing_subword_prefix": "",
                "end_of_word_suffix": "</w>",
                "fuse_unk": False,
                "vocab": self.vocab,
                "merges": [f"{a} {b}" for a, b in self.merges],
            },
        }
        dump(folder / "tokenizer.json", whole, indent=None)
        dump(folder / "tokenizer_config.json", self.config())


def dump(path, value, indent=2):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")
