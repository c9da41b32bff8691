import pandas as pd
import pytest
from group_tables import SMALL, tables

from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.visualize.connectome.group_figure import draw_group
from pyg_siamex.visualize.connectome.map_contents import shown_connections


def words(figure):
    return " ".join(text.get_text() for text in figure.texts)


def test_significant_connections_are_shown_else_the_highest():
    shown, strict = shown_connections(tables()["connections"])
    assert len(shown) == 3 and strict
    shown, strict = shown_connections(tables(0.2)["connections"])
    assert len(shown) == 20 and not strict


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_three_panels_are_drawn_and_said(tmp_path, suffix):
    path = tmp_path / f"g.{suffix}"
    figure = draw_group(tables(), SMALL, ("healthy", "ill"), path, title="A <b>study</b>")
    said = words(figure)
    assert "in the brain" in said and "by network" in said and "networks: z" in said
    assert "3 connections with family-wise p ≤ .05, alone or in a cluster" in said
    assert "purple: stronger in healthy, orange: in ill" in said
    assert path.stat().st_size > 5000
    again = tmp_path / f"h.{suffix}"
    draw_group(tables(), SMALL, ("healthy", "ill"), again, title="A <b>study</b>")
    assert again.read_bytes() == path.read_bytes()


def test_without_places_or_networks_the_circle_stays():
    atlas = Atlas("t", list(SMALL.names))
    found = {"connections": tables(0.2)["connections"]}
    said = words(draw_group(found, atlas, ("healthy", "ill")))
    assert "in the brain" not in said and "networks: z" not in said
    assert "no connection has a family-wise p ≤ .05: the 20 of highest z" in said


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match="supported suffixes"):
        draw_group(tables(), SMALL, ("healthy", "ill"), tmp_path / "g.jpg")


@pytest.mark.parametrize("names", [("x", "y"), ("Ill", "healthy"), ("ill", "ill")])
def test_the_names_are_those_of_the_tables(names):
    with pytest.raises(ValueError, match=r"the names given are|have different names"):
        draw_group(tables(), SMALL, names)


@pytest.mark.parametrize("p", [0.01, 0.2])
def test_the_order_of_the_rows_does_not_matter(p):
    said = words(draw_group(tables(p), SMALL, ("healthy", "ill")))
    mixed = {name: table.sample(frac=1, random_state=1) for name, table in tables(p).items()}
    assert words(draw_group(mixed, SMALL, ("healthy", "ill"))) == said


def test_a_connection_has_one_row():
    found = tables()
    table = found["connections"]
    turned = table.rename(columns={"region": "other", "other": "region"})
    both = pd.concat([table, turned], ignore_index=True)
    with pytest.raises(ValueError, match="in two rows"):
        draw_group(found | {"connections": both}, SMALL, ("healthy", "ill"))
    loop = table.assign(other=table["region"]).head(1)
    with pytest.raises(ValueError, match="with itself"):
        draw_group(found | {"connections": loop}, SMALL, ("healthy", "ill"))
