"""Writes layouts/: tiny random dual encoders and matching heads as other exporters lay them out, and what PyTorch scores with them.

    /usr/bin/python3 test/reference/make_layouts.py          (after make_encoders.py)

The scores come from the PyTorch modules and Pillow; the ONNX files are exports of the same modules. What a class does is written out
from its source: open_clip/transform.py and tokenizer.py, transformers' EfficientNet and ConvNext processors and its BLIP-2.
"""

import json
import shutil
import string

import numpy
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from make_encoders import (
    BLIP_LENGTH,
    BLIP_TOKENS,
    BLIP_VOCAB,
    FILES,
    IMAGES,
    OPENAI_MEAN,
    OPENAI_STD,
    SQUARE,
    SQUARED,
    TEXTS,
    WIDE,
    Patches,
    Words,
    batch,
    blip,
    cosines,
    free,
    ids_and_mask,
    matches,
)
from make_odd import CLIP_DIM, CLIP_SIZE, CLIP_TOKENIZER, DUAL, HERE, shake

from export import to_onnx
from models import attend

FOLDER = HERE / "layouts"
QUERIES = 3
IMAGE_TOKEN = BLIP_VOCAB - 1
CLIP_LENGTH = len(CLIP_TOKENIZER.padded("a")[0])
CLIP_FILES = {f: f"odd-clip/{f}" for f in ("tokenizer.json", "tokenizer_config.json")}
INPUT = {"width": CLIP_SIZE, "height": CLIP_SIZE}
TEXT_CONFIG = {"max_position_embeddings": CLIP_LENGTH, "vocab_size": len(CLIP_TOKENIZER.vocab)}
DUAL_FACTS = {"kind": "dual-encoder", "protocol": "cosine", "tokenLength": CLIP_LENGTH, "inputSize": INPUT}


def planes(pixels, values):
    """uint8 [H, W, 3], and what a level becomes -> float32 [3, H, W]."""
    return torch.tensor(values(numpy.asarray(pixels)).astype(numpy.float32)).permute(2, 0, 1)


def to_tensor_normalized(mean, std):
    """torchvision's ToTensor and Normalize."""
    mean, std = numpy.array(mean, numpy.float32), numpy.array(std, numpy.float32)
    return lambda pixels: (pixels.astype(numpy.float32) / numpy.float32(255) - mean) / std


