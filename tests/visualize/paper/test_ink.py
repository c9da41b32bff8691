from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from pyg_siamex.visualize.paper.colour import contrast_ratio
from pyg_siamex.visualize.paper.ink import (
    INK,
    NETWORK_COLOURS,
    SIGNED_INK,
    UNSIGNED_INK,
    InkScale,
    faded,
    network_marks,
)

# Linear RGB as a reader without one kind of cone sees it (Machado et al., 2009, severity 1).
BLIND = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "full sight": np.eye(3).tolist(),
}


def lab(colour: str, matrix) -> np.ndarray:
    """CIE Lab (D65) of a colour as it is seen."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ seen / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", BLIND)
def test_colours_of_networks_are_told_apart_by_every_reader(sight):
    for one, other in combinations(NETWORK_COLOURS, 2):
        difference = np.linalg.norm(lab(one, BLIND[sight]) - lab(other, BLIND[sight]))
        assert difference > 12, (one, other, difference)


@pytest.mark.parametrize("sight", BLIND)
def test_the_two_signs_are_told_apart_by_every_reader(sight):
    for below, above in zip(SIGNED_INK[:3], SIGNED_INK[:3:-1], strict=True):
        assert np.linalg.norm(lab(below, BLIND[sight]) - lab(above, BLIND[sight])) > 20


@pytest.mark.parametrize("signed", [True, False])
def test_strong_ink_stands_out_on_white_and_weak_ink_is_seen(signed):
    scale = InkScale(1.0, signed)
    for value in (1.0, -1.0) if signed else (1.0,):
        assert contrast_ratio(scale.colour(value), "#ffffff") > 7
        assert contrast_ratio(scale.colour(value / 2), "#ffffff") > 1.8
    assert contrast_ratio(scale.colour(0.0), "#ffffff") > 1.5


@pytest.mark.parametrize("colours", [UNSIGNED_INK, SIGNED_INK[3:], SIGNED_INK[3::-1]])
def test_more_is_darker(colours):
    values = [contrast_ratio(colour, "#ffffff") for colour in colours]
    assert values == sorted(values)


def test_the_scale_is_made_of_the_values():
    assert InkScale.of([0.5, -2.0]) == InkScale(2.0, signed=True)
    assert InkScale.of([]).limit == 1.0
    with pytest.raises(ValueError, match="not finite"):
        InkScale.of([float("nan")])


def test_a_sign_has_a_colour_whatever_its_size():
    scale = InkScale(1.0, signed=True)
    assert scale.sign(1e-9) == scale.sign(1.0) != scale.sign(-1e-9)
    assert scale.sign(0.0) == INK
    assert (scale.sign(-0.1), scale.sign(0.1)) == (scale.colour(-2 / 3), scale.colour(2 / 3))
    assert InkScale(1.0, signed=False).sign(1.0) == INK


def test_networks_differ_in_colour_then_in_marker():
    marks = network_marks([f"n{k % 20}" for k in range(60)])
    assert list(marks) == [f"n{k}" for k in range(20)]
    assert len(set(marks.values())) == 20
    assert len({mark.colour for mark in list(marks.values())[:8]}) == 8
    assert marks["n8"].marker != marks["n0"].marker


def test_faded_colours_are_lighter():
    assert faded("#000000") == "#aaaaaa"
    assert faded("#ffffff") == "#ffffff"
