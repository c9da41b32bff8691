"""PGExplainer's training on pairs against PyG's own loop."""

import copy

import pytest
import torch
from graphs import FEATURES, edgeless_graph, random_graph
from torch_geometric.explain import Explainer, GNNExplainer, PGExplainer
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.data import PairDataset
from pyg_siamex.explain import FromPyG

RAW = {"mode": "regression", "task_level": "graph", "return_type": "raw"}


def pairs(count=2):
    return [(random_graph(6 + k, k), random_graph(5, 10 + k), 1) for k in range(count)]


def test_equals_the_stock_loop_step_by_step():
    torch.manual_seed(3)
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    algorithm = FromPyG(PGExplainer(epochs=3, lr=0.01), seed=5).fit(model, pairs())
    ours = PairExplainer(model, algorithm, edge_mask_type="object")
    stock = PGExplainer(epochs=3, lr=0.01)
    views = [
        (one, model.against(other).eval())
        for query, reference, _ in pairs()
        for one, other in ((query, reference), (reference, query))
    ]
    explainers = [Explainer(v, stock, "phenomenon", RAW, None, "object") for _, v in views]
    torch.manual_seed(5)
    stock.reset_parameters()
    step = 5
    for epoch in range(3):
        for one, view in views:
            target = view(one.x, one.edge_index).detach()
            torch.manual_seed(step)
            stock.train(epoch, view, one.x, one.edge_index, target=target)
            step += 1
    for k, (query, reference, _) in enumerate(pairs()):
        explanation = ours(query, reference)
        for side, position in ((explanation.query, 2 * k), (explanation.reference, 2 * k + 1)):
            target = torch.tensor([0.0])
            theirs = explainers[position](side.x, side.edge_index, target=target)
            assert torch.allclose(side.edge_mask, theirs.edge_mask, atol=1e-6)
    assert ours(*pairs()[0][:2]).query.edge_mask.std() > 0


@pytest.mark.parametrize("adapter", ["cached", "joint"])
def test_training_changes_nothing_but_the_explainer(adapter):
    model = SiameseGNN(GIN(FEATURES, 8, 2, dropout=0.5), "add").train()
    data = PairDataset([random_graph(5, k) for k in range(4)], 2, labels=[0, 0, 1, 1])
    algorithm = FromPyG(PGExplainer(epochs=2), adapter=adapter)
    state, random_state = copy.deepcopy(model.state_dict()), torch.random.get_rng_state()
    assert algorithm.fit(model, data) is algorithm
    PairExplainer(model, algorithm, edge_mask_type="object")(data[0].query, data[0].reference)
    assert torch.equal(random_state, torch.random.get_rng_state())
    assert model.state_dict().keys() == state.keys()
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(p.requires_grad and p.grad is None for p in model.parameters())
    assert all(module.training for module in model.modules())


def test_a_seed_repeats_the_training_whatever_came_before():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add")
    explanations = []
    for seed in (1, 1, 2):
        torch.rand(7)
        algorithm = FromPyG(PGExplainer(epochs=2), seed=seed).fit(model, pairs())
        algorithm.fit(model, pairs())  # training again starts from scratch
        explainer = PairExplainer(model, algorithm, edge_mask_type="object")
        explanations.append(explainer(*pairs()[0][:2]).query.edge_mask)
    assert torch.equal(explanations[0], explanations[1])
    assert not torch.allclose(explanations[0], explanations[2])


def test_a_double_model_is_explained_in_double():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").double()
    double = [(random_graph(6, 1, torch.double), random_graph(5, 2, torch.double), 1)]
    algorithm = FromPyG(PGExplainer(epochs=1)).fit(model, double)
    mask = PairExplainer(model, algorithm, edge_mask_type="object")(*double[0][:2]).query.edge_mask
    assert mask.dtype is torch.double


def test_bad_training_is_refused():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add")
    with pytest.raises(ValueError, match="no pair with an edge"):
        FromPyG(PGExplainer(epochs=1)).fit(model, [(edgeless_graph(3), edgeless_graph(2), 1)])
    with pytest.raises(ValueError, match="does not need training"):
        FromPyG(GNNExplainer()).fit(model, pairs())
