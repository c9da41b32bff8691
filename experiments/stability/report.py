"""Tables and figures of the stability experiment, from its rows alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from runner.figure import COLOURS, MARKERS, save_figure
from runner.table import framed, interval, markdown, mean_and_interval
from scipy.stats import wilcoxon

SETS = {
    "nci": "NCI molecules by functional group (bonds; exact truth)",
    "alkane_carbonyl": "ZINC molecules, alkane and carbonyl (atoms; exact truth)",
    "crippen": "Molecules by Crippen's logP (atoms; signed truth)",
    "planted": "Planted connectomes, simulated (edges; exact truth)",
    "two_motifs": "Planted connectomes with two motifs, simulated (edges; exact truth)",
    "hcp": "HCP-68 connectomes (edges; no truth)",
    "breast_cancer": "Breast cancer table (columns; no truth)",
    "mutag": "MUTAG molecules (bonds; no truth)",
    "esol": "ESOL molecules by solubility (bonds; no truth)",
    "abide": "ABIDE children by diagnosis (edges; negative control)",
}
COLUMNS = {
    "AUROC": "AUROC",
    "average precision": "AP",
    "AUROC among motifs": "AUROC among motifs",
    "effect correlation": "effect correlation",
    "stability, magnitude": "stability",
    "other class, magnitude": "other class",
    "seed floor": "seed floor",
    "top overlap": "top overlap",
    "conformity": "conformity",
    "insertion - deletion": "insertion - deletion",
    "robust fidelity": "robust fidelity",
    "fidelity+": "fidelity+",
    "effective share": "effective share",
    "correlation with the consensus": "with consensus",
    "converged": "converged",
}
OURS = ("SelfLearned GDA", "SelfLearned KL")
SIGNED = "SelfLearned GDA, signed"
GROUP = ("group t", "ridge weights")
RELEVANCE = ("BiLRP", "integrated Jacobians")
CONTROLS = ("random", "oracle")
TESTED = ("AUROC", "effect correlation", "stability, magnitude", "insertion - deletion")


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md`` and ``pareto.svg``."""
    names = [name for name in SETS if name in set(rows["set"])]
    lines = [
        "# Which explanations are faithful, simple, and the same whatever the reference?",
        "",
        "Means over pairs, ± 95 % interval over models. *Stability* is Spearman's correlation of "
        "importances over references of the query's class, *other class* that with references of "
        "another one, *spread* the mean cosine of the references; a stability means little where "
        "the spread is near 1. *With consensus* is the correlation with the invariance's score: "
        "at 1 an explanation is a copy. *Conformity* of self-learned masks is to the relations of "
        "their pair, that of others to the relations of the query over references. *Group t* and "
        "*ridge weights* are maps of the labelled training graphs, without a model. All other "
        "columns as in `pyg_siamex.metric`.",
        "",
        "## Aims",
        "",
        markdown(aims(rows, names)),
        "## Against each baseline",
        "",
        f"Paired over queries (means over references and all models): how often {OURS[0]} is "
        "better, and in brackets the p-value of Wilcoxon's signed rank test, corrected by Holm's "
        "method over the table. Fewer than ten queries are not tested.",
        "",
        markdown(paired(rows, names, OURS[0])),
        f"The same for {OURS[1]}:",
        "",
        markdown(paired(rows, names, OURS[1])),
        "![Stability against faithfulness](pareto.svg)",
    ]
    for name in names:
        lines += ["", *_of_set(rows[rows["set"] == name], name)]
    (folder / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    save_figure(pareto(rows, names), folder / "pareto.svg")


def by_model(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean of each measure for each model: stability over alike references, the rest over all."""
    keys = ["set", "pairs", "seed", "method", "measure"]
    return rows.groupby(keys, sort=False)["value"].mean().reset_index()


def table(part: pd.DataFrame) -> pd.DataFrame:
    """One line for each method."""
    means = by_model(part)
    columns = [c for c in COLUMNS if means.loc[means["measure"] == c, "value"].notna().any()]
    cells: dict[str, dict[str, str | None]] = {}
    for method in _methods(part):
        own = means[means["method"] == method]
        cells[method] = {}
        for column in columns:
            values = own.loc[own["measure"] == column, "value"].dropna()
            cells[method][COLUMNS[column]] = mean_and_interval(values) if len(values) else None
    return framed(cells, "method")


def aims(rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """What was aimed at, set by set."""
    means = by_model(rows[rows["pairs"] == "all"])
    wide = means.groupby(["set", "method", "measure"])["value"].mean().unstack()
    cells = {}
    for name in names:
        own = wide.loc[name]
        truth = "effect correlation" if name == "crippen" else "AUROC"
        ours_and_controls = [*OURS, SIGNED, *RELEVANCE, *GROUP, *CONTROLS, "model"]
        others = own.drop(index=ours_and_controls, errors="ignore")
        relevance = own.loc[own.index.isin(RELEVANCE)]
        row = {"model's pair AUC": f"{own.loc['model', 'pair AUC']:.3f}"}
        row["spread"] = f"{own['spread'].mean():.2f}"
        if truth in own and own[truth].notna().any():
            best = others[truth].idxmax()
            row["truth, GDA / KL"] = _both(own, truth)
            if SIGNED in own.index:
                row["truth, GDA / KL"] += f" (signed GDA {own.loc[SIGNED, truth]:.3f})"
            row["best baseline"] = f"{others[truth].max():.3f} ({best})"
            row["best pair relevance"] = f"{relevance[truth].max():.3f}"
            if GROUP[0] in own.index:
                row["group t / ridge weights"] = _both(own, truth, GROUP)
        row["stability, GDA / KL"] = _both(own, "stability, magnitude")
        row["conformity, GDA / KL"] = _both(own, "conformity")
        row["fidelity+, GDA / KL / MaskOptimization"] = (
            f"{_both(own, 'fidelity+')} / {own.loc['MaskOptimization', 'fidelity+']:.3f}"
        )
        cells[name] = row
    return framed(cells, "set")


def paired(rows: pd.DataFrame, names: list[str], ours: str) -> pd.DataFrame:
    """Share of the queries on which ``ours`` is better than each baseline, and the p-value."""
    kept = rows[(rows["pairs"] == "all") & rows["measure"].isin(TESTED)]
    wide = kept.groupby(["set", "measure", "seed", "query", "method"])["value"].mean().unstack()
    cells: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    for name in names:
        for measure in TESTED:
            if (name, measure) not in wide.index.droplevel([2, 3]):
                continue
            own = wide.loc[(name, measure)]
            for method in own.columns.difference([*OURS, SIGNED, *CONTROLS]):
                found = _compared(own[ours] - own[method])
                if found is not None:
                    cells.setdefault((name, COLUMNS[measure]), {})[method] = found
    adjusted = _holm([p for row in cells.values() for _, p in row.values()])
    texts = {
        key: {m: f"{share:.0%} ({_p(next(adjusted))})" for m, (share, _) in row.items()}
        for key, row in cells.items()
    }
    return framed(texts, "set", "measure")


def pareto(rows: pd.DataFrame, names: list[str]) -> Figure:
    """Stability against faithfulness, a panel for each set."""
    means = by_model(rows[rows["pairs"] == "all"])
    columns = 4
    lines = -(-(len(names) + 1) // columns)
    figure = Figure(figsize=(3.2 * columns, 3.1 * lines), layout="constrained")
    axes = figure.subplots(lines, columns, squeeze=False).flatten()
    methods = [m for m in _methods(rows[rows["pairs"] == "all"]) if m != "model"]
    looks = {
        m: (COLOURS[k % len(COLOURS)], MARKERS[k % len(MARKERS)], k >= len(COLOURS))
        for k, m in enumerate(methods)
    }
    for axis, name in zip(axes, names, strict=False):
        for method, look in looks.items():
            own = means[(means["set"] == name) & (means["method"] == method)]
            wide = own.pivot(index="seed", columns="measure", values="value")
            if {"stability, magnitude", "insertion - deletion"} <= set(wide):
                _point(axis, wide["stability, magnitude"], wide["insertion - deletion"], look)
        axis.set_title(SETS[name].split(" (")[0], fontsize=8)
        axis.set_xlim(-0.1, 1.05)
        axis.tick_params(labelsize=7)
        axis.grid(color="#dddddd", linewidth=0.5)
    for axis in axes[len(names) :]:
        axis.axis("off")
    for method, (colour, marker, hollow) in looks.items():
        face = "white" if hollow else colour
        axes[-1].plot([], [], marker, color=colour, markerfacecolor=face, label=method)
    axes[-1].legend(loc="center", frameon=False, fontsize=8)
    figure.supxlabel("stability over references of the query's class", fontsize=9)
    figure.supylabel("insertion - deletion, over the same shares of every mask", fontsize=9)
    return figure


def _point(axis: object, x: pd.Series, y: pd.Series, look: tuple[str, str, bool]) -> None:
    colour, marker, hollow = look
    axis.errorbar(  # type: ignore[attr-defined]
        x.mean(),
        y.mean(),
        xerr=np.nan_to_num(interval(x)),
        yerr=np.nan_to_num(interval(y)),
        fmt=marker,
        color=colour,
        markerfacecolor="white" if hollow else colour,
        markersize=5,
        elinewidth=0.7,
    )


def _of_set(rows: pd.DataFrame, name: str) -> list[str]:
    all_pairs, few = (rows[rows["pairs"] == kind] for kind in ("all", "few"))
    auc = rows.loc[rows["measure"] == "pair AUC", "value"]
    spread = all_pairs.loc[all_pairs["measure"] == "spread", "value"].mean()
    refused = sorted(set(rows.loc[rows["measure"] == "refused", "method"]))
    queries = all_pairs["query"].nunique()
    lines = [
        f"## {SETS[name]}",
        "",
        f"{rows['seed'].nunique()} models, pair AUC {auc.min():.3f} to {auc.max():.3f}; {queries} "
        f"queries each; spread of the references {spread:.2f}.",
        "",
        markdown(table(all_pairs[all_pairs["method"] != "model"])),
    ]
    if refused:
        lines += [f"Refused by {', '.join(refused)}.", ""]
    if len(few):
        lines += ["On the few pairs of methods that take them one by one:", ""]
        lines += [markdown(table(few[few["measure"] != "refused"]))]
    return lines


def _methods(rows: pd.DataFrame) -> list[str]:
    measured = rows.loc[rows["measure"] != "refused", "method"]
    known = set(measured[rows["value"].notna()])
    names = [*(m for m in measured.unique() if m not in CONTROLS), *CONTROLS]
    return [name for name in names if name in known]


def _both(own: pd.DataFrame, measure: str, methods: tuple[str, ...] = OURS) -> str:
    return " / ".join(f"{own.loc[method, measure]:.3f}" for method in methods)


def _compared(difference: pd.Series) -> tuple[float, float] | None:
    difference = difference.dropna()
    if len(difference) < 10 or not difference.any():
        return None
    better = (difference > 0).mean() + (difference == 0).mean() / 2
    return float(better), float(wilcoxon(difference).pvalue)


def _holm(values: list[float]) -> Iterator[float]:
    order = np.argsort(values)
    adjusted, largest = np.empty(len(values)), 0.0
    for rank, k in enumerate(order):
        largest = max(largest, min(1.0, (len(values) - rank) * values[k]))
        adjusted[k] = largest
    return iter(adjusted)


def _p(value: float) -> str:
    return "< .001" if value < 0.001 else f"{value:.3f}".lstrip("0") if value < 1 else "1"
