"""Pair matrices of explained pairs, computed when they are first read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor

from pyg_siamex._memory import check_memory
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.known import forget_if_changed
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.later import Later
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import Form

_LARGEST_EDGE_MATRIX = 4_000_000
"""Entries up to which there is a matrix of edge pairs."""

_BATCH_SIZE = 8192
"""Nodes plus edges of pairs whose factors are computed together."""

_COPIES = 2
"""Copies of a matrix that there are at once."""

_WAYS_OUT = (
    "its sums over either graph are the masks, and masks_alone() is an explanation of masks that "
    "can be saved and drawn; or explain a part of the graphs"
)

_ALLOWED = {torch.float64: 1e-6, torch.float32: 1e-3}
"""Relative difference of two computations by the same model."""


@dataclass(frozen=True)
class GraphFactor:
    """The factor of one graph.

    Attributes:
        embedding: ``[D]``.
        node: ``[D, n]``.
        edge: ``[D, E]`` or ``None``.
        feature: ``[D, n, F]`` or ``None``.
    """

    embedding: Tensor
    node: Tensor
    edge: Tensor | None
    feature: Tensor | None


def graph_factors(factors: Factors, feature: Tensor | None) -> list[GraphFactor]:
    """The factors of some graphs one by one; ``feature`` is ``[D, N, F]`` or ``None``."""
    ends = list(pairwise(factors.ptr.tolist()))
    return [
        GraphFactor(
            factors.embedding[graph],
            factors[graph],
            None if factors.edge is None else factors.edges(graph),
            None if feature is None else feature[:, slice(*ends[graph])],
        )
        for graph in range(len(factors))
    ]


_Compute = Callable[[Tensor], list[GraphFactor]]
"""From positions of graphs in the union, ``[G]``, to their factors."""


class PairMatrices:
    """Matrices of B pairs, from factors that are computed when a matrix is first asked for.

    The first pair asked for is computed alone. Each next one brings twice as many of the pairs
    that follow it, as far as they are small, so that one matrix costs little and all cost as much
    as batches.

    Args:
        model: The model, which must still be the one that was explained.
        union: The queries, then the references.
        forms: The form of each pair.
        compute: Computes the factors.
        embedding: What the factors must be of, ``[2 B, D]``.
        sums: What the node factors must sum to, ``[2 B, D]``.
    """

    def __init__(
        self,
        model: SiameseGNN,
        union: GraphInputs,
        forms: list[Form],
        compute: _Compute,
        embedding: Tensor,
        sums: Tensor,
    ) -> None:
        self.model = model
        self.union = union
        self.compute = compute
        self.forms: list[Form] = _kept(forms)
        self.embedding = embedding
        self.sums = sums
        self._ahead = 1
        self._known: dict[int, tuple[GraphFactor, GraphFactor]] = {}

    def later(self, name: str, pair: int) -> Later[Tensor]:
        """The result of the method ``name`` for a pair, when it is read."""
        return Later(partial(getattr(self, name), pair))

    def node(self, pair: int) -> Tensor:
        """Pair matrix over nodes, ``[n_q, n_r]``."""
        self._check_size(pair)
        query, reference = self._of(pair)
        return self.forms[pair].cross(query.node, reference.node).cpu()

    def edge(self, pair: int) -> Tensor:
        """Pair matrix over edges, ``[E_q, E_r]``."""
        query, reference = (_edges(own) for own in self._of(pair))
        return self.forms[pair].cross(query, reference).cpu()

    def node_edge(self, pair: int) -> Tensor:
        """Pair matrix of the query's nodes and the reference's edges, ``[n_q, E_r]``."""
        query, reference = self._of(pair)
        return self.forms[pair].cross(query.node, _edges(reference)).cpu()

    def edge_node(self, pair: int) -> Tensor:
        """Pair matrix of the query's edges and the reference's nodes, ``[E_q, n_r]``."""
        query, reference = self._of(pair)
        return self.forms[pair].cross(_edges(query), reference.node).cpu()

    def has_edge(self, pair: int) -> bool:
        """Whether the matrix over edges is not too large."""
        edges = self.union.edge_counts
        return int(edges[pair] * edges[len(self.forms) + pair]) <= _LARGEST_EDGE_MATRIX

    def feature(self, pair: int) -> Tensor:
        """Pair matrix over node features, ``[n_q, F, n_r, F]``."""
        self._check_size(pair, self.union.x.size(1))
        left, right = (own.feature for own in self._of(pair))
        assert left is not None and right is not None
        matrix = self.forms[pair].cross(left.flatten(1), right.flatten(1))
        return matrix.view(*left.shape[1:], *right.shape[1:]).cpu()

    def self_query(self, pair: int) -> Tensor:
        """The query's matrix with itself, which a distance has, ``[n_q, n_q]``."""
        return self._self(pair, 0)

    def self_reference(self, pair: int) -> Tensor:
        """The reference's matrix with itself, ``[n_r, n_r]``."""
        return self._self(pair, 1)

    def query_alone(self, pair: int) -> Tensor:
        """What the query's nodes add by themselves, which a learned head has, ``[n_q]``."""
        return self._alone(pair, 0)

    def reference_alone(self, pair: int) -> Tensor:
        """What the reference's nodes add by themselves, ``[n_r]``."""
        return self._alone(pair, 1)

    def _check_size(self, pair: int, width: int = 1) -> None:
        """Refuse a matrix that does not fit into memory."""
        nodes = self.union.node_counts
        query, reference = (int(nodes[k]) for k in (pair, len(self.forms) + pair))
        size = query * reference * width**2 * self.embedding.element_size()
        what = f"the pair matrix of {query:,} x {reference:,} nodes"
        check_memory(_COPIES * size, what, _WAYS_OUT)

    def _self(self, pair: int, side: int) -> Tensor:
        own = self.union.node_counts[side * len(self.forms) + pair]
        size = int(own) ** 2 * self.embedding.element_size()
        check_memory(_COPIES * size, f"the matrix of {int(own):,} nodes with themselves", _WAYS_OUT)
        factor = self._of(pair)[side].node
        return Form(self.forms[pair].self_scale).cross(factor, factor).cpu()

    def _alone(self, pair: int, side: int) -> Tensor:
        linear = self.forms[pair].linear
        assert linear is not None
        return (linear @ self._of(pair)[side].node).cpu()

    def _of(self, pair: int) -> tuple[GraphFactor, GraphFactor]:
        if pair not in self._known:
            self._add(self._next(pair))
            self._ahead *= 2
        return self._known[pair]

    def _next(self, pair: int) -> list[int]:
        """The pair, and those after it that are computed with it."""
        count, size = len(self.forms), self.union.node_counts + self.union.edge_counts
        chosen, filled = [pair], int(size[pair] + size[count + pair])
        for other in (*range(pair + 1, count), *range(pair)):
            filled += int(size[other] + size[count + other])
            if len(chosen) == self._ahead or filled > _BATCH_SIZE:
                break
            if other not in self._known:
                chosen.append(other)
        return chosen

    def _add(self, pairs: list[int]) -> None:
        """Compute the factors of some pairs."""
        count = len(self.forms)
        chosen = sorted([*pairs, *(count + pair for pair in pairs)])
        with untouched(self.model), torch.enable_grad():
            forget_if_changed(self.model)
            found = self.compute(torch.tensor(chosen, device=self.union.batch.device))
        own = dict(zip(chosen, found, strict=True))
        for position, factor in own.items():
            self._check(factor, position)
        for pair in pairs:
            self._known[pair] = own[pair], own[count + pair]

    def _check(self, factor: GraphFactor, position: int) -> None:
        """Refuse a factor of another model than the one that was explained."""
        pairs = (
            (factor.embedding, self.embedding[position]),
            (factor.node.sum(1), self.sums[position]),
        )
        for found, known in pairs:
            allowed = _ALLOWED.get(known.dtype, 5e-2)
            scale = max(float(self.embedding[position].abs().max()), float(known.abs().max()))
            if not torch.allclose(found, known, rtol=0.0, atol=allowed * max(scale, 1e-12)):
                raise ValueError(
                    "the model has changed since it explained this pair, so that its pair matrix "
                    "can no longer be computed: explain the pair again, and read 'relevance' (or "
                    "save the explanation) before the model changes"
                )


def _kept(forms: list[Form]) -> list[Form]:
    """The forms with metrics that do not change with the head's weights."""
    kept = {id(form.metric): form.metric for form in forms}
    copies = {key: None if m is None else m.detach().clone() for key, m in kept.items()}
    return [replace(form, metric=copies[id(form.metric)]) for form in forms]


def _edges(factor: GraphFactor) -> Tensor:
    assert factor.edge is not None
    return factor.edge
