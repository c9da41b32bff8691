"""What rounding decides is not held against an explainer."""

import pytest
import torch
from torch import nn
from torch_geometric.nn import GIN, EdgeCNN, GraphSAGE

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import InputXGradient
from pyg_siamex.explain.check import check_explainer, trial_graphs
from pyg_siamex.explain.check.kinds import MaskKind
from pyg_siamex.explain.check.ties import duplicates_tie
from pyg_siamex.explain.check.trial import Trial, pairs_of


def ties(encoder, name="duplicate edges"):
    torch.manual_seed(0)
    model = SiameseGNN(encoder().double(), pool="add")
    pairs = pairs_of(model, trial_graphs())
    trial = Trial(InputXGradient(), model, MaskKind(edge=True), pairs)
    return {duplicates_tie(trial, p) for p in pairs if name in (p.query.name, p.reference.name)}


@pytest.mark.parametrize(
    "encoder", [lambda: GraphSAGE(6, 8, 2, aggr="max"), lambda: EdgeCNN(6, 8, 2)]
)
def test_duplicates_tie_under_a_maximum(encoder):
    assert ties(encoder) == {True}
    assert ties(encoder, "graph 0") >= {False}


@pytest.mark.parametrize("encoder", [lambda: GIN(6, 8, 2), lambda: GraphSAGE(6, 8, 2)])
def test_duplicates_do_not_tie_under_a_sum_or_mean(encoder):
    assert ties(encoder) == {False}


class NeedsEdges(nn.Module):
    def __init__(self):
        super().__init__()
        self.gin = GIN(6, 8, 2)

    def forward(self, x, edge_index):
        if not edge_index.numel():
            raise RuntimeError("max(): the operation does not have an identity")
        return self.gin(x, edge_index)


def test_odd_graphs_that_the_model_itself_cannot_read_are_left_out():
    model = SiameseGNN(NeedsEdges().double(), pool="add")
    names = {pair.query.name for pair in pairs_of(model, trial_graphs())}
    assert "duplicate edges" in names and not names & {"one node", "no edges"}
    graph = trial_graphs()[0]
    graph.edge_index = graph.edge_index[:, :0]
    with pytest.raises(RuntimeError, match="identity"):
        check_explainer(InputXGradient(), model, graphs=[graph, *trial_graphs()])
