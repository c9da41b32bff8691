"""Matrices with decimal commas are those with decimal points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.atlas_table import read_atlas_table
from pyg_siamex.datasets.connectome.delimited import cells_of, delimiter_of
from pyg_siamex.datasets.connectome.labelled_text import read_text
from pyg_siamex.datasets.connectome.triangle_table import read_triangle_table

MARKS = {"comma": ",", "semicolon": ";", "tab": "\t", "blank": " "}
NAMES = ["V, 1", "V 2", "V3", "V4"]


def written(values, mark, quoted, header):
    cells = [[f"{value:.3f}".replace(".", ",") for value in row] for row in values]
    if quoted:
        cells = [[f'"{cell}"' for cell in row] for row in cells]
    head = [mark.join(f'"{name}"' for name in NAMES)] if header else []
    return "\n".join([*head, *map(mark.join, cells)])


@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("mark", MARKS)
@settings(max_examples=8, deadline=None)
@given(st.integers(2, 9), st.integers(0, 999))
def test_decimal_commas_are_decimal_points(tmp_path_factory, mark, header, quoted, rows, seed):
    if mark == "comma" and not quoted:
        return  # nobody can tell
    path = tmp_path_factory.mktemp("m") / "m.csv"
    values = np.random.default_rng(seed).normal(size=(rows, 4)).round(3)
    path.write_text(written(values, MARKS[mark], quoted, header))
    found = read_text(path)
    assert np.array_equal(found.values, values) and (found.names == NAMES or not header)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.floats(-9, 9), min_size=3, max_size=3), min_size=1, max_size=4))
def test_decimal_points_are_parted_by_their_mark(rows):
    for mark in (",", ", ", " ,", ";", "\t", ",\t"):
        lines = [mark.join(f"{value:.2f}" for value in row) for row in rows]
        assert delimiter_of(lines) == mark.replace(" ", "").rstrip("\t") or mark == "\t"


def test_marks_in_quotation_marks_part_nothing():
    assert cells_of('"a;b";"c"', ";") == ["a;b", "c"] and cells_of('"a b" c', "") == ["a b", "c"]
    assert cells_of("5\",6'", ",") == ["5", "6"]


@pytest.mark.parametrize(
    ("cell", "advice"),
    [("1,234", "may be 1234 or 1.234"), ("0,5", "decimal comma, write 0.5"), ("*", "write NA")],
)
def test_cells_that_are_no_numbers_have_a_way_out(tmp_path, cell, advice):
    path = tmp_path / "m.csv"
    path.write_text(f"0.5;{cell};0.1\n0.2;0.3;0.7\n0.2;0.3;0.7")
    with pytest.raises(ValueError, match=f"'[{cell}]+' in row 1, column 2 .*{advice}"):
        read_text(path)
    path.write_text(f"0.5;{cell};0.1\n0.2;0.3;0.7")
    with pytest.raises(ValueError, match=f"'[{cell}]+' is not a number.*{advice}"):
        read_triangle_table(path, "upper")


def test_triangles_and_coordinates_have_decimal_commas(tmp_path):
    path = tmp_path / "t.csv"
    for text in ("0,5;0,25;1\n0;1;0,125\n", '"0,5","0,25","1"\n"0","1","0,125"\n'):
        path.write_text(text)
        assert read_triangle_table(path, "upper")[0][0, 0, 1:].tolist() == [0.5, 0.25]
    path.write_text("name;x;y;z\na;1,5;2;3\nb;4;5;6\n")
    assert read_atlas_table(path).coordinates == [[1.5, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("mark", ["*", "-", "?", "n.d."])
def test_marks_of_missing_values_make_no_header(tmp_path, mark):
    path = tmp_path / "m.csv"
    path.write_text(f"0.5,{mark},0.1\n0.2,0.3,0.7\n0.2,0.3,0.7")
    with pytest.raises(ValueError, match="column 2 of its numbers is not a number: leave the cell"):
        read_text(path)
