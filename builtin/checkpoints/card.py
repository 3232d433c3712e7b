"""Writes a checkpoint's README.md, its model card: what training knows. What was measured follows below, by measure.ts."""

from pathlib import Path

from data import TrainSet

MEASURED = "<!-- measured -->"
FORM = """---
license: apache-2.0
---

# {name}

{what} Made by this project for this project: small, trained for
minutes with drawn scenes alone. It says nothing about what large models of its kind can do.

- Parameters: {parameters:,} (large tensors stored as float16, the largest matrices in 8 bits; computed in float32)
- Data: {images:,} drawn images of the built-in renderer ({sources}); no test scene of two or more solids holds what one of
  them holds; creatures and emblems are other draws of the same classes
- {facts}
- Text: {words} tokens of a small byte-level BPE, up to {length} a text; a word of the training captions is one token

| step | {loss} |{figure_head}
| --- | --- |{figure_rule}
{curve}

Licence: Apache-2.0. Made again with `builtin/checkpoints/{script}`; see the README.md one folder up.

{measured}
"""


def write_card(folder, name, what, module, tokenizer, state, facts, script, loss="loss", figure=None):
    """state: what training.py saved; facts: {name: value}; figure: what state["figures"] are, if there are any.

    What stands below the mark of the measured figures is kept.
    """
    train = TrainSet(state["train"])
    sources = "; ".join(
        f"set {s['set']}, {s['count']:,} of seed {s['seed']}, {s['emblems']:.0%} of them emblems" + "".join(f", {dial} {s[dial]}" for dial in ("skew", "relief") if s[dial])
        for s in train.sources
    )
    figures = dict(map(tuple, state["figures"]))
    rows = [f"| {step:,} | {value:.4f} |" + (f" {figures[step]:.3f} |" if figure else "") for step, value in state["losses"]]
    target = Path(folder) / "README.md"
    before = target.read_text() if target.exists() else ""
    measured = before[before.index(MEASURED) :].strip() if MEASURED in before else MEASURED
    text = FORM.format(
        name=name,
        what=what,
        parameters=sum(p.numel() for p in module.parameters()),
        images=len(train),
        sources=sources,
        facts="\n- ".join(f"{k[0].upper()}{k[1:]}: {v}" for k, v in facts.items()),
        words=f"{len(tokenizer.vocab):,}",
        length=tokenizer.max_length,
        loss=loss,
        figure_head=f" {figure} |" if figure else "",
        figure_rule=" --- |" if figure else "",
        curve="\n".join(rows),
        script=script,
        measured=measured,
    )
    target.write_text(text)
