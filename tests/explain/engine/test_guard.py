"""In the guard a model is frozen, in evaluation mode and without masks; outside it is as before."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GCN, GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.guard import message_layers, untouched


@pytest.mark.parametrize("error", [False, True])
def test_the_model_is_as_before(error):
    model = SiameseGNN(GIN(FEATURES, 8, 2, norm="batch_norm"), "add").train()
    frozen = next(model.parameters())
    frozen.requires_grad_(False)
    layer = model.encoder.convs[0]
    layer.explain, layer._edge_mask = True, torch.zeros(3)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    try:
        with untouched(model), untouched(model):
            assert not any(module.training for module in model.modules())
            assert not any(parameter.requires_grad for parameter in model.parameters())
            assert layer.explain is None
            model.embed(random_graph(5))
            if error:
                raise RuntimeError
    except RuntimeError:
        assert error
    assert all(module.training for module in model.modules()) and layer.explain is True
    assert [p.requires_grad for p in model.parameters()][:2] == [False, True]
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])


def test_it_runs_in_its_own_precision_with_gradients_possible():
    model = SiameseGNN(GCN(FEATURES, 8, 2), "add")
    with torch.inference_mode(), torch.autocast("cpu"), untouched(model):
        x = torch.ones(2, 2, requires_grad=True)
        assert (x @ x).dtype == torch.float and not torch.is_inference_mode_enabled()


def test_layers_that_refuse_explanations_are_left_out():
    encoder = GIN(FEATURES, 8, 3)
    encoder.convs[1].explain = False
    assert message_layers(encoder) == [encoder.convs[0], encoder.convs[2]]


def test_what_cannot_be_differentiated_is_named():
    with torch.inference_mode():
        made = SiameseGNN(GCN(2, 2, 1), "add")
    lazy = SiameseGNN(GCN(-1, 2, 1), "add")
    for model, message in [(made, "inference_mode"), (lazy, "not initialised yet")]:
        with pytest.raises(ValueError, match=message), untouched(model):
            pass
