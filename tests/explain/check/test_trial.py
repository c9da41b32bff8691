"""Plain pairs come first in a trial, then odd graphs on either side where they can be read."""

import pytest
import torch
from torch import nn
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import Occlusion
from pyg_siamex.explain.check import trial_graphs
from pyg_siamex.explain.check.kinds import MaskKind
from pyg_siamex.explain.check.trial import Trial, dtype_of, embedding_of, pairs_of, readable
from pyg_siamex.explain.check.trial_graphs import odd_graphs


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return SiameseGNN(GIN(6, 8, 2).double(), "add").eval()


def test_every_odd_graph_is_a_query_and_a_reference(model):
    pairs = pairs_of(model, trial_graphs())
    assert [pair.odd for pair in pairs[:3]] == [False] * 3
    odd = {graph.name for graph in odd_graphs(trial_graphs())}
    assert {pair.query.name for pair in pairs} >= odd <= {pair.reference.name for pair in pairs}
    assert pairs[0].turned().query is pairs[0].reference
    assert pairs[0].name == "(graph 0, graph 1)"


def test_a_trial_explains_each_pair_once(model):
    calls = []

    class Counting(Occlusion):
        def attribute(self, problem):
            calls.append(problem.num_pairs)
            return super().attribute(problem)

    trial = Trial(Counting(), model, MaskKind(edge=True), pairs_of(model, trial_graphs())[:4])
    assert len(list(trial.explained())) == len(list(trial.explained())) == 4
    assert calls == [1] * 4 and len(trial.plain()) == 2
    assert trial.dtype == dtype_of(model) == torch.double and not trial.stochastic


def test_what_the_model_cannot_embed_is_found():
    class Broken(nn.Module):
        def __init__(self):
            super().__init__()
            self.gin = GIN(6, 8, 2)

        def forward(self, x, edge_index):
            return self.gin(x, edge_index) * (1 if len(x) < 7 else float("nan"))

    model = SiameseGNN(Broken(), "add")
    large, small = trial_graphs(dtype=torch.float)[:2]
    assert readable(model, small) and not readable(model, large) and model.training
    assert embedding_of(model, small).shape == (1, 8)
    with pytest.raises(ValueError, match="embedding of graph 0 is not finite"):
        pairs_of(model, [large, small])
