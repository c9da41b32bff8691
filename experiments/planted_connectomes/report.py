"""Tables of what encoders make of the simulated connectomes, from the rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import framed, markdown

INTRODUCTION = """# What do encoders make of the simulated connectomes?

Two layers of 32, mean readout, cosine; subjects of classes that differ in the blocks named alone.
Each seed is a set of subjects and a model of its own. *Without the blocks*: what is left is
independent of the class, so 0.5 is chance. *Without as many others*: as many connections elsewhere
are taken away instead.
"""


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``."""
    auc = rows[rows["measure"].str.startswith("pair AUC")]
    cosine = rows[rows["measure"].str.startswith("mean cosine")]
    parts = [
        INTRODUCTION,
        f"## Pair AUC on unseen subjects, seeds {_seeds(rows)}\n",
        markdown(_each_seed(auc)),
        "## Mean cosine of different subjects of one class\n",
        markdown(_each_seed(cosine)),
    ]
    (folder / "results.md").write_text("\n".join(parts), encoding="utf-8")


def _seeds(rows: pd.DataFrame) -> str:
    return ", ".join(str(seed) for seed in sorted(rows["seed"].unique()))


def _each_seed(rows: pd.DataFrame) -> pd.DataFrame:
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for (classes, measure, encoder), part in rows.groupby(
        ["classes", "measure", "encoder"], sort=False
    ):
        values = part.sort_values("seed")["value"]
        cells.setdefault((classes, measure), {})[encoder] = ", ".join(f"{v:.3f}" for v in values)
    return framed(cells, "classes", "measure")
