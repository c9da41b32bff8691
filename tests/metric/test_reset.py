import pytest
import torch
from graphs import ENCODERS, FEATURES, random_graph
from torch import nn
from torch_geometric.nn import GCN, GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.metric.reset import layers_from_output, reset


def test_layers_come_in_the_order_of_use_from_the_output():
    model = SiameseGNN(GIN(FEATURES, 8, 2, norm="batch_norm"), "add", "mlp")
    assert layers_from_output(model, random_graph(5), random_graph(4)) == [
        "similarity.mlp.2",
        "similarity.mlp.0",
        "encoder.convs.1",
        "encoder.norms.0.module",
        "encoder.convs.0",
    ]


class Unusual(nn.Module):
    """Layers registered against the order of use, one unused, and a bare parameter."""

    def __init__(self):
        super().__init__()
        self.last = Scale()
        self.unused = nn.Linear(2, 2)
        self.first = GCN(FEATURES, 4, 1)

    def forward(self, x, edge_index):
        return self.last(self.first(x, edge_index))


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.linspace(0, 1, 4))

    def forward(self, x):
        return x * self.weight


def test_unused_layers_are_left_out():
    model = SiameseGNN(Unusual())
    assert layers_from_output(model, random_graph(5), random_graph(4)) == [
        "encoder.last",
        "encoder.first.convs.0",
    ]


@pytest.mark.parametrize("name", ["GCN", "GIN", "GAT", "PNA", "GINjk"])
def test_every_layer_changes_alone(name):
    model = SiameseGNN(ENCODERS[name](), "add", "cosine")
    for layer in layers_from_output(model, random_graph(5), random_graph(4)):
        before = {key: value.clone() for key, value in model.named_parameters()}
        reset(model.get_submodule(layer), seed=1)
        changed = {
            key for key, value in model.named_parameters() if not torch.equal(value, before[key])
        }
        assert all(key.startswith(f"{layer}.") for key in changed)
        assert changed or "norm" in layer  # scales of 1 stay what they were


def test_parameters_without_a_reset_are_drawn_with_their_own_spread():
    torch.manual_seed(0)
    layer = Scale()
    layer.weight.data = torch.randn(5000) * 3 + 7
    old = layer.weight.detach().clone()
    state = torch.get_rng_state()
    reset(layer, seed=2)
    assert torch.equal(state, torch.get_rng_state())
    assert not torch.equal(layer.weight, old)
    assert layer.weight.mean().item() == pytest.approx(7, abs=0.2)
    assert layer.weight.std().item() == pytest.approx(3, abs=0.2)
    again = layer.weight.detach().clone()
    layer.weight.data = old
    reset(layer, seed=2)
    assert torch.equal(layer.weight, again)


def test_no_hook_is_left():
    model = SiameseGNN(ENCODERS["GCN"]()).train()
    layers_from_output(model, random_graph(5), random_graph(4))
    assert not any(module._forward_hooks for module in model.modules())
    assert model.training
