"""Tables and figure of numbers of steps, from the rows alone."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure
from runner.figure import COLOURS, MARKERS, STYLES, save_figure
from runner.table import framed, markdown

SETS = {
    "nci": "NCI molecules",
    "alkane_carbonyl": "alkane and carbonyl",
    "two_motifs": "planted, two motifs",
    "planted": "planted connectomes",
}
DEFAULTS = {"GDA": 25, "KL": 50}
DIGITS = {
    "AUROC": 3,
    "stability": 3,
    "insertion - deletion": 3,
    "objective": 4,
    "stationarity": 4,
    "converged": 2,
}
LINES = {"AUROC": "AUROC", "stationarity": "stationarity", "time": "time, default = 1"}


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md`` and ``steps.svg``."""
    means = rows.groupby(["set", "solver", "count", "measure"])["value"].mean().unstack()
    means["time"] = _relative(rows)
    lines = [
        "# How many steps do self-learned masks need?",
        "",
        "Means over pairs and models. *Stationarity* is the root mean square of a projected "
        "gradient step of length 1 at the last step, *converged* the share of pairs that stop by "
        "their tolerance. *Time* of an explanation, with the leave-outs that it learns from, is "
        f"relative to the default of its solver ({_words()}), measured in the same process.",
        "",
        "![AUROC, stationarity and time against the number of steps](steps.svg)",
    ]
    for name, label in SETS.items():
        if name in means.index.get_level_values("set"):
            lines += ["", f"## {label[0].upper()}{label[1:]}", "", markdown(table(means.loc[name]))]
    (folder / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    save_figure(figure(means), folder / "steps.svg")


def table(part: pd.DataFrame) -> pd.DataFrame:
    """A line for each solver and number of steps."""
    cells = {}
    for (solver, count), row in part.iterrows():
        cells[solver, str(count)] = {
            name: f"{row[name]:.{digits}f}" for name, digits in DIGITS.items()
        } | {"time": f"{row['time']:.2f}"}
    return framed(cells, "solver", "steps")


def figure(means: pd.DataFrame) -> Figure:
    """A column for each set, a line of panels for each quantity."""
    names = [name for name in SETS if name in means.index.get_level_values("set")]
    out = Figure(figsize=(2.9 * len(names), 6.2), layout="constrained")
    axes = out.subplots(len(LINES), len(names), squeeze=False, sharex=True, sharey="row")
    for line, (quantity, label) in zip(axes, LINES.items(), strict=True):
        for axis, name in zip(line, names, strict=True):
            for k, solver in enumerate(DEFAULTS):
                own = means.loc[name].loc[solver][quantity]
                look = {"color": COLOURS[k], "marker": MARKERS[k], "linestyle": STYLES[k]}
                axis.plot(own.index, own.to_numpy(), label=solver, markersize=4, **look)
                axis.axvline(DEFAULTS[solver], color=COLOURS[k], linewidth=0.8, linestyle=":")
            axis.set_xscale("log")
            axis.set_xticks(own.index, map(str, own.index))
            axis.minorticks_off()
            axis.grid(color="#dddddd", linewidth=0.5)
        line[0].set_ylabel(label)
    for k, name in enumerate(names):
        axes[0][k].set_title(SETS[name], fontsize=9)
        axes[-1][k].set_xlabel("steps")
        axes[1][k].set_yscale("log")
    axes[0][0].set_ylim(0.5, 1.01)
    axes[-1][0].set_ylim(bottom=0)
    handles, labels = axes[0][0].get_legend_handles_labels()
    labels = [f"{name} (dotted: its default)" for name in labels]
    out.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return out


def _relative(rows: pd.DataFrame) -> pd.Series:
    """Mean ratio of seconds to the default of the same model, or to the most steps there are."""
    seconds = rows[rows["measure"] == "seconds"].copy()
    for _, own in seconds.groupby(["set", "seed", "solver"]):
        by_count = own.set_index("count")["value"]
        default = DEFAULTS[own["solver"].iloc[0]]
        unit = by_count.get(default, by_count.iloc[-1])
        seconds.loc[own.index, "value"] = own["value"] / unit
    return seconds.groupby(["set", "solver", "count"])["value"].mean()


def _words() -> str:
    return ", ".join(f"{count} steps of {solver}" for solver, count in DEFAULTS.items())
