"""Features, edges and further inputs are read from ``Data`` by PyG's own rules."""

import pytest
import torch
from torch_geometric.data import Batch, Data
from torch_geometric.edge_index import EdgeIndex
from torch_geometric.transforms import ToSparseTensor

from pyg_siamex.data import GraphInputs
from pyg_siamex.data.read_inputs import edges_of, extra_inputs_of, node_features_of

EDGES = torch.tensor([[0, 1, 2], [1, 2, 0]])
X = torch.arange(6.0).view(3, 2)


def rows(edges, values):
    """Ends and values of each edge, in no order."""
    ends = [tuple(column) for column in edges.T.tolist()]
    return set(zip(ends, map(tuple, values.view(len(ends), -1).tolist()), strict=True))


def test_features_must_be_there():
    assert node_features_of(Data(x=X)) is X or torch.equal(node_features_of(Data(x=X)), X)
    with pytest.raises(ValueError, match=r"set data\.x"):
        node_features_of(Data(edge_index=EDGES))


def test_a_graph_without_edges_has_none():
    edges, found = edges_of(Data(x=X), ())
    assert edges.shape == (2, 0) and edges.dtype == torch.long and found == {}


def test_edge_lists_of_any_class_are_tensors():
    for given in (EDGES, EdgeIndex(EDGES, sparse_size=(3, 3))):
        edges, found = edges_of(Data(x=X, edge_index=given), ())
        assert type(edges) is torch.Tensor and torch.equal(edges, EDGES) and found == {}


@pytest.mark.parametrize("columns", [0, 2])
def test_a_sparse_adjacency_has_the_edges_and_values_of_its_list(columns):
    values = torch.tensor([0.5, 2.0, 3.0])
    values = values if columns == 0 else torch.stack([values, -values], dim=1)
    name = "edge_weight" if columns == 0 else "edge_attr"
    data = Data(x=X, edge_index=EDGES, **{name: values})
    sparse = ToSparseTensor(attr=name, layout=torch.sparse_csr if columns == 0 else None)(data)
    edges, found = edges_of(sparse, (name,))
    rows = {
        (*ends, *torch.atleast_1d(v).tolist())
        for ends, v in zip(edges.T.tolist(), found[name], strict=True)
    }
    assert rows == {
        (*ends, *torch.atleast_1d(v).tolist())
        for ends, v in zip(EDGES.T.tolist(), values, strict=True)
    }
    with pytest.raises(ValueError, match=f"forward names no '{name}'"):
        edges_of(sparse, ())


def test_inputs_are_joined_as_a_batch_joins_them():
    graphs = [
        Data(x=X, edge_index=EDGES, anchor_index=torch.tensor([k]), size=torch.tensor([3.0 + k]))
        for k in (0, 2)
    ]
    batch = Batch.from_data_list(graphs)
    tensors, constants = extra_inputs_of(batch, ("anchor_index", "size", "absent"), 2)
    assert set(tensors) == {"anchor_index", "size"} and constants == {}
    assert tensors["anchor_index"].value.tolist() == batch.anchor_index.tolist() == [0, 5]
    assert tensors["size"].value.tolist() == [3.0, 5.0]


def test_plain_values_are_constants():
    tensors, constants = extra_inputs_of(Data(x=X, scale=2.5), ("scale",), 1)
    assert tensors == {} and constants == {"scale": 2.5}


@pytest.mark.parametrize("name", ["edge_weight", "edge_attr"])
@pytest.mark.parametrize("value", ["x", [1.0], {"a": 1}], ids=["text", "list", "dict"])
def test_values_of_edges_are_tensors_where_they_are_read(name, value):
    graph = Data(x=X, **{name: value})
    with pytest.raises(TypeError, match=rf"data.{name} is a {type(value).__name__}: it must be a"):
        extra_inputs_of(graph, (name,), 1)
    assert extra_inputs_of(graph, (), 1) == ({}, {})


@pytest.mark.parametrize("name", ["weights", "levels"])
def test_rows_of_a_batch_by_hand_belong_to_their_graphs(name):
    """Edges may be in any order, as in a batch of graphs that is shuffled."""
    generator = torch.Generator().manual_seed(0)
    graphs = []
    for n, m in ((3, 4), (1, 0), (4, 6)):
        edges = torch.randint(0, n, (2, m), generator=generator)
        rows = torch.randn(m if name == "weights" else n, 2, generator=generator)
        graphs.append(
            Data(x=torch.randn(n, 2, generator=generator), edge_index=edges, **{name: rows})
        )
    batch = Batch.from_data_list(graphs)
    order = torch.randperm(10, generator=generator)
    rows = batch[name][order] if name == "weights" else batch[name]
    by_hand = Batch(x=batch.x, edge_index=batch.edge_index[:, order], batch=batch.batch)
    by_hand[name], by_hand._num_graphs = rows, 3
    inputs = GraphInputs.from_data(by_hand, (name,))
    for k, graph in enumerate(graphs):
        part = inputs.select_graphs(torch.tensor([k]))
        found, own = part.extras[name].value, graph[name]
        if name == "levels":
            assert torch.equal(found, own)
        else:
            assert rows_of(part.edge_index, found) == rows_of(graph.edge_index, own)


def rows_of(edges, values):
    return sorted(
        (*ends, *row) for ends, row in zip(edges.T.tolist(), values.tolist(), strict=True)
    )
