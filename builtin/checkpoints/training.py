"""What all training scripts share: the clock, the running average of the weights, the loss curve, the saved state."""

import copy
import time
from pathlib import Path

import numpy
import torch

POINTS = 12


def arguments(parser, minutes, rate):
    parser.add_argument("--train", nargs="+", required=True, help="folders of builtin/data/train.ts")
    parser.add_argument("--work", required=True, help="folder for the state of training")
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--steps", type=int, help="train for so many steps, whatever the clock says")
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="go on from the weights that WORK holds, for as many minutes more")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    Path(args.work).mkdir(parents=True, exist_ok=True)
    return args


def half_precision():
    """bfloat16 products where the processor has them (PyTorch 2 on AVX512-BF16 or AMX), else float32 throughout."""
    able = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)() if hasattr(torch, "cpu") else False
    return torch.autocast("cpu", torch.bfloat16, enabled=bool(able))


def learn(model, step_loss, args, name, parameters=None, look=None, keep_best=True):
    """AdamW until the clock runs out or, if they are given, the steps are done, the rate rising over 200 steps and falling in a half cosine.

    step_loss(rng) -> loss, or (loss, shown) where another figure than the loss tells how training goes.
    look(average) -> a figure to be as high as can be, asked twelve times: the best average is kept, without it or keep_best the last.
    WORK/name.pt holds {weights, arguments, steps, losses, figures, seconds}; it is written at every point of the curve.
    """
    state = {"steps": 0, "losses": [], "figures": [], "seconds": 0.0}
    before = Path(args.work) / f"{name}.pt"
    if args.resume and before.exists():
        kept = torch.load(before)
        model.load_state_dict(kept["weights"])
        state = {key: kept[key] for key in state}
    rng = numpy.random.default_rng(args.seed + state["steps"])
    parameters = list(parameters if parameters is not None else model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=args.rate, betas=(0.9, 0.99), weight_decay=0.01)
    average = copy.deepcopy(model).eval()
    slow, fast = list(average.parameters()), list(model.parameters())
    recent, started = [], time.time()
    best = max((figure for _, figure in state["figures"]), default=-1.0)
    first, points, earlier = state["steps"], len(state["losses"]), state["seconds"]

    def share_done():
        return (state["steps"] - first) / args.steps if args.steps else (time.time() - started) / (args.minutes * 60)

    while (spent := share_done()) < 1:
        rate = args.rate * min(1, (state["steps"] - first + 1) / 200) * max(0.02, 0.5 + 0.5 * numpy.cos(numpy.pi * spent))
        for group in optimizer.param_groups:
            group["lr"] = rate
        out = step_loss(rng)
        loss, shown = out if isinstance(out, tuple) else (out, out)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        state["steps"] += 1
        recent.append(float(shown.detach()))
        keep = min(0.999, (1 + state["steps"]) / (10 + state["steps"]))
        with torch.no_grad():
            for s, f in zip(slow, fast):
                s.lerp_(f, 1 - keep)
        if spent > (len(state["losses"]) - points + 1) / POINTS:
            best = mark(average, state, recent, look, best if keep_best else -1.0, args, name, earlier + time.time() - started)
            recent = []
    mark(average, state, recent, look, best if keep_best else -1.0, args, name, earlier + time.time() - started)
    return torch.load(Path(args.work) / f"{name}.pt")


def mark(average, state, recent, look, best, args, name, seconds):
    state["seconds"] = seconds
    if not recent:
        return best
    state["losses"].append([state["steps"], float(numpy.mean(recent))])
    figure = look(average) if look else None
    if figure is not None:
        state["figures"].append([state["steps"], figure])
    print(f"{name} {seconds:5.0f} s step {state['steps']} loss {state['losses'][-1][1]:.4f}", figure or "", flush=True)
    target = Path(args.work) / f"{name}.pt"
    better = figure is None or figure > best
    weights = average.state_dict() if better or not target.exists() else torch.load(target)["weights"]
    torch.save({"weights": weights, "arguments": vars(args), **state}, target.with_suffix(".part"))
    target.with_suffix(".part").rename(target)
    return max(best, figure) if figure is not None else best
