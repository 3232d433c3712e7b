"""Writes schedulers.json: what the schedulers of diffusers make of their fields, for the engine to be held against.

Run by hand, with PyTorch (Debian: apt-get install python3-torch):

    /usr/bin/python3 test/reference/make_schedulers.py

diffusers itself is not in Debian: the constructors' fields and defaults below were read in its documentation (0.40), and the noise is
computed from its formulas, in float64. The format is described in README.md beside this file.
"""

import json
import math
import re
from pathlib import Path

import torch

SIGMAS = {"use_karras_sigmas": False, "use_exponential_sigmas": False, "use_beta_sigmas": False}
FLOW = {"use_flow_sigmas": False, "flow_shift": 1.0}
SHIFT = {"use_dynamic_shifting": False, "time_shift_type": "exponential"}
SPACING = {"timestep_spacing": "linspace", "steps_offset": 0}
THRESHOLD = {"thresholding": False, "dynamic_thresholding_ratio": 0.995, "sample_max_value": 1.0}
CLIP = {"clip_sample": True, "clip_sample_range": 1.0}
ZERO = {"rescale_betas_zero_snr": False}
# -inf in Python; JSON has no word for it.
LAMBDA = {"lambda_min_clipped": None, "variance_type": None, "final_sigmas_type": "zero"}


def betas(start=0.0001, end=0.02, schedule="linear"):
    return {
        "num_train_timesteps": 1000,
        "beta_start": start,
        "beta_end": end,
        "beta_schedule": schedule,
        "trained_betas": None,
        "prediction_type": "epsilon",
    }


KARRAS = betas(0.00085, 0.012)
DDPM = {**betas(), "variance_type": "fixed_small", **CLIP, **THRESHOLD, **SPACING, "timestep_spacing": "leading", **ZERO}
DDIM = {**betas(), **CLIP, "set_alpha_to_one": True, **THRESHOLD, **SPACING, "timestep_spacing": "leading", **ZERO}
LCM = {
    **betas(0.00085, 0.012, "scaled_linear"),
    **CLIP,
    "clip_sample": False,
    "set_alpha_to_one": True,
    "original_inference_steps": 50,
    "timestep_scaling": 10.0,
    **THRESHOLD,
    **SPACING,
    "timestep_spacing": "leading",
    **ZERO,
}
DPM = {**betas(), "solver_order": 2, **THRESHOLD, **SIGMAS, **FLOW, **SHIFT, **LAMBDA, **SPACING}
DPM["algorithm_type"], DPM["solver_type"], DPM["lower_order_final"] = "dpmsolver++", "midpoint", True
CLASSES = {
    "DDPMScheduler": DDPM,
    "DDPMParallelScheduler": DDPM,
    "DDIMScheduler": DDIM,
    "DDIMParallelScheduler": DDIM,
    "DDIMInverseScheduler": {k: v for k, v in DDIM.items() if k not in THRESHOLD},
    "PNDMScheduler": {**betas(), **SPACING, "skip_prk_steps": False, "set_alpha_to_one": False},
    "LMSDiscreteScheduler": {**betas(), **SIGMAS, **SPACING},
    "EulerDiscreteScheduler": {
        **betas(),
        **SIGMAS,
        **SPACING,
        **ZERO,
        "interpolation_type": "linear",
        "sigma_min": None,
        "sigma_max": None,
        "timestep_type": "discrete",
        "final_sigmas_type": "zero",
    },
    "EulerAncestralDiscreteScheduler": {**betas(), **SPACING, **ZERO},
    "HeunDiscreteScheduler": {**KARRAS, **SIGMAS, **CLIP, "clip_sample": False, **SPACING},
    "KDPM2DiscreteScheduler": {**KARRAS, **SIGMAS, **SPACING},
    "KDPM2AncestralDiscreteScheduler": {**KARRAS, **SIGMAS, **SPACING},
    "DPMSolverMultistepScheduler": {**DPM, **ZERO, "euler_at_final": False, "use_lu_lambdas": False},
    "DPMSolverMultistepInverseScheduler": {**DPM, "euler_at_final": False},
    "DPMSolverSinglestepScheduler": {k: v for k, v in DPM.items() if k not in SPACING},
    "DPMSolverSDEScheduler": {**KARRAS, **SIGMAS, **SPACING, "noise_sampler_seed": None},
    "DEISMultistepScheduler": {**DPM, "algorithm_type": "deis", "solver_type": "logrho"},
    "UniPCMultistepScheduler": {
        **DPM,
        **ZERO,
        "predict_x0": True,
        "solver_type": "bh2",
        "disable_corrector": [],
        "solver_p": None,
        "sigma_min": None,
        "sigma_max": None,
    },
    "SASolverScheduler": {**DPM, "predictor_order": 2, "corrector_order": 2, "tau_func": None},
    "LCMScheduler": LCM,
    "TCDScheduler": LCM,
}
# Values of beta_schedule that only some classes know.
MORE = {
    "DDPMScheduler": ["sigmoid", "laplace"],
    "DDPMParallelScheduler": ["sigmoid"],
    "HeunDiscreteScheduler": ["exp"],
}
# Classes that leave 2^-24 where the rescaled abar would be 0.
ALMOST = [
    "EulerDiscreteScheduler",
    "EulerAncestralDiscreteScheduler",
    "DPMSolverMultistepScheduler",
    "UniPCMultistepScheduler",
]


