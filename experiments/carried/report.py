"""The tables of what parts carry, from the rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import framed, markdown

INTRODUCTION = """# How much of the similarity do parts carry?

Models trained as the recipes advise and three other ways, means over seeds. *Sum*: over the query's
atoms or regions, or the columns of a row. *Rank correlation* and *right sign* compare the sum with
the similarity over unseen pairs, half of them alike. *Removal*: rank correlation, within a query,
of an atom's relevance with what the similarity loses when the atom is really taken away. *AUROC*:
magnitudes against the functional group that two molecules share, or the regions of the planted
network.
"""


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``."""
    parts = [INTRODUCTION]
    for name, own in rows.groupby("set", sort=False):
        parts += [f"## {name}\n", markdown(_table(own))]
    (folder / "results.md").write_text("\n".join(parts), encoding="utf-8")


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    keys = ["training", "biases", "method", "measure"]
    for (training, biases, method, measure), own in rows.groupby(keys, sort=False):
        value = own["value"].mean()
        text = f"{value:.1g}" if measure == "largest gap" and value < 0.01 else f"{value:.3f}"
        cells.setdefault((training, biases, method), {})[measure] = text
    return framed(cells, "training", "biases", "method")
