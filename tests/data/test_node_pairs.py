"""Pairs of nodes: neighbourhoods, numbers in the whole graph, batches, loaders."""

import networkx as nx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from linked_graphs import LINKS, large_graph
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader
from torch_geometric.utils import to_networkx

from pyg_siamex.data import NodePairs


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 3), st.booleans())
def test_a_neighbourhood_is_what_networkx_finds(seed, hops, both_ways):
    torch.manual_seed(seed)
    edges = torch.randint(0, 12, (2, 20)).unique(dim=1)
    if both_ways:
        edges = torch.cat([edges, edges.flip(0)], dim=1).unique(dim=1)
    data = Data(x=torch.randn(12, 2), edge_index=edges, edge_attr=torch.randn(edges.size(1), 1))
    graph = to_networkx(data).reverse()  # messages flow along edges, towards the root
    for pair in NodePairs(data, [(0, 3), (11, 0)], hops):
        for part in pair[:2]:
            root = int(part.n_id[part.root_index])
            near = nx.ego_graph(graph, root, radius=hops)
            assert part.n_id.tolist() == sorted(near)
            assert torch.equal(part.x, data.x[part.n_id])
            assert torch.equal(part.n_id[part.edge_index], data.edge_index[:, part.e_id])
            assert torch.equal(part.edge_attr, data.edge_attr[part.e_id])
            assert part.num_edges == near.number_of_edges()


def test_items_are_the_same_alone_and_together():
    pairs = NodePairs(large_graph(), LINKS, 2)
    together = pairs.__getitems__(range(len(pairs)))
    for k, (query, reference, _) in enumerate(together):
        alone = pairs[k]
        for one, other in ((alone.query, query), (alone.reference, reference)):
            assert one.keys() == other.keys() and one.num_nodes == other.num_nodes
            names = {*one.keys()} - {"num_nodes"}
            assert all(torch.equal(one[name], other[name]) for name in names)
        assert [int(g.n_id[g.root_index]) for g in (query, reference)] == list(LINKS[k])


def test_only_rows_of_nodes_and_edges_are_kept():
    query = NodePairs(large_graph(), LINKS, 1)[0].query
    kept = {"x", "edge_index", "edge_attr", "train_mask", "n_id", "e_id", "root_index", "left_out"}
    assert {*query.keys()} - {"num_nodes"} == kept


def test_as_many_edges_as_nodes():
    ring = torch.tensor([[0, 1, 2], [1, 2, 0]])
    data = Data(x=torch.randn(3, 1), edge_index=ring, edge_attr=torch.randn(3, 1))
    part = NodePairs(data, [(0, 1)], 1)[0].query
    assert part.n_id.tolist() == [0, 2] and part.e_id.tolist() == [2]
    assert torch.equal(part.edge_attr, data.edge_attr[2:])


def test_the_class_of_the_graph_stays():
    class WithOwnInit(Data):
        def __init__(self, x, edge_index):
            super().__init__(x=x, edge_index=edge_index)

    data = large_graph()
    whole = WithOwnInit(data.x, data.edge_index)
    part = NodePairs(whole, LINKS, 1)[0].query
    assert type(part) is WithOwnInit and "edge_attr" not in part
    assert whole.num_nodes == 60 and torch.equal(whole.x, data.x)
    batch = Batch.from_data_list([data, data])
    assert type(NodePairs(batch, [(0, 60)], 1)[0].reference) is Data


def test_edge_label_index_is_read_as_pyg_writes_it():
    data = large_graph()
    listed, labelled = NodePairs(data, LINKS, 1), NodePairs(data, data.edge_label_index, 1)
    assert torch.equal(listed.index, labelled.index)
    two = NodePairs(data, torch.tensor([[0, 1], [5, 2]]), 1)
    assert two.index.tolist() == [[0, 5], [1, 2]]


def test_loaders_collate_pairs():
    pairs = NodePairs(large_graph(), LINKS, 2, y=torch.arange(5))
    query, reference, y = next(iter(DataLoader(pairs, batch_size=5)))
    assert query.num_graphs == reference.num_graphs == len(y) == 5
    assert query.n_id[query.root_index].tolist() == [u for u, _ in LINKS]
    assert reference.n_id[reference.root_index].tolist() == [v for _, v in LINKS]


def test_the_link_is_removed_in_both_directions_and_alone():
    data = large_graph()
    u, v = data.edge_index[:, 0].tolist()
    kept, cut = NodePairs(data, [(u, v)], 2)[0], NodePairs(data, [(u, v)], 2, remove_link=True)[0]
    for whole, part in zip(kept[:2], cut[:2], strict=True):
        assert part.num_nodes == whole.num_nodes and part.num_edges == whole.num_edges - 2
        ends = part.n_id[part.edge_index].T.tolist()
        assert [u, v] not in ends and [v, u] not in ends


