"""Occlusion of elements and of neighbourhoods against leaving them out by hand."""

import copy

import pytest
import torch
from explain.algorithm.by_pygs_hooks import similarity_with_mask
from graphs import ENCODERS, FEATURES, edgeless_graph, odd_graphs, random_graph
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN

from pyg_siamex import NeighbourhoodOcclusion, Occlusion, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.nn import Similarity

D = torch.double
NODES = {"node_mask_type": "object"}
EDGES = {"edge_mask_type": "object"}
BONDS = {"edge_mask_type": "object", "undirected": True}


class _Lopsided(Similarity):
    """A head whose value changes if the graphs are swapped."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return (a * b.square().tanh()).sum(-1) + a[..., 0]


@pytest.fixture(params=["dot", "lopsided"])
def model(request: pytest.FixtureRequest) -> SiameseGNN:
    head = _Lopsided() if request.param == "lopsided" else request.param
    return SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", head).eval()


def with_oddities(seed: int, dtype: torch.dtype = D) -> Data:
    """A graph with a self loop, a parallel edge, a one-way edge and two isolated nodes."""
    graph = random_graph(6, seed, dtype)
    edges = graph.edge_index
    extra = torch.tensor([[2, int(edges[0, 0]), 5], [2, int(edges[1, 0]), 1]])
    keep = ~(
        (edges == torch.tensor([[1], [5]])).all(0) | (edges == torch.tensor([[5], [1]])).all(0)
    )
    x = torch.cat([graph.x, graph.x[:2] + 1])
    return Data(x=x, edge_index=torch.cat([edges[:, keep], extra], dim=1))


def without_nodes(graph: Data, gone: set[int]) -> Data:
    """Their features are 0; messages still pass through them."""
    x = graph.x.clone()
    x[sorted(gone)] = 0
    return Data(x=x, edge_index=graph.edge_index)


def without_edges(graph: Data, gone: set[int]) -> Data:
    keep = [k for k in range(graph.num_edges) if k not in gone]
    return Data(x=graph.x, edge_index=graph.edge_index[:, keep])


def node_groups(graph: Data) -> list[set[int]]:
    """Each node with its neighbours."""
    ends = graph.edge_index.T.tolist()
    return [
        {v} | {b for a, b in ends if a == v} | {a for a, b in ends if b == v}
        for v in range(graph.num_nodes)
    ]


def edge_elements(graph: Data, undirected: bool) -> list[set[int]]:
    """Columns of each element: an edge, or all columns between two nodes; no self loops."""
    found: dict[tuple, set[int]] = {}
    for k, (u, v) in enumerate(graph.edge_index.T.tolist()):
        if u != v:
            found.setdefault((min(u, v), max(u, v)) if undirected else (k,), set()).add(k)
    return list(found.values())


def edge_groups(graph: Data, elements: list[set[int]]) -> list[set[int]]:
    """For each element, the elements that share a node with it."""
    ends = [set(graph.edge_index[:, sorted(columns)].flatten().tolist()) for columns in elements]
    return [{k for k, other in enumerate(ends) if own & other} for own in ends]


def shared(losses: list[float], groups: list[set[int]]) -> list[float]:
    """Mean share of each element in the losses of the groups that hold it."""
    out = []
    for element in range(len(groups)):
        holding = [c for c in range(len(groups)) if element in groups[c]]
        out.append(sum(losses[c] / len(groups[c]) for c in holding) / len(holding))
    return out


def lost(model: SiameseGNN, query: Data, reference: Data, side: str, changed: Data) -> float:
    pair = (changed, reference) if side == "query" else (query, changed)
    return float(model(query, reference) - model(*pair))


@torch.no_grad()
def by_hand(model: SiameseGNN, query: Data, reference: Data, side: str, masks: dict) -> list[float]:
    """Mask of one side: a value for each node or each column."""
    graph = query if side == "query" else reference
    if "node_mask_type" in masks:
        groups = node_groups(graph)
        losses = [
            lost(model, query, reference, side, without_nodes(graph, group)) for group in groups
        ]
        return shared(losses, groups)
    elements = edge_elements(graph, masks.get("undirected", False))
    groups = edge_groups(graph, elements)
    losses = []
    for group in groups:
        columns = set().union(*(elements[k] for k in group))
        losses.append(lost(model, query, reference, side, without_edges(graph, columns)))
    values = [0.0] * graph.num_edges
    for columns, value in zip(elements, shared(losses, groups), strict=True):
        for k in columns:
            values[k] = value
    return values


def mask_of(found: PairExplanation, side: str) -> Tensor:
    one = getattr(found, side)
    return one.node_mask[:, 0] if "node_mask" in one else one.edge_mask


@pytest.mark.parametrize("masks", [NODES, EDGES, BONDS], ids=["nodes", "edges", "bonds"])
@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_neighbourhoods_share_what_is_lost_without_them(
    model: SiameseGNN, masks: dict, side: str
) -> None:
    query, reference = with_oddities(1), with_oddities(2)
    found = PairExplainer(model, NeighbourhoodOcclusion(), side=side, **masks)(query, reference)
    for one in ("query", "reference") if side == "both" else (side,):
        expected = torch.tensor(by_hand(model, query, reference, one, masks), dtype=D)
        torch.testing.assert_close(mask_of(found, one), expected, atol=1e-10, rtol=0)
        assert len(expected.unique()) > 4


def test_an_isolated_node_is_its_own_neighbourhood(model: SiameseGNN) -> None:
    query, reference = with_oddities(1), random_graph(5, 2, D)
    one, other = (
        PairExplainer(model, algorithm, **NODES)(query, reference).query.node_mask
        for algorithm in (Occlusion(), NeighbourhoodOcclusion())
    )
    torch.testing.assert_close(one[6:], other[6:], atol=1e-10, rtol=0)
    assert (one[:6] - other[:6]).abs().min() > 1e-6


@pytest.mark.parametrize("kind", ["attributes", "common_attributes"])
def test_features_have_no_neighbours(model: SiameseGNN, kind: str) -> None:
    query, reference = with_oddities(1), random_graph(5, 2, D)
    one, other = (
        PairExplainer(model, algorithm, node_mask_type=kind)(query, reference)
        for algorithm in (Occlusion(), NeighbourhoodOcclusion())
    )
    assert torch.equal(one.query.node_mask, other.query.node_mask)
    assert torch.equal(one.reference.node_mask, other.reference.node_mask)


@pytest.mark.parametrize("masks", [EDGES, BONDS], ids=["edges", "bonds"])
def test_graphs_without_edges_have_empty_masks(model: SiameseGNN, masks: dict) -> None:
    explainer = PairExplainer(model, NeighbourhoodOcclusion(), **masks)
    found = explainer(edgeless_graph(3, D), random_graph(5, 2, D))
    assert found.query.edge_mask.shape == (0,)
    assert found.reference.edge_mask.abs().max() > 0
    found = explainer(edgeless_graph(3, D), edgeless_graph(1, D))
    assert found.query.edge_mask.shape == found.reference.edge_mask.shape == (0,)


def test_nodes_without_edges_are_left_out_one_by_one(model: SiameseGNN) -> None:
    pair = edgeless_graph(4, D), random_graph(5, 2, D)
    one, other = (
        PairExplainer(model, algorithm, **NODES)(*pair).query.node_mask
        for algorithm in (Occlusion(), NeighbourhoodOcclusion())
    )
    torch.testing.assert_close(one, other, atol=1e-12, rtol=0)


@pytest.mark.parametrize("algorithm", [Occlusion(), NeighbourhoodOcclusion()])
@pytest.mark.parametrize(
    "masks", [NODES, EDGES, BONDS, {**NODES, **BONDS}], ids=["nodes", "edges", "bonds", "all"]
)
def test_a_batch_is_explained_as_its_pairs_alone(
    model: SiameseGNN, algorithm: Occlusion, masks: dict
) -> None:
    explainer = PairExplainer(model, algorithm, **masks)
    queries = [*odd_graphs(D), with_oddities(1), with_oddities(1)]  # equal graphs at the end
    references = [*queries[1:], random_graph(6, 9, D)]
    for one, query, reference in zip(
        explainer.explain(queries, references), queries, references, strict=True
    ):
        alone = explainer(query, reference)
        for side in ("query", "reference"):
            for name in ("node_mask", "edge_mask"):
                if name in getattr(alone, side):
                    a, b = (getattr(e, side)[name] for e in (one, alone))
                    torch.testing.assert_close(a, b, atol=1e-10, rtol=0)


@pytest.mark.parametrize("masks", [NODES, EDGES, BONDS], ids=["nodes", "edges", "bonds"])
def test_masks_of_a_renumbered_graph_are_renumbered(model: SiameseGNN, masks: dict) -> None:
    graph, reference = with_oddities(5), random_graph(6, 6, D)
    order = torch.tensor([3, 0, 6, 1, 7, 5, 2, 4])
    columns = torch.randperm(graph.num_edges)
    moved = Data(x=graph.x[order], edge_index=order.argsort()[graph.edge_index][:, columns])
    explainer = PairExplainer(model, NeighbourhoodOcclusion(), **masks)
    one, other = explainer(graph, reference), explainer(moved, reference)
    rows = order if masks is NODES else columns
    torch.testing.assert_close(
        mask_of(one, "query")[rows], mask_of(other, "query"), atol=1e-10, rtol=0
    )
    torch.testing.assert_close(
        mask_of(one, "reference"), mask_of(other, "reference"), atol=1e-10, rtol=0
    )


def test_edge_weights_are_left_out_too() -> None:
    model = SiameseGNN(GCN(FEATURES, 8, 2).double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(5, 2, D)
    query.edge_weight = torch.rand(query.num_edges, dtype=D)
    reference.edge_weight = torch.rand(reference.num_edges, dtype=D)
    masks = {**BONDS, "mask_mode": "weight"}
    found = PairExplainer(model, NeighbourhoodOcclusion(), **masks)(query, reference)
    elements = edge_elements(query, undirected=True)
    groups, losses = edge_groups(query, elements), []
    for group in groups:
        changed = copy.copy(query)
        changed.edge_weight = query.edge_weight.clone()
        changed.edge_weight[sorted(set().union(*(elements[k] for k in group)))] = 0
        with torch.no_grad():
            losses.append(lost(model, query, reference, "query", changed))
    for columns, value in zip(elements, shared(losses, groups), strict=True):
        for k in columns:
            assert float(found.query.edge_mask[k]) == pytest.approx(value, abs=1e-10)


D = torch.double


@pytest.mark.parametrize("encoder", ["GCN", "GIN", "GraphSAGE", "GAT", "GATv2", "GINE"])
def test_edge_occlusion_equals_stock_masks_one_at_a_time(encoder):
    model = SiameseGNN(ENCODERS[encoder]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    mask = PairExplainer(model, Occlusion(), edge_mask_type="object")(query, reference)
    whole = model(query, reference).item()
    for edge in range(query.num_edges):
        ones = torch.ones(query.num_edges, dtype=D)
        ones[edge] = 0
        lost = whole - similarity_with_mask(model, query, reference, ones)
        assert mask.query.edge_mask[edge].item() == pytest.approx(lost, abs=1e-10)


def test_node_and_feature_occlusion_by_hand():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    query.x[2, 3] = 0
    whole = model(query, reference).item()
    for kind in ("object", "attributes", "common_attributes"):
        explainer = PairExplainer(model, Occlusion(), node_mask_type=kind)
        mask = explainer(query, reference).query.node_mask
        for i in range(5):
            for f in range(FEATURES):
                changed = query.clone()
                rows = slice(None) if kind == "common_attributes" else i
                columns = slice(None) if kind == "object" else f
                changed.x[rows, columns] = 0
                lost = whole - model(changed, reference).item()
                row = 0 if kind == "common_attributes" else i
                column = 0 if kind == "object" else f
                assert mask[row, column].item() == pytest.approx(lost, abs=1e-10)
    explainer = PairExplainer(model, Occlusion(), node_mask_type="attributes")
    assert explainer(query, reference).query.node_mask[2, 3] == 0


def test_common_attributes_of_a_row():
    row = Data(x=torch.tensor([[1.0, 0.0, 2.0, 0.0, 1.0]]))
    other = Data(x=torch.ones(1, FEATURES))
    explainer = PairExplainer(
        SiameseGNN(GIN(FEATURES, 8, 2)), Occlusion(), node_mask_type="attributes"
    )
    mask = explainer(row, other).query.node_mask
    assert mask.shape == (1, FEATURES)
    assert (mask[0, [1, 3]] == 0).all() and (mask[0, [0, 2, 4]] != 0).all()


@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_occlusion_of_repeated_graphs_is_that_of_each_pair(side):
    model = SiameseGNN(ENCODERS["GCN"](), "mean").eval()
    a, b, c = random_graph(8, 1), random_graph(7, 2), random_graph(6, 3)
    masks = {"edge_mask_type": "object", "node_mask_type": "attributes", "undirected": True}
    explainer = PairExplainer(model, Occlusion(), side=side, **masks)
    queries, references = [a, a, b, a], [b, c, a, b]
    for found, query, reference in zip(
        explainer.explain(queries, references), queries, references, strict=True
    ):
        alone = explainer(query, reference)
        for one, other in ((found.query, alone.query), (found.reference, alone.reference)):
            for name in ("edge_mask", "node_mask"):
                if name in other:
                    assert torch.allclose(one[name], other[name], atol=1e-6)
