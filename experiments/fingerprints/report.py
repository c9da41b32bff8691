"""The table of the fingerprints experiment, from its rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import markdown

SETS = {"chembl_series": "ChEMBL series", "esol": "ESOL"}
MODEL = "the model"


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``."""
    text = [
        "# Does a trained model tell alike from unlike molecules better than their fingerprints?",
        "",
        "Pair AUC of molecules that the model has not seen: the mean over splits, and the lowest "
        "and highest. *Better* counts the splits in which the model's AUC is above that of the "
        "Tanimoto similarity of ECFP4, and above that of its five nearest neighbours; *apart* "
        "those in which their 95 % intervals do not even touch.",
        "",
        markdown(_table(rows)),
        "",
    ]
    (folder / "results.md").write_text("\n".join(text), encoding="utf-8")


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    found = {}
    for (name, split), part in rows.groupby(["set", "split"], sort=False):
        by_seed = part.pivot(index="seed", columns="method")
        methods = list(part["method"].unique())
        row = {method: _spread(by_seed["auc"][method]) for method in methods}
        own, others = by_seed["auc"][MODEL], [m for m in methods if m != MODEL]
        better = [int((own > by_seed["auc"][m]).sum()) for m in others]
        apart = [int((by_seed["low"][MODEL] > by_seed["high"][m]).sum()) for m in others]
        row["test molecules"] = f"{part['molecules'].mean():.0f}"
        row["better"] = " and ".join(f"{count} of {len(own)}" for count in better)
        row["apart"] = " and ".join(f"{count} of {len(own)}" for count in apart)
        found[f"{SETS[name]}, {split} split"] = row
    out = pd.DataFrame(found).T
    out.index.name = "molecules, held out by"
    return out


def _spread(values: pd.Series) -> str:
    if len(values) == 1:
        return f"{values.iloc[0]:.3f}"
    return f"{values.mean():.3f} ({values.min():.3f} to {values.max():.3f})"
