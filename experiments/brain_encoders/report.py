"""The tables of the brain-encoder experiment, from its rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import markdown

ADVISED = "RoiGCN, region-wise readout (advised)"
MEASURES = {"pair_auc": "pair AUC", "accuracy": "accuracy", "auc": "AUC"}


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``: mean ± standard deviation over folds, one table for each set."""
    lines = [
        "# Which Siamese encoder tells brains apart?",
        "",
        "Mean ± standard deviation over folds and seeds. *Advised*: the same for the difference of "
        "the advised model's pair AUC and this one's on the same folds, and on how many it is "
        "better.",
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
    advised = _against(part).reindex(seconds.index)
    return pd.DataFrame({**cells, "advised": advised, "seconds per fold": seconds})


def _against(part: pd.DataFrame) -> pd.Series:
    """How much better the advised model is than each other, fold by fold."""
    wide = part.pivot(index=["seed", "fold"], columns="method", values="pair_auc")
    if ADVISED not in wide:
        return pd.Series(dtype=str)
    better = wide.drop(columns=ADVISED).rsub(wide[ADVISED], axis=0)
    texts = {
        name: f"{gain.mean():+.3f} ± {gain.std():.3f}, {(gain > 0).sum()} of {len(gain)}"
        for name, gain in better.items()
    }
    return pd.Series(texts)
