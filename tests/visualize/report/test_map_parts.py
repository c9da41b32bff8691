"""Figures, tables and files of pages about maps."""

import pandas as pd
from matplotlib.figure import Figure

from pyg_siamex.visualize.report.map_parts import figure_source, listed, map_table, table_file

TABLE = pd.DataFrame(
    {"region": ["a", "<b>"], "g": [1.0, 2], "g_low": [0.0, 1], "g_high": [2.0, 3], "z": [4.0, -3]}
)


def test_a_table_has_its_columns_and_says_what_is_left_out():
    found = map_table(
        "regions", pd.concat([TABLE] * 10), {"z": "z", "g": "g (95 %)", "q": "q"}, "x"
    )
    assert found["heads"] == ["region", "z", "g (95 %)"] and len(found["rows"]) == 15
    assert found["rows"][0] == ["a", "4", "1 (0 to 2)"] and found["more"] == 5


def test_files_and_figures_are_the_same_twice():
    assert table_file(TABLE) == table_file(TABLE)
    assert table_file(TABLE)["rows"][0] == list(TABLE.columns)

    def draw():
        figure = Figure()
        figure.add_subplot().plot([0, 1])
        return figure

    assert figure_source(draw) == figure_source(draw)
    assert listed({"connections": 0, "regions": 1}) == "0 connections, 1 region"
