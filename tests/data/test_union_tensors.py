"""What an extra input of a union belongs to, and what is counted."""

import pytest
import torch
from graphs import edgeless_graph
from torch_geometric.data import Data

from pyg_siamex.data import GraphInputs


def triangle(**extras):
    """Three nodes and three edges: counts do not say what an input belongs to."""
    edges = torch.tensor([[0, 1, 2], [1, 2, 0]])
    data = Data(x=torch.ones(3, 1), edge_index=edges, **extras)
    return GraphInputs.from_data(data, tuple(extras))


@pytest.mark.parametrize(
    ("name", "shape", "kind"),
    [
        ("edge_age", (3,), "edge"),
        ("age", (3, 2), "node"),
        ("node_age", (3,), "node"),
        ("u", (1, 4), "graph"),
    ],
)
def test_names_decide_where_counts_do_not(name, shape, kind):
    union = triangle(**{name: torch.ones(shape)})
    assert union.kind(name) == kind
    assert set(union.edge_extras) == ({name} if kind == "edge" else set())
    assert set(union.node_extras) == ({name} if kind == "node" else set())


def test_counts_decide_where_they_differ():
    edges = torch.tensor([[0, 1, 1], [1, 0, 2]])
    data = Data(x=torch.ones(4, 1), edge_index=edges, a=torch.ones(3), b=torch.ones(4))
    union = GraphInputs.from_graphs([data, data], ("a", "b"))
    assert (union.kind("a"), union.kind("b")) == ("edge", "node")
    assert union.fits_edges("a") and not union.fits_edges("b")
    assert union.node_counts.tolist() == [4, 4] and union.edge_counts.tolist() == [3, 3]


def test_what_points_at_nodes_belongs_to_the_graph():
    assert triangle(root_index=torch.tensor([0, 1, 2])).kind("root_index") == "graph"


def test_loops_and_parallel_edges():
    edges = torch.tensor([[0, 0, 1, 1], [0, 1, 0, 0]])
    union = GraphInputs.from_data(Data(x=torch.ones(2, 1), edge_index=edges))
    assert union.loops.tolist() == [True, False, False, False]
    assert union.has_parallel_edges and union.has_edges
    one_way = GraphInputs.from_data(Data(x=torch.ones(2, 1), edge_index=edges[:, :3]))
    assert not one_way.has_parallel_edges  # an edge and its reverse are not parallel
    loop = GraphInputs.from_data(Data(x=torch.ones(2, 1), edge_index=edges[:, :1]))
    assert not loop.has_edges
    assert not GraphInputs.from_data(edgeless_graph(2)).has_edges
