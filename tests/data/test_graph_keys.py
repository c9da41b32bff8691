"""Graphs that message passing cannot tell apart have equal keys, and no others."""

from collections import Counter

import networkx as nx
import pytest
import torch
from graphs import random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data
from torch_geometric.nn import GINEConv
from torch_geometric.transforms import ToSparseTensor

from pyg_siamex.data import graph_keys as module
from pyg_siamex.data.graph_keys import graph_keys, joined_keys

NODES = st.integers(1, 7)


@st.composite
def coloured(draw):
    """A small directed graph with colours of nodes and edges, also loops and parallel edges."""
    n = draw(NODES)
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node), max_size=12))
    return Data(
        x=torch.tensor(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))).float()[:, None],
        edge_index=torch.tensor(edges, dtype=torch.long).reshape(-1, 2).T,
        edge_attr=torch.tensor(
            draw(st.lists(st.integers(0, 1), min_size=len(edges), max_size=len(edges)))
        ),
    )


def renumbered(graph, seed):
    order = torch.randperm(graph.num_nodes, generator=torch.Generator().manual_seed(seed))
    shuffled = torch.randperm(graph.num_edges, generator=torch.Generator().manual_seed(seed))
    return Data(
        x=graph.x[order],
        edge_index=order.argsort()[graph.edge_index][:, shuffled],
        edge_attr=graph.edge_attr[shuffled],
    )


def both_ways(graph):
    return torch.tensor([*graph.edges, *((j, i) for i, j in graph.edges)]).T


def refined(graph, rounds, names):
    """Colours of the textbook refinement, numbered alike in graphs that share the names."""
    colours = [names.setdefault(float(x), len(names)) for x in graph.x]
    edges = list(zip(*graph.edge_index.tolist(), graph.edge_attr.tolist(), strict=True))
    for _ in range(rounds):
        around = [
            (
                colours[k],
                tuple(sorted((e, colours[i]) for i, j, e in edges if j == k)),
                tuple(sorted((e, colours[j]) for i, j, e in edges if i == k)),
            )
            for k in range(graph.num_nodes)
        ]
        colours = [names.setdefault(colour, len(names)) for colour in around]
    return Counter(colours)


@given(coloured(), st.integers(0, 99))
@settings(max_examples=80, deadline=None)
def test_renumbered_graphs_have_equal_keys(graph, seed):
    one, other = graph_keys([graph, renumbered(graph, seed)])
    assert one == other


@given(coloured(), coloured())
@settings(max_examples=150, deadline=None)
def test_keys_are_equal_where_the_textbook_refinement_is(one, other):
    rounds = one.num_nodes + other.num_nodes
    names = {}
    same = refined(one, rounds, names) == refined(other, rounds, names)
    found = graph_keys([one, other])
    assert (found[0] == found[1]) == same


def test_keys_do_not_depend_on_the_graphs_around():
    items = [random_graph(6, k) for k in range(40)]
    alone = [graph_keys([graph])[0] for graph in items]
    assert graph_keys(items) == alone and len(set(alone)) == 40


def test_long_chains_are_told_apart():
    chains = [nx.path_graph(n) for n in (50, 51)]
    items = [Data(edge_index=both_ways(c), x=None) for c in chains]
    two = Data(edge_index=torch.cat([items[0].edge_index, items[1].edge_index + 50], 1))
    longer = Data(edge_index=torch.cat([items[1].edge_index, items[0].edge_index + 51], 1))
    assert len(set(graph_keys([*items, two, longer]))) == 3


def test_what_no_message_passing_tells_apart_is_one():
    ring = nx.cycle_graph(6)
    pair = nx.disjoint_union(nx.cycle_graph(3), nx.cycle_graph(3))
    items = [Data(x=torch.ones(6, 1), edge_index=both_ways(g)) for g in (ring, pair)]
    assert len(set(graph_keys(items))) == 1


def test_equal_keys_are_equal_embeddings():
    torch.manual_seed(0)
    layers = [GINEConv(torch.nn.Linear(4, 4), edge_dim=3).double() for _ in range(3)]

    def embed(graph):
        h = graph.x.double()
        for layer in layers:
            h = layer(h, graph.edge_index, graph.edge_attr.double()).tanh()
        return h.sum(0)

    graph = random_graph(8, 3)
    graph.x, graph.edge_attr = torch.ones(8, 4), torch.ones(graph.num_edges, 3)
    moved = renumbered(graph, 4)
    changed = graph.clone()
    changed.edge_attr[0, 0] = 2
    keys = graph_keys([graph, moved, changed], ["x", "edge_attr"])
    assert keys[0] == keys[1] != keys[2]
    assert torch.allclose(embed(graph), embed(moved)) and not torch.allclose(
        embed(graph), embed(changed)
    )


