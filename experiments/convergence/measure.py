"""Run every solver on one problem of one seed."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from convergence.solvers import descent_ascents, kl_descents
from convergence.toy import CONDITIONS, Quadratics
from convergence.trained import TRAINED, Trajectories
from runner.quiet import quiet

KEYS = {"problem": str, "seed": int, "steps": int, "every": int, "long": int, "strict": float}
QUADRATIC = "quadratic"
QUANTITIES = (
    "stationarity_masks",
    "stationarity_multipliers",
    "violation",
    "objective",
    "conformity",
)


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Columns ``setting``, ``pair``, ``quantity``, ``step``, ``value``.

    Quantities of a trajectory at every few steps; for the quadratic problems also what a long run
    to a strict tolerance reached: ``converged``, ``steps``, and the largest error of its ``masks``
    and ``multipliers`` against an independent solver, with the ``condition`` of the problem. For
    trained models the ``pair AUC``.
    """
    solvers = dict(descent_ascents(unit["steps"], 0.0)) | kl_descents(unit["steps"])
    with quiet():
        if unit["problem"] == QUADRATIC:
            drawn = Quadratics.draw(unit["seed"])
            rows = list(_optima(drawn, unit["long"], unit["strict"]))
            solve = drawn
        else:
            solve = TRAINED[unit["problem"]](unit["seed"])
            rows = [("", None, "pair AUC", None, solve.quality)]
        for name, solver in solvers.items():
            rows += _sampled(name, solve.solve(solver), unit["steps"], unit["every"])
    frame = pd.DataFrame(rows, columns=["setting", "pair", "quantity", "step", "value"])
    frame["value"] = [float(f"{value:.3g}") for value in frame["value"]]
    return frame.astype({"pair": "Int64", "step": "Int64"})


def _sampled(name: str, found: Trajectories, steps: int, every: int) -> Iterable[tuple]:
    for quantity in (q for q in QUANTITIES if q in found[0]):
        for pair, values in enumerate(found):
            for step in range(0, steps + 1, every):
                # A pair whose stationarity is exactly 0 ends before the others.
                at = min(step, len(values[quantity]) - 1)
                yield name, pair, quantity, step, values[quantity][at]


def _optima(drawn: Quadratics, steps: int, tolerance: float) -> Iterable[tuple]:
    masks, multipliers = drawn.optimum()
    for name, solver in descent_ascents(steps, tolerance, rhos=(0.0,)):
        found = solver.solve(drawn.problem())
        off = (found.masks.view_as(masks) - masks).abs().amax(1)
        pressed = (found.multipliers.view_as(multipliers) - multipliers).abs().amax(1)
        for k in range(len(drawn)):
            reached = {
                "condition": CONDITIONS[k % len(CONDITIONS)],
                "converged": float(found.converged[k]),
                "steps": float(found.steps[k]) - 1,
                "masks": float(off[k]),
                "multipliers": float(pressed[k]),
            }
            yield from ((name, k, quantity, None, value) for quantity, value in reached.items())
