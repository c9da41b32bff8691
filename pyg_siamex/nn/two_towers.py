"""Two encoders, one for queries and one for references: drug and target, user and item."""

from collections.abc import Callable
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import Aggregation

from pyg_siamex._door import checked
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.joint_union import GRAPH_SIDE, SIDE, Layout
from pyg_siamex.data.union_tensors import computed
from pyg_siamex.nn.calibration import Calibration
from pyg_siamex.nn.finite import check_similarities
from pyg_siamex.nn.renumber import renumbered
from pyg_siamex.nn.siamese import SiameseGNN, embed_named
from pyg_siamex.nn.similarity import Similarity, compare


@checked
class TwoTowerGNN(SiameseGNN):
    r"""Compare graphs of two kinds with an encoder for each: :math:`s = \sigma(h(q), g(r))`.

    The graphs may have other features on each side. All explainers that do not need a shared
    encoder work; what embeds graphs of one kind (``fit``, libraries, search, ``against``) raises a
    ``ValueError``.

    Args:
        encoder: Encoder of queries, as for :class:`~pyg_siamex.nn.SiameseGNN`.
        reference_encoder: Encoder of references, with embeddings of the same size.
        pool: Readout of queries.
        similarity: As for :class:`~pyg_siamex.nn.SiameseGNN`.
        reference_pool: Readout of references; ``"same"`` for the readout of queries.

    Shape:
        - query, reference: ``Data``, or ``Batch`` of B graphs each
        - output: similarities ``[B]``

    Raises:
        ValueError: As for :class:`~pyg_siamex.nn.SiameseGNN`.

    Example:
        >>> from torch_geometric.nn import GCN, GIN
        >>> model = TwoTowerGNN(GIN(9, 64, 3), GCN(20, 64, 2), pool="add", similarity="dot")
    """

    def __init__(
        self,
        encoder: nn.Module,
        reference_encoder: nn.Module,
        pool: str | Aggregation | None = "mean",
        similarity: str | Similarity | Callable[[Tensor, Tensor], Tensor] = "cosine",
        reference_pool: str | Aggregation | None = "same",
    ) -> None:
        nn.Module.__init__(self)
        self.query_tower: SiameseGNN = SiameseGNN(encoder, pool, similarity)
        other = pool if reference_pool == "same" else reference_pool
        self.reference_tower: SiameseGNN = SiameseGNN(
            reference_encoder, other, self.query_tower.similarity
        )
        self.calibration: Calibration = Calibration()
        self.config: dict[str, Any] | None = None
        self.references: Any = None
        self._unions: dict[str, SiameseGNN] = {}

    @property
    def encoder(self) -> nn.Module:  # type: ignore[override]
        """Encoder of queries."""
        return self.query_tower.encoder

    @property
    def pool(self) -> Aggregation | None:  # type: ignore[override]
        """Readout of queries."""
        return self.query_tower.pool

    @property
    def similarity(self) -> Similarity:  # type: ignore[override]
        """The similarity head."""
        return self.query_tower.similarity

    @property
    def towers(self) -> tuple[SiameseGNN, SiameseGNN]:
        """Both towers as models of their own kind of graph."""
        return self.query_tower, self.reference_tower

    def forward(self, query: Data | Batch, reference: Data | Batch) -> Tensor:
        """Similarity of each query to its reference, ``[B]``; a single reference serves all."""
        h = embed_named(self.query_tower, query, "the query")
        g = embed_named(self.reference_tower, reference, "the reference")
        found = compare(self.similarity, h, g)
        if not self.training:
            check_similarities(found)
        return found

    def on_unions(self, layout: Layout) -> SiameseGNN:
        """The model of unions with graphs of both sides, see ``aligned``."""
        if layout.key not in self._unions:
            self._unions[layout.key] = _OnUnions(self, layout)
        return self._unions[layout.key]

    def encode(self, inputs: GraphInputs) -> Tensor:
        """Refused, since it is not said by which tower."""
        self._refuse()

    def node_embeddings(self, inputs: GraphInputs) -> Tensor:
        """Refused, since it is not said by which tower."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ValueError(
            "this needs one encoder for all graphs, and a TwoTowerGNN has one for queries and one "
            "for references: use query_tower or reference_tower for graphs of one kind"
        )


class TowersEncoder(nn.Module):
    """Embeddings of a union of graphs, each by the tower of its side.

    Args:
        towers: The towers of queries and of references.
        layout: Layout of the graphs.
    """

    def __init__(self, towers: tuple[SiameseGNN, SiameseGNN], layout: Layout) -> None:
        super().__init__()
        self.query_tower: SiameseGNN
        self.reference_tower: SiameseGNN
        self.query_tower, self.reference_tower = towers
        self.layout = layout
        self.one_by_one = False

    def forward(
        self, x: Tensor, edge_index: Tensor, batch: Tensor, num_graphs: int, **extras: Tensor
    ) -> Tensor:
        """Embeddings ``[num_graphs, D]``.

        Raises:
            ValueError: If the towers' embeddings differ in size.
        """
        side, of_graph = extras.pop(SIDE), extras.pop(GRAPH_SIDE)
        rows, order = [], []
        for number, tower in enumerate((self.query_tower, self.reference_tower)):
            own = (of_graph == number).nonzero().flatten()
            for nodes, graphs in self._parts(side == number, own, batch):
                part = self._inputs(number, nodes, graphs, x, edge_index, batch, extras)
                rows.append(tower.encode(part))
                order.append(graphs)
        sizes = {h.size(1) for h in rows}
        if len(sizes) > 1:
            raise ValueError(f"the towers have embeddings of different sizes: {sorted(sizes)}")
        return torch.cat(rows)[torch.cat(order).argsort()]

    def _parts(self, nodes: Tensor, graphs: Tensor, batch: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Nodes and graphs that a tower encodes together."""
        if not len(graphs):
            return []
        if not self.one_by_one:
            return [(nodes, graphs)]
        return [(batch == graph, graph.view(1)) for graph in graphs]

    def _inputs(
        self,
        number: int,
        nodes: Tensor,
        graphs: Tensor,
        x: Tensor,
        edge_index: Tensor,
        batch: Tensor,
        extras: dict[str, Tensor],
    ) -> GraphInputs:
        edges = nodes[edge_index[0]]
        own = renumbered(edge_index[:, edges], nodes.cumsum(0) - 1)
        of_node = torch.searchsorted(graphs, batch[nodes])
        counts: dict[str, Any] = {
            "node": of_node.bincount(minlength=len(graphs)).cpu(),
            "edge": of_node[own[0]].bincount(minlength=len(graphs)).cpu(),
            "graph": torch.ones(len(graphs), dtype=torch.long),
        }
        rows: dict[str, Any] = {"node": nodes, "edge": edges, "graph": graphs}
        kept = {}
        for name, value in extras.items():
            if name in self.layout.columns[number]:
                kind = self.layout.kinds[name]
                part = self.layout.cut(name, value[rows[kind]], number)
                kept[name] = Joined(part, counts[kind])
        features = self.layout.cut("x", x[nodes], number)
        return computed(
            GraphInputs,
            x=features,
            edge_index=own,
            batch=of_node,
            num_graphs=len(graphs),
            extras=kept,
            constants={},
        )


class _OnUnions(SiameseGNN):
    """Two towers as a model of unions with graphs of both sides."""

    def __init__(self, model: TwoTowerGNN, layout: Layout) -> None:
        super().__init__(TowersEncoder(model.towers, layout), None, model.similarity)
        self._names = (SIDE, GRAPH_SIDE, *layout.kinds)

    @property
    def extra_inputs(self) -> tuple[str, ...]:
        """Names of the extra inputs of the unions."""
        return self._names
