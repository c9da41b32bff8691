"""Tables and figures of the BiLRP experiment, from its rows alone."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from runner.figure import COLOURS, MARKERS, STYLES, save_figure
from runner.table import framed, interval, markdown, mean_and_interval

TASKS = {"kinds": "nodes of one kind", "motifs": "planted motifs"}
TRUTH = {
    "cosine": "cosine with truth",
    "auroc": "AUROC",
    "precision": "average precision",
    "share": "positive relevance on true pairs",
    "other": "on parts that do not match",
    "sum": "sum / similarity",
    "largest": "largest / similarity",
}
NO_DECOMPOSITION = ("oracle", "random")
CURVES = {
    "BiLRP, generalised": ("BiLRP, gamma 0", "BiLRP, generalised, gamma {:g}"),
    "BiLRP, source": ("BiLRP, gamma 0", "BiLRP, source, gamma {:g}"),
}
LEVELS = (
    "Hessian x product",
    "gradient x input products",
    "integrated Jacobians",
    "pair occlusion",
    "node embedding products",
    "random",
)


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md``, ``gamma.svg`` and ``robustness.svg``."""
    seeds = by_seed(rows)
    lines = [
        "# Which relevance connects the nodes that make two graphs alike?",
        "",
        "Mean over test pairs, then mean ± 95 % interval over seeds. The oracle is the 0/1 matrix "
        "of true pairs; a method's numbers mean something only as far as the model is right.",
    ]
    for (task, biases), part in seeds.groupby(["task", "biases"], sort=False):
        fit = mean_and_interval(part.groupby("seed").determination.first())
        chance = part.prevalence.mean()
        lines += [
            "",
            f"## {TASKS[task].capitalize()}, model {'with' if biases else 'without'} biases",
            "",
            f"Model: R² {fit} on unseen pairs. {chance:.0%} of the node pairs are true.",
            "",
            markdown(truth_table(part)),
            "Under Gaussian noise on the features, of a size relative to their norm:",
            "",
            markdown(noise_table(part)),
        ]
    lines += ["![Effect of gamma](gamma.svg)", "", "![Robustness](robustness.svg)", ""]
    (folder / "results.md").write_text("\n".join(lines), encoding="utf-8")
    save_figure(gamma_figure(seeds), folder / "gamma.svg")
    save_figure(robustness_figure(seeds), folder / "robustness.svg")


def by_seed(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over test pairs; the median of ``largest``, which a single pair can dominate."""
    keys = ["task", "biases", "seed", "method"]
    means = rows.drop(columns="pair").groupby(keys, sort=False)
    return means.mean().assign(largest=means.largest.median()).reset_index()


def truth_table(part: pd.DataFrame) -> pd.DataFrame:
    """Measures against the truth, one line for each method."""
    cells = {}
    for method, own in part.groupby("method", sort=False):
        cells[method] = {name: mean_and_interval(own[key]) for key, name in TRUTH.items()}
        if method in NO_DECOMPOSITION:
            cells[method] |= {TRUTH["sum"]: None, TRUTH["largest"]: None}
    return framed(cells, "method")


def noise_table(part: pd.DataFrame) -> pd.DataFrame:
    """What noise does, one line for each method and one for the similarity itself."""
    sizes = [name.removeprefix("kept_") for name in part if name.startswith("kept_")]
    first = part[part.method == part.method.iloc[0]]
    cells = {
        "(the similarity)": {
            f"change, noise {size}": mean_and_interval(first[f"moved_{size}"]) for size in sizes
        }
    }
    for method, own in part.groupby("method", sort=False):
        if method not in NO_DECOMPOSITION:
            cells[method] = {}
            for size in sizes:
                cells[method] |= {
                    f"cosine kept, noise {size}": mean_and_interval(own[f"kept_{size}"]),
                    f"change, noise {size}": mean_and_interval(own[f"change_{size}"]),
                }
    return framed(cells, "method").sort_index(axis=1)


def gamma_figure(seeds: pd.DataFrame) -> Figure:
    """Average precision and kept cosine over gamma, with other methods as levels."""
    settings = list(seeds.groupby(["task", "biases"], sort=False).groups)
    noise = [name for name in seeds if name.startswith("kept_")][-1]
    panels = {"precision": "average precision", noise: f"cosine kept, noise {noise[5:]}"}
    figure = Figure(figsize=(3.2 * len(settings), 6.4), layout="constrained")
    axes = figure.subplots(2, len(settings), sharex=True, sharey="row", squeeze=False)
    for column, (task, biases) in enumerate(settings):
        part = seeds[(seeds.task == task) & (seeds.biases == biases)]
        title = f"{TASKS[task]},\n{'biases' if biases else 'no biases'}"
        axes[0, column].set_title(title, fontsize="medium")
        axes[1, column].set_xlabel("gamma")
        for row, (measure, label) in enumerate(panels.items()):
            axis = axes[row, column]
            _draw_gammas(axis, part, measure)
            for k, name in enumerate(LEVELS if row == 0 else LEVELS[:-1]):
                level = part[part.method == name][measure].mean()
                axis.axhline(level, color=COLOURS[k + 2], ls=STYLES[k + 1], lw=1.2, label=name)
            axis.set_ylim(-0.05, 1.05)
            if column == 0:
                axis.set_ylabel(label)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize="small")
    return figure


def _draw_gammas(axis, part: pd.DataFrame, measure: str) -> None:
    gammas = sorted({float(m.rsplit(" ", 1)[1]) for m in part.method if "gamma" in m})
    for k, (label, (zero, form)) in enumerate(CURVES.items()):
        found = [part[part.method == (form.format(g) if g else zero)][measure] for g in gammas]
        means, halves = [f.mean() for f in found], np.nan_to_num([interval(f) for f in found])
        axis.errorbar(
            range(len(gammas)),
            means,
            halves,
            color=COLOURS[k],
            marker=MARKERS[k],
            capsize=2,
            label=label,
        )
    axis.set_xticks(range(len(gammas)), [f"{g:g}" for g in gammas])


def robustness_figure(seeds: pd.DataFrame) -> Figure:
    """Right and robust: average precision against kept cosine, a point for each method."""
    noise = [name for name in seeds if name.startswith("kept_")][-1]
    tasks = list(dict.fromkeys(seeds.task))
    shown = [m for m in dict.fromkeys(seeds.method) if m not in NO_DECOMPOSITION]
    figure = Figure(figsize=(4.6 * len(tasks), 5.4), layout="constrained")
    axes = figure.subplots(1, len(tasks), sharey=True, squeeze=False)[0]
    for axis, task in zip(axes, tasks, strict=True):
        means = seeds[seeds.task == task].groupby("method")[["precision", noise]].mean()
        for k, method in enumerate(shown):
            axis.plot(
                *means.loc[method],
                color=COLOURS[k % len(COLOURS)],
                marker=MARKERS[(k + k // len(COLOURS)) % len(MARKERS)],
                markeredgecolor="black",
                markersize=8,
                ls="",
                label=method,
            )
        axis.set(title=TASKS[task], xlabel="average precision")
    axes[0].set_ylabel(f"cosine kept, noise {noise[5:]}")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize="small")
    return figure
