"""Rows and lists of graphs as scikit-learn hands them over."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Data, InMemoryDataset

from pyg_siamex.nn.training.row_graphs import graph_list, is_graphs, row_graphs

GRAPHS = [Data(x=torch.ones(2, 3), edge_index=torch.tensor([[0], [1]])) for _ in range(3)]


class Kept(InMemoryDataset):
    def __init__(self):
        super().__init__()
        self.data, self.slices = self.collate(GRAPHS)


def objects():
    out = np.empty(3, dtype=object)
    out[:] = GRAPHS
    return out


@pytest.mark.parametrize("given", [GRAPHS, tuple(GRAPHS), Kept(), objects()])
def test_lists_data_sets_and_arrays_of_objects_hold_graphs(given):
    assert is_graphs(given) and len(graph_list(given)) == 3


@pytest.mark.parametrize(
    "given", [np.zeros((2, 2)), [[1.0]], [], None, "graphs", np.zeros((0, 2)), GRAPHS[0]]
)
def test_others_do_not(given):
    assert not is_graphs(given)


def test_graphs_of_several_types_are_named():
    given = [Data(x=torch.ones(2, 3)).to_heterogeneous(), *GRAPHS]
    assert is_graphs(given)
    with pytest.raises(TypeError, match="graph 0 is a HeteroData"):
        graph_list(given)


def test_a_row_is_a_node():
    (graph,) = row_graphs(np.array([[1.0, 2.0]], dtype=np.float32))
    assert graph.x.tolist() == [[1.0, 2.0]] and graph.num_edges == 0


def test_other_widths_and_other_things_are_named():
    wide = Data(x=torch.ones(2, 4), edge_index=torch.tensor([[0], [1]]))
    with pytest.raises(ValueError, match=r"X has 4 features, but graph 0 .* 3 .*.graph 3"):
        graph_list([*GRAPHS, wide])
    with pytest.raises(TypeError, match="graph 1 must be a torch_geometric Data"):
        graph_list([GRAPHS[0], 3])
    with pytest.raises(ValueError, match="graph 0 has 0 features"):
        graph_list([Data(x=torch.ones(2, 0), edge_index=torch.tensor([[0], [1]]))] * 2)
