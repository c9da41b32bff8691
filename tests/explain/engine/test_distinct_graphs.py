"""Distinct graphs of a union and the places of their items."""

import torch
from graphs import FEATURES, odd_graphs, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.data import GraphInputs
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs, items_of
from pyg_siamex.explain.engine.guard import untouched


def test_every_item_is_found_in_its_distinct_graph() -> None:
    a, b, c, d = odd_graphs()
    graphs = [b, a, b, d, c, a, b]
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    with untouched(model):
        union = model.inputs_of(graphs)
        first, which = distinct_graphs(union)
        distinct = union.select_graphs(first)
    assert first.tolist() == [0, 1, 3, 4]
    assert which.tolist() == [0, 1, 0, 2, 3, 1, 0]
    rows = items_of(distinct.batch, which, union.batch)
    assert torch.equal(distinct.x[rows], union.x)


def test_items_may_be_in_any_order_of_graphs() -> None:
    home = torch.tensor([1, 0, 1, 0, 0])  # distinct graph 0 has items 1, 3, 4
    which = torch.tensor([1, 0, 1])
    graph = torch.tensor([2, 1, 0, 1, 0, 2, 1])
    assert items_of(home, which, graph).tolist() == [0, 1, 0, 3, 2, 2, 4]


def test_no_items_have_no_places() -> None:
    none = torch.empty(0, dtype=torch.long)
    assert items_of(none, torch.tensor([0, 0]), none).shape == (0,)


def union(graphs):
    return GraphInputs.from_graphs(graphs, ("edge_attr",))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8))
@settings(deadline=None)
def test_equal_graphs_have_one_number_in_order_of_their_first_place(seeds):
    first, which = distinct_graphs(union([random_graph(4, seed) for seed in seeds]))
    assert [seeds[k] for k in first.tolist()] == list(dict.fromkeys(seeds))
    assert [seeds[int(first[k])] for k in which.tolist()] == seeds


def test_any_input_tells_graphs_apart():
    graph = random_graph(4, 0)
    others = [graph.clone() for _ in range(4)]
    others[0].x[1, 2] += 1
    others[1].edge_index = graph.edge_index.flip(0)
    others[2].edge_attr = graph.edge_attr.flip(1)
    others[3].edge_index, others[3].edge_attr = graph.edge_index[:, 2:], graph.edge_attr[2:]
    _, which = distinct_graphs(union([graph, *others, graph]))
    assert which.tolist() == [0, 1, 2, 3, 4, 0]


def test_an_isolated_node_more_is_another_graph():
    small = random_graph(4, 0)
    small.x = torch.zeros(4, 5)
    large = small.clone()
    large.x = torch.zeros(5, 5)
    _, which = distinct_graphs(union([small, large]))
    assert which.tolist() == [0, 1]
