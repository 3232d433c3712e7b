"""Writes trained or random modules as ONNX checkpoints in the layouts of an Optimum export (diffusers or CLIP)."""

from inspect import signature
from pathlib import Path

import numpy
import onnx
import onnx.numpy_helper
import torch
from torch import nn

from bpe import dump

OPSET = 14


def compact(path):
    """Drops what only a debugger reads (node names, inferred shapes) and shortens the names of inner values."""
    model = onnx.load(str(path))
    graph = model.graph
    kept = {v.name for v in [*graph.input, *graph.output]}
    short = {"": ""}

    def rename(name):
        if name in kept:
            return name
        return short.setdefault(name, f"v{len(short)}")

    def walk(g):
        for tensor in g.initializer:
            tensor.name = rename(tensor.name)
        for node in g.node:
            node.name = ""
            node.doc_string = ""
            node.input[:] = [rename(n) for n in node.input]
            node.output[:] = [rename(n) for n in node.output]
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    walk(attribute.g)

    walk(graph)
    del graph.value_info[:]
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


# From this many entries on, a matrix is stored in 8 bits with a scale a column; from the second on, in float16.
BYTES_FROM, HALVES_FROM = 140_000, 256


def shrink(path):
    """Stores large weights as int8 or float16 and brings them back to float32 in the graph.

    The nodes that do so see constants alone, so ONNX Runtime folds them when it opens the file: arithmetic is float32.
    """
    model = onnx.load(str(path))
    graph = model.graph
    nodes = []
    for tensor in list(graph.initializer):
        value = onnx.numpy_helper.to_array(tensor)
        if value.dtype != numpy.float32 or value.size < HALVES_FROM:
            continue
        name = tensor.name
        if value.ndim == 2 and value.size >= BYTES_FROM:
            scale = numpy.abs(value).max(0, keepdims=True) / 127
            whole = numpy.round(value / scale).astype(numpy.int8)
            graph.initializer.append(onnx.numpy_helper.from_array(scale.astype(numpy.float32), f"{name}s"))
            nodes.append(onnx.helper.make_node("Cast", [f"{name}h"], [f"{name}c"], to=onnx.TensorProto.FLOAT))
            nodes.append(onnx.helper.make_node("Mul", [f"{name}c", f"{name}s"], [name]))
        else:
            whole = value.astype(numpy.float16)
            nodes.append(onnx.helper.make_node("Cast", [f"{name}h"], [name], to=onnx.TensorProto.FLOAT))
        tensor.CopyFrom(onnx.numpy_helper.from_array(whole, f"{name}h"))
    nodes += graph.node
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def to_onnx(module, inputs, path, input_names, output_names, batched, small=False):
    """batched: the name of the first axis of each input and output that has a free one. Weights stay inside the one file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        module.eval(),
        inputs,
        str(path),
        input_names=input_names,
        output_names=output_names,
        dynamic_axes={name: {0: axis} for name, axis in batched.items()},
        opset_version=OPSET,
        do_constant_folding=True,
        # The exporter by tracing; PyTorch 1 knows no other.
        **({"dynamo": False} if "dynamo" in signature(torch.onnx.export).parameters else {}),
    )
    compact(path)
    if small:
        shrink(path)


class ClipText(nn.Module):
    def __init__(self, dual):
        super().__init__()
        self.dual = dual

    def forward(self, ids, mask):
        return self.dual.embed_text(ids, mask)


class ClipVision(nn.Module):
    def __init__(self, dual):
        super().__init__()
        self.dual = dual

    def forward(self, pixels):
        return self.dual.embed_image(pixels)


def export_dual_encoder(folder, dual, tokenizer, size, preprocessor, dim, text_width, joint, small=False):
    """size: the side of the image the encoder takes. joint: one model.onnx, else text_model.onnx and vision_model.onnx."""
    folder = Path(folder)
    ids, mask = (torch.tensor([row, row]) for row in tokenizer.padded("a red cube."))
    pixels = torch.zeros(2, 3, size, size)
    if joint:
        to_onnx(
            dual,
            (ids, pixels[:1], mask),
            folder / "model.onnx",
            ["input_ids", "pixel_values", "attention_mask"],
            ["logits_per_image", "text_embeds", "image_embeds"],
            {
                "input_ids": "text_batch",
                "attention_mask": "text_batch",
                "pixel_values": "image_batch",
                "text_embeds": "text_batch",
                "image_embeds": "image_batch",
                "logits_per_image": "image_batch",
            },
        )
    else:
        to_onnx(
            ClipText(dual),
            (ids, mask),
            folder / "text_model.onnx",
            ["input_ids", "attention_mask"],
            ["text_embeds"],
            {"input_ids": "batch", "attention_mask": "batch", "text_embeds": "batch"},
            small,
        )
        to_onnx(
            ClipVision(dual),
            (pixels,),
            folder / "vision_model.onnx",
            ["pixel_values"],
            ["image_embeds"],
            {"pixel_values": "batch", "image_embeds": "batch"},
            small,
        )
    dump(
        folder / "config.json",
        {
            "architectures": ["CLIPModel"],
            "model_type": "clip",
            "projection_dim": dim,
            "text_config": {
                "model_type": "clip_text_model",
                "hidden_size": text_width,
                "max_position_embeddings": tokenizer.max_length,
                "vocab_size": len(tokenizer.vocab),
                "eos_token_id": tokenizer.end,
                "bos_token_id": tokenizer.start,
            },
            "vision_config": {"model_type": "clip_vision_model", "image_size": size, "num_channels": 3},
        },
    )
    dump(folder / "preprocessor_config.json", preprocessor)
    tokenizer.save_fast(folder)


def export_matching_head(folder, model, tokenizer, size, preprocessor, small=False):
    """BLIP's image-text matching: one model.onnx with the logits (no match, match)."""
    folder = Path(folder)
    ids, mask = (torch.tensor([row, row]) for row in tokenizer.padded("a red cube."))
    names = ["pixel_values", "input_ids", "attention_mask"]
    to_onnx(
        model,
        (torch.zeros(2, 3, size, size), ids, mask),
        folder / "model.onnx",
        names,
        ["itm_score"],
        {name: "batch" for name in [*names, "itm_score"]},
        small,
    )
    text = {"max_position_embeddings": tokenizer.max_length, "vocab_size": len(tokenizer.vocab)}
    dump(folder / "config.json", {"architectures": ["BlipForImageTextRetrieval"], "model_type": "blip", "text_config": text})
    dump(folder / "preprocessor_config.json", preprocessor)
    tokenizer.save_fast(folder)


