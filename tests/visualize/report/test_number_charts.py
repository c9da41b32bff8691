from xml.etree import ElementTree

import pytest

from pyg_siamex.visualize.report.number_charts import bars, heat_map


def test_a_heat_map_writes_every_number():
    chart = heat_map([[0.5, -1.0], [float("nan"), 0.0]], ["a<", "b"], ["c", "d&"], "what")
    root = ElementTree.fromstring(chart.svg)
    space = "{http://www.w3.org/2000/svg}"
    words = [item.text for item in root.iter(f"{space}text")]
    assert words == ["c", "d&", "a<", "0.50", "\u22121.0", "b", "\u2013", "0"]
    titles = [item.text for item in root.iter(f"{space}title")]
    assert titles[:3] == ["a<, c: 0.50", "a<, d&: \u22121.0", "b, c: no such pair"]
    strengths = [item.get("style") for item in root.iter(f"{space}g")]
    assert strengths == ["--a:0.500", "--a:1.000", "--a:0.000", "--a:0.000"]
    assert chart.unit == ""


def test_small_numbers_have_a_unit():
    chart = bars(["a", "b"], [[2e-4, -1e-4], [float("nan"), 5e-5]], ["one", "two"], "what")
    assert chart.unit == " Numbers are in units of 0.0001."
    root = ElementTree.fromstring(chart.svg)
    space = "{http://www.w3.org/2000/svg}"
    words = [item.text for item in root.iter(f"{space}text")]
    assert words == ["a", "2.0", "\u22121.0", "b", "0.50"]
    widths = [float(item.get("width")) for item in root.iter(f"{space}rect")]
    assert widths == pytest.approx([widths[0], widths[0] / 2, widths[0] / 4], abs=0.11)
