"""The weights of diffusion/ and their ONNX exports, for make_diffusion.py."""

import shutil

import numpy
import onnx
import torch
from onnx import numpy_helper

from diffusion_models import HalfUNet, SampledVae, SmallUNet, StatesText
from make_odd import HERE, LDM, WORDS, shake

from bpe import Tokenizer
from export import to_onnx
from models import TextEncoder, VaeEncoder

FOLDER = HERE / "diffusion"
NINE = Tokenizer(WORDS, 9)
SEVEN = Tokenizer(WORDS, 7)

# Latents 4 x 10 x 10 of images 20 x 20, seven tokens of width 6.
SMALL = {"channels": 4, "side": 10, "image": 20, "context": 6}
SMALL_TEXT = shake(TextEncoder(len(SEVEN.vocab), SMALL["context"], 2, 1, 7), 21, 1.0)
SMALL_VAE = shake(VaeEncoder((4, 6), SMALL["channels"]), 22, 2.5)
SMALL_UNET = shake(SmallUNet(SMALL["channels"], SMALL["channels"], 6, SMALL["context"]), 23, 1.6)
HALF_UNET = HalfUNet(shake(SmallUNet(SMALL["channels"], SMALL["channels"], 6, SMALL["context"]), 24, 1.2)).eval()
# Pixels 3 x 13 x 13, with the text encoder of odd-ldm; the second also gives variances.
PIXEL_SIDE = 13
PIXEL_UNET = shake(SmallUNet(3, 3, 6, LDM["text_width"]), 25, 1.6)
VARIANCE_UNET = shake(SmallUNet(3, 6, 6, LDM["text_width"]), 26, 1.6)
# Two text encoders of widths 4 and 6, nine tokens, pooled to 5.
SDXL_ONE = shake(StatesText(len(NINE.vocab), 4, 2, 2, 9), 27, 1.0)
SDXL_TWO = shake(StatesText(len(NINE.vocab), 6, 2, 3, 9, projection=5), 28, 1.0)
SDXL_UNET = shake(SmallUNet(SMALL["channels"], SMALL["channels"], 6, 4 + 6, embeds=5), 29, 1.6)


def export_all():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    c, s, image, d = SMALL["channels"], SMALL["side"], SMALL["image"], SMALL["context"]
    hidden, sample = torch.zeros(2, 7, d), torch.zeros(2, c, s, s)
    names = ["sample", "timestep", "encoder_hidden_states"]
    rows = {"sample": "batch", "encoder_hidden_states": "batch", "out_sample": "batch"}
    every = {**rows, "timestep": "batch"}

    ids = torch.tensor([SEVEN.padded("a red cube.")[0]] * 2)
    for file, example, batched in [
        ("small-text.onnx", ids, {n: "batch" for n in ("input_ids", "last_hidden_state")}),
        ("small-text-one.onnx", ids[:1].int(), {}),
    ]:
        to_onnx(HiddenOnly(SMALL_TEXT), (example,), FOLDER / file, ["input_ids"], ["last_hidden_state"], batched)
    pixels = torch.zeros(2, 3, image, image)
    vae_rows = {"sample": "batch", "latent_sample": "batch"}
    to_onnx(SampledVae(SMALL_VAE), (pixels,), FOLDER / "small-vae-like.onnx", ["sample"], ["latent_sample"], vae_rows)
    one = SampledVae(SMALL_VAE, fixed=(1, c, s, s))
    to_onnx(one, (pixels[:1],), FOLDER / "small-vae-one.onnx", ["sample"], ["latent_sample"], {})

    t = torch.tensor([1, 1])
    to_onnx(SMALL_UNET, (sample, t, hidden), FOLDER / "small-unet-rows.onnx", names, ["out_sample"], every)
    move_weights_out(FOLDER / "small-unet-rows.onnx", "model.onnx_data")
    (FOLDER / "model.onnx_data").rename(FOLDER / "small-unet-rows.onnx_data")
    to_onnx(
        SMALL_UNET, (sample[:1], t[:1].float(), hidden[:1]), FOLDER / "small-unet-one.onnx", names, ["out_sample"], {}
    )
    half_args = (sample.half(), torch.tensor(1), hidden.half())
    to_onnx(HALF_UNET, half_args, FOLDER / "half-unet-edges.onnx", names, ["out_sample"], rows)
    to_onnx(HALF_UNET.unet, (sample, t[:1], hidden), FOLDER / "half-unet-all.onnx", names, ["out_sample"], rows)
    make_half(FOLDER / "half-unet-all.onnx")

    square, wide = torch.zeros(2, 3, PIXEL_SIDE, PIXEL_SIDE), torch.zeros(2, 11, LDM["text_width"])
    to_onnx(PIXEL_UNET, (square, t[:1], wide), FOLDER / "pixel-unet.onnx", names, ["out_sample"], rows)
    to_onnx(VARIANCE_UNET, (square, t, wide), FOLDER / "pixel-unet-variance.onnx", names, ["out_sample"], every)

    nine = torch.tensor([NINE.padded("a red cube.")[0]] * 2)
    for file, module, ids, pooled in [
        ("sdxl-text.onnx", SDXL_ONE, nine.int(), []),
        ("sdxl-text-2.onnx", SDXL_TWO, nine, ["text_embeds"]),
    ]:
        outputs = [f"hidden_states.{n}" for n in range(len(module.layers) + 1)] + pooled
        to_onnx(module, (ids,), FOLDER / file, ["input_ids"], outputs, {n: "batch" for n in ["input_ids", *outputs]})
    more = {"text_embeds": "batch", "time_ids": "batch"}
    arguments = (sample, torch.tensor(1.0), torch.zeros(2, 9, 4 + 6), torch.zeros(2, 5), torch.zeros(2, 6))
    to_onnx(SDXL_UNET, arguments, FOLDER / "sdxl-unet.onnx", [*names, *more], ["out_sample"], {**rows, **more})


class HiddenOnly(torch.nn.Module):
    def __init__(self, text):
        super().__init__()
        self.text = text

    def forward(self, ids):
        return self.text(ids)[0]


def move_weights_out(path, location):
    model = onnx.load(str(path))
    onnx.save(model, str(path), save_as_external_data=True, all_tensors_to_one_file=True, location=location, size_threshold=64)


def make_half(path):
    """A graph of single precision as one of half precision throughout."""
    model = onnx.load(str(path))
    single, double = onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16

    def convert(tensor):
        if tensor.data_type == single:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(numpy.float16), tensor.name))

    for tensor in model.graph.initializer:
        convert(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                convert(attribute.t)
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == single:
                attribute.i = double
    for value in [*model.graph.input, *model.graph.output]:
        if value.type.tensor_type.elem_type == single:
            value.type.tensor_type.elem_type = double
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
