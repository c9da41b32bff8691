import json
import re
from dataclasses import replace

import numpy as np
import pytest

from pyg_siamex.metric import trust
from pyg_siamex.visualize.report import pair_section
from pyg_siamex.visualize.report.pair.fidelity_chart import fidelity_chart, points_of
from pyg_siamex.visualize.report.pair.pair_section import flat_settings, pair_title
from pyg_siamex.visualize.report.pair_list import overview_of


def test_a_fragment_and_its_data_share_their_key(alike):
    section = pair_section(alike, "hit-7")
    assert section.html.startswith('<section class="pair" id="hit-7"')
    assert 'data-pair="hit-7"' in section.script
    assert set(re.findall(r'id="([a-z]+-\d+)', section.html)) == {"hit-7"}
    inside = re.search(r">(.*)</script>", section.script).group(1)
    assert json.loads(inside)["sides"][0]["name"] == "aspirin"
    assert "hidden" not in section.html.split(">")[0]
    assert "hidden" in pair_section(alike, "hit-8", hidden=True).html.split(">")[0]


def test_kept_measures_are_shown_and_not_measured_again(bonds):
    kept = replace(bonds, model=None, info={})
    trust(kept, model=bonds.model)
    kept.info["trust"]["curves"]["query"]["kept"][6] = 0.12345
    section = pair_section(kept)
    assert section.data["points"]["query"][6][1] == "0.123"
    assert pair_section(kept, model=bonds.model).data["points"]["query"][6][1] != "0.123"


def test_warnings_stand_on_top(bonds):
    failed = replace(
        bonds, info={"trust": {"randomisation": {"magnitude": 1.0, "unchanged": True}}}
    )
    html = pair_section(failed).html
    assert html.index("Failed randomisation check") < html.index('class="sides')


def test_names_are_the_graphs_own(alike, bonds):
    assert pair_title(alike) == ("aspirin", "salicylic acid")
    bare = replace(bonds, query=bonds.query.clone(), reference=bonds.query.clone())
    del bare.query.name, bare.reference.name
    smiles = bonds.query.smiles
    assert pair_title(bare) == (f"{smiles} (query)", f"{smiles} (reference)")
    bare.query.name, bare.reference.name = 3, ["4"]
    assert pair_title(bare) == ("query 3", "reference 4")


def test_settings_are_lines():
    nested = {"a": {"b": None, "c": {"d": 1.5}}, "e": [1, 2]}
    assert flat_settings(nested) == [
        ("a \u203a b", "none"),
        ("a \u203a c \u203a d", "1.5"),
        ("e", "[1, 2]"),
    ]


def test_configuration_versions_and_seed_are_on_the_page(alike):
    html = pair_section(alike).html
    for name in (
        "versions \u203a torch",
        "algorithm \u203a rule \u203a gamma",
        "model \u203a encoder",
    ):
        assert name in html
    assert "none of its own" in html


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


def test_the_table_has_the_columns_that_say_anything(alike, bonds):
    names = [("a" * 200, "b"), ("c", "d")]
    found = overview_of([alike, bonds], names, {0: {}, 1: {}}, {0: "pair-1"}, [0, 1], "note")
    assert found.columns == ["pair", "query", "reference", "similarity", "completeness error",
                             "warnings"]  # fmt: skip
    assert len(found.data["rows"][0][1]) <= 70
    assert found.data["drawn"] == ["pair-1", None]
    assert found.first[1][:3] == ["2", "c", "d"] and found.total == 2
    masks = overview_of([bonds, bonds], names, {0: {}, 1: {}}, {}, [1, 0], "")
    assert masks.columns == ["pair", "query", "reference", "similarity"]
    assert [row[0] for row in masks.data["rows"]] == [2, 1]


def test_names_must_be_two(alike):
    with pytest.raises(ValueError, match="names must be two"):
        pair_section(alike, names=("only",))  # type: ignore[arg-type]
