"""Noise schedules as scheduler_config.json names them, in float64."""

import math

import torch


def betas_of(config):
    steps = config["num_train_timesteps"]
    if config.get("trained_betas") is not None:
        return torch.tensor(config["trained_betas"], dtype=torch.float64)
    kind = config["beta_schedule"]
    if kind == "linear":
        return torch.linspace(config["beta_start"], config["beta_end"], steps, dtype=torch.float64)
    if kind == "scaled_linear":
        root = torch.linspace(config["beta_start"] ** 0.5, config["beta_end"] ** 0.5, steps, dtype=torch.float64)
        return root**2
    if kind == "squaredcos_cap_v2":

        def alpha_bar(t):
            return math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2

        return torch.tensor(
            [min(1 - alpha_bar((i + 1) / steps) / alpha_bar(i / steps), 0.999) for i in range(steps)],
            dtype=torch.float64,
        )
    raise ValueError(f"unknown beta_schedule {kind}")


def rescale_zero_terminal_snr(betas):
    """Shift and scale sqrt(abar) so that its last value is 0 and its first stays (Lin et al., 2023, algorithm 1)."""
    root = (1 - betas).cumprod(0).sqrt()
    root = (root - root[-1]) * (root[0] / (root[0] - root[-1]))
    abar = root**2
    return 1 - torch.cat([abar[:1], abar[1:] / abar[:-1]])


def alphas_cumprod(config):
    betas = betas_of(config)
    if config.get("rescale_betas_zero_snr"):
        betas = rescale_zero_terminal_snr(betas)
    return (1 - betas).cumprod(0)
