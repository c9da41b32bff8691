"""Tables and figures of the integrated-Jacobian experiment, from its rows alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from integrated_jacobians.curves import completeness_figure, cumulative_figure, layers_figure
from runner.figure import save_figure
from runner.table import markdown, mean_and_interval

SHIFT = {
    "similarity": "similarity",
    "covered": "sum of attributions / similarity",
    "f_0r": "f(q0, r)",
    "f_q0": "f(q, r0)",
    "f_00": "f(q0, r0)",
    "exact_similarity": "similarity, shifted",
    "exact_covered": "sum / similarity, shifted",
    "cosine": "cosine of both matrices",
}
LAYERS = {
    "precision": "average precision",
    "half": "share of pairs for half",
    "cosine": "cosine with layer 0",
    "error": "completeness error",
}


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``, ``completeness.svg``, ``cumulative.svg`` and ``layers.svg``."""
    rows = rows.assign(model=rows.apply(_model_name, axis=1))
    sections: list[tuple[str, str, Callable[[pd.DataFrame], pd.DataFrame], str]] = [
        (
            "Models",
            "Pair AUC on unseen molecules: as trained, and with the embedding shifted by h(x0) "
            "after training.",
            model_table,
            "",
        ),
        (
            "Error against points",
            "Gap between the sum of the attributions and the right side of the identity, relative "
            "to the right side; and largest error of an entry, relative to the largest entry of "
            "the best quadrature. Median (largest) over pairs and seeds.",
            completeness_table,
            "![Error against points](completeness.svg)",
        ),
        (
            "How few pairs carry how much",
            "Sum of the largest entries relative to the sum of all, by the share of node pairs "
            "taken; median over pairs. *signed* takes them from the largest down, *magnitude* by "
            "magnitude.",
            cumulative_table,
            "![Cumulative sums](cumulative.svg)",
        ),
        (
            "How many pairs an accurate answer takes",
            "By magnitude: share of node pairs that first sum to half of the whole, and share from "
            "which on the sum stays within a tenth of it; median over pairs.",
            share_table,
            "",
        ),
        (
            "Attribution to embeddings after each layer",
            "Layer 0 is the features. Average precision for pairs of atoms of both functional "
            "groups (pairs of one class), other columns as above; mean over pairs, the error's "
            "median.",
            layer_table,
            "![Layers](layers.svg)",
        ),
        (
            "Approximate and exact models",
            "What the attributions of a model as it is leave out, and what shifting its embedding "
            "by h(x0) changes; median over pairs of one class. Of an exact model, trained with the "
            "shift, nothing is left out.",
            shift_table,
            "",
        ),
    ]
    lines = ["# Integrated Jacobians on molecules", "", "Mean ± 95 % interval over seeds."]
    for title, text, table, picture in sections:
        lines += ["", f"## {title}", "", text, "", markdown(table(rows))]
        lines += [picture] if picture else []
    (folder / "results.md").write_text("\n".join([*lines, ""]), encoding="utf-8")
    save_figure(completeness_figure(rows), folder / "completeness.svg")
    save_figure(cumulative_figure(rows), folder / "cumulative.svg")
    save_figure(layers_figure(rows), folder / "layers.svg")


def _model_name(row: pd.Series) -> str:
    name = {"relu": "ReLU", "gelu": "GELU"}[row.activation]
    return f"{row.encoder}, {name}{', exact' if row.exact else ''}"


def model_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Pair AUC of each model."""
    part = rows[rows.question == "model"]
    cells = part.groupby(["model", "measure"], sort=False).value.agg(mean_and_interval).unstack()
    names = {"pair_auc": "as trained", "shifted_pair_auc": "shifted after training"}
    return cells[list(names)].rename(columns=names)


def completeness_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Median and largest errors over pairs and seeds, one column for each number of points."""
    part = rows[rows.question == "completeness"]
    part = part.assign(measure=part.measure.map({"sum": "gap of the sum", "entry": "an entry"}))
    found = part.groupby(["model", "measure", "setting", "at"], sort=False).value
    cells = found.agg(lambda v: f"{v.median():.0e} ({v.max():.0e})").unstack()
    cells.columns = [f"{points:g} points" for points in cells.columns]
    return cells.rename_axis(["model", "error", "quadrature"])


def cumulative_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Part explained, one column for each share of pairs."""
    part = rows[(rows.question == "cumulative") & (rows.measure == "explained")]
    part = part[part["at"].isin([0.01, 0.05, 0.1, 0.2, 0.5, 1.0])]
    cells = _over_seeds(part, ["model", "setting", "alike", "at"], digits=2).unstack()
    cells.columns = [f"{share:.0%}" for share in cells.columns]
    index = [(m, o, "one class" if a else "two classes") for m, o, a in cells.index]
    cells.index = pd.MultiIndex.from_tuples(index, names=["model", "order", "pairs"])
    return cells


def share_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Shares of pairs for half and for a lasting nine tenths."""
    part = rows[(rows.question == "cumulative") & rows.measure.isin(["half", "within"])]
    cells = _over_seeds(part, ["model", "alike", "measure"], digits=2).unstack()
    index = [(model, "one class" if alike else "two classes") for model, alike in cells.index]
    cells.index = pd.MultiIndex.from_tuples(index, names=["model", "pairs"])
    return cells.rename(columns={"half": "for half", "within": "to stay within a tenth"})


def layer_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Measures of each layer, and what chance gives."""
    part = rows[rows.question == "layers"]
    smooth = part[part.measure != "error"]
    cells = _over_seeds(smooth, ["model", "at", "measure"], "mean").unstack()
    error = part[part.measure == "error"].groupby(["model", "at"], sort=False).value.median()
    cells["error"] = error.map("{:.0e}".format)
    cells.index = pd.MultiIndex.from_tuples(
        [(model, f"{layer:g}") for model, layer in cells.index], names=["model", "layer"]
    )
    return cells[["prevalence", *LAYERS]].rename(columns={"prevalence": "chance", **LAYERS})


def shift_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Corners and sums of models as they are, and of the same shifted."""
    part = rows[(rows.question == "shift") & (rows.alike == True)]  # noqa: E712 (may be missing)
    cells = _over_seeds(part, ["model", "measure"], digits=2).unstack()
    return cells[list(SHIFT)].rename(columns=SHIFT)


def _over_seeds(
    part: pd.DataFrame, keys: list[str], over_pairs: str = "median", digits: int = 3
) -> pd.Series:
    """Mean and interval over seeds of what each seed's pairs give."""
    seeds = part.groupby([*keys, "seed"], sort=False, dropna=False).value.agg(over_pairs)
    values = seeds.groupby(level=keys, sort=False)
    return values.agg(lambda v: mean_and_interval(np.asarray(v), digits))
