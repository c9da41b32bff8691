"""The control every table needs: importances that know nothing."""

import zlib

import torch
from torch import Tensor

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.masked_pairs import MaskedPairs
from pyg_siamex.explain.problem import Attribution, PairProblem


class RandomExplainer(PairAlgorithm):
    """Uniform random importances in [0, 1).

    Each graph draws from a generator of its own, seeded by ``seed`` and the graph's content, so
    that a graph gets the same values alone and in any batch.

    Args:
        seed: Seed; different seeds are independent draws.
    """

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
            flat = torch.cat(draws).to(pairs.union.x)
            values[name] = torch.empty_like(flat).index_copy(
                0, space.graph.argsort(stable=True), flat
            )
        return Attribution(*pairs.split(values))

    def _generator(self, pairs: MaskedPairs, graph: int) -> torch.Generator:
        union = pairs.union
        nodes = union.batch == graph
        edges = union.edge_index[:, nodes[union.edge_index[0]]]
        start = int(nodes.int().argmax())
        content = _bytes(union.x[nodes]) + _bytes(edges - start)
        seed = zlib.crc32(content, zlib.crc32(str(self.seed).encode()))
        return torch.Generator().manual_seed(seed)


def _bytes(values: Tensor) -> bytes:
    return values.detach().cpu().contiguous().numpy().tobytes()
