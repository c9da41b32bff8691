r"""B pairs as one disjoint union of 2B graphs that is masked and encoded at once."""

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType

from pyg_siamex.explain.engine.masked_graphs import Encode, Gates, MaskedGraphs
from pyg_siamex.explain.engine.problem import Masks, PairProblem

__all__ = ["Encode", "Gates", "MaskedPairs"]


class MaskedPairs(MaskedGraphs):
    """Similarities of B pairs as a function of masks.

    The masked graphs form one union, so the encoder runs once for all of them. The graphs of an
    unmasked side are embedded once.

    Args:
        problem: The pairs and their kinds of masks.
        fixed: Embeddings of the unmasked side, ``[B, D]``, where they are known.

    Attributes:
        pairs: Pair of each element, ``[M]``, for each name.
    """

    def __init__(self, problem: PairProblem, fixed: Tensor | None = None) -> None:
        self.problem = problem
        if problem.side == "both":
            union = problem.query.concat(problem.reference)
        else:
            union = problem.query if problem.side == "query" else problem.reference
        super().__init__(problem.model, union, problem.kinds)
        self.pairs: dict[str, Tensor] = {
            name: space.graph % problem.num_pairs for name, space in self.spaces.items()
        }
        self.fixed: Tensor | None = self._embed_fixed_side() if fixed is None else fixed

    def only(self, pairs: Tensor) -> "MaskedPairs":
        """Some of the pairs; their elements keep their order.

        Args:
            pairs: Their increasing numbers, long ``[B']``.
        """
        fixed = None if self.fixed is None else self.fixed[pairs]
        return MaskedPairs(self.problem.only(pairs), fixed)

    @property
    def num_pairs(self) -> int:
        """Number B of pairs."""
        return self.problem.num_pairs

    def similarity(self, h: Tensor) -> Tensor:
        """Similarities ``[copies, B]`` of embeddings ``[copies, graphs of the union, D]``."""
        return self.compare(*self.sides(h))

    def sides(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings of the queries and of the references, including the unmasked side."""
        if self.fixed is None:
            return h[..., : self.num_pairs, :], h[..., self.num_pairs :, :]
        return (h, self.fixed) if self.problem.side == "query" else (self.fixed, h)

    def split(self, masks: Gates) -> tuple[Masks, Masks]:
        """Convert element values to masks of the queries' and the references' unions."""
        whole = self.masks(masks)
        return self._side(whole, "query"), self._side(whole, "reference")

    def _side(self, masks: Masks, side: str) -> Masks:
        problem = self.problem
        if problem.side not in ("both", side):
            return Masks()
        if problem.side != "both":
            return masks
        common = problem.kinds.node_mask_type is MaskType.common_attributes
        nodes = problem.num_pairs if common else len(problem.query.x)
        return Masks(
            node=_part(masks.node, nodes, side),
            edge=_part(masks.edge, problem.query.edge_index.size(1), side),
        )

    @torch.no_grad()
    def _embed_fixed_side(self) -> Tensor | None:
        if self.problem.side == "both":
            return None
        return self.problem.embed("reference" if self.problem.side == "query" else "query")


def _part(values: Tensor | None, cut: int, side: str) -> Tensor | None:
    if values is None:
        return None
    return values[:cut] if side == "query" else values[cut:]
