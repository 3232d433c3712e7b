"""Writes noise.json: what torch.randn and the usual noise schedules give, for the engine's own versions to be held against.

Run by hand, with PyTorch (Debian: apt-get install python3-torch):

    /usr/bin/python3 test/reference/make_noise.py

The format is described in README.md beside this file.
"""

import json
import re
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "builtin" / "checkpoints"))
from schedule import alphas_cumprod  # noqa: E402

# (3, 7, 5) is no multiple of 16; the last two are below 16, where PyTorch takes another path (an odd count keeps a spare value).
SHAPES = [(4, 16, 16), (5, 12, 12), (3, 7, 5), (1, 3, 4), (1, 1, 5)]
SEEDS = [0, 1, 123456789]
DRAWS = 3
SCHEDULES = [
    {"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02, "num_train_timesteps": 1000},
    {"beta_schedule": "linear", "beta_start": 0.0002, "beta_end": 0.035, "num_train_timesteps": 500},
    {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "num_train_timesteps": 1000},
    {"beta_schedule": "squaredcos_cap_v2", "num_train_timesteps": 1000},
    {"trained_betas": [0.01, 0.02, 0.04, 0.08, 0.16], "num_train_timesteps": 5},
    {
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "num_train_timesteps": 1000,
        "rescale_betas_zero_snr": True,
    },
]


def short(values):
    """The shortest decimals that read back to the same float32."""
    return [float(str(v)) for v in values.numpy()]


def draws(shape, seed):
    """The first draws of one CPU stream. Long ones are cut to both ends; the sum (float64) speaks for the middle."""
    generator = torch.Generator().manual_seed(seed)
    out = []
    for _ in range(DRAWS):
        values = torch.randn(*shape, generator=generator).flatten()
        n = values.numel()
        entry = {"sum": values.double().sum().item(), "sum_of_squares": values.double().square().sum().item()}
        if n <= 128:
            entry["values"] = short(values)
        else:
            entry["first"] = short(values[:16])
            entry["last"] = short(values[-24:])
        out.append(entry)
    return out


def schedule(config):
    abar = alphas_cumprod(config)
    n = len(abar)
    at = sorted({round(i * (n - 1) / 19) for i in range(20)}) if n > 20 else list(range(n))
    return {"config": config, "timesteps": at, "alphas_cumprod": [abar[t].item() for t in at]}


def main():
    noise = [
        {"shape": list(shape), "seed": seed, "draws": draws(shape, seed)} for shape in SHAPES for seed in SEEDS
    ]
    result = {"torch": torch.__version__, "noise": noise, "schedules": [schedule(c) for c in SCHEDULES]}
    target = Path(__file__).with_name("noise.json")
    text = json.dumps(result, indent=1)
    # One line a list of numbers keeps the file readable in a diff.
    text = re.sub(r"\[\s+([-0-9][^\[\]{}]*?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m.group(1)) + "]", text)
    target.write_text(text + "\n")


if __name__ == "__main__":
    main()
