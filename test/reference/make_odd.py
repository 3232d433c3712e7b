"""Writes odd-ldm/, odd-clip/ and odd-scores.json: two tiny random checkpoints of unusual sizes, and what PyTorch scores with them.

    /usr/bin/python3 test/reference/make_odd.py

The scores come from the PyTorch modules and Pillow, by the formulas of the paper; the ONNX files are exports of the same modules.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import numpy
import torch
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[2] / "builtin" / "checkpoints"))
from bpe import Tokenizer  # noqa: E402
from export import export_diffusion, export_dual_encoder  # noqa: E402
from models import DualEncoder, TextEncoder, UNet, VaeEncoder, VisionEncoder  # noqa: E402
from schedule import alphas_cumprod  # noqa: E402

HERE = Path(__file__).parent
SAMPLES = 10
SEED = 0
TEXTS = [
    "",
    "A red cube.",
    "a blue sphere left of a gray cylinder",
    "Two  Green\tCUBES, don't they?",
    "Größe №5: 12 naïve cafés — über 北京 🙂!",
    "a small red cube and a large red cube and a small blue sphere and a large blue sphere",
]
WORDS = ["a", "red", "blue", "green", "gray", "cube", "cubes", "sphere", "cylinder", "left", "right", "of", "and", "."]

LDM = {
    "image": 24,
    "latents": 5,
    "vae_widths": (6, 10),
    "unet_widths": (6, 10),
    "text_width": 14,
    "scaling_factor": 0.37,
    "ids": torch.int64,
    "timestep": torch.tensor(1.0),
}
SCHEDULER = {
    "_class_name": "DDIMScheduler",
    "_diffusers_version": "0.30.0",
    "beta_schedule": "linear",
    "beta_start": 0.0002,
    "beta_end": 0.035,
    "num_train_timesteps": 500,
    "prediction_type": "epsilon",
    "trained_betas": None,
    "clip_sample": False,
}
CLIP_SIZE = 20
CLIP_DIM = 24
PREPROCESSOR = {
    "image_processor_type": "CLIPImageProcessor",
    "do_resize": True,
    "size": {"shortest_edge": 23},
    "resample": 2,
    "do_center_crop": True,
    "crop_size": {"height": CLIP_SIZE, "width": CLIP_SIZE},
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": [0.41, 0.47, 0.52],
    "image_std": [0.31, 0.24, 0.27],
    "do_convert_rgb": True,
}


def shake(module, seed, gain):
    """Random weights large enough that text and image move the scores far more than floating-point noise does."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in sorted(module.named_parameters()):
            noise = torch.randn(p.shape, generator=generator)
            if p.dim() == 1:
                p.copy_(noise * 0.2 + (1.0 if "norm" in name and name.endswith("weight") else 0.0))
            elif p.dim() > 1:
                fan_in = p[0].numel() if "tokens" not in name and "positions" not in name else 1
                p.copy_(noise * gain / fan_in**0.5)
    return module.eval()


def sha(array):
    return hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()


def square(image):
    """Diffusion preprocessing: bicubic to the square input. uint8 [S, S, 3]."""
    return numpy.asarray(image.resize((LDM["image"], LDM["image"]), Image.Resampling.BICUBIC))


def shortest_edge_and_crop(image):
    """Dual-encoder preprocessing up to the crop, as transformers' CLIPImageProcessor does it. uint8 [S, S, 3]."""
    width, height = image.size
    edge = PREPROCESSOR["size"]["shortest_edge"]
    short, long = min(width, height), max(width, height)
    other = int(edge * long / short)
    size = (edge, other) if width <= height else (other, edge)
    pixels = numpy.asarray(image.resize(size, Image.Resampling(PREPROCESSOR["resample"])))
    top, left = (pixels.shape[0] - CLIP_SIZE) // 2, (pixels.shape[1] - CLIP_SIZE) // 2
    return pixels[top : top + CLIP_SIZE, left : left + CLIP_SIZE]


def to_unit_range(pixels):
    return torch.tensor(pixels).permute(2, 0, 1)[None].float() / 127.5 - 1


