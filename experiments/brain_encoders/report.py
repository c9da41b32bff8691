"""The tables of the brain-encoder experiment, from its rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import markdown

MEASURES = {"pair_auc": "pair AUC", "accuracy": "accuracy", "auc": "AUC"}


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``: mean ± standard deviation over folds, one table for each set."""
    lines = [
        "# Which Siamese encoder tells brains apart?",
        "",
        "Mean ± standard deviation over folds and seeds.",
    ]
    for data, part in rows.groupby("data", sort=False):
        lines += ["", f"## {data}", "", markdown(table(part))]
    (folder / "results.md").write_text("\n".join(lines), encoding="utf-8")


def table(part: pd.DataFrame) -> pd.DataFrame:
    """One line for each method."""
    folds = part.groupby("method", sort=False)
    cells = {
        name: folds[measure].mean().map("{:.3f} ± ".format)
        + folds[measure].std().map("{:.3f}".format)
        for measure, name in MEASURES.items()
    }
    seconds = folds.fold_seconds.mean().map("{:.1f}".format)
    return pd.DataFrame({**cells, "seconds per fold": seconds})
