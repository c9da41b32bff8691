"""What is asked of an algorithm, and what it answers: batches of pairs and their attributions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.content import bytes_of
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.nn.siamese import SiameseGNN

Side = Literal["both", "query", "reference"]
OneSide = Literal["query", "reference"]


@dataclass(frozen=True)
class PairProblem:
    """B pairs to explain at once.

    The model is in evaluation mode, its parameters take no gradient, and no stale mask is on it
    (see :func:`~pyg_siamex.explain.engine.guard.untouched`).

    Attributes:
        model: The Siamese model.
        query: Union of the B queries.
        reference: Union of the B references.
        kinds: Which masks they get.
        side: Which graphs are masked.
        query_data: The queries as given, for algorithms that read what the encoder does not;
            empty where an algorithm is called without them.
        reference_data: The references, likewise.
    """

    model: SiameseGNN
    query: GraphInputs
    reference: GraphInputs
    kinds: MaskKinds
    side: Side = "both"
    query_data: Sequence[Data] = ()
    reference_data: Sequence[Data] = ()

    @property
    def num_pairs(self) -> int:
        """Number B of pairs."""
        return self.query.num_graphs

    def embed(self, side: OneSide) -> Tensor:
        """Embeddings of the whole graphs of one side, ``[B, D]``."""
        return embed_alone(self.model, self.query if side == "query" else self.reference)

    def content(self, side: OneSide, pair: int) -> bytes:
        """Node features and edges of one graph, or what else tells it from others."""
        inputs = self.query if side == "query" else self.reference
        nodes = inputs.batch == pair
        edges = inputs.edge_index[:, nodes[inputs.edge_index[0]]]
        return bytes_of(inputs.x[nodes]) + bytes_of(edges - int(nodes.int().argmax()))


@dataclass(frozen=True)
class AgainstEmbeddings(PairProblem):
    """Queries and references of which the embeddings alone are known; queries are masked.

    Attributes:
        reference_embedding: Embeddings of the B references, ``[B, D]``; ``reference`` is not read.
    """

    reference_embedding: Tensor = field(default_factory=lambda: torch.empty(0, 0))

    @classmethod
    def of(
        cls, model: SiameseGNN, query: GraphInputs, embedding: Tensor, kinds: MaskKinds
    ) -> "AgainstEmbeddings":
        """Queries against embeddings ``[B, D]``."""
        return cls(model, query, query, kinds, "query", reference_embedding=embedding)

    def embed(self, side: OneSide) -> Tensor:
        """Embeddings of the whole graphs of one side, ``[B, D]``."""
        return super().embed(side) if side == "query" else self.reference_embedding

    def content(self, side: OneSide, pair: int) -> bytes:
        """Node features and edges of one graph, or what else tells it from others."""
        if side == "query":
            return super().content(side, pair)
        return bytes_of(self.reference_embedding[pair])


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
