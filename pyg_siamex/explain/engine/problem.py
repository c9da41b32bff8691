"""The input and output of an algorithm: batches of pairs and their attributions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.content import bytes_of
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.later import Later
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_space import MaskSpace
from pyg_siamex.nn.siamese import SiameseGNN

Side = Literal["both", "query", "reference"]
OneSide = Literal["query", "reference"]


@dataclass(frozen=True)
class PairProblem:
    """B pairs to explain at once.

    The model is in evaluation mode, its parameters do not require gradients, and it has no masks of
    other explainers (see :func:`~pyg_siamex.explain.engine.guard.untouched`).

    Attributes:
        model: The Siamese model.
        query: Union of the B queries.
        reference: Union of the B references.
        kinds: Kinds of masks.
        side: Which graphs are masked.
        query_data: The original queries, for algorithms that read more than the encoder. Default:
            empty.
        reference_data: The original references. Default: empty.
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

    @property
    def masked_sides(self) -> tuple[OneSide, ...]:
        """The masked sides, the query first."""
        return ("query", "reference") if self.side == "both" else (self.side,)

    def embed(self, side: OneSide) -> Tensor:
        """Embeddings of the whole graphs of one side, ``[B, D]``."""
        return embed_alone(self.model, self.query if side == "query" else self.reference)

    def one(self, pair: int) -> "PairProblem":
        """The problem of one pair."""
        return self.only(torch.tensor([pair], device=self.query.x.device))

    def only(self, pairs: Tensor) -> "PairProblem":
        """The problem of some of the pairs.

        Args:
            pairs: Their increasing numbers, long ``[B']``.
        """
        return replace(
            self,
            query=self.query.select_graphs(pairs),
            reference=self.reference.select_graphs(pairs),
            query_data=_chosen(self.query_data, pairs),
            reference_data=_chosen(self.reference_data, pairs),
        )

    def sides(self, attribution: "Attribution") -> "Attribution":
        """The attribution of queries and references; unchanged unless graphs were joined."""
        return attribution

    def united(self, values: Mapping[OneSide, Tensor]) -> Tensor:
        """Values of the edges or nodes of each masked side, in the order of the masked union.

        Args:
            values: For each masked side ``[E]``, ``[N, 1]`` or ``[N, F]``.
        """
        return torch.cat([values[side] for side in self.masked_sides])

    def graph_of(self, space: MaskSpace) -> Tensor:
        """Number of the graph of each element, ``[M]``; references are numbered after queries.

        Args:
            space: Elements of the masked union.
        """
        return space.graph

    def content(self, side: OneSide, pair: int) -> bytes:
        """Bytes that identify one graph: its node features and edges, or its embedding."""
        inputs = self.query if side == "query" else self.reference
        nodes = inputs.batch == pair
        edges = inputs.edge_index[:, nodes[inputs.edge_index[0]]]
        return bytes_of(inputs.x[nodes]) + bytes_of(edges - int(nodes.int().argmax()))


class _Unknown:
    """Stands for graphs that are known only by their embeddings, and fails where they are read."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise ValueError(
            f"the algorithm reads '{name}' of the reference graphs, and only their embeddings are "
            f"known: use one that compares embeddings, such as Occlusion or IntegratedGradients"
        )


@dataclass(frozen=True)
class AgainstEmbeddings(PairProblem):
    """Masked queries against references that are known only by their embeddings.

    Attributes:
        reference_embedding: Embeddings of the B references, ``[B, D]``. Reading ``reference``
            raises ``ValueError``.
    """

    reference_embedding: Tensor = field(default_factory=lambda: torch.empty(0, 0))

    @classmethod
    def of(
        cls, model: SiameseGNN, query: GraphInputs, embedding: Tensor, kinds: MaskKinds
    ) -> "AgainstEmbeddings":
        """Queries against embeddings ``[B, D]``."""
        unknown = cast(GraphInputs, _Unknown())
        return cls(model, query, unknown, kinds, "query", reference_embedding=embedding)

    def only(self, pairs: Tensor) -> "AgainstEmbeddings":
        """The problem of some of the pairs.

        Args:
            pairs: Their increasing numbers, long ``[B']``.
        """
        return replace(
            self,
            query=self.query.select_graphs(pairs),
            query_data=_chosen(self.query_data, pairs),
            reference_embedding=self.reference_embedding[pairs],
        )

    def embed(self, side: OneSide) -> Tensor:
        """Embeddings of the whole graphs of one side, ``[B, D]``."""
        return super().embed(side) if side == "query" else self.reference_embedding

    def content(self, side: OneSide, pair: int) -> bytes:
        """Bytes that identify one graph: its node features and edges, or its embedding."""
        if side == "query":
            return super().content(side, pair)
        return bytes_of(self.reference_embedding[pair])


def _chosen(data: Sequence[Data], pairs: Tensor) -> Sequence[Data]:
    return [data[pair] for pair in pairs.tolist()] if data else ()


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
    """The result of an algorithm for B pairs.

    Attributes:
        query: Masks of the queries' union.
        reference: Masks of the references' union.
        relevance: B matrices ``[n_q, n_r]``, each a tensor or computed
            :class:`~pyg_siamex.explain.engine.later.Later`; or ``None``.
        terms: Terms that the explanation of each pair sums to; empty for methods without terms.
        completeness_error: Error of each pair; empty for methods that do not promise completeness.
        info: Further plain results of each pair, which may be computed later; may be empty.
    """

    query: Masks
    reference: Masks
    relevance: Sequence[Tensor | Later[Tensor]] | None = None
    terms: list[dict[str, float]] = field(default_factory=list)
    completeness_error: list[float] = field(default_factory=list)
    info: list[dict[str, Any]] = field(default_factory=list)
