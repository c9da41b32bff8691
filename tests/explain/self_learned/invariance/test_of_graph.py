"""Scores and relations of one graph go by the names of its nodes and edges."""

import networkx as nx
import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Invariance, SiameseGNN
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.self_learned.invariance.of_graph import element_names

D = torch.double
GRAPH = random_graph(6, 3, D)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()


def test_names_of_elements_of_every_kind(model):
    ends = [tuple(column) for column in GRAPH.edge_index.T.tolist()]
    expected = [
        ({"edge_mask_type": "object"}, "edge", ends),
        ({"node_mask_type": "object"}, "node", list(range(6))),
        ({"node_mask_type": "common_attributes"}, "node", list(range(FEATURES))),
        (
            {"node_mask_type": "attributes"},
            "node",
            [(node, feature) for node in range(6) for feature in range(FEATURES)],
        ),
    ]
    for kinds, name, names in expected:
        with untouched(model):
            masked = MaskedGraphs(model, model.inputs_of([GRAPH]), MaskKinds.of(kinds))
            assert element_names(masked, name, GRAPH) == names


def test_undirected_edges_have_their_smaller_end_first(model):
    kinds = MaskKinds.of({"edge_mask_type": "object", "undirected": True})
    with untouched(model):
        masked = MaskedGraphs(model, model.inputs_of([GRAPH]), kinds)
        names = element_names(masked, "edge", GRAPH)
    assert sorted(names) == sorted({(min(e), max(e)) for e in GRAPH.edge_index.T.tolist()})


def test_the_graph_of_the_order_has_all_scores_and_relations(model):
    pool = [random_graph(5 + k, 10 + k, D) for k in range(6)]
    found = Invariance.learn(model, pool, 4).of(model, GRAPH, node_mask_type="object")
    graph = found.to_networkx()
    assert nx.is_directed_acyclic_graph(graph)
    assert dict(graph.nodes(data="score")) == dict(enumerate(found.score["node"].tolist()))
    rows = {tuple(row) for row in found.order["node"].tolist()}
    assert set(graph.edges) == rows and len(found.confidence["node"]) == len(rows)
    for u, v in rows:
        assert found.score["node"][u] > found.score["node"][v]
    with pytest.raises(ValueError, match="name one of 'node'"):
        found.to_networkx("edge")


def test_parallel_edges_have_names_of_their_own(model):
    graph = GRAPH.clone()
    graph.edge_index = torch.tensor([[0, 0, 1, 0], [1, 1, 2, 1]])
    pool = [random_graph(5 + k, 10 + k, D) for k in range(6)]
    found = Invariance.learn(model, pool, 4).of(model, graph, edge_mask_type="object")
    names = [(0, 1), (0, 1, 1), (1, 2), (0, 1, 2)]
    assert found.names["edge"] == names
    assert dict(found.to_networkx().nodes(data="score")) == dict(
        zip(names, found.score["edge"].tolist(), strict=True)
    )
