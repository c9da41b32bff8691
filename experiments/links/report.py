"""The table of the links experiment, from its rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import markdown


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``."""
    auc = rows.drop_duplicates(["set", "encoder", "seed"]).groupby(["set", "encoder"], sort=False)
    text = [
        "# Which edges of a graph carry a link?",
        "",
        "AUROC of the planted reasons among the edges at both ends of a link, mean over links and "
        "seeds; its mean over sets; the mean among all edges within two hops; seconds for a link.",
        "",
        markdown(table(rows)),
        "AUC of the models on unseen pairs: "
        + ", ".join(f"{name}, {kind} {v:.3f}" for (name, kind), v in auc.link_auc.mean().items())
        + ".",
    ]
    (folder / "results.md").write_text("\n".join(text), encoding="utf-8")


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """One line for each method, one column for each set and encoder, their mean, and the time."""
    setting = rows["set"] + ", " + rows.encoder
    out = rows.assign(setting=setting).pivot_table(
        index="method", columns="setting", values="auroc"
    )
    out = out.reindex(index=rows.method.unique(), columns=setting.unique())
    others = rows.groupby("method")[["auroc_two_hops", "seconds"]].mean().reindex(out.index)
    out = out.assign(mean=out.mean(axis=1), two_hops=others.auroc_two_hops, seconds=others.seconds)
    return out.map("{:.3f}".format).rename(columns={"two_hops": "within two hops"})