def sampled(data, seeds, hops):
    """What NeighborLoader gives with num_neighbors=[-1] * hops: the seeds come first."""
    order, edges = list(seeds), []
    front = list(seeds)
    for _ in range(hops):
        new = []
        for node in front:
            for e in (data.edge_index[1] == node).nonzero().flatten().tolist():
                edges.append(e)
                source = int(data.edge_index[0, e])
                if source not in order:
                    order.append(source)
                    new.append(source)
        front = new
    n_id, e_id = torch.tensor(order), torch.tensor(edges)
    place = torch.full((data.num_nodes,), -1).index_copy(0, n_id, torch.arange(len(n_id)))
    return Data(
        x=data.x[n_id],
        edge_index=place[data.edge_index[:, e_id]],
        n_id=n_id,
        e_id=e_id,
        input_id=torch.arange(len(seeds)),
        batch_size=len(seeds),
        num_sampled_nodes=[len(seeds)],
    )


def test_samples_of_a_loader_keep_the_numbers_of_the_whole_graph():
    data = large_graph()
    seeds = sorted({node for link in LINKS for node in link})
    batch = sampled(data, seeds, 3)
    local = [tuple(seeds.index(node) for node in link) for link in LINKS]
    for hops in (1, 2):
        whole, parts = NodePairs(data, LINKS, hops), NodePairs(batch, local, hops)
        for one, other in zip(whole, parts, strict=True):
            for a, b in zip(one[:2], other[:2], strict=True):
                assert int(a.n_id[a.root_index]) == int(b.n_id[b.root_index])
                assert {*a.n_id.tolist()} == {*b.n_id.tolist()}
                assert {*a.e_id.tolist()} == {*b.e_id.tolist()}
                assert torch.equal(data.edge_index[:, b.e_id], b.n_id[b.edge_index])


@pytest.mark.parametrize(
    ("pairs", "error", "text"),
    [
        ([], ValueError, "no pairs"),
        ([(0, 60)], ValueError, "node 60"),
        ([(0, -1)], ValueError, "node -1"),
        ([(0.0, 1.0)], TypeError, "whole number"),
        ([(0, 1, 2)], TypeError, "2 values, each a whole number"),
        (torch.tensor([[0, 1], [1, 2], [2, 3]]), ValueError, r"pairs\.t\(\)"),
        (torch.tensor([0, 1]), ValueError, "edge_label_index"),
        (torch.tensor([[[0, 1]]]), ValueError, r"got \[1, 1, 2\]"),
    ],
)
def test_malformed_pairs(pairs, error, text):
    with pytest.raises(error, match=text):
        NodePairs(large_graph(), pairs, 1)


def test_malformed_graphs_and_targets():
    data = large_graph()
    with pytest.raises(TypeError, match="`data` must be a Data"):
        NodePairs("graph", LINKS, 1)
    with pytest.raises(ValueError, match="num_hops"):
        NodePairs(data, LINKS, -1)
    with pytest.raises(ValueError, match="2 targets for 5 pairs"):
        NodePairs(data, LINKS, 1, y=[0, 1])
    with pytest.raises(ValueError, match="no edge_index"):
        NodePairs(Data(x=torch.eye(2)), [(0, 1)], 1)
    with pytest.raises(IndexError):
        NodePairs(data, LINKS, 1)[5]
    far = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 9], [1, 0]]))
    with pytest.raises(ValueError, match="the graph has an edge to node 9, and 2 nodes"):
        NodePairs(far, [(0, 1)], 1)


def test_indices_choose_pairs_of_nodes():
    data = Data(x=torch.eye(4), edge_index=torch.tensor([[0, 1, 2], [1, 2, 3]]))
    pairs = NodePairs(data, [(1, 3), (0, 2), (3, 0)], 1, y=torch.tensor([1.0, 0.0, 1.0]))
    for index in (pairs.y == 1, [0, 2], slice(None, None, 2)):
        some = pairs[index]
        assert some.index.tolist() == [[1, 3], [3, 0]] and some.y.tolist() == [1.0, 1.0]
    assert torch.equal(some[1].query.n_id, pairs[2].query.n_id) and len(pairs) == 3


@pytest.mark.parametrize("kind", ["uint8", "int8", "int16", "uint16"])
def test_nodes_of_narrow_types_are_nodes_of_a_large_graph(kind):
    data = Data(x=torch.ones(400, 1), edge_index=torch.tensor([[0], [1]]))
    pairs = torch.tensor([[1, 120], [2, 121]], dtype=getattr(torch, kind))
    assert NodePairs(data, pairs, 1).index.tolist() == [[1, 2], [120, 121]]


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (torch.ones(2, 2), "one row of numbers"),
        ([float("inf"), 1.0], "must be finite"),
        ([1e39, 0.0], "below 3.4e38"),
        ([1.0], "1 targets for 2 pairs"),
    ],
)
def test_targets_of_links_are_one_finite_number_each(y, message):
    data = Data(x=torch.ones(4, 1), edge_index=torch.tensor([[0], [1]]))
    with pytest.raises(ValueError, match=message):
        NodePairs(data, [(0, 1), (2, 3)], 1, y=y)


def test_targets_of_links_keep_their_type_and_may_be_unknown():
    data = Data(x=torch.ones(4, 1), edge_index=torch.tensor([[0], [1]]))
    links = [(0, 1), (2, 3)]
    assert NodePairs(data, links, 1, y=[1, 0]).y.dtype == torch.long
    column = torch.tensor([[1.0], [torch.nan]])
    assert NodePairs(data, links, 1, y=column).y.shape == (2,)
