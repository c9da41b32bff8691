"""Weights of a module compared with those of a file."""

import pytest
import torch
from torch_geometric.nn import Linear

from pyg_siamex.nn.weights_misfit import shapes_of, weights_misfit

WEIGHTS = {"bias": torch.zeros(3), "count": torch.tensor(2)}


@pytest.mark.parametrize(
    "stored, message",
    [
        (WEIGHTS, ""),
        ({"bias": torch.zeros(3).double(), "count": torch.tensor(2)}, ""),
        ({"bias": torch.zeros(3)}, "only the model has weights 'count'"),
        ({**WEIGHTS, "more": torch.zeros(1)}, "only the file has weights 'more'"),
        ({**WEIGHTS, "bias": torch.zeros(2)}, "are [2] in the file and [3] in the model"),
        ({**WEIGHTS, "bias": torch.zeros(3).long()}, "are torch.int64 in the file"),
        ({**WEIGHTS, "bias": torch.zeros(3) + 0j}, "are torch.complex64 in the file"),
        ({**WEIGHTS, "count": torch.tensor(2.0)}, "are torch.float32 in the file"),
    ],
)
def test_the_first_difference_is_named(stored, message):
    found = weights_misfit(WEIGHTS, shapes_of(stored), "the model")
    assert found.endswith(message) if not message else message in found
    assert bool(found) == bool(message)


def test_lazy_weights_have_any_shape_and_unknown_types_none():
    lazy = Linear(-1, 2, bias=False).state_dict()
    assert not weights_misfit(lazy, {"weight": (torch.float32, [2, 7])}, "the model")
    assert "None in the file" in weights_misfit(
        WEIGHTS, {**shapes_of(WEIGHTS), "bias": (None, [3])}, "x"
    )
