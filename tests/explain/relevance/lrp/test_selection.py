import pytest
import torch

from pyg_siamex.explain.relevance import GammaRule
from pyg_siamex.explain.relevance.lrp import selection
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


@pytest.fixture
def lrp():
    return Propagation(GammaRule())


@pytest.fixture
def x():
    return torch.tensor([3.0, -1.0, 2.0, 2.0], dtype=torch.float64, requires_grad=True)


def relevance(out, x):
    (slope,) = torch.autograd.grad(out.sum(), x)
    return (slope * x).tolist()


def test_winners_share_the_relevance(lrp, x):
    assert relevance(selection.select(lrp, torch.amax, (x,), {}), x) == [3.0, 0.0, 0.0, 0.0]
    assert relevance(selection.select(lrp, torch.amax, (x[2:],), {}), x) == [0.0, 0.0, 1.0, 1.0]


def test_a_constant_rival_must_be_0(lrp, x):
    zero = torch.zeros(4, dtype=torch.float64)
    out = selection.select(lrp, torch.maximum, (x, zero), {})
    assert relevance(out, x) == [3.0, 0.0, 2.0, 2.0]
    with pytest.raises(ValueError, match="with a constant"):
        selection.select(lrp, torch.maximum, (x, zero + 1), {})


@pytest.mark.parametrize("constant", [1.0, torch.ones(4, dtype=torch.float64)])
def test_a_constant_branch_must_be_0(lrp, x, constant):
    out = selection.where(lrp, torch.where, (x > 0, x, constant * 0), {})
    assert relevance(out, x) == [3.0, 0.0, 2.0, 2.0]
    with pytest.raises(ValueError, match="constant branch"):
        selection.where(lrp, torch.where, (x > 0, x, constant), {})


def test_elements_are_filled_with_0_alone(lrp, x):
    out = selection.masked_fill(lrp, torch.Tensor.masked_fill, (x, x < 0, 0.0), {})
    assert relevance(out, x) == [3.0, 0.0, 2.0, 2.0]
    with pytest.raises(ValueError, match="other than 0"):
        selection.masked_fill(lrp, torch.Tensor.masked_fill, (x, x < 0, 1.0), {})


@pytest.mark.parametrize(
    ("reduce", "expected"), [("sum", [3.0, -1.0, 2.0, 2.0]), ("amax", [3.0, 0.0, 1.0, 1.0])]
)
def test_scattered_values_split_or_compete(lrp, x, reduce, expected):
    target, index = torch.zeros(2, dtype=torch.float64), torch.tensor([0, 0, 1, 1])
    out = selection.scatter_reduce(
        lrp, torch.scatter_reduce, (target, 0, index, x, reduce), {"include_self": False}
    )
    assert relevance(out, x) == expected
    with pytest.raises(ValueError, match="reduce='prod'"):
        selection.scatter_reduce(lrp, torch.scatter_reduce, (target, 0, index, x, "prod"), {})


def test_what_is_padded_is_0(lrp, x):
    out = selection.pad(lrp, torch.nn.functional.pad, (x, (1, 1)), {})
    assert relevance(out, x) == [3.0, -1.0, 2.0, 2.0]
    with pytest.raises(ValueError, match="other than 0"):
        selection.pad(lrp, torch.nn.functional.pad, (x, (1, 1)), {"value": 1.0})
