import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.visualize.paper.colour import LEAST_CONTRAST, ColourScale, contrast_ratio
from pyg_siamex.visualize.paper.ink import InkScale


def test_contrast_of_known_colours():
    assert contrast_ratio("#ffffff") == pytest.approx(21.0)
    assert contrast_ratio("#000000") == pytest.approx(1.0)
    assert contrast_ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("signed", [True, False])
@given(value=st.floats(-3.0, 3.0))
def test_black_letters_keep_their_contrast(signed, value):
    assert contrast_ratio(ColourScale(1.0, signed).colour(value)) >= LEAST_CONTRAST


@pytest.mark.parametrize("signed", [True, False])
def test_zero_is_white(signed):
    assert ColourScale(7.0, signed).colour(0.0) == "#ffffff"


@pytest.mark.parametrize("signed", [True, False])
@given(a=st.floats(0.0, 1.0), b=st.floats(0.0, 1.0))
def test_stronger_is_darker(signed, a, b):
    scale = ColourScale(1.0, signed)
    weak, strong = sorted((a, b))
    assert contrast_ratio(scale.colour(strong)) <= contrast_ratio(scale.colour(weak)) + 0.15
    if signed:
        assert contrast_ratio(scale.colour(-strong)) <= contrast_ratio(scale.colour(-weak)) + 0.15


def test_the_two_signs_are_equally_dark():
    scale = ColourScale(1.0, signed=True)
    for value in (0.3, 0.6, 1.0):
        one, other = contrast_ratio(scale.colour(value)), contrast_ratio(scale.colour(-value))
        assert one == pytest.approx(other, rel=0.35)


@pytest.mark.parametrize(("signed", "low"), [(True, -1.0), (False, 0.0)])
def test_matplotlib_gets_the_same_colours(signed, low):
    from matplotlib.colors import to_rgb

    scale = ColourScale(1.0, signed)
    for place in (0.0, 0.25, 0.5, 0.9, 1.0):
        ours = to_rgb(scale.colour(low + place * (1.0 - low)))
        assert scale.colormap(place)[:3] == pytest.approx(ours, abs=0.02)


@given(st.lists(st.floats(0.01, 1.0), min_size=2, max_size=40))
def test_ranks_rise_with_the_values_and_equal_values_share_a_colour(values):
    scale = ColourScale(max(values), False, drawn=tuple(sorted(values)))
    shares = [scale.share(value) for value in sorted(values)]
    assert shares == sorted(shares)
    if len(set(values)) > 1:
        assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(set(shares)) == len(set(values))


def test_distinct_ranks_are_equally_far_apart():
    scale = ColourScale(1.0, False, drawn=(0.1, 0.999, 0.9999, 1.0))
    assert [scale.share(value) for value in scale.drawn] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert scale.share(0.01) == 0 and scale.share(3.0) == 1


def test_the_scale_holds_all_values():
    assert ColourScale.of([0.1, 0.5]) == ColourScale(0.5, signed=False)
    assert ColourScale.of([0.1, -0.5]) == ColourScale(0.5, signed=True)
    assert ColourScale.of([0.1], signed=True) == ColourScale(0.1, signed=True)
    assert ColourScale.of([0.0]) == ColourScale(1.0, signed=False)
    assert ColourScale.of([]) == ColourScale(1.0, signed=False)
    assert ColourScale.of([3.0], limit=2.0) == ColourScale(2.0, signed=False)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_not_finite_are_errors(value):
    with pytest.raises(ValueError, match="not finite"):
        ColourScale.of([1.0, value])
    with pytest.raises(ValueError, match="limit must be"):
        ColourScale.of([1.0], limit=value)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"signed": "yes"}, TypeError, "`signed` must be"),
        ({"signed": math.nan}, TypeError, "`signed` must be"),
        ({"signed": [True]}, TypeError, "`signed` must be"),
        ({"signed": None}, TypeError, "`signed` must be"),
        ({"limit": None}, TypeError, "`limit` must be"),
        ({"limit": "1"}, TypeError, "`limit` must be"),
        ({"limit": 0.0}, ValueError, "limit must be above 0"),
        ({"limit": math.nan}, ValueError, "limit must be above 0"),
        ({"drawn": "abc"}, TypeError, "`drawn` must be"),
        ({"drawn": ("a",)}, TypeError, "`drawn` must be"),
        ({"drawn": (0.5, math.nan)}, ValueError, "drawn must be finite"),
    ],
    ids=lambda value: repr(value) if isinstance(value, dict) else None,
)
def test_parts_of_a_scale_are_compared(arguments, error, message):
    for cls in (ColourScale, InkScale):
        with pytest.raises(error, match=message):
            cls(**{"limit": 1.0, "signed": False, **arguments})


@pytest.mark.parametrize("cls", [ColourScale, InkScale])
@pytest.mark.parametrize("values", [None, "ab", {}, 3, ["a"]], ids=repr)
def test_a_scale_holds_a_list_of_numbers(cls, values):
    with pytest.raises(TypeError, match="`values` must be"):
        cls.of(values)
    with pytest.raises(TypeError, match="`signed` must be"):
        cls.of([1.0, 2.0], signed="no")


@pytest.mark.parametrize("signed", [False, True])
def test_colours_are_of_numbers(signed):
    scale = ColourScale(1.0, signed)
    for value, error in ((None, TypeError), ("1", TypeError), (math.nan, ValueError)):
        with pytest.raises(error, match="value must be"):
            scale.colour(value)
    assert scale.colour(math.inf) == scale.colour(1.0) == scale.colour(np.float32(2))


@pytest.mark.parametrize(
    ("signed", "drawn"), [(False, (3.0, 1.0)), (True, (1.0, 3.0)), (False, (-1.0, 3.0))]
)
def test_ranks_are_of_ascending_values_without_signs(signed, drawn):
    with pytest.raises(ValueError, match="`drawn`"):
        ColourScale(4.0, signed, drawn)
