"""Writes processors.json: what transformers' image processors and open_clip's transform make of images/ for configs of many kinds, and
which fields each class has.

    /tmp/tokens/bin/pip install pillow numpy torch torchvision open_clip_torch
    /tmp/tokens/bin/pip download --no-deps -d /tmp transformers==4.57.6 && unzip -q /tmp/transformers-4.57.6-*.whl -d /tmp/transformers-4
    /tmp/tokens/bin/python test/reference/make_processors.py /tmp/transformers-4  (after make_images.py; README.md tells of the environment)

The folder holds the sources of the last version before 5, whose classes have other fields and at times other defaults.
"""

import ast
import dataclasses
import json
import sys
from pathlib import Path

import numpy
import PIL
import transformers
from open_clip.transform import PreprocessCfg, image_transform_v2
from PIL import Image
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
from transformers.models.chinese_clip.image_processing_pil_chinese_clip import ChineseCLIPImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.convnext.image_processing_pil_convnext import ConvNextImageProcessorPil
from transformers.models.deit.image_processing_pil_deit import DeiTImageProcessorPil
from transformers.models.efficientnet.image_processing_pil_efficientnet import EfficientNetImageProcessorPil
from transformers.models.flava.image_processing_pil_flava import FlavaImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

HERE = Path(__file__).parent
IMAGES = ["rgb-61x37.png", "alpha-50x33.png", "gray-53x31.png", "jpeg-444-45x70.jpg", "rgb-24x24.png"]
MEAN, STD = [0.41, 0.47, 0.52], [0.31, 0.24, 0.27]
CLIP, SIGLIP, BLIP, VIT = CLIPImageProcessorPil, SiglipImageProcessorPil, BlipImageProcessorPil, ViTImageProcessorPil
CHINESE, BIT, DEIT, FLAVA = ChineseCLIPImageProcessorPil, BitImageProcessorPil, DeiTImageProcessorPil, FlavaImageProcessorPil
EFFICIENT, CONVNEXT = EfficientNetImageProcessorPil, ConvNextImageProcessorPil
CASES = [
    (CLIP, {}),
    (CLIP, {"size": 25, "crop_size": 20}),
    (CLIP, {"size": {"shortest_edge": 23}, "crop_size": {"height": 15, "width": 22}, "resample": 2}),
    (CLIP, {"size": {"shortest_edge": 12}, "crop_size": {"height": 17, "width": 15}, "resample": 1}),
    (CLIP, {"size": {"height": 30, "width": 19}, "do_center_crop": False, "resample": 0}),
    (CLIP, {"do_resize": False, "crop_size": {"height": 40, "width": 33}}),
    (CLIP, {"size": 25, "crop_size": 20, "image_mean": MEAN, "image_std": STD}),
    (CLIP, {"size": 25, "crop_size": 20, "do_normalize": False}),
    (CLIP, {"size": 25, "crop_size": 20, "rescale_factor": 1 / 127.5}),
    (CLIP, {"size": 25, "crop_size": 20, "do_rescale": False}),
    (SIGLIP, {}),
    (SIGLIP, {"size": {"height": 18, "width": 22}}),
    (SIGLIP, {"size": {"height": 70, "width": 90}, "resample": 2}),
    (BLIP, {"size": 15}),
    (BLIP, {"size": {"height": 21, "width": 21}, "resample": 1}),
    (VIT, {}),
    (VIT, {"size": 33}),
    (CLIP, {"size": [19, 19], "do_center_crop": False, "do_pad": True, "data_format": "channels_first"}),
    (CLIP, {"size": {"shortest_edge": 33, "longest_edge": None}, "crop_size": [20, 20], "resample": 4}),
    (CLIP, {"do_resize": False, "crop_size": 21, "size": None, "resample": 5}),
    (SIGLIP, {"size": {"height": 21, "width": 20}, "do_center_crop": True, "crop_size": {"height": 21, "width": 20}}),
    (BLIP, {"size": {"height": 16, "width": 16}, "do_pad": True, "size_divisor": 32}),
    (CHINESE, {"size": {"height": 18, "width": 20}, "do_center_crop": False}),
    (CHINESE, {"size": {"shortest_edge": 21}, "crop_size": 18}),
    (BIT, {"size": 21, "crop_size": 18}),
    (DEIT, {}),
    (DEIT, {"size": 30, "crop_size": {"height": 21, "width": 18}, "resample": 2}),
    (FLAVA, {"size": 26, "crop_size": 20, "codebook_size": {"height": 9, "width": 9}, "input_size_patches": 3}),
    (EFFICIENT, {"size": 30, "resample": 0}),
    (EFFICIENT, {"size": 30, "resample": 2, "do_center_crop": True, "crop_size": 25, "include_top": False}),
    (EFFICIENT, {"size": 30, "resample": 2, "rescale_factor": 1 / 127.5, "rescale_offset": True, "do_normalize": False, "include_top": False}),
    (EFFICIENT, {"size": 30, "resample": 3, "rescale_factor": 1 / 127.5, "rescale_offset": True, "image_mean": MEAN, "image_std": STD}),
    (EFFICIENT, {"size": 30, "resample": 3, "do_normalize": False, "image_std": STD}),
    (EFFICIENT, {"size": 30, "resample": 3, "do_rescale": False, "rescale_offset": True}),
    (CONVNEXT, {"size": 20, "resample": 2}),
    (CONVNEXT, {"size": {"shortest_edge": 25}, "crop_pct": 0.95, "resample": 3, "image_mean": MEAN}),
    (CONVNEXT, {"resample": 3, "crop_pct": 0.5}),
]
#: Of open_clip's preprocess_cfg, and so of Jina CLIP's processor.
OPEN_CLIP_CASES = [
    {"size": 20},
    {"size": [20, 20], "mode": "RGB", "mean": MEAN, "std": STD, "interpolation": "bilinear", "resize_mode": "shortest", "fill_color": 0},
    {"size": [19, 26]},
    {"size": (23, 17), "resize_mode": "squash", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]},
    {"size": 21, "resize_mode": "longest"},
    {"size": [21, 30], "resize_mode": "longest", "fill_color": 77, "interpolation": "bilinear"},
    {"size": 24, "interpolation": "random", "mean": [0.0, 0.0, 0.0], "std": [1.0, 1.0, 1.0]},
    {"size": 63, "resize_mode": "longest", "fill_color": 200},
    {"size": 1},
]


