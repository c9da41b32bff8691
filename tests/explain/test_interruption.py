"""An exception at any line of the library leaves the model, and everything else, as it was."""

import random
import sys
import threading
from pathlib import Path

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.explain import GNNExplainer
from torch_geometric.nn import GCN

import pyg_siamex
from pyg_siamex import (
    BiLRP,
    FromPyG,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import GradCAM, ShapleySampling
from pyg_siamex.explain.engine import guard
from pyg_siamex.explain.engine.contract import known

LIBRARY = str(Path(pyg_siamex.__file__).parent)
ALGORITHMS = {
    "masks": lambda: MaskOptimization(1),
    "occlusion": Occlusion,
    "integrated_gradients": lambda: IntegratedGradients(2),
    "saliency": Saliency,
    "bilrp": BiLRP,
    "integrated_jacobians": lambda: IntegratedJacobians(2, path="both"),
    "gda": lambda: SelfLearned("gda"),
    "shapley": lambda: ShapleySampling(1),
    "gnn_explainer": lambda: FromPyG(GNNExplainer(epochs=1)),
    "grad_cam": GradCAM,
}


class Interrupt(Exception):  # noqa: N818
    """What strikes."""


def was_struck(error):
    """Whether an error is the one that struck, or names an argument that it struck."""
    while error is not None and not isinstance(error, Interrupt):
        error = error.__cause__
    return error is not None


class Strike:
    """Counts the lines of the library that run, and raises at one of them."""

    def __init__(self, at=None):
        self.at, self.lines = at, 0

    def __enter__(self):
        self.before = sys.gettrace()  # of a measurement of coverage
        sys.settrace(self._call)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def _call(self, frame, event, _):
        return self._line if frame.f_code.co_filename.startswith(LIBRARY) else None

    def _line(self, frame, event, _):
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                raise Interrupt(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return self._line


def build():
    torch.manual_seed(0)
    model = SiameseGNN(GCN(FEATURES, 4, 2, norm="batch_norm", dropout=0.2)).train()
    model.encoder.norms[0].eval()
    model.encoder.convs[0].bias.requires_grad_(False)
    model.encoder.register_forward_hook(lambda *_: None)
    return model


def state(model):
    return (
        {name: value.clone() for name, value in model.state_dict().items()},
        [(id(p), p.requires_grad, p.grad) for p in model.parameters()],
        [
            (id(m), m.training, {n: _shape(v) for n, v in sorted(vars(m).items())})
            for m in model.modules()
        ],
        torch.random.get_rng_state().tolist(),
        (torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.get_num_threads()),
    )


def _shape(value):
    if isinstance(value, dict):
        return [(name, id(one)) for name, one in value.items()]
    return id(value)


def assert_as_before(model, before, where):
    now = state(model)
    assert before[0].keys() == now[0].keys(), where
    assert all(torch.equal(value, now[0][name]) for name, value in before[0].items()), where
    assert before[1:] == now[1:], where
    assert not guard._entered_models(), where


def strike(name, positions):
    """Interrupt one algorithm at these shares of its lines, on a model that is new each time."""
    kind = "node_mask_type" if name == "grad_cam" else "edge_mask_type"
    query, reference = random_graph(4, 1), random_graph(4, 2)

    def explain(model):
        return PairExplainer(model, ALGORITHMS[name](), **{kind: "object"})(query, reference)

    known._KNOWN.clear()
    with Strike() as whole:
        explain(build())
    model = build()
    before = state(model)
    struck = 0
    for position in positions:
        known._KNOWN.clear()  # found out anew each time
        try:
            with Strike(1 + int(position * whole.lines)):
                explain(model)
        except Exception as error:
            assert was_struck(error)
            struck += 1
            assert_as_before(model, before, str(error))
    assert struck > 0.8 * len(positions)
    explain(model)
    assert_as_before(model, before, "after all")


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_an_exception_at_some_lines(name):
    strike(name, [random.Random(name).random() for _ in range(12)])


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_an_exception_at_any_line(name):
    strike(name, [k / 250 for k in range(250)])


def entered_elsewhere(model):
    """Whether another thread can explain."""
    done = []

    def enter():
        with guard.untouched(model):
            done.append(True)

    thread = threading.Thread(target=enter, daemon=True)
    thread.start()
    thread.join(20)
    return bool(done)


def lines_of_guard(model, step):
    def enter():
        with guard.untouched(model):
            pass

    with Strike() as whole:
        enter()
    before = state(model)
    for line in range(1, whole.lines + 1, step):
        try:
            with Strike(line):
                enter()
        except Exception as error:
            assert was_struck(error)
            assert_as_before(model, before, str(error))
    assert entered_elsewhere(model)
    assert_as_before(model, before, "after all")


def test_an_exception_at_some_lines_of_the_guard():
    lines_of_guard(build(), 37)


@pytest.mark.slow
def test_an_exception_at_every_line_of_the_guard():
    lines_of_guard(build(), 1)
