"""Transforms are applied once, or at every access, wherever the graphs are read."""

import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN
from torch_geometric.transforms import BaseTransform, Constant

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.data.transformed import transformed

NONE = torch.empty(2, 0, dtype=torch.long)
GRAPHS = [Data(x=torch.randn(2, 3), edge_index=NONE, y=torch.tensor(k % 2)) for k in range(12)]


class Counted(BaseTransform):
    def __init__(self):
        self.calls = 0

    def forward(self, data):
        self.calls += 1
        data.x = data.x + 1
        return data


def test_a_transform_runs_at_every_access_and_a_pre_transform_once():
    counted = Counted()
    graphs = transformed(GRAPHS, counted, None)
    assert counted.calls == 0 and len(graphs) == 12
    assert torch.equal(graphs[3].x, GRAPHS[3].x + 1) and torch.equal(graphs[3].x, graphs[3].x)
    assert len(list(graphs)) == 12
    once = Counted()
    graphs = transformed(GRAPHS, None, once)
    assert once.calls == 12 and torch.equal(graphs[3].x, GRAPHS[3].x + 1)
    assert torch.equal(graphs[3].x, GRAPHS[3].x + 1) and once.calls == 12
    assert transformed(GRAPHS, None, None) is GRAPHS


def test_pairs_training_and_splits_read_transformed_graphs():
    pairs = PairDataset(GRAPHS, transform=Constant())
    assert pairs.num_features == 4 and pairs[0].query.x.shape == (2, 4)
    assert all(part.num_features == 4 for part in pairs.split((0.5, 0.5)))
    model = SiameseGNN(GIN(4, 8, 1))
    fit(model, pairs, validation=pairs, epochs=1, progress=False)
    for make in (
        lambda **t: PairDataset.from_difference(GRAPHS, 0.5, **t),
        lambda **t: PairDataset.from_pairs(GRAPHS, [(0, 1)], **t),
        lambda **t: PairDataset.unlabelled(GRAPHS, **t),
    ):
        assert make(pre_transform=Constant()).num_features == 4


def test_a_transform_may_set_the_label():
    def other_label(data):
        return Data(x=data.x, edge_index=data.edge_index, y=1 - data.y)

    pairs = PairDataset(GRAPHS, transform=other_label)
    assert pairs.labels.tolist() == [1 - int(g.y) for g in GRAPHS]


def test_a_transform_that_sets_its_graph_leaves_the_given_graphs_alone():
    def doubled(graph: Data) -> Data:
        graph.x = 2 * graph.x
        return graph

    graphs = [Data(x=torch.ones(2, 1), edge_index=torch.tensor([[0], [1]])) for _ in range(3)]
    found = transformed(graphs, doubled, doubled)
    assert [float(found[1].x.sum()) for _ in range(3)] == [8.0] * 3
    assert all(float(graph.x.sum()) == 2 for graph in graphs)


NO_TRANSFORMS = {
    "no argument": (lambda: None, ValueError, "failed with TypeError: .*0 positional"),
    "an error": (lambda graph: 1 / 0, ValueError, "failed with ZeroDivisionError: division"),
    "an input that is not there": (lambda graph: graph.none + 1, ValueError, "failed with"),
    "text": (lambda graph: "CCO", TypeError, r"must return a graph.*\(got 'CCO'\)"),
    "nothing": (lambda graph: None, TypeError, r"must return a graph.*\(got NoneType\)"),
    "features": (lambda graph: graph.x, TypeError, r"must return a graph.*\(got Tensor\)"),
}


@pytest.mark.parametrize("name", ["transform", "pre_transform"])
@pytest.mark.parametrize("wrong", NO_TRANSFORMS)
def test_transforms_that_make_no_graphs_are_named(wrong, name):
    transform, error, message = NO_TRANSFORMS[wrong]
    for make in (PairDataset, lambda graphs, **t: PairDataset.unlabelled(graphs, **t)[0]):
        with pytest.raises(error, match=f"`{name}` {message}"):
            make(GRAPHS, **{name: transform})
