"""Tables that are no map of the atlas are refused by name."""

import pandas as pd
import pytest
from group_tables import SMALL, of_kind, tables

from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.visualize import draw_changes, draw_group, draw_subject
from pyg_siamex.visualize.connectome.map_tables import check_tables

TWO = ("healthy", "ill")


def test_maps_of_the_atlas_pass():
    check_tables(tables(), SMALL, ("z",), ("z",), "group")
    alone = {"connections": tables()["connections"]}
    check_tables(alone, Atlas("a", SMALL.names), ("z",), (), "group")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda found: {}, r"tables has no 'connections' \(got \)"),
        (
            lambda found: {"connections": pd.DataFrame({"a": [1]})},
            r"the table 'connections' has no column 'region', 'other', 'z' \(it has a\)",
        ),
        (
            lambda found: {**found, "networks": pd.DataFrame({"network": ["a"], "other": ["b"]})},
            "the table 'networks' has no column 'p_fwe'",
        ),
        (
            lambda found: {"connections": found["connections"].replace(SMALL.names[0], "nowhere")},
            "the table 'connections' has 'nowhere', which the atlas has not",
        ),
    ],
    ids=["no table", "other columns", "other networks", "unknown region"],
)
def test_other_tables_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        check_tables(changed(tables()), SMALL, ("z",), ("p_fwe",), "group")


def test_networks_need_an_atlas_with_networks():
    with pytest.raises(ValueError, match=r"the table 'networks' has '.*', which the atlas has not"):
        draw_group(tables(), Atlas("a", SMALL.names), TWO)


@pytest.mark.parametrize(
    "draw",
    [
        lambda **given: draw_group(names=TWO, **given),
        lambda **given: draw_subject(of="ill", **given),
        lambda **given: draw_changes(sessions=TWO, **given),
        lambda **given: draw_changes(sessions=TWO, which="likeness", **given),
    ],
    ids=["group", "subject", "changes", "likeness"],
)
@pytest.mark.parametrize("wrong", [None, 3, [], {}, "atlas", Atlas], ids=repr)
def test_drawings_of_maps_check_them_first(draw, wrong):
    with pytest.raises(TypeError, match="`atlas` must be an Atlas"):
        draw(tables=tables(), atlas=wrong)
    with pytest.raises((TypeError, ValueError), match="tables"):
        draw(tables=wrong if isinstance(wrong, dict) else {}, atlas=SMALL)


DRAWINGS = {
    "group": lambda found: draw_group(found, SMALL, TWO),
    "changes": lambda found: draw_changes(found, SMALL, TWO),
    "subject": lambda found: draw_subject(found, SMALL, "ill"),
}


@pytest.mark.parametrize("kind", DRAWINGS)
@pytest.mark.parametrize("other", DRAWINGS)
def test_tables_are_drawn_as_what_they_are(kind, other):
    if kind == other:
        DRAWINGS[kind](of_kind(kind))
        return
    with pytest.raises(ValueError, match=f"'connections' has a column .*draw_{kind}"):
        DRAWINGS[other](of_kind(kind))
    mixed = {**of_kind(other), "networks": of_kind(kind)["networks"]}
    with pytest.raises(ValueError, match=f"'networks' has a column .*draw_{kind}"):
        DRAWINGS[other](mixed)
