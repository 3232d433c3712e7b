"""What all training scripts share: the device, the clock, the running average of the weights, the loss curve, the saved state."""

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
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--resume", action="store_true", help="go on from the weights that WORK holds, for as many minutes more")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_default_device(args.device)
    torch.manual_seed(args.seed)
    Path(args.work).mkdir(parents=True, exist_ok=True)
    return args


def half_precision():
    """bfloat16 products on a GPU and on processors that have them (AVX512-BF16 or AMX), else float32 throughout."""
    device = torch.get_default_device().type
    # A replayed graph must not find casts that an earlier step left behind.
    return torch.autocast(device, torch.bfloat16, enabled=device == "cuda" or torch.cpu._is_avx512_bf16_supported(), cache_enabled=False)


def load_state(work, name):
    """What learn() saved as WORK/name.pt, on the device in use."""
    return torch.load(Path(work) / f"{name}.pt", map_location=torch.get_default_device())


def machine_of(args):
    return torch.cuda.get_device_name() if args.device == "cuda" else f"{args.threads} threads of a processor"


def record(model, example):
    """On a GPU, records the model's passes once to be replayed: such small models would wait for their launches otherwise."""
    if torch.get_default_device().type == "cuda":
        with half_precision():
            torch.cuda.make_graphed_callables(model, tuple(x.clone() for x in example))


def learn(model, step_loss, example, args, name, parameters=None, look=None, keep_best=True):
    """AdamW until the clock runs out or, if they are given, the steps are done, the rate rising over 200 steps and falling in a half cosine.

    step_loss(rng) -> loss, or (loss, shown) where another figure than the loss tells how training goes; it calls the model once, on
    inputs of the shapes of `example`.
    look(average) -> a figure to be as high as can be, asked twelve times: the best average is kept, without it or keep_best the last.
    WORK/name.pt holds {weights, kept (of which step they are), arguments, machine, steps, losses, figures, seconds, resumed (at which
    steps), train (the folders of all parts)}; it is written at every point of the curve.
    """
    state = {"steps": 0, "kept": 0, "losses": [], "figures": [], "seconds": 0.0, "resumed": [], "train": []}
    before = Path(args.work) / f"{name}.pt"
    if args.resume and before.exists():
        kept = load_state(args.work, name)
        model.load_state_dict(kept["weights"])
        state = {key: kept[key] for key in state}
        state["resumed"].append(state["steps"])
    state["train"] = list(dict.fromkeys([*state["train"], *args.train]))
    rng = numpy.random.default_rng(args.seed + state["steps"])
    parameters = list(parameters if parameters is not None else model.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=args.rate, betas=(0.9, 0.99), weight_decay=0.01, fused=args.device == "cuda")
    average = copy.deepcopy(model).eval()
    record(model, example)
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
        recent.append(shown.detach())
        keep = min(0.999, (1 + state["steps"]) / (10 + state["steps"]))
        with torch.no_grad():
            torch._foreach_lerp_(slow, fast, 1 - keep)
        if spent > (len(state["losses"]) - points + 1) / POINTS:
            best = mark(average, state, recent, look, best if keep_best else -1.0, args, name, earlier + time.time() - started)
            recent = []
    mark(average, state, recent, look, best if keep_best else -1.0, args, name, earlier + time.time() - started)
    return load_state(args.work, name)


def mark(average, state, recent, look, best, args, name, seconds):
    state["seconds"] = seconds
    if not recent:
        return best
    state["losses"].append([state["steps"], torch.stack(recent).mean().item()])
    figure = look(average) if look else None
    if figure is not None:
        state["figures"].append([state["steps"], figure])
    print(f"{name} {seconds:5.0f} s step {state['steps']} loss {state['losses'][-1][1]:.4f}", figure or "", flush=True)
    target = Path(args.work) / f"{name}.pt"
    if figure is None or figure > best or not target.exists():
        weights, state["kept"] = average.state_dict(), state["steps"]
    else:
        weights = load_state(args.work, name)["weights"]
    torch.save({"weights": weights, "arguments": vars(args), "machine": machine_of(args), **state}, target.with_suffix(".part"))
    target.with_suffix(".part").rename(target)
    return max(best, figure) if figure is not None else best
