"""What holding masks to an invariance costs, next to the model's forward and backward.

    python experiments/benchmarks/constraint_step.py

Times every gradient of the objective inside one run of ``SelfLearned("gda")`` and takes the rest of
the solver's time as the constraint step. One thread.
"""

import time
import warnings

import torch
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.datasets import FunctionalGroups, PlantedConnectomes
from pyg_siamex.explain import Invariance, SelfLearned, SharedInvariance
from pyg_siamex.explain.solver import DescentAscent, Objective, Solution

STEPS = 50


class Timed(DescentAscent):
    """Descent-ascent that remembers its time, and the objective's part of it."""

    total = model = 0.0

    def solve(self, objective: Objective, *arguments: object) -> Solution:
        """Solve as ever."""

        def timed(masks: torch.Tensor) -> tuple:
            start = time.perf_counter()
            found = objective(masks)
            self.model += time.perf_counter() - start
            return found

        start = time.perf_counter()
        found = super().solve(timed, *arguments)  # type: ignore[arg-type]
        self.total += time.perf_counter() - start
        return found


def main() -> None:
    """Print one line for each kind of graph."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    molecules, subjects = FunctionalGroups(), PlantedConnectomes(32, density=0.08)
    bonds = {"edge_mask_type": "object", "undirected": True}
    cases = {
        "256 pairs of molecules": (GIN(17, 64, 3), list(molecules)[:512], Invariance),
        "16 pairs of connectomes": (GIN(6, 64, 3), list(subjects), SharedInvariance),
    }
    print("| graphs | masks | relations | model, ms a step | constraints, ms a step | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, (encoder, graphs, kind) in cases.items():
        model = SiameseGNN(encoder, "mean").eval()
        learned = kind.learn(model, graphs[:20], 10, **(bonds if kind is SharedInvariance else {}))
        solver = Timed(STEPS, tolerance=0)
        half = len(graphs) // 2
        found = PairExplainer(model, SelfLearned(solver, learned), **bonds).explain(
            graphs[:half], graphs[half:]
        )
        masks = sum(g.num_edges // 2 for g in graphs)
        relations = sum(explanation.info["relations"] for explanation in found)
        steps = STEPS + 1
        of_model = 1000 * solver.model / steps
        rest = 1000 * (solver.total - solver.model) / steps
        times = f"{of_model:.1f} | {rest:.1f} | {rest / of_model:.2f}"
        print(f"| {name} | {masks} | {relations} | {times} |")


if __name__ == "__main__":
    main()
