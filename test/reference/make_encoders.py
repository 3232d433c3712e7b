"""Writes odd-siglip/, odd-blip/ and encoders/: tiny random dual encoders and matching heads of many forms, and what PyTorch scores with them.

    /usr/bin/python3 test/reference/make_encoders.py         (after make_images.py, make_odd.py and make_tokens.py)

The tokens are those of tokens.json. The scores come from the PyTorch modules and Pillow; the ONNX files are exports of the same modules.
"""

import json
import shutil

import numpy
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from diffusion_models import round_to_half
from make_odd import CLIP_DIM, CLIP_TOKENIZER, DUAL, HERE, PREPROCESSOR, shake

from bpe import dump
from export import ClipText, ClipVision, to_onnx
from models import TextLayer, attend

FOLDER = HERE / "encoders"
LINES = [0, 1, 2, 3, 4, 5, 7, 12]
HALVES = [0.5, 0.5, 0.5]
OPENAI_MEAN = [0.48145466, 0.4578275, 0.40821073]
OPENAI_STD = [0.26862954, 0.26130258, 0.27577711]


class Patches(nn.Module):
    """image [B, 3, H, W] -> [B, patches, D], with positions."""

    def __init__(self, height, width, patch, dim, heads):
        super().__init__()
        self.cut = nn.Conv2d(3, dim, patch, patch)
        self.positions = nn.Parameter(torch.zeros((height // patch) * (width // patch), dim))
        self.layer = TextLayer(dim, heads)
        self.norm = nn.LayerNorm(dim)

    def forward(self, pixels):
        return self.norm(self.layer(self.cut(pixels).flatten(2).transpose(1, 2) + self.positions, 0.0))


class Words(nn.Module):
    """ids, mask (or none), positions [B, L] -> [B, L, D]."""

    def __init__(self, vocab, length, dim, heads):
        super().__init__()
        self.tokens = nn.Embedding(vocab, dim)
        self.positions = nn.Parameter(torch.zeros(length, dim))
        self.layer = TextLayer(dim, heads)
        self.norm = nn.LayerNorm(dim)

    def forward(self, ids, mask=None, places=None):
        bias = 0.0 if mask is None else (1.0 - mask.to(torch.float32))[:, None, None, :] * -1e4
        at = self.positions if places is None else self.positions[places.to(torch.int64)]
        return self.norm(self.layer(self.tokens(ids.to(torch.int64)) + at, bias))


class SiglipText(nn.Module):
    """The last position is pooled, as SigLIP does."""

    def __init__(self, words, dim, out):
        super().__init__()
        self.words = words
        self.head = nn.Linear(dim, out)

    def forward(self, ids, mask=None, places=None):
        hidden = self.words(ids, mask, places)
        return hidden, self.head(hidden[:, -1])


class SiglipVision(nn.Module):
    def __init__(self, patches, dim, out):
        super().__init__()
        self.patches = patches
        self.head = nn.Linear(dim, out)

    def forward(self, pixels):
        hidden = self.patches(pixels)
        return hidden, self.head(hidden.mean(1))


class Joint(nn.Module):
    def __init__(self, text, vision):
        super().__init__()
        self.text = text
        self.vision = vision

    def forward(self, ids, pixels, mask, places):
        text = F.normalize(self.text(ids, mask, places)[1], dim=-1)
        image = F.normalize(self.vision(pixels)[1], dim=-1)
        return 7.0 * image @ text.t() - 3.0, text, image


class Half(nn.Module):
    """float16 at the edges: inputs that are no tokens, and outputs."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, *inputs):
        out = self.inner(*(i.float() if i.is_floating_point() else i for i in inputs))
        return tuple(o.half() for o in out) if isinstance(out, tuple) else out.half()


class Match(nn.Module):
    """A matching head: the text attends to itself and to the image; its first position decides. -> [B, 2]."""

    def __init__(self, words, patches, dim, heads):
        super().__init__()
        self.words = words
        self.patches = patches
        self.heads = heads
        self.norm = nn.LayerNorm(dim)
        self.q = nn.Linear(dim, dim)
        self.kv = nn.Linear(dim, 2 * dim)
        self.out = nn.Linear(dim, dim)
        self.kinds = nn.Embedding(2, dim)
        self.head = nn.Linear(dim, 2)

    def forward(self, pixels, ids, mask, places=None, kinds=None):
        text = self.words(ids, mask, places)
        k, v = self.kv(self.patches(pixels)).chunk(2, -1)
        text = text + self.out(attend(self.q(self.norm(text)), k, v, self.heads))
        if kinds is not None:
            text = text + self.kinds(kinds.to(torch.int64))
        return self.head(text[:, 0])


class MatchAlone(nn.Module):
    """With the extra output that exports have."""

    def __init__(self, match):
        super().__init__()
        self.match = match

    def forward(self, pixels, ids, mask):
        return self.match(pixels, ids, mask), self.match.patches(pixels)


def pixels_of(image, config):
    """preprocessor_config.json read by hand, as transformers' processors do. -> float32 [3, H, W]."""
    size = config["size"]
    if "shortest_edge" in size:
        w, h = image.size
        edge = size["shortest_edge"]
        target = (edge, int(edge * h / w)) if w <= h else (int(edge * w / h), edge)
    else:
        target = (size["width"], size["height"])
    pixels = numpy.asarray(image.resize(target, Image.Resampling(config["resample"])))
    if config["crop"]:
        height, width = config["crop"]
        top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
        pixels = pixels[top : top + height, left : left + width]
    values = (pixels * (1 / 255)).astype(numpy.float32)
    values = (values - numpy.array(config["mean"], numpy.float32)) / numpy.array(config["std"], numpy.float32)
    return torch.tensor(values).permute(2, 0, 1)


TOKENS = {c["name"]: c for c in json.loads((HERE / "tokens.json").read_text(encoding="utf-8"))["cases"]}
SIGLIP_TOKENS = [TOKENS["siglip"]["texts"][i] for i in LINES]
BLIP_TOKENS = [TOKENS["bert"]["texts"][i] for i in LINES]
TEXTS = [t["text"] for t in SIGLIP_TOKENS]
SIGLIP_VOCAB = 1 + max(i for t in TOKENS["siglip"]["texts"] for i in t["ids"])
BLIP_VOCAB = len(TOKENS["bert"]["files"]["vocab.txt"].splitlines())
SIGLIP_LENGTH, BLIP_LENGTH = len(SIGLIP_TOKENS[0]["ids"]), len(BLIP_TOKENS[0]["ids"])
HEIGHT, WIDTH, DIM, OUT = 18, 22, 10, 14
SQUARE, WIDE = 15, 12


def siglip(seed):
    text = SiglipText(Words(SIGLIP_VOCAB, SIGLIP_LENGTH, DIM, 2), DIM, OUT)
    vision = SiglipVision(Patches(HEIGHT, WIDTH, 4, DIM, 2), DIM, OUT)
    return shake(text, seed, 1.6), shake(vision, seed + 1, 1.6)


def blip(seed):
    return shake(Match(Words(BLIP_VOCAB, BLIP_LENGTH, WIDE, 3), Patches(SQUARE, SQUARE, 5, WIDE, 3), WIDE, 3), seed, 1.5)


def box(**config):
    return {"size": {"height": HEIGHT, "width": WIDTH}, "resample": 3, "crop": None, "mean": HALVES, "std": HALVES, **config}


SQUARED = {"size": {"height": SQUARE, "width": SQUARE}, "resample": 3, "crop": None, "mean": OPENAI_MEAN, "std": OPENAI_STD}
FILES = sorted(p.name for p in (HERE / "images").iterdir())
IMAGES = [Image.open(HERE / "images" / f).convert("RGB") for f in FILES]


def batch(config, half=False):
    pixels = torch.stack([pixels_of(i, config) for i in IMAGES])
    return pixels.half().float() if half else pixels


def ids_and_mask(tokens):
    return torch.tensor([t["ids"] for t in tokens]), torch.tensor([t["mask"] for t in tokens])


def cosines(text, image):
    text, image = text.double(), image.double()
    return ((text @ image.t()) / (text.norm(dim=1)[:, None] * image.norm(dim=1)[None])).tolist()


def matches(model, pixels, ids, mask, **more):
    """Every pair by itself. -> [text][image]"""
    rows = []
    for w in range(len(ids)):
        n = len(pixels)
        out = model(pixels, ids[w : w + 1].expand(n, -1), mask[w : w + 1].expand(n, -1), **more).double()
        rows.append((out[:, 1] - out[:, 0]).tolist())
    return rows


def free(names, axis="batch"):
    return {name: axis for name in names}


def siglip_cases():
    ids, mask = ids_and_mask(SIGLIP_TOKENS)
    first, blank = ids[:2], torch.zeros(2, 3, HEIGHT, WIDTH)
    places = torch.arange(SIGLIP_LENGTH)[None].expand(2, -1).contiguous()
    outputs = ["last_hidden_state", "pooler_output"]
    kind = {"model_type": "siglip", "text_config": {"max_position_embeddings": SIGLIP_LENGTH, "vocab_size": SIGLIP_VOCAB}}
    names = {f: f"odd-siglip/{f}" for f in ("spiece.model", "tokenizer_config.json")}
    facts = {"kind": "dual-encoder", "protocol": "cosine", "tokenLength": SIGLIP_LENGTH, "inputSize": {"width": WIDTH, "height": HEIGHT}}

    text, vision = siglip(31)
    to_onnx(text, (first,), HERE / "odd-siglip/onnx/text_model.onnx", ["input_ids"], outputs, free(["input_ids", *outputs]))
    to_onnx(vision, (blank,), HERE / "odd-siglip/onnx/vision_model.onnx", ["pixel_values"], outputs, free(["pixel_values", *outputs]))
    plain = {"image_processor_type": "SiglipImageProcessor", "size": box()["size"]}
    dump(HERE / "odd-siglip/config.json", kind)
    dump(HERE / "odd-siglip/preprocessor_config.json", plain)
    split = {f"onnx/{f}": f"odd-siglip/onnx/{f}" for f in ("text_model.onnx", "vision_model.onnx")}
    yield {
        "name": "siglip",
        "files": {**names, **split},
        "json": {"config.json": kind, "preprocessor_config.json": plain},
        "facts": facts,
        "scores": cosines(text(ids)[1], vision(batch(box()))[1]),
    }
    # The files of the tokenizer say that the model takes no mask: the graph that asks for one is fed ones.
    joint = Joint(*siglip(33)).eval()
    to_onnx(
        joint,
        (first.int(), blank, torch.ones_like(first), places),
        FOLDER / "siglip-joint.onnx",
        ["input_ids", "pixel_values", "attention_mask", "position_ids"],
        ["logits_per_image", "text_embeds", "image_embeds"],
        {
            **free(["input_ids", "attention_mask", "position_ids", "text_embeds"], "texts"),
            **free(["pixel_values", "image_embeds", "logits_per_image"], "images"),
        },
    )
    bilinear = {"image_processor": {"image_processor_type": "ViTImageProcessor", "size": box()["size"]}}
    ones = torch.ones_like(ids)
    every = torch.arange(SIGLIP_LENGTH)[None].expand(len(ids), -1)
    yield {
        "name": "siglip joint, int32 tokens, mask and positions",
        "files": {**names, "model.onnx": "encoders/siglip-joint.onnx"},
        "json": {"config.json": kind, "processor_config.json": bilinear},
        "facts": facts,
        "scores": cosines(*joint(ids, batch(box(resample=2)), ones, every)[1:]),
    }
    text, vision = siglip(35)
    to_onnx(text, (first[:1], mask[:1]), FOLDER / "siglip-text-one.onnx", ["input_ids", "attention_mask"], outputs, {})
    to_onnx(vision, (blank[:1],), FOLDER / "siglip-vision-one.onnx", ["pixel_values"], outputs, {})
    lanczos = {
        "feature_extractor_type": "CLIPFeatureExtractor",
        "size": 25,
        "resample": 1,
        "crop_size": {"height": HEIGHT, "width": WIDTH},
    }
    edge = box(size={"shortest_edge": 25}, resample=1, crop=(HEIGHT, WIDTH), mean=OPENAI_MEAN, std=OPENAI_STD)
    yield {
        "name": "siglip, one row at a time, with a mask",
        "files": {
            "spiece.model": "odd-siglip/spiece.model",
            "text_model.onnx": "encoders/siglip-text-one.onnx",
            "vision_model.onnx": "encoders/siglip-vision-one.onnx",
        },
        "json": {
            "config.json": kind,
            "preprocessor_config.json": lanczos,
            "tokenizer_config.json": {"tokenizer_class": "SiglipTokenizer"},
        },
        "facts": facts,
        "scores": cosines(text(ids, mask)[1], vision(batch(edge))[1]),
    }
    text, vision = (Half(round_to_half(m)).eval() for m in siglip(37))
    to_onnx(text, (first,), FOLDER / "siglip-text-half.onnx", ["input_ids"], outputs, free(["input_ids", *outputs]))
    to_onnx(vision, (blank.half(),), FOLDER / "siglip-vision-half.onnx", ["pixel_values"], outputs, free(["pixel_values", *outputs]))
    nearest = {**plain, "resample": 0, "image_mean": [0.4, 0.5, 0.6], "image_std": [0.2, 0.3, 0.4]}
    yield {
        "name": "siglip in half precision",
        "files": {**names, "text_model.onnx": "encoders/siglip-text-half.onnx", "vision_model.onnx": "encoders/siglip-vision-half.onnx"},
        "json": {"config.json": kind, "preprocessor_config.json": nearest},
        "facts": facts,
        "half": True,
        "scores": cosines(
            text(ids)[1].float(), vision(batch(box(resample=0, mean=[0.4, 0.5, 0.6], std=[0.2, 0.3, 0.4]), half=True))[1].float()
        ),
    }


def clip_cases():
    ids, mask = (torch.tensor(x) for x in zip(*(CLIP_TOKENIZER.padded(t) for t in TEXTS)))
    to_onnx(
        ClipText(DUAL),
        (ids[:2], mask[:2]),
        FOLDER / "clip-text.onnx",
        ["input_ids", "attention_mask"],
        ["text_embeds"],
        free(["input_ids", "attention_mask", "text_embeds"]),
    )
    blank = torch.zeros(2, 3, PREPROCESSOR["crop_size"]["height"], PREPROCESSOR["crop_size"]["width"])
    to_onnx(ClipVision(DUAL), (blank,), FOLDER / "clip-vision.onnx", ["pixel_values"], ["image_embeds"], free(["pixel_values", "image_embeds"]))
    edge = {
        "size": PREPROCESSOR["size"],
        "resample": PREPROCESSOR["resample"],
        "crop": tuple(blank.shape[2:]),
        "mean": PREPROCESSOR["image_mean"],
        "std": PREPROCESSOR["image_std"],
    }
    configs = ("config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json")
    yield {
        "name": "clip, split",
        "files": {
            **{f: f"odd-clip/{f}" for f in configs},
            "text_model.onnx": "encoders/clip-text.onnx",
            "vision_model.onnx": "encoders/clip-vision.onnx",
        },
        "json": {},
        "facts": {"kind": "dual-encoder", "protocol": "cosine", "tokenLength": len(ids[0])},
        "scores": cosines(DUAL.embed_text(ids, mask), DUAL.embed_image(batch(edge))),
    }


def blip_cases():
    ids, mask = ids_and_mask(BLIP_TOKENS)
    first, seen, blank = ids[:2], mask[:2], torch.zeros(2, 3, SQUARE, SQUARE)
    kind = {"model_type": "blip", "text_config": {"max_position_embeddings": BLIP_LENGTH, "vocab_size": BLIP_VOCAB}}
    names = {f: f"odd-blip/{f}" for f in ("vocab.txt", "tokenizer_config.json")}
    facts = {"kind": "matching-head", "protocol": "matching", "tokenLength": BLIP_LENGTH, "inputSize": {"width": SQUARE, "height": SQUARE}}
    inputs = ["pixel_values", "input_ids", "attention_mask"]

    match = blip(41)
    to_onnx(
        MatchAlone(match),
        (blank, first, seen),
        HERE / "odd-blip/model.onnx",
        inputs,
        ["itm_score", "last_hidden_state"],
        free([*inputs, "itm_score", "last_hidden_state"]),
    )
    plain = {"image_processor_type": "BlipImageProcessor", "size": SQUARE}
    dump(HERE / "odd-blip/config.json", kind)
    dump(HERE / "odd-blip/preprocessor_config.json", plain)
    yield {
        "name": "blip",
        "files": {**names, "model.onnx": "odd-blip/model.onnx"},
        "json": {"config.json": kind, "preprocessor_config.json": plain},
        "facts": facts,
        "scores": matches(match, batch(SQUARED), ids, mask),
    }
    match = blip(43)
    places = torch.arange(BLIP_LENGTH)[None]
    zeros = torch.zeros_like(places)
    to_onnx(
        match,
        (blank[:1], first[:1].int(), seen[:1].float(), places, zeros.int()),
        FOLDER / "blip-one.onnx",
        [*inputs, "position_ids", "token_type_ids"],
        ["itm_score"],
        {},
    )
    yield {
        "name": "blip below onnx/, one pair at a time, int32 tokens, positions and token types",
        "files": {**names, "onnx/model.onnx": "encoders/blip-one.onnx"},
        "json": {"config.json": kind, "preprocessor_config.json": plain},
        "facts": facts,
        "scores": matches(match, batch(SQUARED), ids, mask, places=places, kinds=zeros),
    }
    match = Half(round_to_half(blip(45))).eval()
    to_onnx(match, (blank.half(), first, seen), FOLDER / "blip-half.onnx", inputs, ["itm_score"], free([*inputs, "itm_score"]))
    yield {
        "name": "blip in half precision",
        "files": {**names, "model.onnx": "encoders/blip-half.onnx"},
        "json": {"config.json": kind, "preprocessor_config.json": plain},
        "facts": facts,
        "half": True,
        "scores": matches(lambda *i: match(*i).float(), batch(SQUARED, half=True), ids, mask),
    }


def main():
    torch.set_num_threads(2)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    assert CLIP_DIM == DUAL.text_projection.out_features
    with torch.no_grad():
        cases = [*siglip_cases(), *clip_cases(), *blip_cases()]
    result = {"torch": torch.__version__, "images": FILES, "texts": TEXTS, "cases": cases}
    (FOLDER / "cases.json").write_text(json.dumps(result, ensure_ascii=False) + "\n", encoding="utf-8")
    for case in cases:
        scores = numpy.array(case["scores"])
        print(case["name"], scores.shape, "spread", scores.std().round(3), "from", scores.min().round(3), "to", scores.max().round(3))


if __name__ == "__main__":
    main()
