import pytest
import torch

from pyg_siamex.explain.engine.contract.steps import follows_steps

X = torch.tensor([[0.0, 2.0, 0.3], [3.0, 1.0, -1.2], [1.0, 4.0, 0.0]])


def follows(read, x=X):
    h = read(x)
    return follows_steps(lambda other: not torch.equal(read(other), h), x, x[:1].expand_as(x))


@pytest.mark.parametrize(
    "as_type", [torch.round, torch.floor, torch.ceil, torch.trunc, lambda x: x.long().float()]
)
def test_types_are_told_from_numbers(as_type):
    assert follows(lambda x: x.sum(0))
    assert not follows(lambda x: as_type(x).sum(0), X[:, :2])
    assert not follows(lambda x: torch.cat([as_type(x[:, :1]), x[:, 1:]], 1).sum(0))


def test_columns_that_do_not_matter_are_left_out():
    assert follows(lambda x: x[:, 2])
    assert not follows(lambda x: x[:, 0] * 0)


def test_one_dimension_and_many_columns():
    assert follows(lambda x: x * 2, X[:, 2])
    assert not follows(lambda x: x, X.repeat(1, 1000))


def test_the_layout_of_features_does_not_matter():
    turned = X.T.contiguous().T
    assert follows(lambda x: x.sum(0), turned)
    three = X.repeat(1, 2).view(3, 2, 3).transpose(1, 2)
    assert follows(lambda x: x.sum((1, 2)), three)
