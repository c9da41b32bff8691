"""Every file of a connectome has its numbers read by one rule."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.array_file import read_array
from pyg_siamex.datasets.connectome.atlas_table import read_atlas_table
from pyg_siamex.datasets.connectome.number_rows import cell_number, number_rows
from pyg_siamex.datasets.connectome.triangle_table import read_triangle_table


@given(st.lists(st.lists(st.floats(), min_size=3, max_size=3), min_size=1, max_size=4))
def test_what_python_writes_is_read(values):
    found = number_rows([[repr(value) for value in row] for row in values])
    assert np.array_equal(found, np.array(values), equal_nan=True)


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "nan", "-nan", "NULL"])
def test_missing_values_are_nan(cell):
    number = cell_number(cell)
    assert number is not None and math.isnan(number)


@pytest.mark.parametrize("cell", ["1_000", "x", "1,5", "--1", "0x10"])
def test_what_is_no_number_is_none(cell):
    assert cell_number(cell) is None


def test_places_of_bad_cells_and_rows_of_other_lengths_are_named():
    with pytest.raises(ValueError, match="'1_0' in row 2, column 1 of its numbers is not a number"):
        number_rows([["1", "2"], ["1_0", "2"]])
    with pytest.raises(ValueError, match="rows have 1 to 2 cells"):
        number_rows([["1", "2"], ["1"]])
    with pytest.raises(ValueError, match="no rows of numbers"):
        number_rows([])


MATRIX = "0.5 0.1 0.2\n0.1 0.5 {}\n0.2 0.3 0.5\n"
FILES = {
    "m.csv": (MATRIX.replace(" ", ","), read_array),
    "m.txt": (MATRIX, read_array),
    "m.1D": (MATRIX, read_array),
    "m.netcc": (f"# CC\n{MATRIX}", read_array),
    "triangles.csv": ("0.1,0.2,0.3\n0.2,0.3,{}\n", lambda path: read_triangle_table(path, "upper")),
    "a.csv": ("name,x,y,z\na,1,2,3\nb,4,{},6\n", read_atlas_table),
    "a.node": ("1 2 3 1 1 a\n4 {} 6 1 1 b\n", read_atlas_table),
}


@pytest.mark.parametrize("cell", ["1_000", "x1"])
@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_reads_numbers_by_this_rule(tmp_path, name, cell):
    text, read = FILES[name]
    path = tmp_path / name
    path.write_text(text.format("1000"))
    read(path)
    path.write_text(text.format(cell))
    with pytest.raises(ValueError, match=f"{name}.*'{cell}'|'{cell}'.*{name}") as error:
        read(path)
    assert "not a number" in str(error.value)


def test_ragged_matrices_of_afni_are_named(tmp_path):
    path = tmp_path / "s.netcc"
    path.write_text("# CC\n 1 0.5 0.2\n 0.5 1\n 0.2 0.1 1\n")
    with pytest.raises(ValueError, match=r"s.netcc cannot be read: its rows have 2 to 3 cells"):
        read_array(path)


def test_an_index_that_no_image_holds_is_refused(tmp_path):
    path = tmp_path / "y_dseg.tsv"
    path.write_text(f"index\tname\n1\ta\n{'9' * 5000}\tb\n")
    with pytest.raises(ValueError, match=r"y_dseg.tsv has an 'index' of 5,000 digits, .* in row 2"):
        read_atlas_table(path)
    path.write_text(f"index\tname\n1\ta\n{'2'.rjust(5000, '0')}\tb\n")
    with pytest.raises(ValueError, match="5,000 digits"):
        read_atlas_table(path)
    path.write_text("index\tname\n1\ta\n00002\tb\n")
    assert read_atlas_table(path).numbers == [1, 2]
