"""The tables and the figure of the convergence experiment, from its rows alone."""

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from runner.figure import save_figure
from runner.table import framed, markdown

TOLERANCE, FLOOR = 0.01, 1e-7
NEEDED = ("stationarity_masks", "stationarity_multipliers", "violation")
LINES: dict[str, tuple[str, str | tuple, float]] = {
    "1 ascent, ratio 0.03": ("#56b4e9", "--", 1.2),
    "1 ascent, ratio 1": ("#d55e00", "-", 1.2),
    "1 ascent, ratio 3": ("#cc79a7", ":", 1.6),
    "1 ascent, ratio 1, rho 0.1": ("#e69f00", "-.", 1.2),
    "extragradient, ratio 1": ("#009e73", (0, (8, 2)), 1.2),
    "10 ascents, no momentum, ratio 1": ("#0072b2", (0, (5, 1, 1, 1)), 1.2),
    "10 ascents, ratio 1": ("#000000", "-", 1.8),
    "KL, Adam": ("#777777", (0, (1, 1)), 1.2),
}
ROWS = {"stationarity_masks": "stationarity of masks", "violation": "largest violation"}


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write ``results.md`` and ``convergence.svg``."""
    curves = rows[rows["step"].notna()]
    lines = [
        "# Do the solvers of self-learned masks converge?",
        "",
        "Medians over pairs and seeds. *Stationarity* is the root mean square of a projected "
        "gradient step of length 1, *swing* its largest over its smallest value in the last third "
        f"of the steps, *within* the share of pairs at which all of it is below {TOLERANCE:g} at "
        "the last step.",
        "",
        "![Stationarity and violation against steps](convergence.svg)",
    ]
    if (rows["quantity"] == "condition").any():
        lines += ["", "## Quadratic problems, against SciPy's solution", "", markdown(optima(rows))]
    for problem, part in curves.groupby("problem", sort=False):
        quality = rows[(rows["problem"] == problem) & (rows["quantity"] == "pair AUC")]["value"]
        lines += ["", f"## {str(problem).capitalize()}", ""]
        if len(quality):
            lines += [f"Models' pair AUC {quality.min():.3f} to {quality.max():.3f}.", ""]
        lines += [markdown(table(part))]
    (folder / "results.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    save_figure(draw(curves), folder / "convergence.svg")


def table(part: pd.DataFrame) -> pd.DataFrame:
    """A line for each setting of a problem."""
    last = int(part["step"].max())
    middle = last // 3
    cells = {}
    for setting, own in part.groupby("setting", sort=False):
        at = {
            q: _steps_by_pairs(own, q) for q in (*NEEDED, "objective") if (own.quantity == q).any()
        }
        masks = at["stationarity_masks"]
        late = masks.loc[masks.index >= 2 / 3 * last].clip(lower=FLOOR)
        within = np.logical_and.reduce([at[q].loc[last] <= TOLERANCE for q in NEEDED if q in at])
        row = {
            f"masks, step {middle}": f"{masks.loc[middle].median():.1e}",
            f"masks, step {last}": f"{masks.loc[last].median():.1e}",
            "swing": f"{(late.max() / late.min()).median():.1f}",
        }
        for quantity, label in (
            ("stationarity_multipliers", "multipliers"),
            ("violation", "violation"),
        ):
            row[label] = f"{at[quantity].loc[last].median():.1e}" if quantity in at else None
        row["objective"] = f"{at['objective'].loc[last].mean():.4f}"
        cells[setting] = row | {"within": f"{within.mean():.0%}"}
    return framed(cells, "setting")


def optima(rows: pd.DataFrame) -> pd.DataFrame:
    """Long runs on the convex problems next to the independent solution."""
    part = rows[(rows["problem"] == "quadratic") & rows["step"].isna()]
    wide = part.pivot(index=["setting", "seed", "pair"], columns="quantity", values="value")
    cells = {}
    for setting in part["setting"].unique():
        own = wide.loc[setting]
        met = own[own["converged"] == 1]
        row = {"converged": f"{len(met)} of {len(own)}"}
        for name in ("masks", "multipliers"):
            row[f"{name}, largest error"] = f"{met[name].max():.1e}" if len(met) else None
        for condition, of_condition in own.groupby("condition"):
            row[f"steps, condition {condition:g}"] = f"{of_condition['steps'].median():.0f}"
        cells[setting] = row
    return framed(cells, "setting")


def draw(curves: pd.DataFrame) -> Figure:
    """Median (line) and quartiles (band) over pairs and seeds, one column for each problem."""
    problems = list(curves["problem"].unique())
    figure = Figure(figsize=(3.6 * len(problems), 6.4), layout="constrained")
    axes = figure.subplots(len(ROWS), len(problems), sharex=True, sharey="row", squeeze=False)
    for i, (quantity, label) in enumerate(ROWS.items()):
        for j, problem in enumerate(problems):
            part = curves[curves["problem"] == problem]
            for setting, (colour, style, width) in LINES.items():
                own = part[part["setting"] == setting]
                if (own["quantity"] != quantity).all():
                    continue
                values = _steps_by_pairs(own, quantity)
                low, middle, high = (values.quantile(q, axis=1) for q in (0.25, 0.5, 0.75))
                steps = values.index.to_numpy(float)
                axes[i, j].plot(
                    steps, middle.clip(FLOOR), c=colour, ls=style, lw=width, label=setting
                )
                axes[i, j].fill_between(
                    steps, low.clip(FLOOR), high.clip(FLOOR), color=colour, alpha=0.1, lw=0
                )
            axes[i, j].axhline(TOLERANCE, color="black", lw=0.6)
            axes[i, j].set_yscale("log")
        axes[i, 0].set_ylabel(label)
    for j, problem in enumerate(problems):
        axes[0, j].set_title(problem)
        axes[-1, j].set_xlabel("step")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize="small")
    return figure


def _steps_by_pairs(own: pd.DataFrame, quantity: str) -> pd.DataFrame:
    part = own[own["quantity"] == quantity]
    return part.pivot(index="step", columns=["seed", "pair"], values="value")