def alpha_bar(kind, t):
    if kind == "squaredcos_cap_v2":
        return math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2
    if kind == "exp":
        return math.exp(t * -12.0)
    lmb = -0.5 * math.copysign(1, 0.5 - t) * math.log(1 - 2 * math.fabs(0.5 - t) + 1e-6)
    snr = math.exp(lmb)
    return math.sqrt(snr / (1 + snr))


def betas_of(config):
    n, start, end, kind = (config[k] for k in ["num_train_timesteps", "beta_start", "beta_end", "beta_schedule"])
    if config["trained_betas"] is not None:
        return torch.tensor(config["trained_betas"], dtype=torch.float64)
    if kind == "linear":
        return torch.linspace(start, end, n, dtype=torch.float64)
    if kind == "scaled_linear":
        return torch.linspace(start**0.5, end**0.5, n, dtype=torch.float64) ** 2
    if kind == "sigmoid":
        return torch.sigmoid(torch.linspace(-6, 6, n, dtype=torch.float64)) * (end - start) + start
    values = [min(1 - alpha_bar(kind, (i + 1) / n) / alpha_bar(kind, i / n), 0.999) for i in range(n)]
    return torch.tensor(values, dtype=torch.float64)


def rescaled(values):
    root = torch.cumprod(1 - values, 0).sqrt()
    first, last = root[0].clone(), root[-1].clone()
    root = (root - last) * (first / (first - last))
    bar = root**2
    return 1 - torch.cat([bar[:1], bar[1:] / bar[:-1]])


def alphas(name, stated):
    """abar of a class, absent fields and nulls being its defaults."""
    config = {**CLASSES[name], **{k: v for k, v in stated.items() if v is not None}}
    values = betas_of(config)
    zero = config.get("rescale_betas_zero_snr", False)
    products = torch.cumprod(1 - (rescaled(values) if zero else values), 0)
    if zero and name in ALMOST:
        products[-1] = 2**-24
    return products


def case(name, stated):
    products = alphas(name, stated)
    n = len(products)
    at = sorted({round(i * (n - 1) / 7) for i in range(8)})
    return {"config": stated, "timesteps": at, "alphas_cumprod": [products[t].item() for t in at]}


def cases(name):
    kinds = ["linear", "scaled_linear", "squaredcos_cap_v2", *MORE.get(name, [])]
    stated = [{}, {"beta_start": None, "beta_end": None, "beta_schedule": None, "num_train_timesteps": None}]
    stated += [{"beta_schedule": kind, "num_train_timesteps": 40} for kind in kinds]
    stated += [{"beta_start": 0.002}, {"beta_end": 0.03}, {"num_train_timesteps": 7, "trained_betas": [0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.5]}]
    if "rescale_betas_zero_snr" in CLASSES[name]:
        stated += [{"rescale_betas_zero_snr": True}, {"rescale_betas_zero_snr": True, "num_train_timesteps": 40}]
    return [case(name, one) for one in stated]


def guidance(scale, width):
    """LatentConsistencyModelPipeline.get_guidance_scale_embedding of w = scale - 1."""
    w = torch.tensor([scale - 1.0], dtype=torch.float64) * 1000.0
    half = width // 2
    step = torch.log(torch.tensor(10000.0, dtype=torch.float64)) / (half - 1)
    angle = w[:, None] * torch.exp(torch.arange(half, dtype=torch.float64) * -step)[None, :]
    values = torch.cat([torch.sin(angle), torch.cos(angle)], dim=1)
    if width % 2 == 1:
        values = torch.nn.functional.pad(values, (0, 1))
    return {"scale": scale, "width": width, "values": values[0].tolist()}


def main():
    classes = [{"name": name, "fields": fields, "cases": cases(name)} for name, fields in CLASSES.items()]
    embedded = [guidance(scale, width) for scale in [1.0, 1.5, 8.0] for width in [4, 9, 16]]
    result = {"torch": torch.__version__, "classes": classes, "guidance": embedded}
    text = json.dumps(result, indent=1)
    # One line a list of numbers keeps the file readable in a diff.
    text = re.sub(r"\[\s+([-0-9][^\[\]{}]*?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m.group(1)) + "]", text)
    Path(__file__).with_name("schedulers.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