def fields_of(kind, older):
    """Every field of a class: what its versions take, and what the common base of all image processors does."""
    names = set(kind.valid_kwargs.__annotations__)
    names |= {n for n in vars(kind) if not n.startswith("_") and not callable(getattr(kind, n))} - {"valid_kwargs", "model_input_names"}
    folder = kind.__module__.split(".")[-2]
    tree = ast.parse((older / f"transformers/models/{folder}/image_processing_{folder}.py").read_text(encoding="utf-8"))
    own = kind.__name__.removesuffix("Pil")
    for init in [f for c in tree.body if isinstance(c, ast.ClassDef) and c.name == own for f in c.body if isinstance(f, ast.FunctionDef) and f.name in ("__init__", "preprocess")]:
        names |= {a.arg for a in init.args.args}
    tree = ast.parse((older / "transformers/processing_utils.py").read_text(encoding="utf-8"))
    for c in tree.body:
        if isinstance(c, ast.ClassDef) and c.name == "ImagesKwargs":
            names |= {a.target.id for a in c.body if isinstance(a, ast.AnnAssign)}
    tree = ast.parse((older / "transformers/image_processing_utils_fast.py").read_text(encoding="utf-8"))
    for c in tree.body:
        if isinstance(c, ast.ClassDef) and c.name == "DefaultFastImageProcessorKwargs":
            names |= {a.target.id for a in c.body if isinstance(a, ast.AnnAssign)}
    return sorted(names - {"self", "images", "interpolation"})


def result_of(values):
    flat = values.ravel()
    step = max(1, len(flat) // 40)
    return {
        "shape": values.shape,
        "step": step,
        "every": [round(float(v), 7) for v in flat[::step]],
        "sum": float(values.astype(numpy.float64).sum()),
        "squares": float((values.astype(numpy.float64) ** 2).sum()),
    }


def main():
    older = Path(sys.argv[1])
    images = [Image.open(HERE / "images" / file).convert("RGB") for file in IMAGES]
    cases = []
    for kind, config in CASES:
        processor = kind(**config)
        results = [result_of(processor(image, return_tensors="np")["pixel_values"][0].astype(numpy.float32)) for image in images]
        cases.append({"config": {"image_processor_type": kind.__name__.removesuffix("Pil"), **config}, "results": results})
    open_clip = []
    for config in OPEN_CLIP_CASES:
        transform = image_transform_v2(PreprocessCfg(**config), is_train=False)
        open_clip.append({"config": config, "results": [result_of(transform(image).numpy()) for image in images]})
    kinds = sorted({kind for kind, _ in CASES}, key=lambda kind: kind.__name__)
    fields = {kind.__name__.removesuffix("Pil"): fields_of(kind, older) for kind in kinds}
    fields["open_clip"] = [field.name for field in dataclasses.fields(PreprocessCfg)]
    whole = {"transformers": transformers.__version__, "pillow": PIL.__version__, "images": IMAGES, "fields": fields, "cases": cases, "openClip": open_clip}
    (HERE / "processors.json").write_text(json.dumps(whole) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
