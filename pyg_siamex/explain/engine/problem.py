"""What is asked of an algorithm, and what it answers: batches of pairs and their attributions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.nn.siamese import SiameseGNN

Side = Literal["both", "query", "reference"]
MaskMode = Literal["message", "weight"]


@dataclass(frozen=True)
class PairProblem:
    """B pairs to explain at once.

    The model is in evaluation mode, its parameters take no gradient, and no stale mask is on it
    (see :func:`~pyg_siamex.explain.engine.guard.untouched`).

    Attributes:
        model: The Siamese model.
        query: Union of the B queries.
        reference: Union of the B references.
        node_mask_type: Kind of node mask, or ``None``.
        edge_mask_type: ``MaskType.object``, or ``None``.
        side: Which graphs are masked.
        undirected: One mask value for an edge and its reverse.
        mask_mode: ``"message"`` scales messages, ``"weight"`` scales ``edge_weight`` before the
            layer normalises it.
        reference_embedding: Embeddings to compare the queries with, ``[B, D]``, in place of those
            of ``reference``; for ``side="query"`` alone.
        query_data: The queries as given, for algorithms that read what the encoder does not;
            empty where an algorithm is called without them.
        reference_data: The references, likewise.
    """

    model: SiameseGNN
    query: GraphInputs
    reference: GraphInputs
    node_mask_type: MaskType | None = None
    edge_mask_type: MaskType | None = None
    side: Side = "both"
    undirected: bool = False
    mask_mode: MaskMode = "message"
    reference_embedding: Tensor | None = None
    query_data: Sequence[Data] = ()
    reference_data: Sequence[Data] = ()

    @property
    def num_pairs(self) -> int:
        """Number B of pairs."""
        return self.query.num_graphs


@dataclass
class Masks:
    """Masks over a union of graphs.

    Attributes:
        node: ``[N, 1]``, ``[N, F]`` or, for common attributes, ``[num_graphs, F]``; or ``None``.
        edge: ``[E]`` or ``None``.
    """

    node: Tensor | None = None
    edge: Tensor | None = None


@dataclass
class Attribution:
    """What an algorithm found for B pairs.

    Attributes:
        query: Masks of the queries' union.
        reference: Masks of the references' union.
        relevance: B matrices ``[n_q, n_r]``, or ``None``.
        terms: For each pair, what the explanation sums to; empty where the method has no terms.
        completeness_error: For each pair; empty where the method makes no such promise.
        info: For each pair, further plain results; empty where there are none.
    """

    query: Masks
    reference: Masks
    relevance: list[Tensor] | None = None
    terms: list[dict[str, float]] = field(default_factory=list)
    completeness_error: list[float] = field(default_factory=list)
    info: list[dict[str, Any]] = field(default_factory=list)
