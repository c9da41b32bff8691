"""The random control: importances without information."""

import zlib

import torch

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, OneSide, PairProblem


class RandomExplainer(PairAlgorithm):
    """Uniform random importances in [0, 1).

    Each graph draws from its own generator, seeded by ``seed``, the content of the graph and the
    content of the graph it is compared with. A pair gets the same values alone and in any batch.
    Another reference gives other values, so the control is not stable over references.

    Args:
        seed: Seed; different seeds are independent draws.
    """

    stochastic = True

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.seed = seed

    def attribute(self, problem: PairProblem) -> Attribution:
        """Draw for all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        values = {}
        for name, space in pairs.spaces.items():
            counts = space.graph.bincount(minlength=pairs.union.num_graphs)
            draws = [
                torch.rand(int(count), generator=self._generator(pairs, graph))
                for graph, count in enumerate(counts)
            ]
            flat = torch.cat(draws).to(pairs.like)
            values[name] = torch.empty_like(flat).index_copy(
                0, space.graph.argsort(stable=True), flat
            )
        return Attribution(*pairs.split(values))

    def _generator(self, pairs: MaskedPairs, graph: int) -> torch.Generator:
        problem = pairs.problem
        sides: list[OneSide] = ["query", "reference"]
        if problem.side == "reference" or graph >= problem.num_pairs:
            sides.reverse()
        seed = zlib.crc32(str(self.seed).encode())
        for side in sides:
            seed = zlib.crc32(problem.content(side, graph % problem.num_pairs), seed)
        return torch.Generator().manual_seed(seed)
