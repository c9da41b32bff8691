"""How many hops around a node an encoder reads, found by comparison with the whole graph."""

import copy
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex.data.checked_graph import check_types
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.neighbourhood import Neighbourhoods
from pyg_siamex.data.node_pairs import NodePairs, read_links
from pyg_siamex.nn.copied import copied_model
from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.root_readout import RootReadout
from pyg_siamex.nn.siamese import SiameseGNN

_TOLERANCE = {torch.float64: 1e-9}
"""Largest difference of two embeddings that counts as rounding, relative to the largest entry."""

_COARSE = 1e-5
"""The same for encoders that do not run in double precision."""

_BUDGET = 2**17
"""Nodes plus edges that are encoded at once."""


@checked
def find_hops(
    model: SiameseGNN, data: Data, pairs: Sequence[tuple[int, int]] | Tensor, least: int = 1
) -> int:
    """Fewest hops with which all nodes of ``pairs`` have their embeddings in the whole graph.

    Neighbourhoods grow until their embeddings agree with those in the whole graph, for the graph's
    features and for shuffled ones. Runs in double precision where the encoder does.

    Args:
        model: A model with ``pool="root"``.
        data: The whole graph.
        pairs: Pairs of nodes, as for :class:`~pyg_siamex.data.NodePairs`.
        least: Number of hops to begin with.

    Raises:
        TypeError: If ``data`` holds something else than tensors.
        ValueError: If the graph has no features or other shapes, the model has another pool, or an
            embedding depends on nodes that no path
            leads from (a norm over all nodes, global attention), so that no neighbourhood has it.
    """
    check_types(data, "data")
    nodes = read_links(pairs, int(data.num_nodes or 0)).unique()
    hops = least
    with _Whole(model, data) as whole:
        while (node := whole.uncovered(nodes, hops)) is not None:
            if whole.closed(node, hops):
                raise ValueError(
                    f"the embedding of node {node} depends on nodes that no path to it leads from "
                    f"(a norm over all nodes, global attention, or layers with "
                    f"flow='target_to_source'): no neighbourhood gives its embedding"
                )
            hops += 1
    return hops


@checked
def check_hops(model: SiameseGNN, data: Data, pairs: NodePairs) -> None:
    """Compare the embeddings of all neighbourhoods with those in the whole graph.

    Args:
        model: A model with ``pool="root"``.
        data: The whole graph.
        pairs: Its pairs of nodes.

    Raises:
        ValueError: If the model has another pool, or ``num_hops`` of the pairs is too small.
    """
    check_types(data, "data")
    nodes, hops = pairs.index.unique(), pairs.neighbourhoods.num_hops
    with _Whole(model, data) as whole:
        node = whole.uncovered(nodes, hops)
    if node is not None:
        raise ValueError(
            f"num_hops={hops} is too small: node {node} has another embedding in its neighbourhood "
            f"than in the whole graph. Take num_hops=find_hops(model, data, pairs)"
        )


class _Whole:
    """Embeddings of all nodes in the whole graph, to compare with.

    Args:
        model: The model; a copy in double precision is used.
        data: The whole graph.
    """

    def __init__(self, model: SiameseGNN, data: Data) -> None:
        if not isinstance(model.pool, RootReadout):
            raise ValueError("pairs of nodes need a model with pool='root'")
        self.data, self.device = data, device_of(model)
        self.model, self.tolerance = model, _COARSE

    @torch.no_grad()
    def __enter__(self) -> "_Whole":
        """Embed the whole graph, with its features and with shuffled ones."""
        shuffled = copy.copy(self.data)
        order = torch.randperm(len(shuffled.x), generator=torch.Generator().manual_seed(0))
        shuffled.x = shuffled.x[order.to(shuffled.x.device)]
        given = [self.data, shuffled]
        with evaluating(self.model):
            try:
                double = copied_model(self.model).double()
                self.graphs = [_double(graph) for graph in given]
                self.embedded = [_embed(double, graph, self.device) for graph in self.graphs]
                self.model, self.tolerance = double.eval(), _TOLERANCE[torch.float64]
            except (RuntimeError, TypeError):  # a step that takes single precision alone
                self.graphs = given
                self.embedded = [_embed(self.model, graph, self.device) for graph in given]
        return self

    def __exit__(self, *_: object) -> None:
        """Let the embeddings go."""
        del self.graphs, self.embedded

    @torch.no_grad()
    def uncovered(self, nodes: Tensor, hops: int) -> int | None:
        """The first of ``nodes`` that has another embedding in its neighbourhood, or ``None``."""
        with evaluating(self.model):
            for graph, embedded in zip(self.graphs, self.embedded, strict=True):
                allowed = self.tolerance * float(embedded.abs().max())
                for some, union in _unions(self.model, graph, nodes, hops):
                    h = self.model.encode(union.to(self.device)).cpu()
                    wrong = ~((h - embedded[some]).abs() <= allowed).all(1)
                    if bool(wrong.any()):
                        return int(some[wrong][0])
        return None

    def closed(self, node: int, hops: int) -> bool:
        """Whether one more hop adds nothing to the neighbourhood of a node."""
        root = torch.tensor([[node]])
        found = [Neighbourhoods(self.data, more).around(root)[0] for more in (hops, hops + 1)]
        return bool(found[0].num_nodes == found[1].num_nodes)


def _unions(
    model: SiameseGNN, data: Data, nodes: Tensor, hops: int
) -> Iterator[tuple[Tensor, GraphInputs]]:
    """Neighbourhoods of nodes in unions of limited size."""
    neighbourhoods = Neighbourhoods(data, hops)
    for some in nodes.split(64):
        graphs = neighbourhoods.around(some.view(-1, 1))
        start, size = 0, 0
        for k, graph in enumerate(graphs):
            cost = int(graph.num_nodes or 0) + graph.num_edges
            if k > start and size + cost > _BUDGET:
                yield (
                    some[start:k],
                    GraphInputs.from_graphs(graphs[start:k], model.extra_inputs),
                )
                start, size = k, 0
            size += cost
        yield some[start:], GraphInputs.from_graphs(graphs[start:], model.extra_inputs)


def _embed(model: SiameseGNN, data: Data, device: torch.device) -> Tensor:
    h = model.node_embeddings(model.inputs(data).to(device)).cpu()
    if h.dim() != 2 or len(h) != data.num_nodes:
        raise ValueError(
            f"the encoder returned {list(h.shape)} for {data.num_nodes} nodes: pairs of nodes need "
            f"a row per node"
        )
    return h


def _double(data: Data) -> Data:
    out = copy.copy(data)
    for name, value in data.to_dict().items():
        if isinstance(value, Tensor) and value.is_floating_point():
            out[name] = value.double()
    return out
