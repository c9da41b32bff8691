"""The largest difference of alike values."""

import pytest
import torch

from pyg_siamex.recipe.usual_difference import usual_difference


def test_it_is_half_of_the_standard_deviation():
    values = torch.tensor([1.0, 4.0, 7.0, 2.0])
    assert usual_difference(values) == pytest.approx(float(values.std()) / 2)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_values_are_told(count):
    with pytest.raises(ValueError, match=rf"two measured values at least \(got {count}\)"):
        usual_difference(torch.ones(count))
