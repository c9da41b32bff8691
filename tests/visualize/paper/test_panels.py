"""The places of panels and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.visualize.paper.panels import FOOTER, MARGIN, NAME, TITLE, panels, picture_size

sides = st.integers(240, 2000)


@given(st.tuples(sides, sides), st.booleans())
def test_panels_are_alike_apart_and_inside(size, titled):
    left, right = panels(size, titled)
    assert (left.width, left.height, left.y) == (right.width, right.height, right.y)
    assert left.x == MARGIN
    assert left.x + left.width + MARGIN <= right.x + 1
    assert right.x + right.width == size[0] - MARGIN
    below = size[1] - (left.y + left.height)
    assert NAME + FOOTER + MARGIN <= below <= NAME + FOOTER + MARGIN + 1
    assert left.y == MARGIN + (TITLE if titled else 0)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=2))
def test_a_chosen_size_has_bounds_and_may_be_asked_for(extents):
    width, height = picture_size(None, extents, titled=False)
    assert 2 * 330 <= width <= 2 * 900 + 100 and 220 <= height <= 1100
    assert picture_size((width, height), extents, titled=False) == (width, height)
    taller = picture_size(None, extents, titled=True)
    assert taller == (width, height + TITLE)


@pytest.mark.parametrize("size", [(100, 500), (500, 20_000), (500,)])
def test_other_sizes_are_refused(size):
    with pytest.raises(ValueError, match="each in"):
        picture_size(size, [(1, 1), (1, 1)], titled=False)
