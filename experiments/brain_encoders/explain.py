"""From matrices to an explained, drawn pair: the advised model on HCP-68 in under five minutes.

    python experiments/brain_encoders/explain.py HCP.npz PICTURE

Cross-validates the advised model over subjects and prints its quality, trains it on all subjects
but one pair, explains what makes that pair alike or not by leaving out each connection, prints the
connections that matter most and draws them to PICTURE (``.svg``, ``.png`` or ``.pdf``).
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file, not by the runner

import numpy as np
from brain_encoders.cohort import Cohort, hcp
from brain_encoders.encoders import ADVISED
from sklearn.model_selection import StratifiedKFold
from torch_geometric.explain import Explanation

from pyg_siamex import Occlusion, PairExplainer, PairExplanation
from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.explain.elements import strongest_edges, undirected_edges
from pyg_siamex.visualize import draw_circles

PAIR, LISTED = (0, 1), 10  # subjects, connections


def quality(cohort: Cohort) -> np.ndarray:
    """Pair AUC, accuracy and AUC of five folds, ``[5, 3]``."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0).split(cohort.vectors, cohort.labels)
    return np.array(
        [
            ADVISED(cohort, train, test, fold).measures(cohort.labels[test])
            for fold, (train, test) in enumerate(folds)
        ]
    )


def explain(cohort: Cohort) -> PairExplanation:
    """Train without the pair, and leave out each of its connections."""
    others = np.setdiff1d(np.arange(len(cohort.labels)), PAIR)
    epochs = ADVISED.choose_epochs(cohort, others, cohort.labels, seed=0)
    model, _ = ADVISED.train(cohort, others, others, cohort.labels, epochs, seed=0)
    subjects = Subjects(cohort.matrices.numpy()).select(PAIR)
    query, reference = Connectomes(subjects, sign="weight", features="identity")
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)
    return explainer(query, reference)


def listed(side: Explanation) -> list[str]:
    """The connections of largest magnitude, each named once."""
    edges = strongest_edges(undirected_edges(side), LISTED)
    return [f"ROI {low + 1} - ROI {high + 1} ({value:+.4f})" for low, high, value in edges]


def main() -> None:
    """Judge, train, explain, draw, and say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path, help="the published hcp68_spatial_orientation.npz")
    parser.add_argument("picture", type=Path, help="picture to write")
    arguments = parser.parse_args()
    start = time.perf_counter()
    cohort = hcp(arguments.path)
    measures = quality(cohort)
    for name, values in zip(("pair AUC", "accuracy", "AUC"), measures.T, strict=True):
        print(f"{name} over 5 folds: {values.mean():.3f} ± {values.std(ddof=1):.3f}")
    print(f"cross-validated after {time.perf_counter() - start:.0f} s")
    explanation = explain(cohort)
    same = "one class" if len(set(cohort.labels[list(PAIR)])) == 1 else "two classes"
    print(f"similarity of the pair, subjects of {same}: {explanation.prediction:.3f}")
    for name in ("query", "reference"):
        side = getattr(explanation, name)
        print(f"{name}: {', '.join(listed(side))}")
    draw_circles(explanation, arguments.picture)
    print(f"explained and drawn after {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