def fitted(image, size, fill):
    """open_clip's resize_mode "longest": into the square, on a ground of one level. bilinear."""
    ratio = max(image.height / size, image.width / size)
    image = image.resize((round(image.width / ratio), round(image.height / ratio)), Image.Resampling.BILINEAR)
    ground = Image.new("RGB", (size, size), (fill, fill, fill))
    ground.paste(image, ((size - image.width) // 2, (size - image.height) // 2))
    return ground


def shortest(image, edge, crop, resample):
    w, h = image.size
    target = (edge, int(edge * h / w)) if w <= h else (int(edge * w / h), edge)
    return cut(image.resize(target, resample), crop, round)


def cut(image, size, rounded):
    left, top = (int(rounded((have - size) / 2)) for have in image.size)
    return image.crop((left, top, left + size, top + size))


class OfDual(nn.Module):
    def __init__(self):
        super().__init__()
        self.dual = DUAL


class Jina(OfDual):
    """Both towers, without a mask: the normalised embeddings first."""

    def forward(self, ids, pixels):
        text, image = self.dual.embed_text(ids, torch.ones_like(ids)), self.dual.embed_image(pixels)
        return F.normalize(text, dim=-1), F.normalize(image, dim=-1), text, image


class OpenClip(OfDual):
    def forward(self, image, text):
        words, seen = self.dual.embed_text(text.to(torch.int64), torch.ones_like(text)), self.dual.embed_image(image)
        return F.normalize(seen, dim=-1), F.normalize(words, dim=-1), torch.tensor(7.5)


class Textual(OfDual):
    def forward(self, text):
        return F.normalize(self.dual.embed_text(text.to(torch.int64), torch.ones_like(text)), dim=-1)


class Visual(OfDual):
    def forward(self, image):
        return F.normalize(self.dual.embed_image(image), dim=-1)


def clip_ids(texts):
    return torch.tensor([CLIP_TOKENIZER.padded(t)[0] for t in texts])


def dual_scores(pixels, ids, mask=None):
    mask = torch.ones_like(ids) if mask is None else mask
    return cosines(DUAL.embed_text(ids, mask), DUAL.embed_image(torch.stack(pixels)))


def jina_case():
    ids = clip_ids(TEXTS)
    outputs = ["l2norm_text_embeddings", "l2norm_image_embeddings", "text_embeddings", "image_embeddings"]
    to_onnx(
        Jina(),
        (ids[:2], torch.zeros(3, 3, CLIP_SIZE, CLIP_SIZE)),
        FOLDER / "jina.onnx",
        ["input_ids", "pixel_values"],
        outputs,
        {**free(["input_ids", outputs[0], outputs[2]], "texts"), **free(["pixel_values", outputs[1], outputs[3]], "images")},
    )
    mean, std = [0.4, 0.5, 0.6], [0.2, 0.3, 0.4]
    processor = {
        "auto_map": {"AutoImageProcessor": "processing_clip.JinaCLIPImageProcessor"},
        "image_processor_type": "JinaCLIPImageProcessor",
        "processor_class": "JinaCLIPProcessor",
        "size": CLIP_SIZE,
        "mean": mean,
        "std": std,
        "interpolation": "bilinear",
        "resize_mode": "longest",
        "fill_color": 90,
    }
    pixels = [planes(fitted(i, CLIP_SIZE, 90), to_tensor_normalized(mean, std)) for i in IMAGES]
    return {
        "name": "jina clip, images fitted into the square",
        "files": {**CLIP_FILES, "onnx/model.onnx": "layouts/jina.onnx"},
        "json": {"config.json": {"model_type": "jina_clip", "text_config": TEXT_CONFIG}, "preprocessor_config.json": processor},
        "facts": DUAL_FACTS,
        "scores": dual_scores(pixels, ids),
    }


def canonicalized(text):
    """open_clip's canonicalize_text."""
    text = text.replace("_", " ").translate(str.maketrans("", "", string.punctuation)).lower()
    return " ".join(text.split())


def open_clip_config(**text):
    return {
        "embed_dim": CLIP_DIM,
        "vision_cfg": {"image_size": CLIP_SIZE, "layers": 1, "width": 8, "patch_size": 4},
        "text_cfg": {"context_length": CLIP_LENGTH, "vocab_size": len(CLIP_TOKENIZER.vocab), "width": 12, **text},
    }


def immich_case():
    ids = clip_ids([canonicalized(t) for t in TEXTS])
    to_onnx(Textual(), (ids[:1].int(),), FOLDER / "textual.onnx", ["text"], ["embedding"], {})
    to_onnx(Visual(), (torch.zeros(1, 3, CLIP_SIZE, CLIP_SIZE),), FOLDER / "visual.onnx", ["image"], ["embedding"], {})
    halves = [0.5, 0.5, 0.5]
    preprocess = {
        "size": [CLIP_SIZE, CLIP_SIZE],
        "mode": "RGB",
        "mean": halves,
        "std": halves,
        "interpolation": "bicubic",
        "resize_mode": "squash",
        "fill_color": 0,
    }
    square = [i.resize((CLIP_SIZE, CLIP_SIZE), Image.Resampling.BICUBIC) for i in IMAGES]
    return {
        "name": "immich's folders, of a model whose texts are canonicalized",
        "files": {
            **{f"textual/{f}": at for f, at in CLIP_FILES.items()},
            "textual/model.onnx": "layouts/textual.onnx",
            "visual/model.onnx": "layouts/visual.onnx",
        },
        "json": {
            "config.json": open_clip_config(hf_tokenizer_name="a/b", tokenizer_kwargs={"clean": "canonicalize"}),
            "visual/preprocess_cfg.json": preprocess,
        },
        "facts": DUAL_FACTS,
        "scores": dual_scores([planes(s, to_tensor_normalized(halves, halves)) for s in square], ids),
    }


def open_clip_case():
    ids = clip_ids(TEXTS)
    to_onnx(
        OpenClip(),
        (torch.zeros(3, 3, CLIP_SIZE, CLIP_SIZE), ids[:2].int()),
        FOLDER / "open-clip.onnx",
        ["image", "text"],
        ["image_features", "text_features", "logit_scale"],
        {**free(["image", "image_features"], "images"), **free(["text", "text_features"], "texts")},
    )
    config = {"model_cfg": open_clip_config(), "preprocess_cfg": {"mean": OPENAI_MEAN, "std": OPENAI_STD, "interpolation": "bicubic", "resize_mode": "shortest"}}
    pixels = [planes(shortest(i, CLIP_SIZE, CLIP_SIZE, Image.Resampling.BICUBIC), to_tensor_normalized(OPENAI_MEAN, OPENAI_STD)) for i in IMAGES]
    return {
        "name": "open_clip, configured by open_clip_config.json alone",
        "files": {**CLIP_FILES, "model.onnx": "layouts/open-clip.onnx"},
        "json": {"open_clip_config.json": config},
        "facts": DUAL_FACTS,
        "scores": dual_scores(pixels, ids),
    }


def efficientnet(image):
    """EfficientNetImageProcessor: a box, a crop, level / 127.5 - 1."""
    pixels = cut(image.resize((24, 26), Image.Resampling.BILINEAR), CLIP_SIZE, numpy.floor)
    return planes(pixels, lambda p: (p * (1 / 127.5)).astype(numpy.float32) - numpy.float32(1))


def convnext(image):
    """ConvNextImageProcessor below 384 pixels: the shortest edge to size / crop_pct, then the crop."""
    w, h = image.size
    edge = int(CLIP_SIZE / 0.8)
    target = (edge, int(edge * h / w)) if w <= h else (int(edge * w / h), edge)
    pixels = cut(image.resize(target, Image.Resampling.BICUBIC), CLIP_SIZE, numpy.floor)
    return planes(pixels, lambda p: ((p * (1 / 255)).astype(numpy.float32) - numpy.float32(0.5)) / numpy.float32(0.5))


def processor_cases():
    """The towers of encoders/, with other image processors."""
    ids, mask = (torch.tensor(x) for x in zip(*(CLIP_TOKENIZER.padded(t) for t in TEXTS)))
    files = {**CLIP_FILES, "text_model.onnx": "encoders/clip-text.onnx", "vision_model.onnx": "encoders/clip-vision.onnx"}
    offset = {
        "image_processor_type": "EfficientNetImageProcessor",
        "size": {"height": 26, "width": 24},
        "resample": 2,
        "do_center_crop": True,
        "crop_size": CLIP_SIZE,
        "rescale_factor": 1 / 127.5,
        "rescale_offset": True,
        "do_normalize": False,
        "include_top": False,
    }
    # The class that goes with the model's type.
    yield {
        "name": "align, levels offset",
        "files": files,
        "json": {
            "config.json": {"model_type": "align", "text_config": TEXT_CONFIG},
            "preprocessor_config.json": {k: v for k, v in offset.items() if k != "image_processor_type"},
        },
        "facts": DUAL_FACTS,
        "scores": dual_scores([efficientnet(i) for i in IMAGES], ids, mask),
    }
    kept = {"image_processor_type": "ConvNextFeatureExtractor", "size": CLIP_SIZE, "crop_pct": 0.8, "resample": 3}
    yield {
        "name": "two encoders joined, a crop by its share",
        "files": files,
        "json": {
            "config.json": {"model_type": "vision-text-dual-encoder", "text_config": TEXT_CONFIG},
            "preprocessor_config.json": kept,
        },
        "facts": DUAL_FACTS,
        "scores": dual_scores([convnext(i) for i in IMAGES], ids, mask),
    }


class Unnamed(nn.Module):
    """What BlipForImageTextRetrieval gives: the head's logits, the image's hidden states and the question's."""

    def __init__(self, match):
        super().__init__()
        self.match = match

    def forward(self, pixels, ids, mask):
        return self.match(pixels, ids, mask), self.match.patches(pixels), self.match.words(ids, mask)


class Queries(nn.Module):
    """
    BLIP-2's matching: learned queries attend to the text with it and to the image alone; a head judges each, their mean counts. Where
    the processor puts image tokens before a text (`image_token_index`), they are cut off again and the mask's ones for them are the
    queries'; else the queries get ones of their own.
    """

    def __init__(self, words, patches, dim, heads, cuts):
        super().__init__()
        self.words, self.patches, self.heads, self.cuts = words, patches, heads, cuts
        self.queries = nn.Parameter(torch.zeros(QUERIES, dim))
        self.norm = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.cross = nn.Linear(dim, dim)
        self.kv = nn.Linear(dim, 2 * dim)
        self.head = nn.Linear(dim, 2)

    def forward(self, pixels, ids, mask):
        mask = mask.to(torch.float32)
        if self.cuts:
            ids = ids[:, QUERIES:]
        else:
            mask = torch.cat([torch.ones_like(mask[:, :QUERIES]), mask], 1)
        queries = self.queries + torch.zeros_like(mask[:, :QUERIES, None])
        both = torch.cat([queries, self.words(ids, mask[:, QUERIES:])], 1)
        q, k, v = self.qkv(self.norm(both)).chunk(3, -1)
        both = both + attend(q, k, v, self.heads, (1.0 - mask)[:, None, None, :] * -1e4)
        k, v = self.kv(self.patches(pixels)).chunk(2, -1)
        queries = both[:, :QUERIES]
        queries = queries + attend(self.cross(queries), k, v, self.heads)
        logits = self.head(queries).mean(1)
        return logits, logits.t()


def queries(seed, cuts):
    parts = Words(BLIP_VOCAB, BLIP_LENGTH, WIDE, 3), Patches(SQUARE, SQUARE, 5, WIDE, 3)
    return shake(Queries(*parts, WIDE, 3, cuts), seed, 1.6)


def head_cases():
    ids, mask = ids_and_mask(BLIP_TOKENS)
    first, seen, blank = ids[:2], mask[:2], torch.zeros(2, 3, SQUARE, SQUARE)
    names = {f: f"odd-blip/{f}" for f in ("vocab.txt", "tokenizer_config.json")}
    square = {"width": SQUARE, "height": SQUARE}
    facts = {"kind": "matching-head", "protocol": "matching", "tokenLength": BLIP_LENGTH, "inputSize": square}
    inputs = ["pixel_values", "input_ids", "attention_mask"]
    plain = {"image_processor_type": "BlipImageProcessor", "size": {"height": SQUARE, "width": SQUARE}}
    text = {"max_position_embeddings": BLIP_LENGTH, "vocab_size": BLIP_VOCAB}

    match = blip(51)
    to_onnx(Unnamed(match), (blank, first, seen), FOLDER / "blip-unnamed.onnx", inputs, None, free(inputs))
    yield {
        "name": "blip, its outputs unnamed, its images padded to nothing",
        "files": {**names, "model.onnx": "layouts/blip-unnamed.onnx"},
        "json": {
            "config.json": {"model_type": "blip", "architectures": ["BlipForImageTextRetrieval"], "text_config": text},
            "preprocessor_config.json": {**plain, "do_pad": True, "size_divisor": 32},
        },
        "facts": facts,
        "scores": matches(match, batch(SQUARED), ids, mask),
    }
    outputs = ["logits_per_image", "logits_per_text"]
    config = {
        "model_type": "blip-2",
        "architectures": ["Blip2ForImageTextRetrieval"],
        "num_query_tokens": QUERIES,
        "qformer_config": text,
        # Of a language model, which matching never runs.
        "text_config": {"model_type": "opt", "vocab_size": 4, "max_position_embeddings": 2048},
    }
    match = queries(53, False)
    to_onnx(match, (blank, first, seen), FOLDER / "blip-2.onnx", inputs, outputs, free([*inputs, "logits_per_image"]))
    yield {
        "name": "blip-2",
        "files": {**names, "model.onnx": "layouts/blip-2.onnx"},
        "json": {"config.json": config, "preprocessor_config.json": plain},
        "facts": facts,
        "scores": matches(lambda *i: match(*i)[0], batch(SQUARED), ids, mask),
    }
    cuts = queries(55, True)
    before = torch.full((len(ids), QUERIES), IMAGE_TOKEN)
    long, wide = torch.cat([before, ids], 1), torch.cat([torch.ones_like(before), mask], 1)
    to_onnx(cuts, (blank, long[:2], wide[:2]), FOLDER / "blip-2-tokens.onnx", inputs, outputs, free([*inputs, "logits_per_image"]))
    yield {
        "name": "blip-2 with image tokens before its texts",
        "files": {**names, "model.onnx": "layouts/blip-2-tokens.onnx"},
        "json": {"config.json": {**config, "image_token_index": IMAGE_TOKEN}, "preprocessor_config.json": plain},
        "facts": {**facts, "tokenLength": QUERIES + BLIP_LENGTH},
        "scores": matches(lambda *i: cuts(*i)[0], batch(SQUARED), long, wide),
    }


def main():
    torch.set_num_threads(2)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with torch.no_grad():
        cases = [jina_case(), immich_case(), open_clip_case(), *processor_cases(), *head_cases()]
    result = {"torch": torch.__version__, "images": FILES, "texts": TEXTS, "cases": cases}
    (FOLDER / "cases.json").write_text(json.dumps(result, ensure_ascii=False) + "\n", encoding="utf-8")
    for case in cases:
        scores = numpy.array(case["scores"])
        print(case["name"], scores.shape, "spread", scores.std().round(3), "from", scores.min().round(3), "to", scores.max().round(3))


if __name__ == "__main__":
    main()
