"""Every kind of PyG encoder under every way to compute relevance.

``python tests/explain/relevance/encoder_table.py`` writes ``docs/relevance_encoders.md``.
"""

import argparse
import sys
import warnings
from pathlib import Path

import torch

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from explain.check.encoder_families import FAMILIES, family, graphs, reason

from pyg_siamex import BiLRP, IntegratedJacobians, PairExplainer

PAGE = Path(__file__).parents[3] / "docs" / "relevance_encoders.md"
METHODS = {
    "`BiLRP()`": {},
    '`rule="source"`': {"rule": "source"},
    '`neighbours="each"`': {"neighbours": "each"},
    '`attention="attnlrp"`': {"attention": "attnlrp"},
    "`IntegratedJacobians()`": None,
}
MASKS = {"nodes": {"node_mask_type": "object"}, "edges": {"edge_mask_type": "object"}}
INTRODUCTION = """# Encoders and relevance

What runs on a small untrained model of each kind: `ok` stands for relevance of nodes and of edges,
whose terms sum to what is explained. Numbers lead to what is refused, and why. The columns between
the first and the last are options of `BiLRP`; `IntegratedJacobians` gives edges with `path="both"`.
[Relevance rules](relevance_rules.md) says what each does, and [encoders](encoders.md) has the other
explainers. Written by `python tests/explain/relevance/encoder_table.py`.
"""


def algorithm(method, mask):
    """The explainer that gives this mask."""
    options = METHODS[method]
    if options is None:
        return IntegratedJacobians(steps=4, path="both" if mask == "edges" else "features")
    return BiLRP(**options)


def tried(name, method):
    """What each mask gives: nothing if it runs, or why it is refused."""
    model, (query, reference, *_) = family(name), graphs(name)
    found = {}
    for mask, kinds in MASKS.items():
        try:
            explanation = PairExplainer(model, algorithm(method, mask), **kinds)(query, reference)
        except ValueError as error:
            found[mask] = reason(str(error))
            continue
        assert explanation.relevance.isfinite().all()
        if METHODS[method] is not None:
            largest = max(abs(value) for value in explanation.terms.values())
            assert abs(explanation.terms["remainder"]) <= 1e-3 * largest, (name, method)
    return found


def cell(found, notes):
    """One word, with the numbers of the notes that say why."""
    runs = [mask for mask in MASKS if mask not in found]
    word = "ok" if len(runs) == len(MASKS) else runs[0] if runs else "refused"
    numbers = [notes.setdefault(why, len(notes) + 1) for why in dict.fromkeys(found.values())]
    return f"{word} <sup>{', '.join(map(str, numbers))}</sup>" if numbers else word


def rows(names, notes, show=lambda line: None):
    """The cells of each encoder."""
    out = {}
    for name in names:
        out[name] = [cell(tried(name, method), notes) for method in METHODS]
        show(f"{name}: {', '.join(out[name])}")
    return out


def page(names, show=lambda line: None):
    """The table with its notes, as Markdown."""
    notes: dict[str, int] = {}
    body = [f"| {name} | {' | '.join(cells)} |" for name, cells in rows(names, notes, show).items()]
    head = f"| encoder | {' | '.join(METHODS)} |"
    lines = [head, "| --- " * (len(METHODS) + 1) + "|", *body]
    reasons = [f"{number}. {why}" for why, number in notes.items()]
    return "\n".join([INTRODUCTION, *lines, "", *reasons, ""])


def read():
    """Words of each encoder, and all reasons, as the page has them."""
    lines = PAGE.read_text().splitlines()
    table = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][2:]
    words = {name: [text.split(" <sup>")[0] for text in cells] for name, *cells in table}
    return words, {line.split(". ", 1)[1] for line in lines if line[:1].isdigit()}


def main():
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    text = page(arguments.only, show=lambda line: print(line, flush=True))
    if arguments.only == list(FAMILIES):
        PAGE.write_text(text)


if __name__ == "__main__":
    main()
