"""Figures of the integrated-Jacobian experiment."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from runner.figure import COLOURS, MARKERS, STYLES
from runner.table import interval

FLOOR, HIGHEST = 1e-16, 8


def completeness_figure(rows: pd.DataFrame) -> Figure:
    """Median error over pairs and seeds against points, a column for each model."""
    part = rows[rows.question == "completeness"]
    models = list(dict.fromkeys(part.model))
    figure = Figure(figsize=(2.7 * len(models) + 0.6, 5.2), layout="constrained")
    axes = figure.subplots(2, len(models), sharex=True, sharey=True, squeeze=False)
    labels = {"sum": "gap of the sum", "entry": "error of an entry"}
    for i, (measure, label) in enumerate(labels.items()):
        for j, model in enumerate(models):
            own = part[(part.model == model) & (part.measure == measure)]
            for k, (rule, found) in enumerate(own.groupby("setting", sort=False)):
                middle = found.groupby("at").value.median().clip(FLOOR)
                style = {"color": COLOURS[k], "ls": STYLES[k], "marker": MARKERS[k]}
                axes[i, j].loglog(middle.index, middle, ms=4, label=rule, **style)
            axes[i, j].set_xscale("log", base=2)
            axes[i, j].grid(alpha=0.3)
        axes[i, 0].set_ylabel(f"{label}, relative")
    for j, model in enumerate(models):
        axes[0, j].set_title(model, fontsize="medium")
        axes[1, j].set_xlabel("points on the path")
    _legend(figure, axes[0, 0])
    return figure


def cumulative_figure(rows: pd.DataFrame) -> Figure:
    """Part explained against the share of pairs; median and quartiles over pairs and seeds."""
    part = rows[(rows.question == "cumulative") & (rows.measure == "explained")]
    models = list(dict.fromkeys(part.model))
    figure = Figure(figsize=(2.7 * len(models) + 0.6, 5.2), layout="constrained")
    axes = figure.subplots(2, len(models), sharex=True, sharey="col", squeeze=False)
    for i, alike in enumerate((True, False)):
        for j, model in enumerate(models):
            own = part[(part.model == model) & (part.alike == alike)]
            for k, (order, found) in enumerate(own.groupby("setting", sort=False)):
                shares = found.groupby("at").value
                low, middle, high = (shares.quantile(q) for q in (0.25, 0.5, 0.75))
                style = {"color": COLOURS[k], "ls": STYLES[k], "marker": MARKERS[k]}
                axes[i, j].plot(middle.index, middle, ms=3, label=order, **style)
                axes[i, j].fill_between(middle.index, low, high, color=COLOURS[k], alpha=0.15)
            axes[i, j].axhline(1, color="black", lw=0.7)
            axes[i, j].set_ylim(-0.5, min(max(axes[i, j].get_ylim()[1], 1.5), HIGHEST))
            axes[i, j].xaxis.set_major_formatter(PercentFormatter(1))
        axes[i, 0].set_ylabel(f"sum / whole, {'one class' if alike else 'two classes'}")
    for j, model in enumerate(models):
        axes[0, j].set_title(model, fontsize="medium")
        axes[1, j].set_xlabel("node pairs taken")
    _legend(figure, axes[0, 0])
    return figure


def layers_figure(rows: pd.DataFrame) -> Figure:
    """Average precision and concentration by layer; mean and interval over seeds."""
    part = rows[rows.question == "layers"]
    panels = {"precision": "average precision for both groups", "half": "share of pairs for half"}
    figure = Figure(figsize=(8.4, 3.8), layout="constrained")
    axes = figure.subplots(1, 2)
    for axis, (measure, label) in zip(axes, panels.items(), strict=True):
        own = part[part.measure == measure]
        for k, (model, found) in enumerate(own.groupby("model", sort=False)):
            seeds = found.groupby(["at", "seed"]).value.mean().groupby(level="at")
            halves = np.nan_to_num([interval(values) for _, values in seeds])
            style = {"color": COLOURS[k], "ls": STYLES[k], "marker": MARKERS[k]}
            means = seeds.mean()
            axis.errorbar(means.index, means, halves, capsize=2, label=model, **style)
        axis.set(xlabel="layer attributed to (0: features)", ylabel=label)
        axis.set_xticks(sorted(own["at"].unique()))
        axis.set_ylim(0, 1.05 if measure == "precision" else 0.6)
    chance = part[part.measure == "prevalence"].value.mean()
    axes[0].axhline(chance, color="black", lw=0.7, label="chance")
    _legend(figure, axes[0])
    return figure


def _legend(figure: Figure, axis) -> None:
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, fontsize="small")
