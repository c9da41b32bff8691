"""Tables that may be meant in another way are asked about, and all others are read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.labelled_text import read_text

RANDOM = np.random.default_rng(0)
COUNTS = RANDOM.integers(-300, 300, (12, 6))
"""A series of whole numbers, of which no row rises."""


def written(tmp_path, lines):
    path = tmp_path / "m.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def lines_of(values, form="{}"):
    return [",".join(form.format(value) for value in row) for row in values]


@pytest.mark.parametrize(
    "labels",
    ["2001,2002,2101,2102,2111,2112", "10,20,30,40,50,60", "3,7,12,20,44,61", "-9,-7,-5,0,4,8"],
)
def test_a_first_row_of_rising_whole_numbers_is_asked_about(tmp_path, labels):
    path = written(tmp_path, [labels, *lines_of(COUNTS)])
    with pytest.raises(
        ValueError, match=r"its first row has whole numbers that rise .* letter \(r"
    ):
        read_text(path)


@pytest.mark.parametrize("width", [2, 3, 4])
def test_labels_of_few_columns_above_fractions_are_asked_about(tmp_path, width):
    labels = ",".join(["1001", "1003", "1007", "1010"][:width])
    rows = lines_of([[0.5, 0.25, 1.5, 0.1][:width], [2.5, 0.75, 0.2, 3][:width]] * 4)
    if width < 4:
        with pytest.raises(ValueError, match="its first row has whole numbers"):
            read_text(written(tmp_path, [labels, *rows]))
    else:
        assert read_text(written(tmp_path, [labels, *rows])).names == labels.split(",")


@pytest.mark.parametrize("way_out", ["r1003,r1007,r1010", "a,b,c"])
def test_the_ways_out_are_read(tmp_path, way_out):
    path = written(tmp_path, [way_out, "1003,1007,1010", *lines_of(COUNTS[:, :3])])
    found = read_text(path)
    assert found.names == way_out.split(",") and len(found.values) == 13


@given(st.integers(0, 10**6), st.integers(2, 9), st.integers(4, 30))
def test_series_of_fractions_are_read_as_they_are(tmp_path_factory, seed, width, length):
    values = np.random.default_rng(seed).normal(size=(length, width)).round(4)
    path = written(tmp_path_factory.mktemp("s"), lines_of(values))
    found = read_text(path)
    assert found.names is None and np.array_equal(found.values, values)


@pytest.mark.parametrize(
    "values",
    [
        np.sort(RANDOM.integers(0, 900, (8, 6)), axis=1),
        COUNTS,
        np.full((6, 4), 3),
        np.vstack([[1, 2], COUNTS[:, :2]]),
    ],
    ids=["all rows rise", "no row rises", "constant", "two columns"],
)
def test_whole_numbers_that_are_no_labels_are_data(tmp_path, values):
    assert read_text(written(tmp_path, lines_of(values))).values.shape == values.shape


@pytest.mark.parametrize("mark", [",", ";"])
def test_a_first_line_of_empty_cells_is_refused(tmp_path, mark):
    rows = [line.replace(",", mark) for line in lines_of(COUNTS)]
    with pytest.raises(ValueError, match="its first line has empty cells alone"):
        read_text(written(tmp_path, [mark * 5, *rows]))


@pytest.mark.parametrize("header", [[], ["a,b,c,d,e,f"]])
@pytest.mark.parametrize("digits", [2, 3])
def test_commas_that_are_decimal_and_between_cells_are_named(tmp_path, header, digits):
    rows = lines_of(RANDOM.normal(size=(20, 6)) / 5, f"{{:.{digits}f}}")
    path = written(tmp_path, [*header, *(row.replace(".", ",") for row in rows)])
    with pytest.raises(ValueError, match="commas seem to be decimal and between cells"):
        read_text(path)


@pytest.mark.parametrize("mark", [":", "|", " : ", " | "])
def test_the_marks_that_are_read_are_listed(tmp_path, mark):
    rows = [line.replace(",", mark) for line in lines_of(COUNTS)]
    with pytest.raises(ValueError, match="separated by commas, semicolons, tabs or blanks"):
        read_text(written(tmp_path, rows))
