"""Times and memory on log axes."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from peers.methods import PEERS
from runner.figure import COLOURS, MARKERS, save_figure

Colours = dict[str, int]

FAMILIES: dict[str, Colours] = {
    "masks": {
        "GNNExplainer, default": 6,
        "GNNExplainer, searched": 0,
        "PGExplainer, searched": 1,
        "MaskOptimization": 0,
        "SelfLearned GDA": 2,
        "SelfLearned KL": 3,
    },
    "gradients": {
        "Captum IntegratedGradients": 0,
        "Captum Saliency": 1,
        "IntegratedGradients": 0,
        "Saliency": 1,
    },
    "coalitions": {"Captum ShapleyValueSampling": 0, "ShapleySampling": 0, "Occlusion": 2},
    "pair matrices": {"BiLRP": 4, "IntegratedJacobians": 5},
}
BY_EDGES: Colours = {
    "Captum IntegratedGradients": 0,
    "IntegratedGradients": 0,
    "MaskOptimization": 2,
    "BiLRP": 4,
}
"""Colour of each method, the same for a method and its counterpart."""

PANELS = ("molecules", "connectomes", "motifs")
NODES = {"molecules": 17, "connectomes": 116, "motifs": 1000}
UNITS = {"seconds": "seconds", "memory": "MiB beyond the start"}
LEAST = 0.1
"""MiB below which the system's counter does not tell more."""


def against_pairs(rows: pd.DataFrame, measure: str, path: Path) -> bool:
    """One row of panels per family, one column per kind of graph; whether there is anything."""
    found = rows[rows["measure"].eq(measure) & rows["value"].notna()]
    if measure == "memory":
        found = found[~found["extrapolated"]].assign(value=found["value"].clip(lower=LEAST))
    if found.empty:
        return False
    size = (9.6, 9.0)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(len(FAMILIES), len(PANELS), sharex=True, sharey=True)
    for row, (family, methods) in zip(axes, FAMILIES.items(), strict=True):
        for ax, graphs in zip(row, PANELS, strict=True):
            for method, number in methods.items():
                _draw(ax, found[found["graphs"].eq(graphs) & found["method"].eq(method)], number)
            ax.set_xscale("log", base=2)
            ax.set_yscale("log")
            ax.grid(alpha=0.3)
        row[0].set_ylabel(f"{family}\n{UNITS[measure]}")
        handles = [_handle(row[-1], method, n) for method, n in methods.items()]
        row[-1].legend(
            handles=handles, loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False
        )
    for ax, graphs in zip(axes[0], PANELS, strict=True):
        ax.set_title(f"{graphs}, {NODES[graphs]} nodes")
    for ax in axes[-1]:
        ax.set_xlabel("pairs")
        counts = (1, 16, 64, 256, 1024)
        ax.set_xticks(counts, [str(count) for count in counts], fontsize="small")
    note = "dashed, open: one by one" + (", faint: extrapolated" if measure == "seconds" else "")
    figure.suptitle(f"Solid: all pairs at once; {note}", fontsize="medium")
    save_figure(figure, path)
    return True


def _draw(ax: Axes, cells: pd.DataFrame, number: int) -> None:
    """A line through the cells, its extrapolated part faint."""
    if cells.empty:
        return
    cells = cells.sort_values("pairs")
    style = _style(cells["method"].iloc[0], number)
    measured = cells[~cells["extrapolated"]]
    ax.plot(measured["pairs"].astype(float), measured["value"], **style)
    beyond = cells[cells["pairs"] >= measured["pairs"].max()]
    if len(beyond) > 1:
        ax.plot(beyond["pairs"].astype(float), beyond["value"], **style | {"alpha": 0.4})


def _style(method: str, number: int) -> dict[str, object]:
    one_by_one = method in PEERS
    return {
        "color": COLOURS[number],
        "linestyle": "--" if one_by_one else "-",
        "marker": MARKERS[number],
        "markerfacecolor": "white" if one_by_one else COLOURS[number],
        "markersize": 4.5,
        "linewidth": 1.4,
    }


def _handle(ax: Axes, method: str, number: int) -> object:
    return ax.plot([], [], label=method, **_style(method, number))[0]


def against_nodes(rows: pd.DataFrame, path: Path) -> bool:
    """Milliseconds of a pair by number of nodes, at the most pairs measured up to 64."""
    found = _per_pair(rows[rows["graphs"].isin(PANELS)], most=64)
    found = found.assign(size=found["graphs"].map(NODES))
    return _by_size(found, "nodes", FAMILIES, path)


def against_edges(rows: pd.DataFrame, path: Path) -> bool:
    """Milliseconds of a pair by number of edges, connectomes of several densities."""
    dense = rows[rows["graphs"].str.startswith("connectomes")]
    edges = dense[dense["measure"] == "edges"].groupby("graphs")["value"].mean() / 2
    found = _per_pair(dense, most=64)
    found = found.assign(size=found["graphs"].map(edges))
    several = found.groupby("method")["graphs"].transform("nunique") > 1
    if not several.any():
        return False
    return _by_size(found[several], "edges, 116 nodes", {"": BY_EDGES}, path)


def _per_pair(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    cells = rows[rows["measure"].eq("seconds") & ~rows["extrapolated"] & rows["value"].notna()]
    cells = cells[cells["pairs"] <= most]
    last = cells.loc[cells.groupby(["graphs", "method"])["pairs"].idxmax()]
    return last.assign(value=1e3 * last["value"] / last["pairs"])


def _by_size(found: pd.DataFrame, unit: str, families: dict[str, Colours], path: Path) -> bool:
    if found.empty:
        return False
    figure = Figure(figsize=(3.6 * len(families) + 0.4, 3.9), layout="constrained")
    axes = figure.subplots(1, len(families), sharex=True, sharey=True, squeeze=False)[0]
    for ax, (family, methods) in zip(axes, families.items(), strict=True):
        for method, number in methods.items():
            own = found[found["method"] == method].sort_values("size")
            if len(own):
                ax.plot(own["size"], own["value"], label=method, **_style(method, number))
        ax.set(xscale="log", yscale="log", xlabel=unit, title=family)
        sizes = sorted(found["size"].unique())
        ax.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
        ax.set_xticks([], minor=True)
        ax.grid(alpha=0.3)
        if ax.lines:
            ax.legend(fontsize="small", loc="upper left", frameon=False)
    axes[0].set_ylabel("milliseconds of a pair")
    figure.suptitle("Solid: all pairs at once; dashed, open: one by one", fontsize="medium")
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(low, high * 20)  # room for the legends
    save_figure(figure, path)
    return True
