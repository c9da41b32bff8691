"""One colour scale for both sides, unless one would be colourless."""

import pytest

from pyg_siamex.visualize.paper.side_scales import side_scales


def limits(*values, **options):
    return [scale.limit for scale in side_scales(values, signed=False, **options)]


def test_both_sides_share_a_scale_while_both_have_colours():
    assert limits([1.0, 0.2], [5.0]) == [5.0, 5.0]
    assert limits([0.7], [5.0]) == [0.7, 5.0]
    assert limits([0.7], [5.0], scales="shared") == [5.0, 5.0]
    assert limits([4.0], [5.0], scales="own") == [4.0, 5.0]


def test_a_limit_is_for_both_sides():
    assert limits([0.1], [5.0], limit=2.0) == [2.0, 2.0]
    assert limits([0.1], [5.0], limit=2.0, scales="own") == [2.0, 2.0]


def test_a_side_without_values_or_with_zeros_takes_the_others_scale():
    assert limits([], [5.0]) == [5.0, 5.0]
    assert limits([0.0, 0.0], [5.0]) == [5.0, 5.0]


def test_both_are_signed_if_one_is():
    found = side_scales([[0.1], [-5.0]], signed=False)
    assert [scale.signed for scale in found] == [True, True]


def test_an_unknown_choice_is_named():
    with pytest.raises(ValueError, match="auto, shared, own"):
        limits([1.0], [1.0], scales="each")