def timesteps():
    out = list(range(10, 990, 1000 // SAMPLES))
    return [t * SCHEDULER["num_train_timesteps"] // 1000 for t in out]


def diffusion_reference(images, texts):
    """texts: padded id lists. -> the entry `diffusion` of odd-scores.json."""
    with torch.no_grad():
        abar = alphas_cumprod(SCHEDULER)
        side = LDM["image"] // 2
        shape = (LDM["latents"], side, side)
        generator = torch.Generator().manual_seed(SEED)
        noise = [torch.randn(*shape, generator=generator) for _ in range(SAMPLES)]
        hidden = [LDM_TEXT(torch.tensor([ids]))[0] for ids in texts]
        pixels = [square(i) for i in images] + [numpy.full((LDM["image"], LDM["image"], 3), 128, numpy.uint8)]
        latents = [ENCODER(to_unit_range(p)).chunk(2, 1)[0] * LDM["scaling_factor"] for p in pixels]

        def error(z, text, k, t):
            x = abar[t].sqrt().float() * z + (1 - abar[t]).sqrt().float() * noise[k]
            predicted = UNET(x, torch.tensor(float(t)), text)
            return (noise[k] - predicted).double().norm().item()

        ts = timesteps()
        errors = [[[error(z, h, k, t) for k, t in enumerate(ts)] for z in latents] for h in hidden]
    real = range(len(images))
    cond = [[row[i] for i in real] for row in errors]
    gray = [row[-1] for row in errors]
    uncond = cond[TEXTS.index("")]
    n = len(noise[0].flatten())

    def mean(values):
        return sum(values) / len(values)

    def table(score):
        return [[score(w, i) for i in real] for w in range(len(texts))]

    return {
        "checkpoint": "odd-ldm",
        "samples": SAMPLES,
        "seed": SEED,
        "timesteps": ts,
        "noise_norms": [e.double().norm().item() for e in noise],
        "pixels_sha256": [sha(p) for p in pixels[:-1]],
        "latents": [{"first": z.flatten()[:8].tolist(), "sum": z.double().sum().item()} for z in latents[:-1]],
        "hidden": [{"first": h.flatten()[:8].tolist(), "sum": h.double().sum().item()} for h in hidden],
        "errors": {"cond": cond, "uncond": uncond, "gray": gray},
        "scores": {
            "diffusion-itm": table(lambda w, i: -mean([c - u for c, u in zip(cond[w][i], uncond[i])])),
            "diffusion-classifier": table(lambda w, i: -mean([c * c / n for c in cond[w][i]])),
            "diffusion-itm-unnormalized": table(lambda w, i: -mean(cond[w][i])),
            "diffusion-itm-gray": table(lambda w, i: -mean([c - g for c, g in zip(cond[w][i], gray[w])])),
        },
    }


def dual_reference(images, ids, masks):
    with torch.no_grad():
        pixels = [shortest_edge_and_crop(i) for i in images]
        mean, std = (numpy.array(PREPROCESSOR[k], numpy.float32) for k in ("image_mean", "image_std"))
        batch = numpy.stack([((p * PREPROCESSOR["rescale_factor"]).astype(numpy.float32) - mean) / std for p in pixels])
        logits, text, image = DUAL(torch.tensor(ids), torch.tensor(batch).permute(0, 3, 1, 2).contiguous(), torch.tensor(masks))
        cosine = (text.double() @ image.double().t()) / (text.double().norm(dim=1)[:, None] * image.double().norm(dim=1)[None])
    return {
        "checkpoint": "odd-clip",
        "pixels_sha256": [sha(p) for p in pixels],
        "text_embeds": [row.tolist() for row in text],
        "image_embeds": [row.tolist() for row in image],
        "logits_per_image": logits.tolist(),
        "scores": cosine.tolist(),
    }


LDM_TOKENIZER = Tokenizer(WORDS, 11)
CLIP_TOKENIZER = Tokenizer([*WORDS, "small", "large"], 9)
LDM_TEXT = shake(TextEncoder(len(LDM_TOKENIZER.vocab), LDM["text_width"], 2, 1, 11), 11, 1.0)
UNET = shake(UNet(LDM["latents"], LDM["unet_widths"], LDM["text_width"], 2, 14, (False, True)), 12, 1.3)
ENCODER = shake(VaeEncoder(LDM["vae_widths"], LDM["latents"]), 13, 2.5)
DUAL = shake(
    DualEncoder(
        TextEncoder(len(CLIP_TOKENIZER.vocab), 12, 2, 1, 9, causal=False),
        VisionEncoder(CLIP_SIZE, (6, 10), CLIP_DIM),
        CLIP_DIM,
        12,
    ),
    15,
    1.0,
)


def main():
    torch.set_num_threads(2)
    for name in ("odd-ldm", "odd-clip"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    export_diffusion(
        HERE / "odd-ldm",
        {"text": LDM_TEXT, "unet": UNET, "encoder": ENCODER},
        LDM_TOKENIZER,
        SCHEDULER,
        LDM,
    )
    export_dual_encoder(HERE / "odd-clip", DUAL, CLIP_TOKENIZER, CLIP_SIZE, PREPROCESSOR, CLIP_DIM, 12, joint=True)

    files = sorted(p.name for p in (HERE / "images").iterdir())
    images = [Image.open(HERE / "images" / f).convert("RGB") for f in files]
    ldm_ids = [LDM_TOKENIZER.padded(t)[0] for t in TEXTS]
    clip_ids, clip_masks = zip(*(CLIP_TOKENIZER.padded(t) for t in TEXTS))
    result = {
        "torch": torch.__version__,
        "images": [{"file": f, "width": i.size[0], "height": i.size[1], "rgb_sha256": sha(numpy.asarray(i))} for f, i in zip(files, images)],
        "texts": [
            {"text": t, "ldm_ids": a, "clip_ids": b, "clip_mask": m}
            for t, a, b, m in zip(TEXTS, ldm_ids, clip_ids, clip_masks)
        ],
        "diffusion": diffusion_reference(images, ldm_ids),
        "dual_encoder": dual_reference(images, list(clip_ids), list(clip_masks)),
    }
    (HERE / "odd-scores.json").write_text(json.dumps(result, ensure_ascii=False) + "\n", encoding="utf-8")
    for name in ("diffusion", "dual_encoder"):
        print(name, json.dumps(result[name]["scores"], indent=1)[:3000])


if __name__ == "__main__":
    main()
