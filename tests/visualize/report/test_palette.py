import pytest

from pyg_siamex.visualize.paper.colour import blend, contrast_ratio
from pyg_siamex.visualize.report.palette import DARK, LIGHT


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_are_read_on_every_shade_they_can_lie_on(palette):
    for ground in ("paper", "card"):
        assert contrast_ratio(palette["ink"], palette[ground]) > 7
        assert contrast_ratio(palette["muted"], palette[ground]) > 4.5
        for fill in ("plus-fill", "minus-fill", "mask-fill"):
            for step in range(11):
                shade = blend((palette[ground], palette[fill]), step / 10)
                assert contrast_ratio(palette["letter"], shade) > 4.5
    assert contrast_ratio(palette["warn-ink"], palette["warn-paper"]) > 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_and_focus_stand_out_from_the_page(palette):
    for line in ("plus-line", "minus-line", "mask-line", "focus", "muted"):
        for ground in ("paper", "card"):
            assert contrast_ratio(palette[line], palette[ground]) > 3


def test_both_schemes_have_the_same_colours():
    assert LIGHT.keys() == DARK.keys()
