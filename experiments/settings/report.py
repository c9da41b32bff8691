"""Table and figure of the settings, from the rows alone."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from runner.figure import COLOURS, MARKERS, STYLES, save_figure
from runner.table import framed, markdown, mean_and_interval

SELF_LEARNED = {
    "delta": ("delta (GDA)", 0.1),
    "beta": ("beta (KL)", 1.0),
    "alpha": ("alpha (GDA)", 0.3),
    "own": ("own weight (GDA)", 0.1),
    "references": ("references K (GDA)", 20),
}
SHOWN = {
    "AUROC": "AUROC",
    "AUROC among motifs": "AUROC among motifs",
    "stability, magnitude": "stability",
    "insertion - deletion": "insertion - deletion",
    "correlation with the consensus": "with consensus",
}
SETS = {
    "nci": "NCI molecules",
    "alkane_carbonyl": "alkane and carbonyl",
    "two_motifs": "planted, two motifs",
}


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``, and ``settings.svg`` where a setting of self-learned masks varies."""
    lines = [
        "# How should self-learned masks be set, and what they are compared with?",
        "",
        "One setting at a time, the others at their defaults. Mean ± 95 % interval over models. "
        "*Among motifs*: does the mask rank the motif that this reference shares above the motif "
        "that another one shares? *With consensus*: at 1 the mask is a copy of the score.",
    ]
    if set(rows["sweep"]) & set(SELF_LEARNED):
        lines += ["", "![Settings of self-learned masks](settings.svg)"]
        save_figure(figure(rows), folder / "settings.svg")
    for sweep, part in rows.groupby("sweep", sort=False):
        lines += ["", f"## {sweep}", "", markdown(table(part))]
    (folder / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(part: pd.DataFrame) -> pd.DataFrame:
    """A line for each set and value."""
    columns = [c for c in SHOWN if c in set(part["measure"])]
    cells = {}
    for (name, value), own in part.groupby(["set", "value"], sort=False):
        cells[SETS[name], str(value)] = {
            SHOWN[c]: mean_and_interval(own.loc[own["measure"] == c, "mean"])
            for c in columns
            if (own["measure"] == c).any()
        }
    return framed(cells, "set", "value")


def figure(rows: pd.DataFrame) -> Figure:
    """A column for each setting, a line of panels for each set."""
    sweeps = [s for s in SELF_LEARNED if s in set(rows["sweep"])]
    sets = [s for s in SETS if s in set(rows["set"])]
    out = Figure(figsize=(2.9 * len(sweeps), 2.3 * len(sets) + 0.5), layout="constrained")
    axes = out.subplots(len(sets), len(sweeps), squeeze=False, sharey="row")
    for line, name in zip(axes, sets, strict=True):
        for axis, sweep in zip(line, sweeps, strict=True):
            part = rows[(rows["set"] == name) & (rows["sweep"] == sweep)]
            _panel(axis, part[part["value"].astype(str) != "random"], SELF_LEARNED[sweep][1])
            axis.set_title(f"{SETS[name]}: {SELF_LEARNED[sweep][0]}", fontsize=8)
        line[0].set_ylim(bottom=min(0, line[0].get_ylim()[0]))  # a line shares its axis
    handles, labels = axes[-1][0].get_legend_handles_labels()
    out.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False, fontsize=8)
    return out


def _panel(axis: Axes, part: pd.DataFrame, default: float) -> None:
    part = part[part["value"].astype(str) != "oracle"].copy()
    part["value"] = part["value"].astype(float)
    for k, (measure, label) in enumerate(SHOWN.items()):
        own = part[part["measure"] == measure].groupby("value")["mean"].mean()
        look = {"color": COLOURS[k], "marker": MARKERS[k], "linestyle": STYLES[k]}
        axis.plot(own.index, own.to_numpy(), label=label, markersize=4, linewidth=1.2, **look)
    axis.axvline(default, color="#777777", linewidth=0.8, linestyle=":")
    values = sorted(part["value"].unique())
    axis.set_xscale("log")
    axis.set_xticks(values, [f"{value:g}" for value in values])
    axis.minorticks_off()
    axis.tick_params(labelsize=7)
    axis.grid(color="#dddddd", linewidth=0.5)
