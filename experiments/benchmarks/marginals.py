"""Masks of relevance against the cheapest explainers, in one process on one thread.

BiLRP runs next to `Saliency` and one step of integrated gradients, integrated Jacobians next to
integrated gradients at the same points. Each explainer is run in turn, several times, and the
median of its processor time counts, which a busy machine does not lengthen.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.subjects import siamese, subjects

from pyg_siamex import (
    BiLRP,
    IntegratedGradients,
    IntegratedJacobians,
    PairExplainer,
    Saliency,
)

ACTIVATIONS = ("relu", "gelu")
MASKS: dict[str, tuple[dict[str, Any], Any]] = {
    "nodes": ({"node_mask_type": "object"}, "features"),
    "edges": ({"edge_mask_type": "object"}, "edges"),
}
_TIMES = 3

# In terms of the pairs that masks are measured on: a connectome is as much work as 16 molecules.
_SHARE = {"molecules": 4.0, "connectomes": 0.25}


def measure_marginals(unit: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Seconds of each explainer for all pairs."""
    pairs = max(int(_SHARE[unit["case"]] * unit["pairs"]), 1)
    graphs, rows = subjects(unit["case"], 2 * pairs), []
    queries, references = graphs[:pairs], graphs[pairs:]
    points = unit["points"]
    for act in ACTIVATIONS:
        model = siamese(unit["encoder"], graphs, act=act)
        for masks, (kinds, path) in MASKS.items():
            algorithms = {
                "Saliency": Saliency(),
                "integrated gradients, 1 point": IntegratedGradients(1),
                "BiLRP": BiLRP(),
                "integrated gradients": IntegratedGradients(points),
                "integrated Jacobians": IntegratedJacobians(points, path=path),
            }
            explainers = {n: PairExplainer(model, a, **kinds) for n, a in algorithms.items()}
            for explainer in explainers.values():
                explainer.explain(queries[:4], references[:4])
            times: dict[str, list[float]] = {name: [] for name in explainers}
            for _ in range(_TIMES):
                for name, explainer in explainers.items():
                    times[name].append(_seconds(lambda: explainer.explain(queries, references)))  # noqa: B023
            method = f"{act}, {masks}"
            rows.append((method, "explained", pairs))
            rows += [(method, f"seconds, {n}", statistics.median(t)) for n, t in times.items()]
    return rows


def _seconds(job: Callable[[], object]) -> float:
    """Processor time."""
    start = time.process_time()
    job()
    return time.process_time() - start
