"""A batch that was edited is taken apart as models read it."""

import pytest
import torch
from graphs import random_graph
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GINEConv, Linear
from torch_geometric.transforms import AddSelfLoops, ToUndirected

from pyg_siamex import IntegratedGradients, PairExplainer, SiameseGNN
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.taken_apart import is_recorded, taken_apart


def graphs(seed=0) -> list[Data]:
    """Three graphs with features of edges, names, and numbers of their own."""
    found = [random_graph(size, seed + size) for size in (4, 3, 5)]
    for k, graph in enumerate(found):
        graph.edge_attr = torch.arange(2.0 * graph.num_edges).view(-1, 2) + 100 * k
        graph.edge_weight = torch.arange(1.0 * graph.num_edges)
        graph.name, graph.y = f"g{k}", torch.tensor([k])
    return found


def same(one: Data, other: Data) -> bool:
    """Whether two graphs hold the same, whatever the order of their attributes."""
    assert set(one.keys()) == set(other.keys())
    return all(
        torch.equal(one[key], other[key]) if isinstance(one[key], torch.Tensor) else True
        for key in one.keys()  # noqa: SIM118
    )


@given(st.integers(0, 99), st.data())
def test_edges_kept_added_and_reordered_stay_with_their_graph(seed, data):
    before = graphs(seed)
    batch = Batch.from_data_list(before)
    count = batch.num_edges
    order = torch.tensor(
        data.draw(st.lists(st.integers(0, count - 1), max_size=2 * count)), dtype=torch.long
    )
    owner = batch.batch[batch.edge_index[0]][order]
    for key in ("edge_attr", "edge_weight"):
        batch[key] = batch[key][order]
    batch.edge_index = batch.edge_index[:, order]
    first = torch.tensor([0, 4, 7])
    for k, found in enumerate(taken_apart(batch, ("edge_attr",))):
        own = order[owner == k] - sum(graph.num_edges for graph in before[:k])
        assert found.name == f"g{k}" and found.y.item() == k
        assert torch.equal(found.x, before[k].x)
        assert torch.equal(found.edge_index, before[k].edge_index[:, own])
        assert torch.equal(found.edge_attr, before[k].edge_attr[own])
        assert torch.equal(found.edge_weight, before[k].edge_weight[own])
    assert torch.equal(batch.ptr[:-1], first)


def test_a_batch_that_was_not_edited_is_as_it_was():
    before = graphs()
    batch = Batch.from_data_list(before)
    assert all(map(same, taken_apart(batch, ("edge_attr", "absent")), before))
    assert all(is_recorded(batch, name) for name in ("x", "edge_index", "edge_attr", "y"))
    assert not is_recorded(batch, "batch")


@pytest.mark.parametrize("transform", [AddSelfLoops("edge_weight"), ToUndirected()])
def test_transforms_of_batches_are_transforms_of_graphs(transform):
    plain = [Data(x=g.x, edge_index=g.edge_index, edge_weight=g.edge_weight) for g in graphs()]
    found = taken_apart(transform(Batch.from_data_list(plain)), ("edge_weight",))
    for one, graph in zip(found, plain, strict=True):
        other = transform(graph.clone())
        order, wanted = (
            torch.argsort(g.edge_index[0] * 99 + g.edge_index[1], stable=True) for g in (one, other)
        )
        assert torch.equal(one.edge_index[:, order], other.edge_index[:, wanted])
        assert torch.equal(one.edge_weight[order].sort()[0], other.edge_weight[wanted].sort()[0])


def test_what_was_added_is_divided_if_it_is_read():
    before = graphs()
    batch = Batch.from_data_list(before)
    batch.extra_node, batch.edge_kind = torch.arange(12.0), torch.arange(batch.num_edges)
    batch.of_graph, batch.scale = torch.tensor([5.0, 6.0, 7.0]), 2.0
    reads = ("extra_node", "edge_kind", "of_graph", "scale")
    found = taken_apart(batch, reads)
    assert [graph.extra_node.tolist() for graph in found][1] == [4.0, 5.0, 6.0]
    assert [len(graph.edge_kind) for graph in found] == [graph.num_edges for graph in before]
    assert [graph.of_graph.item() for graph in found] == [5.0, 6.0, 7.0]
    assert all(graph.scale == 2.0 for graph in found)
    batch.odd = torch.ones(77)
    assert "odd" not in taken_apart(batch, reads)[0]
    with pytest.raises(ValueError, match=r"data\.odd of the batch, \[77\], was changed since"):
        taken_apart(batch, ("odd",))


def test_what_cannot_be_divided_is_refused():
    for change, message in (
        (lambda b: b.edge_index.__setitem__((0, 0), 11), "graph 2 has an edge to another graph"),
        (lambda b: b.edge_index.__setitem__((0, 0), 99), "edges to nodes that are not there"),
        (lambda b: setattr(b, "edge_attr", b.edge_attr[:-1]), "edge_attr of the batch"),
        (lambda b: setattr(b, "x", b.x[:-1]), "x of the batch"),
    ):
        batch = Batch.from_data_list(graphs())
        change(batch)
        with pytest.raises(ValueError, match=message):
            taken_apart(batch, ("edge_attr",))


class Edges(torch.nn.Module):
    """An encoder that reads features of edges."""

    def __init__(self):
        super().__init__()
        self.conv = GINEConv(Linear(5, 4), edge_dim=2)

    def forward(self, x, edge_index, edge_attr):
        return self.conv(x, edge_index, edge_attr / 100)


def test_an_edited_batch_is_explained_as_the_model_sees_it():
    torch.manual_seed(0)
    model, batch = SiameseGNN(Edges()), Batch.from_data_list(graphs())
    reference = Batch.from_data_list(graphs(7))
    kept = torch.arange(batch.num_edges) % 3 != 0
    batch.edge_index, batch.edge_attr = batch.edge_index[:, kept], batch.edge_attr[kept]
    explainer = PairExplainer(model, IntegratedGradients(), edge_mask_type="object")
    found = explainer(batch, reference)
    wanted = model(batch, reference)
    assert [one.prediction for one in found] == pytest.approx(wanted.tolist(), abs=1e-5)
    assert sum(one.query.num_edges for one in found) == int(kept.sum())


def test_the_graph_of_each_node_is_there_unless_there_is_one_graph():
    batch = Batch.from_data_list(graphs()[:1])
    batch.batch = None
    assert same(taken_apart(batch)[0], graphs()[0]) and batch.batch is None
    batch = Batch.from_data_list(graphs())
    batch.batch = None
    for read in (taken_apart, GraphInputs.from_data):
        with pytest.raises(ValueError, match=r"batch of 3 graphs has no batch\.batch.*build it"):
            read(batch)


@pytest.mark.parametrize("name", ["y", "name"])
def test_what_is_not_read_may_be_shortened(name):
    batch = Batch.from_data_list(graphs())
    batch[name] = batch[name][:1]
    found = taken_apart(batch, ("edge_weight",))
    for one, other in zip(found, graphs(), strict=True):
        assert name not in one
        del other[name]
        assert same(one, other)
    whole = GraphInputs.from_data(Batch.from_data_list(graphs()), ("edge_weight",))
    read = GraphInputs.from_data(batch, ("edge_weight",))
    assert torch.equal(read.extras["edge_weight"].value, whole.extras["edge_weight"].value)
