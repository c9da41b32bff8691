"""Equal graphs of a union are found."""

import torch
from graphs import random_graph
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.data import GraphInputs
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs


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
