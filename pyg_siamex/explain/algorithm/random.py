"""The random control: importances without information."""

import zlib

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import SEEDS, whole
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, OneSide, PairProblem
from pyg_siamex.explain.engine.seeded import drawn_by_graph


@checked
class RandomExplainer(PairAlgorithm):
    """Uniform random importances in [0, 1).

    Each graph draws from its own generator, seeded by ``seed``, the content of the graph and the
    content of the graph it is compared with. A pair gets the same values alone and in any batch.
    Another reference gives other values, so the control is not stable over references.

    Args:
        seed: Seed; different seeds are independent draws.
    """

    joint = stochastic = True

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.seed: int = whole("seed", seed, -SEEDS)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Draw for all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        seeds = [self._seed(problem, graph) for graph in range(pairs.union.num_graphs)]
        values = {
            name: drawn_by_graph(_uniform, space.graph, seeds).to(pairs.like)
            for name, space in pairs.spaces.items()
        }
        return Attribution(*pairs.split(values))

    def _seed(self, problem: PairProblem, graph: int) -> int:
        """A seed of one graph of the union, from its content and the content of its partner."""
        sides: list[OneSide] = ["query", "reference"]
        if problem.side == "reference" or graph >= problem.num_pairs:
            sides.reverse()
        seed = zlib.crc32(str(self.seed).encode())
        for side in sides:
            seed = zlib.crc32(problem.content(side, graph % problem.num_pairs), seed)
        return seed


def _uniform(count: int, generator: torch.Generator) -> Tensor:
    return torch.rand(count, generator=generator)
