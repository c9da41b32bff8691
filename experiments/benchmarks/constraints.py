"""What holding masks to an invariance costs, next to the model's forward and backward."""

import time
from dataclasses import replace
from typing import Any

import torch
from benchmarks.subjects import siamese, subjects

from pyg_siamex import PairExplainer
from pyg_siamex.explain import Invariance, SelfLearned, SharedInvariance
from pyg_siamex.explain.self_learned.solver import DescentAscent, MaskProblem, Solution

BONDS = {"edge_mask_type": "object", "undirected": True}
POOL, REFERENCES = 20, 10


class Timed(DescentAscent):
    """Descent-ascent that remembers its time, and the objective's part of it."""

    total = model = 0.0

    def solve(self, problem: MaskProblem) -> Solution:
        """Solve as ever."""

        def timed(masks: torch.Tensor) -> tuple:
            start = time.perf_counter()
            found = problem.objective(masks)
            self.model += time.perf_counter() - start
            return found

        start = time.perf_counter()
        found = super().solve(replace(problem, objective=timed))
        self.total += time.perf_counter() - start
        return found


def measure_constraints(unit: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Seconds of a step, the objective's gradient and the rest apart, and the problem's size."""
    shared = unit["case"] == "connectomes"
    graphs = subjects(unit["case"], unit["pairs"] // 8 if shared else 2 * unit["pairs"])
    model, half = siamese(unit["encoder"], graphs), len(graphs) // 2
    kind: Any = SharedInvariance if shared else Invariance
    learned = kind.learn(model, graphs[:POOL], REFERENCES, **(BONDS if shared else {}))
    solver = Timed(unit["steps"], tolerance=0)
    explainer = PairExplainer(model, SelfLearned(solver, learned), **BONDS)
    found = explainer.explain(graphs[:half], graphs[half:])
    steps = unit["steps"] + 1
    numbers = {
        "pairs": half,
        "masks": sum(graph.num_edges // 2 for graph in graphs[: 2 * half]),
        "relations": sum(explanation.info["relations"] for explanation in found),
        "seconds of a step, model": solver.model / steps,
        "seconds of a step, constraints": (solver.total - solver.model) / steps,
    }
    return [("SelfLearned GDA", name, float(value)) for name, value in numbers.items()]
