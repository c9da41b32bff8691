"""A subject against its class."""

import pandas as pd
from group_tables import SMALL, of_kind, tables

from pyg_siamex.visualize import draw_subject


def words(figure):
    return " ".join(text.get_text() for text in figure.texts)


def test_the_farthest_connections_are_drawn_and_named(tmp_path):
    found = {name: table.assign(for_own_class=0.0) for name, table in tables().items()}
    figure = draw_subject(found, SMALL, "ill", tmp_path / "s.pdf", title="sub-01", columns=1)
    said = " ".join(words(figure).split())
    assert "the 20 connections farthest from other members of ill" in said
    assert "z +5" in said and "sub-01" in said
    assert (tmp_path / "s.pdf").stat().st_size > 5000


def test_networks_are_not_needed():
    found = {"connections": tables()["connections"].assign(for_own_class=0.0)}
    assert isinstance(found["connections"], pd.DataFrame)
    assert "networks: z" not in words(draw_subject(found, SMALL, "ill"))


def test_the_order_of_the_rows_does_not_matter():
    def words(found):
        return [text.get_text() for text in draw_subject(found, SMALL, "ill").texts]

    found = of_kind("subject")
    mixed = {name: table.sample(frac=1, random_state=1) for name, table in found.items()}
    assert words(mixed) == words(found)