def test_only_what_is_read_counts():
    graph = random_graph(6)
    other = graph.clone()
    other.edge_attr = other.edge_attr + 1
    other.y, other.name = torch.tensor(7), "other"
    assert graph_keys([graph])[0] != graph_keys([other])[0]
    assert len(set(graph_keys([graph, other], ["x"]))) == 1


def test_positions_are_read_of_graphs_without_features():
    items = [Data(pos=torch.tensor([[0.0], [float(k)]])) for k in (1, 2)]
    assert len(set(graph_keys(items))) == 2
    for item in items:
        item.x = torch.ones(2, 1)
    assert len(set(graph_keys(items))) == 1


def test_values_of_the_whole_graph_and_zeros_of_either_sign():
    items = [
        Data(x=torch.tensor([[z], [1.0]]), u=torch.tensor([u]))
        for z, u in ((0.0, 1.0), (-0.0, 1.0), (0.0, 2.0))
    ]
    keys = graph_keys(items, ["x", "u"])
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("dtype", [torch.long, torch.uint8, torch.bool, torch.half, torch.double])
def test_features_of_any_type(dtype):
    items = [Data(x=torch.tensor(x, dtype=dtype)) for x in ([1, 0, 0], [0, 0, 1], [1, 1, 0])]
    keys = graph_keys(items)
    assert keys[0] == keys[1] != keys[2]


def test_sparse_edges_are_read():
    graph = random_graph(6)
    values = ToSparseTensor(attr="edge_weight", layout=torch.sparse_csr)
    items = [
        values(
            Data(
                x=graph.x,
                edge_index=graph.edge_index,
                edge_weight=torch.full((graph.num_edges,), w),
            )
        )
        for w in (1.0, 1.0, 2.0)
    ]
    keys = graph_keys(items)
    assert keys[0] == keys[1] != keys[2]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_joined_keys_are_connected_components(pairs):
    one, other = zip(*pairs, strict=True)
    graph = nx.Graph()
    for k, (a, b) in enumerate(pairs):
        graph.add_edges_from([(k, ("a", a)), (k, ("b", b))])
    wanted = {frozenset(k for k in c if isinstance(k, int)) for c in nx.connected_components(graph)}
    found = {}
    for k, key in enumerate(joined_keys(one, other)):
        found.setdefault(key, set()).add(k)
    assert set(map(frozenset, found.values())) == wanted


def test_few_graphs_are_held_and_keys_stay(monkeypatch):
    graphs = [
        Data(x=torch.rand(4, 50), edge_index=torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]]))
        for _ in range(40)
    ]
    whole = graph_keys(graphs)
    held = []
    refined = module._refined
    monkeypatch.setattr(module, "_NUMBERS", 1000)
    monkeypatch.setattr(
        module, "_refined", lambda g, *rest: (held.append(len(g)), refined(g, *rest))[1]
    )
    assert graph_keys(iter(graphs)) == whole and held == [5] * 8


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    ("edges", "message"),
    [
        (torch.tensor([[0], [4]]), "has an edge to node 4, and 4 nodes"),
        (torch.tensor([[0], [-1]]), "has an edge to node -1, and 4 nodes"),
        (torch.tensor([0, 1]), r"has edge_index \[2\] of torch.int64"),
        (torch.tensor([[0.0], [1.0]]), r"has edge_index \[2, 1\] of torch.float32"),
        (torch.eye(4).to_sparse(), "is a sparse matrix: set it as graph.adj_t"),
        (torch.eye(4).to_sparse_csr(), "is a sparse matrix: set it as graph.adj_t"),
        (torch.tensor([[0], [1]]).to_sparse(), "is a sparse matrix: set it as graph.adj_t"),
        (torch.tensor([[0], [1]], device="meta"), "is on the device 'meta'"),
    ],
    ids=["beyond", "negative", "one row", "float", "sparse", "csr", "sparse ends", "meta"],
)
def test_edges_that_lead_nowhere_are_refused_wherever_their_graph_is(place, edges, message):
    graphs = [Data(x=torch.rand(4, 2), edge_index=torch.tensor([[0], [1]])) for _ in range(2)]
    graphs.insert(place, Data(x=torch.rand(4, 2), edge_index=edges))
    with pytest.raises(ValueError, match=f"^(edge_index of )?graph {place} {message}"):
        graph_keys(graphs)


def test_edges_of_short_whole_numbers_have_the_same_keys():
    graph = Data(x=torch.rand(4, 2), edge_index=torch.tensor([[0, 1], [1, 2]]))
    short = Data(x=graph.x, edge_index=graph.edge_index.int())
    assert graph_keys([graph]) == graph_keys([short])


@pytest.mark.parametrize("name", ["x", "edge_attr"])
def test_graphs_without_values_are_refused(name):
    graph = Data(x=torch.rand(2, 2), edge_index=torch.tensor([[0, 1], [1, 0]]))
    graph[name] = torch.empty(2, 2, device="meta")
    with pytest.raises(ValueError, match=f"^{name} of graph 0 is on the device 'meta'"):
        graph_keys([graph])
