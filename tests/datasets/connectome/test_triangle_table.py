"""Matrices that are rows of one table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome.triangle_table import read_triangle_table


@settings(max_examples=25)
@given(st.integers(3, 9), st.integers(1, 5), st.booleans(), st.booleans(), st.integers(0, 99))
def test_what_was_written_is_read(tmp_path_factory, regions, subjects, header, named, seed):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((subjects, regions * (regions - 1) // 2)).round(6)
    lines = [",".join(map(str, row)) for row in rows.tolist()]
    if named:
        lines = [f"sub-{k},{line}" for k, line in enumerate(lines)]
    if header:
        lines = [",".join(f"c{k}" for k in range(rows.shape[1] + named)), *lines]
    path = tmp_path_factory.mktemp("t") / "rows.csv"
    path.write_text("\n".join(lines))
    matrices, names = read_triangle_table(path, "upper")
    assert matrices.shape == (subjects, regions, regions)
    first, second = np.triu_indices(regions, 1)
    assert np.allclose(matrices[:, first, second], rows)
    assert names == ([f"sub-{k}" for k in range(subjects)] if named else None)


@pytest.mark.parametrize("named", [True, False])
def test_a_header_that_counts_is_a_header(tmp_path, named):
    rows = np.random.default_rng(0).random((3, 10))
    lines = [",".join(map(str, row)) for row in [range(10), *rows.tolist()]]
    if named:
        lines = [f"{who},{line}" for who, line in zip(["subject", *"abc"], lines, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    matrices, names = read_triangle_table(tmp_path / "t.csv", "upper")
    assert len(matrices) == 3 and names == (list("abc") if named else None)


def test_absent_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no table at"):
        read_triangle_table(tmp_path / "none.csv", "upper")


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("blank", [True, False])
def test_a_subject_with_two_rows_is_named_with_its_lines(tmp_path, header, blank):
    lines = [f"{name},0.1,0.2,0.3" for name in ("sub-01", "sub-02", "sub-01")]
    lines = [*(["subject,a,b,c"] if header else []), lines[0], *([""] if blank else []), *lines[1:]]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    first = 1 + header
    with pytest.raises(ValueError, match=f"'sub-01' in lines {first} and {first + 2 + blank}:"):
        read_triangle_table(tmp_path / "t.csv", "upper")


@pytest.mark.parametrize("row", ["1,2", "1,2,x"])
def test_a_bad_row_is_named_by_its_line(tmp_path, row):
    (tmp_path / "t.csv").write_text(f"a,b,c\n1,2,3\n\n{row}\n4,5,6\n")
    with pytest.raises(ValueError, match="line 4 "):
        read_triangle_table(tmp_path / "t.csv", "upper")


def test_a_table_of_triangles_with_their_diagonal_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("1,0.1,0.2,1,0.3,1\n" * 2)
    with pytest.raises(ValueError, match=r"t\.csv: a vector .* leave the diagonal out"):
        read_triangle_table(tmp_path / "t.csv", "upper")


@pytest.mark.parametrize("header", [True, False])
def test_numbers_with_a_fraction_are_no_names(tmp_path, header):
    rows = np.random.default_rng(0).normal(size=(4, 11))
    names = ",".join(f"c{k}" for k in range(11)) if header else ""
    np.savetxt(tmp_path / "t.csv", rows, "%.3f", ",", header=names, comments="")
    with pytest.raises(ValueError, match=r"11 columns, which are no triangle .* no names of subj"):
        read_triangle_table(tmp_path / "t.csv", "upper")


@pytest.mark.parametrize("names", [["1", "2"], ["1.0", "2.0"], ["s1", "2.5"]])
def test_whole_numbers_and_words_are_names(tmp_path, names):
    (tmp_path / "t.csv").write_text("".join(f"{name},0.1,0.2,0.3\n" for name in names))
    assert read_triangle_table(tmp_path / "t.csv", "upper")[1] == names


@pytest.mark.parametrize("names", [["a", "b", "c", "", "e"], ["a", "b", "c", "NA", "e"]])
def test_rows_without_a_name_are_refused(tmp_path, names):
    rows = np.random.default_rng(0).random((5, 10))
    lines = [",".join([name, *map(str, row)]) for name, row in zip(names, rows, strict=True)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    with pytest.raises(ValueError, match=r"line 4 of .* has no name of a subject"):
        read_triangle_table(tmp_path / "t.csv", "upper")


def test_a_row_of_means_is_refused(tmp_path):
    rows = np.random.default_rng(0).random((5, 10))
    np.savetxt(tmp_path / "t.csv", np.vstack([rows, rows.mean(0)]), delimiter=",")
    with pytest.raises(ValueError, match=r"row 6 .* is the mean of all rows above it.*no subject"):
        read_triangle_table(tmp_path / "t.csv", "upper")
