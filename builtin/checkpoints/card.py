"""Writes a checkpoint's README.md."""

from pathlib import Path

FORM = """---
license: apache-2.0
---

# {name}

{what} Made by this project for this project: it is small, trained for minutes on one processor, and **barely trained**. It shows that the whole
way works; it says nothing about what models of its kind can do.

- Parameters: {parameters:,} (float32)
- Data: {images:,} drawn scenes of the built-in renderer ({sources}), none of whose contents occur in the built-in test set
- {facts}
- Text: {words} word tokens of a small byte-level BPE; words outside the training captions are known by their letters only

Accuracy on the built-in clevr set (chance 0.5), measured by the training script{how}:

| subtask | accuracy |
| --- | --- |
{rows}

Licence: Apache-2.0. Made again with `builtin/checkpoints/{script}`; see the README.md one folder up.
"""


def write_card(folder, name, what, module, train, facts, reached, script, how=""):
    from data import WORDS

    sources = ", ".join(f"set {s['set']}, {s['count']} of seed {s['seed']}" for s in train.sources)
    text = FORM.format(
        name=name,
        what=what,
        parameters=sum(p.numel() for p in module.parameters()),
        images=len(train),
        sources=sources,
        facts="\n- ".join(f"{k[0].upper()}{k[1:]}: {v}" for k, v in facts.items()),
        words=len(WORDS),
        how=how,
        rows="\n".join(f"| {k} | {v:.3f} |" for k, v in reached.items()),
        script=script,
    )
    (Path(folder) / "README.md").write_text(text)
