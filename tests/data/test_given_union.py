"""Unions that are put together by hand, and what is chosen from them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from graphs import odd_graphs, random_graph
from torch_geometric.data import Batch

from pyg_siamex.data import GraphInputs
from pyg_siamex.data.joined import Joined

T = torch.tensor
NAN = float("nan")


def union():
    """Three graphs: 4 nodes each, and features of edges."""
    graphs = [random_graph(4, seed) for seed in range(3)]
    return GraphInputs.from_data(Batch.from_data_list(graphs), ("edge_attr",))


def test_the_parts_of_a_union_make_it_again():
    for graphs in ([random_graph(5, 1)], odd_graphs()):
        one = GraphInputs.from_graphs(graphs, ("edge_attr",))
        again = GraphInputs(
            one.x, one.edge_index, one.batch, one.num_graphs, one.extras, one.constants
        )
        assert torch.equal(again.x, one.x) and again.num_graphs == len(graphs)
        assert torch.equal(again.edge_extras["edge_attr"], one.edge_extras["edge_attr"])
        assert GraphInputs(one.x, one.edge_index, one.batch, one.num_graphs).extras == {}


PARTS = {
    "x is a list": ({"x": [[1.0]]}, "`x` must be a Tensor"),
    "x is None": ({"x": None}, "`x` must be a Tensor"),
    "x is a number": ({"x": torch.ones(())}, "node features x"),
    "x is shorter": ({"x": torch.ones(2, 5)}, "batch has 12 entries, and there are 2 nodes"),
    "x is nan": ({"x": torch.full((12, 5), NAN)}, "graph 0 of 3 has NaN"),
    "an edge of floats": ({"edge_index": torch.ones(2, 3)}, r"must be \[2, num_edges\]"),
    "an edge beyond": ({"edge_index": T([[99], [0]])}, "nodes that are not there"),
    "an edge between graphs": ({"edge_index": T([[0], [5]])}, "an edge to another graph"),
    "a batch of fives": ({"batch": T([5] * 12)}, "batch has nodes of 6 graphs"),
    "a batch unsorted": ({"batch": T([0, 1, 2] * 4)}, "batch must be sorted"),
    "a batch of floats": ({"batch": torch.zeros(12)}, "batch must be the graph of each node"),
    "a batch below zero": ({"batch": T([-1] + [0] * 11)}, "batch must be sorted"),
    "too many graphs": ({"num_graphs": 5}, "graph 3 of 5 has no nodes"),
    "too few graphs": ({"num_graphs": 2}, "batch has nodes of 3 graphs, and num_graphs is 2"),
    "no graphs": ({"num_graphs": 0}, "num_graphs must be at least 1"),
    "half a graph": ({"num_graphs": 2.5}, "`num_graphs` must be a whole number"),
    "an extra that is a tensor": ({"extras": {"pos": torch.ones(12, 3)}}, "`extras"),
    "an extra named x": ({"extras": {"x": Joined(torch.ones(12), T([4] * 3))}}, "no extra input"),
    "an extra of other sizes": (
        {"extras": {"pos": Joined(torch.ones(12), T([4, 4]))}},
        "its sizes must be those of 3 graphs",
    ),
    "an extra of fewer rows": (
        {"extras": {"pos": Joined(torch.ones(7), T([4] * 3))}},
        "'pos' has 7 rows",
    ),
    "an extra without dimension": (
        {"extras": {"pos": Joined(torch.ones(12), T([4] * 3), dim=1)}},
        "has no dimension 1",
    ),
    "an extra of nan": (
        {"extras": {"pos": Joined(torch.full((12,), NAN), T([4] * 3))}},
        "NaN or infinite values in 'pos'",
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_that_do_not_fit_are_refused(name):
    parts, message = PARTS[name]
    with pytest.raises((TypeError, ValueError), match=message):
        replace(union(), **parts)


ROWS = {
    "beyond": T([9999]),
    "below": T([-9999]),
    "floats": T([0.5]),
    "a short mask": torch.ones(2, dtype=torch.bool),
    "two rows": T([[0], [1]]),
    "none": None,
    "a text": "x",
    "a list": [0],
    "an array": np.array([0]),
    "a number": 0,
    "a slice": slice(0, 1),
}


@pytest.mark.parametrize("method", ["edges", "nodes", "graphs"])
@pytest.mark.parametrize("name", ROWS)
def test_what_chooses_nothing_is_refused_by_name(method, name):
    with pytest.raises((TypeError, ValueError, IndexError), match=f"^`?{method}`?( must be|:)"):
        getattr(union(), f"select_{method}")(ROWS[name])


@pytest.mark.parametrize("places", [[], [1, 0], [0, 0], [-1]], ids=str)
def test_graphs_are_chosen_once_in_their_order(places):
    with pytest.raises((ValueError, IndexError), match=r"^graphs"):
        union().select_graphs(torch.tensor(places, dtype=torch.long))


@pytest.mark.parametrize("times", [0, -1, 1.5, "2", None, True, T(2)], ids=str)
def test_copies_are_a_whole_number(times):
    with pytest.raises((TypeError, ValueError), match=r"^times must be"):
        union().repeat(times)


@pytest.mark.parametrize("other", [None, "x", random_graph(4, 1)], ids=["none", "text", "graph"])
def test_unions_are_joined_with_unions(other):
    with pytest.raises(TypeError, match=r"`other` must be GraphInputs .*from_graphs"):
        union().concat(other)


VALUES = {
    "x": ({"x": torch.ones(12, 5)}, "`x` is no extra input: use dataclasses.replace"),
    "batch": ({"batch": T([0] * 12)}, "`batch` is no extra input"),
    "none": ({"edge_attr": None}, "`edge_attr` must be a tensor"),
    "a number": ({"edge_attr": torch.ones(())}, r"`edge_attr` is \[\], and there are"),
    "fewer rows": ({"edge_attr": torch.ones(2, 3)}, r"rows of 'edge_attr'"),
    "a new name": ({"foo": torch.ones(2)}, r"`foo` is \[2\], and there are \d+ edges"),
}


@pytest.mark.parametrize("name", VALUES)
def test_values_have_the_rows_of_their_input(name):
    values, message = VALUES[name]
    with pytest.raises((TypeError, ValueError), match=message):
        union().with_values(**values)


def test_values_of_a_new_name_have_a_row_for_each_edge():
    one = union()
    found = one.with_values(edge_weight=torch.ones(one.edge_index.size(1)))
    assert set(found.edge_extras) == {"edge_attr", "edge_weight"}
