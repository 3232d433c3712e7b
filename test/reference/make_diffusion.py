"""Writes diffusion/: a tiny random checkpoint of every form a diffusion export can have, and what PyTorch scores with it.

    /usr/bin/python3 test/reference/make_diffusion.py        (after make_images.py and make_odd.py)

The scores come from the PyTorch modules and Pillow, by the formulas of the paper; the ONNX files are exports of the same modules.
A case lists which files make up its checkpoint, so that many forms share a few weights (README.md).
"""

import json

import numpy
import torch
from PIL import Image

from diffusion_weights import (
    FOLDER,
    HALF_UNET,
    NINE,
    PIXEL_SIDE,
    PIXEL_UNET,
    SDXL_ONE,
    SDXL_TWO,
    SDXL_UNET,
    SEVEN,
    SMALL,
    SMALL_TEXT,
    SMALL_UNET,
    SMALL_VAE,
    VARIANCE_UNET,
    export_all,
)
from make_odd import ENCODER, HERE, LDM, LDM_TEXT, LDM_TOKENIZER, SCHEDULER, TEXTS, UNET, WORDS

from bpe import Tokenizer
from schedule import alphas_cumprod

IMAGES = ["alpha-50x33.png", "gray-53x31.png", "jpeg-turned-48x26.jpg", "palette-40x40.png", "rgb-61x37.png"]
TEXTS = TEXTS[:2] + TEXTS[3:5]
# The second tokenizer of SDXL pads with "!", whose id is 0.
PAD = "!"


def latent_of(encoder, scaling, shift=0.0):
    return lambda image: (encoder(image).chunk(2, 1)[0] - shift) * scaling


def one_encoder(tokenizer, module):
    """text -> (hidden states, nothing pooled)."""
    return lambda text: (module(torch.tensor([tokenizer.padded(text)[0]]))[0], None)


def two_encoders(zero_empty):
    def encode(text):
        ids, mask = NINE.padded(text)
        states = SDXL_ONE(torch.tensor([ids]))
        *further, pooled = SDXL_TWO(torch.tensor([[i if m else 0 for i, m in zip(ids, mask)]]))
        hidden = torch.cat([states[-2], further[-2]], 2)
        if zero_empty and text == "":
            return torch.zeros_like(hidden), torch.zeros_like(pooled)
        return hidden, pooled

    return encode


def plain(unet):
    return lambda x, t, hidden, pooled: unet(x, torch.tensor([t]), hidden)


def sdxl(unet, side):
    ids = torch.tensor([[side, side, 0, 0, side, side]], dtype=torch.float32)
    return lambda x, t, hidden, pooled: unet(x, torch.tensor([t]), hidden, pooled, ids)


def half(unet):
    return lambda x, t, hidden, pooled: unet(x.half(), torch.tensor([t]), hidden.half()).float()