class IdsOnly(nn.Module):
    def __init__(self, text):
        super().__init__()
        self.text = text

    def forward(self, ids):
        return self.text(ids)


def export_diffusion(folder, parts, tokenizer, scheduler, spec):
    """parts: text, unet, encoder and, if it has one, decoder (modules).

    spec: image (side in pixels), latents (channels), vae_widths, unet_widths, text_width, scaling_factor,
    ids (torch dtype of input_ids), timestep (an example: its shape and dtype are those of the graph's input; of two entries,
    one for each row of the batch), small (whether large weights are stored in fewer bits; absent: no).
    """
    folder = Path(folder)
    small = spec.get("small", False)
    side = spec["image"] // 2 ** (len(spec["vae_widths"]) - 1)
    ids = torch.tensor([tokenizer.padded("a red cube.")[0]] * 2, dtype=spec["ids"])
    hidden = torch.zeros(2, tokenizer.max_length, spec["text_width"])
    latent = torch.zeros(2, spec["latents"], side, side)
    dump(
        folder / "model_index.json",
        {
            "_class_name": "OnnxStableDiffusionPipeline",
            "_diffusers_version": "0.30.0",
            "scheduler": ["diffusers", "DDIMScheduler"],
            "text_encoder": ["diffusers", "OnnxRuntimeModel"],
            "tokenizer": ["transformers", "CLIPTokenizer"],
            "unet": ["diffusers", "OnnxRuntimeModel"],
            "vae_encoder": ["diffusers", "OnnxRuntimeModel"],
            # Named even where it is not exported: scoring never needs it.
            "vae_decoder": ["diffusers", "OnnxRuntimeModel"],
        },
    )
    dump(folder / "scheduler" / "scheduler_config.json", scheduler)
    tokenizer.save_slow(folder / "tokenizer")
    to_onnx(
        IdsOnly(parts["text"]),
        (ids,),
        folder / "text_encoder" / "model.onnx",
        ["input_ids"],
        ["last_hidden_state", "pooler_output"],
        {"input_ids": "batch", "last_hidden_state": "batch", "pooler_output": "batch"},
        small,
    )
    dump(
        folder / "text_encoder" / "config.json",
        {
            "architectures": ["CLIPTextModel"],
            "model_type": "clip_text_model",
            "hidden_size": spec["text_width"],
            "max_position_embeddings": tokenizer.max_length,
            "vocab_size": len(tokenizer.vocab),
            "bos_token_id": tokenizer.start,
            "eos_token_id": tokenizer.end,
        },
    )
    to_onnx(
        parts["unet"],
        (latent, spec["timestep"], hidden),
        folder / "unet" / "model.onnx",
        ["sample", "timestep", "encoder_hidden_states"],
        ["out_sample"],
        {
            "sample": "batch",
            "encoder_hidden_states": "batch",
            "out_sample": "batch",
            **({"timestep": "batch"} if spec["timestep"].numel() > 1 else {}),
        },
        small,
    )
    dump(
        folder / "unet" / "config.json",
        {
            "_class_name": "UNet2DConditionModel",
            "sample_size": side,
            "in_channels": spec["latents"],
            "out_channels": spec["latents"],
            "block_out_channels": list(spec["unet_widths"]),
            "cross_attention_dim": spec["text_width"],
        },
    )
    vae = {
        "_class_name": "AutoencoderKL",
        "sample_size": spec["image"],
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": spec["latents"],
        "block_out_channels": list(spec["vae_widths"]),
        "scaling_factor": spec["scaling_factor"],
    }
    to_onnx(
        parts["encoder"],
        (torch.zeros(2, 3, spec["image"], spec["image"]),),
        folder / "vae_encoder" / "model.onnx",
        ["sample"],
        ["latent_parameters"],
        {"sample": "batch", "latent_parameters": "batch"},
    )
    dump(folder / "vae_encoder" / "config.json", vae)
    if "decoder" in parts:
        to_onnx(
            parts["decoder"],
            (latent,),
            folder / "vae_decoder" / "model.onnx",
            ["latent_sample"],
            ["sample"],
            {"latent_sample": "batch", "sample": "batch"},
        )
        dump(folder / "vae_decoder" / "config.json", vae)
