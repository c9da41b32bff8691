"""The tables of the evidence experiment, from its rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import markdown

OTHERS = {
    "unlike": "Unlike pairs: the reference lacks what the query has",
    "both": "Alike pairs, both graphs masked",
    "weights": "Alike pairs, masks as edge weights",
}


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``."""
    auc = rows.drop_duplicates(["set", "encoder", "seed"]).groupby(["set", "encoder"]).pair_auc
    text = ["# Which evidence finds what two graphs are alike by?", ""]
    for encoder, part in rows.groupby("encoder", sort=False):
        text += [
            f"## {encoder}",
            "",
            "AUROC of masks of the query against the exact truth over alike pairs, mean over "
            "seeds; the mean over sets, and the mean rank correlation over references. Two motifs: "
            "AUROC of the motif that the reference shares among the edges of both.",
            "",
            markdown(table(part[part.pairs == "alike"])),
            *(
                line
                for pairs, title in OTHERS.items()
                if (part.pairs == pairs).any()
                for line in (f"**{title}**", "", markdown(table(part[part.pairs == pairs])))
            ),
            "Pair AUC of the models: "
            + ", ".join(
                f"{name} {value:.3f}"
                for (name, kind), value in auc.mean().items()
                if kind == encoder
            )
            + ".",
            "",
        ]
    (folder / "results.md").write_text("\n".join(text), encoding="utf-8")


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """One line for each method, one column for each set, their mean, and the stability."""
    out = rows.pivot_table(index="method", columns="set", values="auroc")
    out = out.reindex(index=rows.method.unique(), columns=rows["set"].unique())
    mean, stability = out.mean(axis=1), rows.groupby("method").stability.mean()
    return out.assign(mean=mean, stability=stability.reindex(out.index)).map("{:.3f}".format)