def score(case):
    """A case's reference values: the entries `timesteps` to `scores`."""
    scheduler, samples, seed = case["json"]["scheduler/scheduler_config.json"], case["samples"], case["seed"]
    steps = scheduler["num_train_timesteps"]
    timesteps = [t * steps // 1000 for t in range(10, 990, 1000 // samples)]
    abar = alphas_cumprod(scheduler)
    shape = case["facts"]["latent"]
    generator = torch.Generator().manual_seed(seed)
    noise = [torch.randn(*shape, generator=generator) for _ in timesteps]
    side = case["facts"]["inputSize"]["width"]
    pictures = [Image.open(HERE / "images" / f).convert("RGB") for f in IMAGES]
    pixels = [numpy.asarray(p.resize((side, side), Image.Resampling.BICUBIC)) for p in pictures]
    pixels.append(numpy.full((side, side, 3), 128, numpy.uint8))

    def error(z, text, k, t):
        a, eps = abar[t], noise[k]
        x = a.sqrt().float() * z + (1 - a).sqrt().float() * eps
        out = case["unet"](x, t, *text)[:, : shape[0]].double()
        if scheduler["prediction_type"] == "v_prediction":
            out = a.sqrt() * out + (1 - a).sqrt() * x.double()
        elif scheduler["prediction_type"] == "sample":
            out = (x.double() - a.sqrt() * out) / (1 - a).sqrt()
        return (eps.double() - out).norm().item()

    with torch.no_grad():
        latents = [case["latent"](torch.tensor(p).permute(2, 0, 1)[None].float() / 127.5 - 1) for p in pixels]
        texts = [case["encode"](t) for t in TEXTS]
        errors = [[[error(z, w, k, t) for k, t in enumerate(timesteps)] for z in latents] for w in texts]
    cond = [row[:-1] for row in errors]
    gray = [row[-1] for row in errors]
    uncond = cond[TEXTS.index("")]
    n = noise[0].numel()

    def mean(values):
        return short(-sum(values) / len(values))

    def table(of):
        return [[mean(of(w, i)) for i in range(len(IMAGES))] for w in range(len(TEXTS))]

    return {
        "timesteps": timesteps,
        "noise_norms": [short(e.double().norm().item()) for e in noise],
        "latents": [short(z.double().norm().item()) for z in latents[:-1]],
        "hidden": [short(h.double().norm().item()) for h, _ in texts],
        "errors": {"cond": short(cond), "uncond": short(uncond), "gray": short(gray)},
        "scores": {
            "diffusion-itm": table(lambda w, i: [c - u for c, u in zip(cond[w][i], uncond[i])]),
            "diffusion-classifier": table(lambda w, i: [c * c / n for c in cond[w][i]]),
            "diffusion-itm-unnormalized": table(lambda w, i: cond[w][i]),
            "diffusion-itm-gray": table(lambda w, i: [c - g for c, g in zip(cond[w][i], gray[w])]),
        },
    }


def short(value):
    """Nine significant digits, more than single precision has."""
    return [short(v) for v in value] if isinstance(value, list) else float(f"{value:.9g}")


def index(pixel=False, two=False, **switches):
    part = ["diffusers", "OnnxRuntimeModel"]
    return {
        "_class_name": "StableDiffusionXLPipeline" if two else "StableDiffusionPipeline",
        "_diffusers_version": "0.30.0",
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": part,
        "tokenizer": ["transformers", "CLIPTokenizer"],
        **({"text_encoder_2": part, "tokenizer_2": ["transformers", "CLIPTokenizer"]} if two else {}),
        "unet": part,
        **({} if pixel else {"vae": ["diffusers", "AutoencoderKL"]}),
        "safety_checker": [None, None],
        **switches,
    }


def schedule(**changes):
    return {**{k: v for k, v in SCHEDULER.items() if v is not None}, **changes}


def tokenizer_files(folder, length, pad=None):
    """-> files and json entries of a tokenizer that shares odd-ldm's vocabulary."""
    config = Tokenizer(WORDS, length).config()
    if pad:
        config["pad_token"] = pad
    files = {f"{folder}/{f}": f"odd-ldm/tokenizer/{f}" for f in ("vocab.json", "merges.txt")}
    special = {k: v for k, v in config.items() if k.endswith("_token")}
    return files, {f"{folder}/tokenizer_config.json": config, f"{folder}/special_tokens_map.json": special}


def odd_case(name, samples, scheduler):
    """odd-ldm under another scheduler."""
    parts = ["text_encoder", "unet", "vae_encoder"]
    tokenizer = ["merges.txt", "special_tokens_map.json", "tokenizer_config.json", "vocab.json"]
    paths = [f"{p}/{f}" for p in parts for f in ("config.json", "model.onnx")] + [f"tokenizer/{f}" for f in tokenizer]
    side = LDM["image"] // 2
    return {
        "name": name,
        "files": {p: f"odd-ldm/{p}" for p in paths},
        "json": {"model_index.json": index(), "scheduler/scheduler_config.json": scheduler},
        "facts": facts(scheduler, [LDM["latents"], side, side], LDM["image"], 11),
        "samples": samples,
        "seed": 0,
        "unet": plain(UNET),
        "latent": latent_of(ENCODER, LDM["scaling_factor"]),
        "encode": one_encoder(LDM_TOKENIZER, LDM_TEXT),
    }


def facts(scheduler, latent, image, tokens):
    return {
        "kind": "diffusion",
        "predictionType": scheduler["prediction_type"],
        "latent": latent,
        "inputSize": {"width": image, "height": image},
        "tokenLength": tokens,
    }


def pixel_case(name, unet_file, unet, out_channels, samples, scheduler):
    files = {f"text_encoder/{f}": f"odd-ldm/text_encoder/{f}" for f in ("config.json", "model.onnx")}
    for f in ("merges.txt", "special_tokens_map.json", "tokenizer_config.json", "vocab.json"):
        files[f"tokenizer/{f}"] = f"odd-ldm/tokenizer/{f}"
    return {
        "name": name,
        "files": {**files, "unet/model.onnx": f"diffusion/{unet_file}"},
        "json": {
            "model_index.json": index(pixel=True),
            "scheduler/scheduler_config.json": scheduler,
            "unet/config.json": {"sample_size": PIXEL_SIDE, "in_channels": 3, "out_channels": out_channels},
        },
        "facts": facts(scheduler, [3, PIXEL_SIDE, PIXEL_SIDE], PIXEL_SIDE, 11),
        "samples": samples,
        "seed": 5,
        "unet": plain(unet),
        "latent": lambda image: image,
        "encode": one_encoder(LDM_TOKENIZER, LDM_TEXT),
    }


def small_case(name, unet_files, unet, vae_file, samples, text_file="small-text.onnx", shift=None, scaling=0.6):
    files, config = tokenizer_files("tokenizer", 7)
    scheduler = schedule(beta_schedule="scaled_linear", num_train_timesteps=1000, beta_start=0.00085, beta_end=0.012)
    vae = {"block_out_channels": [4, 6], "latent_channels": 4, "scaling_factor": scaling}
    return {
        "name": name,
        "files": {
            **files,
            "text_encoder/model.onnx": f"diffusion/{text_file}",
            **{f"unet/{a}": f"diffusion/{b}" for a, b in unet_files.items()},
            "vae_encoder/model.onnx": f"diffusion/{vae_file}",
        },
        "json": {
            **config,
            "model_index.json": index(),
            "scheduler/scheduler_config.json": scheduler,
            "text_encoder/config.json": {"max_position_embeddings": 7},
            "unet/config.json": {"sample_size": SMALL["side"], "in_channels": 4, "out_channels": 4},
            "vae_encoder/config.json": {**vae, **({} if shift is None else {"shift_factor": shift})},
        },
        "facts": facts(scheduler, [4, SMALL["side"], SMALL["side"]], SMALL["image"], 7),
        "samples": samples,
        "seed": 3,
        "unet": unet,
        "latent": latent_of(SMALL_VAE, scaling, shift or 0.0),
        "encode": one_encoder(SEVEN, SMALL_TEXT),
    }


def sdxl_case(name, zero_empty):
    case = small_case(name, {"model.onnx": "sdxl-unet.onnx"}, sdxl(SDXL_UNET, SMALL["image"]), "small-vae-like.onnx", 8)
    first, first_config = tokenizer_files("tokenizer", 9)
    second, second_config = tokenizer_files("tokenizer_2", 9, PAD)
    case["files"].update(first)
    case["files"].update(second)
    case["files"]["text_encoder/model.onnx"] = "diffusion/sdxl-text.onnx"
    case["files"]["text_encoder_2/model.onnx"] = "diffusion/sdxl-text-2.onnx"
    case["json"].update(first_config)
    case["json"].update(second_config)
    case["json"]["model_index.json"] = index(two=True, force_zeros_for_empty_prompt=zero_empty)
    case["json"]["text_encoder/config.json"] = case["json"]["text_encoder_2/config.json"] = {"max_position_embeddings": 9}
    case["facts"]["tokenLength"] = 9
    return {**case, "encode": two_encoders(zero_empty)}


def cases():
    betas = [round(0.001 + 0.0002 * i * i, 6) for i in range(40)]
    cosine = {"beta_schedule": "squaredcos_cap_v2", "num_train_timesteps": 1000}
    return [
        odd_case("v-prediction", 9, schedule(prediction_type="v_prediction", rescale_betas_zero_snr=True, **cosine)),
        odd_case("sample", 7, schedule(prediction_type="sample", beta_schedule="scaled_linear", num_train_timesteps=800)),
        odd_case("trained-betas", 6, schedule(trained_betas=betas, num_train_timesteps=40)),
        pixel_case("pixel", "pixel-unet.onnx", PIXEL_UNET, 3, 7, schedule()),
        pixel_case("pixel-variance", "pixel-unet-variance.onnx", VARIANCE_UNET, 6, 6, schedule(**cosine)),
        sdxl_case("sdxl", True),
        sdxl_case("sdxl-empty-encoded", False),
        small_case(
            "timestep-a-row",
            {"model.onnx": "small-unet-rows.onnx", "model.onnx_data": "small-unet-rows.onnx_data"},
            plain(SMALL_UNET),
            "small-vae-like.onnx",
            8,
        ),
        small_case(
            "fixed-batch-of-one",
            {"model.onnx": "small-unet-one.onnx"},
            plain(SMALL_UNET),
            "small-vae-one.onnx",
            6,
            text_file="small-text-one.onnx",
            shift=0.23,
            scaling=1.4,
        ),
        small_case("half-edges", {"model.onnx": "half-unet-edges.onnx"}, half(HALF_UNET), "small-vae-like.onnx", 6),
        {
            **small_case("half", {"model.onnx": "half-unet-all.onnx"}, plain(HALF_UNET.unet), "small-vae-like.onnx", 6),
            "half": True,
        },
    ]


def main():
    torch.set_num_threads(2)
    export_all()
    result = {"torch": torch.__version__, "images": IMAGES, "texts": TEXTS, "cases": []}
    for case in cases():
        values = score(case)
        kept = {k: v for k, v in case.items() if k not in ("unet", "latent", "encode")}
        result["cases"].append({**kept, **values})
        tolerance = 2e-5 * values["noise_norms"][0]
        for protocol, table in values["scores"].items():
            spread = [max(c) - min(c) for c in ([r[i] for r in table] for i in range(len(IMAGES)))]
            print(case["name"], protocol, "texts of an image differ by", f"{min(spread):.3g}", "tolerance", f"{tolerance:.2g}")
    lines = ",\n".join(json.dumps(c, ensure_ascii=False) for c in result.pop("cases"))
    head = json.dumps(result, ensure_ascii=False)[:-1]
    (FOLDER / "cases.json").write_text(f'{head}, "cases": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
