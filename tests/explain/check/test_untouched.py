"""Whatever is left behind is seen."""

import random

import numpy as np
import pytest
import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import GCN

from pyg_siamex.explain.check.side_effects import StopHereError, stopping
from pyg_siamex.explain.check.untouched import GlobalState, GraphState, ModelState


def model():
    torch.manual_seed(0)
    return GCN(3, 4, 2, norm="batch_norm").train()


def scale_weight(m):
    m.convs[0].lin.weight.data.mul_(1 + 1e-6)


def freeze(m):
    m.convs[0].bias.requires_grad_(False)


def leave_gradient(m):
    m.convs[0].bias.grad = torch.zeros(4)


def write_buffer(m):
    m.norms[0].module.running_mean.add_(1)


def evaluate(m):
    m.convs[1].eval()


def hook(m):
    m.convs[1].register_forward_hook(lambda *_: None)


def message_hook(m):
    m.convs[1].register_message_forward_hook(lambda *_: None)


def explain_flag(m):
    m.convs[0].explain = False


def new_attribute(m):
    m.convs[0].cache = 1


def delete_attribute(m):
    del m.convs[0].improved


def replace_module(m):
    m.convs[0] = m.convs[1]


CHANGES = {
    scale_weight: "the values of parameter 'convs.0.lin.weight' changed",
    freeze: "requires_grad of parameter 'convs.0.bias' changed",
    leave_gradient: "the gradient of parameter 'convs.0.bias' changed",
    write_buffer: "the values of buffer 'norms.0.module.running_mean' changed",
    evaluate: "attribute 'training' of module 'convs.1' (GCNConv) changed",
    hook: "attribute '_forward_hooks' of module 'convs.1' (GCNConv) changed",
    message_hook: "attribute '_message_forward_hooks' of module 'convs.1' (GCNConv) changed",
    explain_flag: "attribute '_explain' of module 'convs.0' (GCNConv) changed",
    new_attribute: "attribute 'cache' of module 'convs.0' (GCNConv) is new",
    delete_attribute: "attribute 'improved' of module 'convs.0' (GCNConv) is gone",
    replace_module: "attribute '_modules' of module 'convs' (ModuleList) changed",
}


@pytest.mark.parametrize("change", list(CHANGES), ids=lambda change: change.__name__)
def test_a_change_of_the_model_is_named(change):
    module = model()
    state = ModelState(module)
    assert state.changes() == []
    change(module)
    assert CHANGES[change] in state.changes()


@pytest.fixture
def _put_back():
    threads = torch.get_num_threads()
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(False)


@pytest.mark.usefixtures("_put_back")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda: torch.rand(1), "torch's random state"),
        (random.random, "the state of Python's random"),
        (np.random.rand, "NumPy's random state"),
        (lambda: torch.set_grad_enabled(False), "gradient mode"),
        (lambda: torch.set_default_dtype(torch.float64), "the default dtype"),
        (lambda: torch.set_num_threads(torch.get_num_threads() + 1), "the number of threads"),
        (lambda: torch.use_deterministic_algorithms(True), "deterministic algorithms"),
    ],
)
def test_a_change_of_the_process_is_named(change, named):
    state = GlobalState()
    assert state.changes() == []
    change()
    assert state.changes() == [f"{named} changed"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda graph: graph.x.add_(1), "'x' of one changed"),
        (lambda graph: graph.x.requires_grad_(), "requires_grad of 'x' of one changed"),
        (lambda graph: setattr(graph, "seen", 1), "the attributes of one changed"),
    ],
)
def test_a_change_of_a_graph_is_named(change, named):
    graph = Data(x=torch.tensor([[float("nan"), 0.0]]), edge_index=torch.empty(2, 0).long())
    state = GraphState({"one": graph})
    assert state.changes() == []
    change(graph)
    assert named in state.changes()


def test_the_model_stops_at_the_call_that_is_named():
    net = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    for stop in (1, 2, 3):
        with stopping(net, stop) as calls, pytest.raises(StopHereError):
            net(torch.ones(1, 1))
        assert calls.count == stop
    with stopping(net, 4) as calls:
        net(torch.ones(1, 1))
    assert calls.count == 3
    assert not any(module._forward_pre_hooks for module in net.modules())
