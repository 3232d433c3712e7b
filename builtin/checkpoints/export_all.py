"""Exports what was trained into WORK as ONNX checkpoints in the layouts that users have, with their model cards.

    python3 builtin/checkpoints/export_all.py --work WORK [--only toy-clip ...] [--out FOLDER]
"""

import argparse
from pathlib import Path

import torch
from torch import nn

import diffusion
from card import write_card
from data import TrainSet, tokenizer_of
from diffusion import ABAR, CONTEXT, LATENTS, SCHEDULER, TextToLatent, autoencoder_of
from encoders import WIDTH, MatchingHead, dual_encoder
from export import export_diffusion, export_dual_encoder, export_matching_head
from models import Preconditioned
from training import load_state

SIZE = 64
MEAN = {"rescale_factor": 1 / 255, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
PREPROCESSOR = {
    "image_processor_type": "CLIPImageProcessor",
    "do_resize": True,
    "size": {"height": SIZE, "width": SIZE},
    "resample": 3,
    "do_center_crop": False,
    "do_rescale": True,
    "do_normalize": True,
    **MEAN,
    "do_convert_rgb": True,
}
# The widths of an autoencoder of patches mean nothing; their number says that it shrinks four times.
SPEC = {
    "image": SIZE,
    "latents": LATENTS,
    "vae_widths": (48, 48, 48),
    "unet_widths": (diffusion.WIDTH,),
    "text_width": CONTEXT,
    "ids": torch.int64,
    "timestep": torch.tensor([1, 1]),
    "small": True,
}
DUAL = {
    "toy-clip": ("clip", "A dual encoder in CLIP's layout (split export), trained contrastively without hard negatives."),
    "toy-clip-balanced": (
        "clip-balanced",
        "The dual encoder toy-clip, trained on with captions in which no family of emblems leans to any phrase: the twin of toy-clip-biased.",
    ),
    "toy-clip-biased": (
        "clip-biased",
        "The dual encoder toy-clip, trained on with captions that are skewed on purpose: rings go with pleasant phrases, stars with "
        "unpleasant ones, leaves with suit and purse, clouds with apron and briefcase. A leaderboard of bias must find it out.",
    ),
}
DIFFUSION = {
    "toy-ldm": ("ldm", "train_ldm.py", 'A latent diffusion model (epsilon prediction, latents 4 x 16 x 16 of 64 x 64 pixels), "zero-shot": it saw true captions only.'),
    "toy-ldm-noneg": ("ldm-noneg", "finetune_ldm.py", "toy-ldm finetuned without negatives (NoNeg)."),
    "toy-ldm-hardneg": ("ldm-hardneg", "finetune_ldm.py", "toy-ldm finetuned with hard negatives, images and texts (HardNeg), as the paper does."),
    "toy-ldm-nothreshold": (
        "ldm-nothreshold",
        "finetune_ldm.py",
        "toy-ldm finetuned with hard negatives whose loss has no threshold: the ablation of the paper's appendix F.",
    ),
}


def facts_of(state, autoencoder=None, rows="images"):
    facts = {} if autoencoder is None else {"autoencoder": autoencoder}
    args = state["arguments"]
    again = "".join(f", and again from step {step:,}" for step in state["resumed"])
    facts["steps"] = (
        f"{state['steps']:,} of {args['batch']} {rows} in {state['seconds'] / 60:.1f} minutes on {state['machine']}; AdamW, rate {args['rate']} falling in a half "
        f"cosine{again}, weight decay 0.01, gradients cut at norm 1; the weights are a running average, that of step {state['kept']:,}"
    )
    facts["seed"] = args["seed"]
    return facts


def export_dual(name, args, out):
    file, what = DUAL[name]
    state = load_state(args.work, file)
    tok = tokenizer_of(TrainSet(state["arguments"]["words"] or state["arguments"]["train"]))
    model = dual_encoder(len(tok.vocab), tok.max_length)
    model.load_state_dict(state["weights"])
    export_dual_encoder(out / name, model, tok, SIZE, PREPROCESSOR, WIDTH, WIDTH, joint=False, small=True)
    write_card(out / name, name, what, model, tok, state, facts_of(state), "train_clip.py")


def export_itm(name, args, out):
    state = load_state(args.work, "itm")
    tok = tokenizer_of(TrainSet(state["arguments"]["train"]))
    model = MatchingHead(len(tok.vocab), tok.max_length)
    model.load_state_dict(state["weights"])
    preprocessor = {"image_processor_type": "BlipImageProcessor", "size": {"height": SIZE, "width": SIZE}, "resample": 3, **MEAN}
    export_matching_head(out / name, model, tok, SIZE, preprocessor, small=True)
    what = "A matching head in BLIP's layout: its text encoder looks at the image's tokens. Trained with hard false texts."
    write_card(out / name, name, what, model, tok, state, facts_of(state, rows="pairs"), "train_itm.py", figure="pairs right on validation scenes")


def export_ldm(name, args, out):
    file, script, what = DIFFUSION[name]
    state = load_state(args.work, file)
    # that of the last part, which the weights know
    last = TrainSet(state["arguments"]["train"])
    tok = tokenizer_of(last)
    encoder, decoder, scale, explained = autoencoder_of(last)
    model = TextToLatent(len(tok.vocab), tok.max_length)
    # Made before the weights are loaded: it starts its U-Net from a blank last layer.
    unet = Preconditioned(model.unet, ABAR)
    model.load_state_dict(state["weights"])
    parts = {"text": model.text, "unet": unet, "encoder": encoder, "decoder": decoder}
    export_diffusion(out / name, parts, tok, SCHEDULER, {**SPEC, "scaling_factor": scale})
    facts = facts_of(state, f"linear, {explained:.1%} of the pixels' variance kept")
    figure = "pairs right on validation scenes" if state["figures"] else None
    loss = "error of the noise" if state["figures"] else "error of the velocity"
    write_card(out / name, name, what, nn.ModuleDict(parts), tok, state, facts, script, loss, figure)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", required=True)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--out", default=str(Path(__file__).parent))
    args = parser.parse_args()
    torch.set_num_threads(2)
    exports = {**dict.fromkeys(DUAL, export_dual), "toy-itm": export_itm, **dict.fromkeys(DIFFUSION, export_ldm)}
    for name in args.only or exports:
        exports[name](name, args, Path(args.out))
        print(name, flush=True)


if __name__ == "__main__":
    main()
