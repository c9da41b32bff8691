"""The table of the mask-objective experiment, from its rows alone."""

from pathlib import Path

import pandas as pd
from runner.table import markdown


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``."""
    text = [
        "# Which masks does an optimised objective find?",
        "",
        "AUROC / average precision of bond masks against the functional group, by model and kind "
        "of pair.",
        "",
        markdown(table(rows)),
    ]
    (folder / "results.md").write_text("\n".join(text), encoding="utf-8")


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """One line for each method, one column for each model and kind of pair, and means."""
    setting = rows.model + ", " + rows.pairs
    both = rows.assign(setting=setting).pivot(
        index="method", columns="setting", values=["auroc", "average_precision"]
    )
    both = both.reindex(index=rows.method.unique(), columns=setting.unique(), level=1)
    auroc, precision = both["auroc"], both["average_precision"]
    auroc, precision = (m.assign(mean=m.mean(axis=1)) for m in (auroc, precision))
    return auroc.map("{:.3f} / ".format) + precision.map("{:.3f}".format)
