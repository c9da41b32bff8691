"""The tables and the figure of the convergence experiment, from its two CSV files alone.

    python experiments/convergence/report.py

Writes ``results.md`` and ``convergence.svg``.
"""

import csv
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

HERE = Path(__file__).parent
QUANTITIES = ("stationarity_masks", "stationarity_multipliers", "violation")
RESULTS = ["problem", "seed", "setting", "quantity", "step", "values"]
OPTIMUM = ["seed", "condition", "draw", "setting", "steps", "converged", "masks", "multipliers"]
TOLERANCE, FLOOR = 0.005, 1e-7
LINES: dict[str, tuple[str, str | tuple, float]] = {
    "1 ascent, ratio 0.03": ("#56b4e9", "--", 1.2),
    "1 ascent, ratio 0.3": ("#0072b2", (0, (5, 1, 1, 1)), 1.2),
    "1 ascent, ratio 1": ("#d55e00", "-", 1.2),
    "1 ascent, ratio 3": ("#cc79a7", ":", 1.6),
    "1 ascent, ratio 1, rho 0.1": ("#e69f00", "-.", 1.2),
    "extragradient, ratio 1": ("#009e73", (0, (8, 2)), 1.2),
    "10 ascents, ratio 1": ("#000000", "-", 1.8),
    "KL, Adam": ("#777777", (0, (1, 1)), 1.2),
}
ROWS = {"stationarity_masks": "stationarity of masks", "violation": "largest violation"}
Curves = dict[tuple[str, str, str], np.ndarray]


def read(name: str) -> list[dict[str, str]]:
    """Rows of one of the files."""
    with (HERE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def curves(rows: list[dict[str, str]]) -> tuple[np.ndarray, Curves]:
    """Steps ``[T]``, and values ``[T, seeds * pairs]`` by problem, setting and quantity."""
    found: dict[tuple[str, str, str], dict[int, list[float]]] = {}
    for row in rows:
        key = row["problem"], row["setting"], row["quantity"]
        at = found.setdefault(key, {}).setdefault(int(row["step"]), [])
        at += [float(value) for value in row["values"].split()]
    steps = sorted({int(row["step"]) for row in rows})
    return np.array(steps), {k: np.array([v[s] for s in steps]) for k, v in found.items()}


def draw(steps: np.ndarray, found: Curves) -> Figure:
    """Median (line) and quartiles (band) over pairs and seeds, one column for each problem."""
    problems = list(dict.fromkeys(key[0] for key in found))
    figure = Figure(figsize=(3.6 * len(problems), 6.4), layout="constrained")
    axes = figure.subplots(len(ROWS), len(problems), sharex=True, sharey="row", squeeze=False)
    for i, (quantity, label) in enumerate(ROWS.items()):
        for j, problem in enumerate(problems):
            for setting, (colour, style, width) in LINES.items():
                values = found.get((problem, setting, quantity))
                if values is None:
                    continue
                low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=1).clip(FLOOR)
                axes[i, j].plot(steps, middle, c=colour, ls=style, lw=width, label=setting)
                axes[i, j].fill_between(steps, low, high, color=colour, alpha=0.1, lw=0)
            axes[i, j].axhline(TOLERANCE, color="black", lw=0.6)
            axes[i, j].set_yscale("log")
        axes[i, 0].set_ylabel(label)
    for j, problem in enumerate(problems):
        axes[0, j].set_title(problem)
        axes[-1, j].set_xlabel("step")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize="small")
    return figure


def table(steps: np.ndarray, found: Curves, problem: str) -> list[str]:
    """A line of Markdown for each setting of a problem."""
    lines = [
        f"**{problem}**",
        "",
        "| setting | masks, step 50 | masks, last | swing | multipliers, last | violation, last "
        "| within tolerance |",
        "| --- |" + " --- |" * 6,
    ]
    for setting in dict.fromkeys(key[1] for key in found if key[0] == problem):
        own = [found.get((problem, setting, quantity)) for quantity in QUANTITIES]
        masks = found[problem, setting, "stationarity_masks"]
        late = masks[steps >= 2 / 3 * steps[-1]].clip(FLOOR)
        swing = np.median(late.max(0) / late.min(0))
        last = [f"{np.median(q[-1]):.1e}" if q is not None else "" for q in own]
        given = [q[-1] <= TOLERANCE for q in own if q is not None]
        within = np.logical_and.reduce(given).mean()
        cells = [f"{np.median(masks[steps == 50]):.1e}", last[0], f"{swing:.1f}", *last[1:]]
        lines.append(f"| {setting} | {' | '.join(cells)} | {within:.0%} |")
    return [*lines, ""]


def optimum(rows: list[dict[str, str]]) -> list[str]:
    """Long runs on the convex problems next to the independent solution, as Markdown."""
    conditions = list(dict.fromkeys(row["condition"] for row in rows))
    heads = " | ".join(f"steps, condition {c}" for c in conditions)
    lines = [
        "**quadratic, against SciPy**",
        "",
        f"| setting | converged | masks, largest error | multipliers, largest error | {heads} |",
        "| --- |" + " --- |" * (3 + len(conditions)),
    ]
    for setting in dict.fromkeys(row["setting"] for row in rows):
        own = [row for row in rows if row["setting"] == setting]
        met = [row for row in own if row["converged"] == "1"]
        worst = [
            f"{max(float(row[name]) for row in met):.1e}" if met else ""
            for name in ("masks", "multipliers")
        ]
        steps = [
            f"{np.median([int(row['steps']) for row in own if row['condition'] == c]):.0f}"
            for c in conditions
        ]
        cells = [f"{len(met)} of {len(own)}", *worst, *steps]
        lines.append(f"| {setting} | {' | '.join(cells)} |")
    return [*lines, ""]


def main() -> None:
    """Write the tables and the figure."""
    steps, found = curves(read("results.csv"))
    lines = optimum(read("optimum.csv"))
    for problem in dict.fromkeys(key[0] for key in found):
        lines += table(steps, found, problem)
    (HERE / "results.md").write_text("\n".join(lines))
    with matplotlib.rc_context({"svg.hashsalt": "convergence"}):
        draw(steps, found).savefig(HERE / "convergence.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
