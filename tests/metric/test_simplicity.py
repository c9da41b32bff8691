import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.metric import effective_share, gini

VALUES = st.lists(st.floats(-100, 100), min_size=1, max_size=8).filter(
    lambda values: sum(abs(value) for value in values) > 1e-3
)


def test_ends_of_the_scale():
    one = torch.tensor([0.0, 0, -3, 0])
    assert gini(one) == pytest.approx(1 - 1 / 4)
    assert effective_share(one) == pytest.approx(1 / 4)
    assert gini(torch.ones(4)) == pytest.approx(0)
    assert effective_share(-torch.ones(4)) == pytest.approx(1)


def test_by_hand():
    values = torch.tensor([1.0, 3.0])
    assert gini(values) == pytest.approx(1 - 2 * (1 / 4 * 3 / 4 + 3 / 4 * 1 / 4))
    entropy = -(0.25 * math.log(0.25) + 0.75 * math.log(0.75))
    assert effective_share(values) == pytest.approx(math.exp(entropy) / 2)


@given(VALUES)
def test_gini_is_the_mean_difference(values):
    """Half the mean absolute difference over the mean, the textbook form."""
    sizes = torch.tensor(values).double().abs()
    difference = (sizes[:, None] - sizes).abs().mean() / (2 * sizes.mean())
    assert gini(sizes) == pytest.approx(difference.item(), abs=1e-9)


@given(VALUES, st.floats(0.1, 10))
def test_scale_and_sign_do_not_matter(values, scale):
    importance = torch.tensor(values).double()
    assert gini(importance) == pytest.approx(gini(-scale * importance), abs=1e-9)
    assert 1 / len(values) - 1e-9 <= effective_share(importance) <= 1 + 1e-9


def test_undefined_and_bad_input():
    assert math.isnan(gini(torch.zeros(3))) and math.isnan(effective_share(torch.zeros(3)))
    for measure in (gini, effective_share):
        with pytest.raises(ValueError, match="no importances"):
            measure(torch.zeros(0))
        with pytest.raises(ValueError, match="NaN"):
            measure(torch.tensor([1.0, torch.inf]))


@pytest.mark.parametrize("scale", [1e-300, 1.0, 1e307])
@pytest.mark.parametrize("measure", [gini, effective_share])
def test_the_scale_does_not_matter(measure, scale):
    values = torch.tensor([3.0, 1.0, 0.0, 9.0], dtype=torch.double)
    assert measure(values * scale) == pytest.approx(measure(values))
