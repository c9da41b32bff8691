"""PyG's explainers leave a model, their class and the random state as they were."""

import logging

import pytest
import torch
from graphs import FEATURES, random_graph
from torch import nn
from torch_geometric.explain import GNNExplainer, PGExplainer
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.from_pyg.cached import CachedOther
from pyg_siamex.explain.from_pyg.upstream import copied, own_coefficients, undone


@pytest.fixture
def model():
    return SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()


@pytest.mark.parametrize("error", [False, True])
def test_everything_is_undone(model, error):
    graph = random_graph(6, 1)
    layer = model.encoder.convs[0]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    attributes = set(vars(layer)) | set(layer._parameters)
    state = torch.random.get_rng_state()
    with untouched(model):
        view = CachedOther(model, model.inputs(graph), model.inputs(random_graph(5, 2)))
        plain = view(view.x, view.union.edge_index)
        try:
            with undone(view, seed=3):
                layer.explain = True
                layer._edge_mask = nn.Parameter(torch.zeros(graph.num_edges))
                layer.remains = 7
                first = torch.rand(1)
                masked = view(view.x, view.union.edge_index)
                assert not torch.allclose(masked, plain)  # messages count by half
                if error:
                    raise RuntimeError
        except RuntimeError:
            assert error
        with undone(view, seed=3):
            assert torch.equal(torch.rand(1), first)
        torch.testing.assert_close(view(view.x, view.union.edge_index), plain)
    assert set(vars(layer)) | set(layer._parameters) == attributes
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(model.state_dict()[name], value) for name, value in before.items())


def test_copies_draw_no_random_numbers():
    algorithm = PGExplainer(epochs=3)
    state = torch.random.get_rng_state()
    again = copied(algorithm)
    assert type(again) is PGExplainer and again is not algorithm and again.epochs == 3
    assert torch.equal(torch.random.get_rng_state(), state)


def test_coefficients_are_the_instances_own_and_the_class_is_as_pyg_made_it(caplog):
    defaults = dict(PGExplainer.coeffs)
    changed = PGExplainer(epochs=3, edge_size=0.5)  # PyG writes this on the class
    assert PGExplainer.coeffs["edge_size"] == 0.5
    with caplog.at_level(logging.WARNING):
        own_coefficients(changed)
    assert "edge_size=0.5" in caplog.text and PGExplainer.coeffs == defaults
    plain = PGExplainer(epochs=3)
    own_coefficients(plain)
    assert (changed.coeffs["edge_size"], plain.coeffs) == (0.5, defaults)
    own_coefficients(GNNExplainer())  # keeps its own anyway
