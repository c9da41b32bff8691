"""How cost grows with size, on log axes."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from runner.figure import COLOURS, MARKERS, STYLES, save_figure
from scale.methods import STOCK

PANELS = {"seconds": "processor time, s", "memory": "growth of memory, MiB"}
LEAST = {"seconds": 1e-3, "memory": 1.0}
"""Smallest values that say something."""


def against_size(rows: pd.DataFrame, size: str, title: str, path: Path) -> None:
    """Time and memory of each subject against the size; grey lines are linear growth."""
    figure = Figure((9, 4), layout="constrained")
    axes = figure.subplots(1, 2)
    for ax, (column, words) in zip(axes, PANELS.items(), strict=True):
        for k, (subject, own) in enumerate(rows.groupby("subject", sort=False)):
            style = {"color": COLOURS[k], "marker": MARKERS[k], "linestyle": STYLES[k]}
            label = f"{subject}\n(PyG, one by one)" if subject in STOCK else subject
            ax.plot(own["size"], own[column].clip(lower=LEAST[column]), label=label, **style)
        ax.set(xscale="log", yscale="log", xlabel=size, ylabel=words)
        low, high = ax.get_ylim()
        for start in (10.0**k for k in range(-9, 4)):
            ends = [rows["size"].min(), rows["size"].max()]
            ax.plot(ends, [start * end for end in ends], color="#dddddd", lw=0.7, zorder=0)
        ax.set_ylim(low, high)
    figure.suptitle(f"{title} (grey: linear growth)", fontsize=11)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right upper", frameon=False, fontsize=9)
    save_figure(figure, path)
