"""Hooks that belong to one thread."""

import threading

import torch
from torch_geometric.nn import GCNConv

from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.threads import only_here, steady_dicts


def test_a_hook_runs_in_its_own_thread_alone():
    seen = []

    @only_here
    def hook(value):
        seen.append(value)
        return value

    results = []
    other = threading.Thread(target=lambda: results.append(hook("there")))
    other.start()
    other.join()
    assert hook("here") == "here"
    assert seen == ["here"] and results == [None]


def test_hooks_may_change_while_they_run():
    layer = GCNConv(2, 2)
    first = layer.register_forward_hook(lambda *_: ran.append("first"))
    steady_dicts(layer)
    ran, handles = [], []

    def more(*_):
        ran.append("changes")
        handles.append(layer.register_forward_hook(lambda *_: ran.append("later")))
        handles.append(layer.register_message_forward_hook(lambda *_: None))
        first.remove()

    changing = layer.register_forward_hook(more)
    message = layer.register_message_forward_hook(
        lambda *_: handles.append(layer.register_message_forward_hook(lambda *_: None))
    )
    x, edge_index = torch.ones(2, 2), torch.tensor([[0], [1]])
    layer(x, edge_index)
    assert ran == ["first", "changes"]
    changing.remove()
    message.remove()
    layer(x, edge_index)
    assert ran == ["first", "changes", "first", "later"]  # the handle knows the former hooks


def test_hooks_of_a_prediction_stay_while_a_model_is_put_back():
    layer = GCNConv(2, 2)
    running = iter(layer._forward_hooks.items())
    with untouched(layer):
        layer.register_forward_hook(lambda *_: None)
        inside = layer._forward_hooks
    assert list(running) == [] and not layer._forward_hooks
    assert layer._forward_hooks is not inside and type(layer._forward_hooks) is not type(inside)


def test_parameters_and_children_may_change_while_they_are_listed():
    model = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
    before = list(model.named_parameters())
    running = model.named_parameters()
    with untouched(model):
        inside = model.named_parameters()
        next(inside)
        model[0].register_parameter("mask", torch.nn.Parameter(torch.ones(1)))
        model.add_module("more", torch.nn.Linear(2, 2))
        assert [name for name, _ in inside][-1] == "1.bias"
        assert len(list(model.parameters())) == 7
    assert [name for name, _ in running] == [name for name, _ in before]
    assert [name for name, _ in model.named_parameters()] == [name for name, _ in before]
