"""Models are found as they were."""

import pytest
import torch
from torch import nn

from pyg_siamex.nn.restored import Snapshot, restored


def model():
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))


@pytest.mark.parametrize("fails", [False, True])
def test_everything_is_put_back(fails):
    net = model()
    handle = net[0].register_forward_hook(lambda *_: None)
    net[0].weight.grad = grad = torch.ones(3, 2)
    net[0].settings = {"a": [1, {"b": 2}]}
    names, buffers = list(net.state_dict()), {n: b.clone() for n, b in net.named_buffers()}
    hooks = dict(net[0]._forward_hooks)
    try:
        with restored(net):
            net[0].register_forward_hook(lambda *_: None)
            net[0].weight.requires_grad_(False)
            net[0].weight.grad = None
            net[0].settings["a"][1]["b"] = 3
            net[0].settings["c"] = 4
            net[0].extra = 5
            net[1].register_buffer("more", torch.zeros(1))
            net[1].running_mean.add_(1)
            net(torch.randn(4, 2))
            net.add_module("third", nn.Linear(1, 1))
            if fails:
                raise RuntimeError
    except RuntimeError:
        assert fails
    assert dict(net[0]._forward_hooks) == hooks and net[0].weight.requires_grad
    assert net[0].weight.grad is grad and net[0].settings == {"a": [1, {"b": 2}]}
    assert not hasattr(net[0], "extra") and list(net.state_dict()) == names
    assert all(torch.equal(b, buffers[n]) for n, b in net.named_buffers())
    handle.remove()
    assert not net[0]._forward_hooks


def test_changes_are_named():
    net = model()
    snapshot = Snapshot(net)
    assert snapshot.changed() == []
    net[1].running_mean.add_(1)
    net[0].calls = 1
    assert snapshot.changed() == ["Linear.calls", "BatchNorm1d.running_mean"]


def test_items_that_stay_are_there_all_the_time():
    """Another thread reads the parameters of a layer while they are put back."""

    class Watched(dict):
        emptied = False

        def clear(self):
            self.emptied = True
            super().clear()

    layer = nn.Linear(2, 2)
    layer.kept = Watched(a=1, b=2, c=3)
    with restored(layer):
        layer.kept["extra"] = 4
        layer.kept["a"] = 5
        del layer.kept["b"]
    assert list(layer.kept.items()) == [("a", 1), ("b", 2), ("c", 3)]
    assert not layer.kept.emptied
