"""The tables of the retraining experiment, from its rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import markdown

COLUMNS = [
    "AUROC",
    "insertion - deletion",
    "robust fidelity",
    "references",
    "retraining",
    "retraining, magnitude",
    "retraining, top fifth",
]


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``."""
    text = [
        "# Do explanations depend on the training seed, "
        "and what do they show that a group map cannot?",
        "",
        "Models of the same training subjects and other seeds explain the same pairs, query masked "
        "alone. *References* is the mean Spearman correlation over references of the query's "
        "class, *retraining* the one over models, and *mean* the mean explanation of half of the "
        "models against that of the other half. A group map is the same for every model and pair.",
        "",
    ]
    for (name, effect), part in rows.groupby(["set", "effect"], sort=False):
        auc = part[part.measure == "pair AUC"].value.mean()
        title = name.replace("_", " ") + (f", d = {effect:g}" if name == "planted" else "")
        text += [f"## {title} (pair AUC {auc:.3f})", "", markdown(_table(part)), ""]
    (folder / "results.md").write_text("\n".join(text), encoding="utf-8")


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[rows.method != "models"]
    out = rows.pivot_table(index="method", columns=["of", "measure"], values="value")
    out = out.reindex(index=rows.method.unique())
    found = {}
    for column in COLUMNS:
        for of, words in (("one", column), ("mean", f"{column}, mean")):
            if (of, column) in out:
                found[words] = out[of, column]
    return pd.DataFrame(found).map("{:.3f}".format)
