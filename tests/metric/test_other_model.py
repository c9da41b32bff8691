"""A model that gives another similarity than the explained one is refused."""

import pytest
import torch

from pyg_siamex.metric.other_model import OtherModelError, check_same_model


@pytest.mark.parametrize(("found", "explained"), [(0.50005, 0.5), (1e6 + 50, 1e6), (-0.2, -0.2)])
def test_rounding_is_allowed(found, explained):
    check_same_model(found, explained)


@pytest.mark.parametrize(
    ("found", "explained"), [(0.51, 0.5), (-0.5, 0.5), (float("nan"), 0.5), (0.5, float("nan"))]
)
def test_other_similarities_are_refused(found, explained):
    with pytest.raises(OtherModelError, match="give the model as it was when it was explained"):
        check_same_model(found, explained)


def test_half_precision_rounds_more():
    eps = torch.finfo(torch.half).eps
    check_same_model(0.51, 0.5, eps)
    with pytest.raises(OtherModelError):
        check_same_model(0.6, 0.5, eps)
