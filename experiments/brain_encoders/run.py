"""Which Siamese encoder tells brains apart, and does it reach what a linear model reaches?

    python experiments/brain_encoders/run.py FOLDER

Five folds over subjects, three times, on HCP-68 and, as a negative control, on ABIDE children; the
folder holds the two published files (see README.md). Writes ``results.csv`` (one row per fold) and
``results.md``. Twenty minutes on one core.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from baselines import BASELINES, SELECTION, Method
from cohort import Cohort, abide, hcp
from encoders import CHANCE, ENCODERS
from sklearn.model_selection import StratifiedKFold

HERE, FOLDS, SEEDS = Path(__file__).parent, 5, (0, 1, 2)
COLUMNS = ["data", "method", "seed", "fold", "pair_auc", "accuracy", "auc", "seconds"]
CONTROLS = ("correlation", "logistic, connections", "logistic, standardised connections")
ADVISED = "RoiGCN, region-wise readout (advised)"


def cross_validate(cohort: Cohort, name: str, method: Method) -> list[list]:
    """One row for each fold."""
    rows = []
    for seed in SEEDS:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        for fold, (train, test) in enumerate(folds.split(cohort.vectors, cohort.labels)):
            start = time.perf_counter()
            measures = method(cohort, train, test, seed * FOLDS + fold)
            found = measures.measures(cohort.labels[test])
            seconds = time.perf_counter() - start
            rows.append([cohort.name, name, seed, fold, *found, seconds])
    means = np.mean([row[4:] for row in rows], axis=0)
    print(f"{cohort.name}: {name}", *(f"{mean:.3f}" for mean in means), flush=True)
    return rows


def main() -> None:
    """Run everything and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the published .npz files are")
    folder = parser.parse_args().folder
    brains, (diagnosis, site) = hcp(folder), abide(folder)
    control: dict[str, Method] = {name: BASELINES[name] for name in CONTROLS}
    control[ADVISED] = ENCODERS[ADVISED]
    plan: list[tuple[Cohort, dict[str, Method]]] = [
        (brains, {**BASELINES, ADVISED: ENCODERS[ADVISED], **CHANCE}),
        (diagnosis, {**control, **SELECTION}),
        (site, control),
        (brains, {name: m for name, m in ENCODERS.items() if name != ADVISED}),
    ]
    rows: list[list] = []
    for cohort, methods in plan:
        for name, method in methods.items():
            rows += cross_validate(cohort, name, method)
            write(rows)


def write(rows: list[list]) -> None:
    """Write both files anew."""
    with (HERE / "results.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([*row[:4], *(f"{value:.4f}" for value in row[4:])] for row in rows)
    (HERE / "results.md").write_text(table(rows))


def table(rows: list[list]) -> str:
    """Mean and standard deviation over folds as Markdown, one table for each set."""
    lines = []
    for data in dict.fromkeys(row[0] for row in rows):
        lines += [f"**{data}**", "", "| method | pair AUC | accuracy | AUC | seconds per fold |"]
        lines.append("| --- |" + " --- |" * 4)
        for method in dict.fromkeys(row[1] for row in rows if row[0] == data):
            found = np.array([row[4:] for row in rows if row[:2] == [data, method]])
            mean, spread = found.mean(0), found.std(0, ddof=1)
            cells = [f"{mean[k]:.3f} ± {spread[k]:.3f}" for k in range(3)]
            lines.append(f"| {method} | {' | '.join(cells)} | {mean[3]:.1f} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
