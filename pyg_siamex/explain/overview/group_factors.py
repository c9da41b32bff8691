"""Factors of groups of nodes; the relevance between two groups is a product of factors."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.relevance.factors import Factors, concatenate
from pyg_siamex.explain.relevance.forms import factor_form
from pyg_siamex.explain.relevance.pairs import scaled
from pyg_siamex.nn.pair_model import PairModel
from pyg_siamex.nn.siamese import SiameseGNN

_CHUNK = 512
"""Number of graphs whose node factors are held at once."""


def factor_algorithm(model: SiameseGNN, graph: Data) -> BiLRP | IntegratedJacobians:
    """:class:`BiLRP` if it has a rule for every layer, else :class:`IntegratedJacobians`.

    Args:
        model: The model.
        graph: A graph to test it on.

    Raises:
        ValueError: If the head has no product form and cannot be explained by factors, or the model
            compares two graphs at once.
    """
    if isinstance(model, PairModel):
        model.refuse_embeddings()
    factor_form(model.similarity)
    try:
        BiLRP().factors(model, [graph])
    except ValueError:
        return IntegratedJacobians()
    return BiLRP()


@dataclass(frozen=True)
class GroupFactors:
    r"""Factors of T parts, where a part is one group of nodes in one graph.

    The relevance between parts t and u is :math:`\ell_t^\top r_u`. The factors include the norms of
    the cosine and the metric of the head.

    Attributes:
        left: :math:`\ell`, ``[T, D]`` double.
        right: r, ``[T, D]`` double.
        graph: Graph of each part, ``[T]``, ascending.
        group: Group of each part, ``[T]``, as a position in ``names``.
        names: Name of each group, in alphabetical order.
        size: Number N of graphs.
        embedding: What the factors of each graph should sum to, left and right, ``[N, D]`` double.
    """

    left: Tensor
    right: Tensor
    graph: Tensor
    group: Tensor
    names: list[str]
    size: int
    embedding: tuple[Tensor, Tensor]

    @classmethod
    def of_graphs(
        cls,
        model: SiameseGNN,
        graphs: Sequence[Data],
        groups: Sequence[Sequence[object]],
        algorithm: BiLRP | IntegratedJacobians,
    ) -> "GroupFactors":
        """Compute the factors of graphs and sum them over groups.

        Args:
            model: The model; its head has a product form.
            graphs: N graphs.
            groups: For each graph, the group of each of its nodes.
            algorithm: Computes the factors.

        Raises:
            ValueError: If ``graphs`` is empty, groups do not fit graphs, or the model has no
                factors.
        """
        if not graphs or len(graphs) != len(groups):
            raise ValueError(
                f"{len(groups)} partitions for {len(graphs)} graphs: give one for each"
            )
        factor_form(model.similarity)  # refuses a head without a product form before long work
        parts: list[Factors] = []
        labels: list[list[str]] = []
        for start in range(0, len(graphs), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            found, names = algorithm.factors(model, graphs[chunk]).group(groups[chunk])
            parts.append(found)
            labels += names
        return cls._of_factors(concatenate(parts), labels, model)

    @classmethod
    def _of_factors(
        cls, factors: Factors, labels: list[list[str]], model: SiameseGNN
    ) -> "GroupFactors":
        form = factor_form(model.similarity, factors.embedding, factors.embedding.flip(0))
        left = scaled(factors, form).detach().cpu().double().T.contiguous()
        right = form.apply(left.T).T.contiguous()
        names = sorted({name for own in labels for name in own})
        place = {name: k for k, name in enumerate(names)}
        group = torch.tensor([place[name] for own in labels for name in own])
        graph = torch.repeat_interleave(torch.arange(len(factors)), factors.sizes.cpu())
        h = factors.embedding.detach().cpu()
        h = (h if form.norm is None else h / form.norm(h).unsqueeze(1)).double()
        embedding = h, form.apply(h.T).T.contiguous()
        return cls(left, right, graph, group, names, len(factors), embedding)

    def whole(self) -> Tensor:
        """Sum of each graph's right factors, ``[N, D]``."""
        zeros = self.right.new_zeros(self.size, self.right.size(1))
        return zeros.index_add(0, self.graph, self.right)

    def within(self) -> tuple[Tensor, Tensor]:
        """All ordered pairs of parts of one graph, ``[P]`` and ``[P]``."""
        sizes = torch.bincount(self.graph, minlength=self.size)
        first = torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])[:-1]
        own = sizes.index_select(0, self.graph)  # parts of the part's own graph
        one = torch.repeat_interleave(torch.arange(len(self.graph)), own)
        start = torch.repeat_interleave(own.cumsum(0) - own, own)
        other = torch.arange(len(one)) - start + first.index_select(0, self.graph[one])
        return one, other
