"""Modules get their modes back, also when several threads evaluate them."""

import threading

import pytest
from torch import nn

from pyg_siamex.nn.evaluating import evaluating


def model():
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))


def test_modes_are_each_modules_own():
    net = model()
    net[1].eval()
    with pytest.raises(RuntimeError), evaluating(net):
        assert not any(module.training for module in net.modules())
        raise RuntimeError
    assert [module.training for module in net] == [True, False, True]


def test_within_itself():
    net = model()
    with evaluating(net):
        with evaluating(net[2]):
            pass
        assert not net[2].training
    assert net[2].training


@pytest.mark.parametrize("first_out", [0, 1])
def test_threads_that_overlap(first_out):
    net = model()
    inside = [threading.Event(), threading.Event()]
    leave = [threading.Event(), threading.Event()]

    def work(k):
        with evaluating(net if k else net[0]):
            inside[k].set()
            leave[k].wait(10)

    threads = [threading.Thread(target=work, args=(k,)) for k in (0, 1)]
    for thread, entered in zip(threads, inside, strict=True):
        thread.start()
        assert entered.wait(10)
    leave[first_out].set()
    threads[first_out].join()
    assert not net[0].training
    leave[1 - first_out].set()
    threads[1 - first_out].join()
    assert all(module.training for module in net.modules())
