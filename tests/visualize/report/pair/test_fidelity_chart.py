import re

import numpy as np

from pyg_siamex.visualize.report.pair.fidelity_chart import fidelity_chart, points_of

CURVE = {
    "shares": [0.0, 0.5, 1.0], "selected": [0, 2, 3], "count": 3, "whole": 0.9, "empty": 0.1,
    "effect": 0.8, "kept": [0.1, 0.7, 0.9], "removed": [0.9, 0.2, 0.1],
    "fidelity_plus": [0.0, 0.875, 1.0], "fidelity_minus": [1.0, 0.25, -0.001],
}  # fmt: skip


def test_charts_span_their_values():
    chart = fidelity_chart(CURVE, "A<b>")
    lines = re.findall(r'<polyline class="(\w+)" points="([^"]+)"', chart.svg)
    assert [name for name, _ in lines] == ["kept", "removed"]
    points = np.array([[float(v) for v in p.split(",")] for p in lines[0][1].split()])
    assert points[0, 0] == chart.start and points[-1, 0] == chart.end
    assert (np.diff(points[:, 1]) < 0).all()
    assert "A&lt;b&gt;" in chart.svg
    flat = fidelity_chart({**CURVE, "kept": [0.5] * 3, "removed": [0.5] * 3}, "A")
    assert "nan" not in flat.svg


def test_points_are_what_the_slider_prints():
    assert points_of(CURVE)[1] == ["2 of 3", "0.700", "0.200", "0.88", "0.25"]
    assert points_of(CURVE)[2][4] == "0.00"
    assert points_of({**CURVE, "effect": float("nan")})[1][3:] == ["not defined"] * 2


def test_long_numbers_of_the_axis_have_room():
    wide = {**CURVE, "kept": [-7.3e6, 0.0, 7.3e6], "removed": [0.0, 0.0, 0.0]}
    chart = fidelity_chart(wide, "A")
    text = re.search(r'<text class="word" x="([\d.]+)"[^>]*text-anchor="end">(.*?)<', chart.svg)
    assert text[2] == "\u22127.3e+06"
    assert float(text[1]) > 7 * len(text[2])
    assert float(text[1]) < chart.start
    assert fidelity_chart(CURVE, "A").start == 44.0
