"""Writes processors.json: what transformers' image processors make of images/ for preprocessor configs of many kinds.

    /tmp/tokens/bin/pip install pillow numpy
    /tmp/tokens/bin/python test/reference/make_processors.py         (after make_images.py; README.md tells of the environment)
"""

import json
from pathlib import Path

import numpy
import PIL
import transformers
from PIL import Image
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

HERE = Path(__file__).parent
IMAGES = ["rgb-61x37.png", "alpha-50x33.png", "gray-53x31.png", "jpeg-444-45x70.jpg", "rgb-24x24.png"]
MEAN, STD = [0.41, 0.47, 0.52], [0.31, 0.24, 0.27]
CLIP, SIGLIP, BLIP, VIT = CLIPImageProcessorPil, SiglipImageProcessorPil, BlipImageProcessorPil, ViTImageProcessorPil
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
]


def main():
    cases = []
    for kind, config in CASES:
        processor = kind(**config)
        results = []
        for file in IMAGES:
            image = Image.open(HERE / "images" / file).convert("RGB")
            values = processor(image, return_tensors="np")["pixel_values"][0].astype(numpy.float32)
            flat = values.ravel()
            step = max(1, len(flat) // 40)
            results.append(
                {
                    "shape": values.shape,
                    "step": step,
                    "every": [round(float(v), 7) for v in flat[::step]],
                    "sum": float(values.astype(numpy.float64).sum()),
                    "squares": float((values.astype(numpy.float64) ** 2).sum()),
                }
            )
        name = kind.__name__.removesuffix("Pil")
        cases.append({"config": {"image_processor_type": name, **config}, "results": results})
    whole = {"transformers": transformers.__version__, "pillow": PIL.__version__, "images": IMAGES, "cases": cases}
    (HERE / "processors.json").write_text(json.dumps(whole) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
