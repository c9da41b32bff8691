"""How fast, and whether, the solvers of self-learned masks become stationary.

    python experiments/convergence/run.py [quadratic] ["planted connectomes"] [molecules]

Runs every solver of ``settings.py`` for 150 steps on convex problems with a known optimum, on
simulated connectomes and on molecules, three seeds each, and writes ``results.csv`` (one row per
problem, seed, setting, quantity and step, with a value for each pair) and ``optimum.csv`` (distance
to an independent solution of the convex problems); ``report.py`` makes the tables and the figure of
these two files. Problems that are not named keep their rows. Eight minutes on one core at most.
"""

import csv
import sys
import time
from collections.abc import Iterable

import report
import torch
from settings import descent_ascents, kl_descents
from toy import CONDITIONS, Quadratics
from trained import TRAINED, Trajectories

from pyg_siamex.data.file import whole_file
from pyg_siamex.explain.solver import DescentAscent, KLDescent

SEEDS, STEPS, EVERY = (0, 1, 2), 150, 5
LONG, STRICT = 3000, 1e-6
QUADRATIC = "quadratic"
PROBLEMS = (QUADRATIC, *TRAINED)


def quadratic(problems: Quadratics, solver: DescentAscent | KLDescent) -> Trajectories:
    """What the solver records of each problem."""
    objective, pair, count = problems.objective(), problems.pair, len(problems)
    if isinstance(solver, KLDescent):
        found = solver.solve(objective, problems.score, pair, pair, count)
    else:
        start = torch.full_like(problems.score, 0.5)
        found = solver.solve(objective, problems.constraints(), start, pair, count)
    return [found.of_pair(k)["trajectory"] for k in range(count)]  # type: ignore[misc]


def trajectories(problem: str, seed: int) -> Iterable[tuple[str, Trajectories]]:
    """Every setting's name and what it records."""
    solvers = dict(descent_ascents(STEPS, 0.0)) | kl_descents(STEPS)
    if problem == QUADRATIC:
        drawn = Quadratics.draw(seed)
        for name, solver in solvers.items():
            yield name, quadratic(drawn, solver)
        return
    pairs = TRAINED[problem](seed)
    print(f"{problem}, seed {seed}: test pair AUC {pairs.quality:.3f}", flush=True)
    for name, solver in solvers.items():
        yield name, pairs.solve(solver)


def rows(problem: str, seed: int) -> Iterable[list[str]]:
    """Rows of ``results.csv``."""
    for name, found in trajectories(problem, seed):
        for quantity in report.QUANTITIES:
            if quantity not in found[0]:
                continue
            for step in range(0, STEPS + 1, EVERY):
                values = (f"{pair[quantity][step]:.1e}" for pair in found)
                yield [problem, str(seed), name, quantity, str(step), " ".join(values)]


def optima(seed: int) -> Iterable[list[str]]:
    """Rows of ``optimum.csv``: distance of each long run to the independent solution."""
    drawn = Quadratics.draw(seed)
    masks, multipliers = drawn.optimum()
    start = torch.full_like(drawn.score, 0.5)
    for name, solver in descent_ascents(LONG, STRICT, rhos=(0.0,)):
        found = solver.solve(drawn.objective(), drawn.constraints(), start, drawn.pair, len(drawn))
        off = (found.masks.view_as(masks) - masks).abs().amax(1)
        pressed = (found.multipliers.view_as(multipliers) - multipliers).abs().amax(1)
        for k in range(len(drawn)):
            condition = CONDITIONS[k % len(CONDITIONS)]
            result = [int(found.steps[k]) - 1, int(found.converged[k])]
            errors = [f"{float(off[k]):.1e}", f"{float(pressed[k]):.1e}"]
            yield [str(v) for v in (seed, f"{condition:g}", k, name, *result)] + errors


def write(name: str, columns: list[str], lines: Iterable[list[str]]) -> None:
    """Write one of the tables."""
    with whole_file(report.HERE / name) as temporary, open(temporary, "w") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)


def main() -> None:
    """Run what is asked for, then report."""
    chosen = sys.argv[1:] or list(PROBLEMS)
    if unknown := set(chosen) - set(PROBLEMS):
        raise SystemExit(f"unknown problem {sorted(unknown)}: choose among {list(PROBLEMS)}")
    kept = [] if set(chosen) == set(PROBLEMS) else report.read("results.csv")
    lines = {p: [list(r.values()) for r in kept if r["problem"] == p] for p in PROBLEMS}
    if QUADRATIC in chosen:
        write("optimum.csv", report.OPTIMUM, [row for seed in SEEDS for row in optima(seed)])
    for problem in chosen:
        start = time.perf_counter()
        lines[problem] = [row for seed in SEEDS for row in rows(problem, seed)]
        print(f"{problem}: {time.perf_counter() - start:.0f} s", flush=True)
        write("results.csv", report.RESULTS, [row for found in lines.values() for row in found])
    report.main()


if __name__ == "__main__":
    main()
