import numpy as np
import pytest
from connectomes import matrices
from scipy.io import savemat

from pyg_siamex.datasets.connectome import read_npz, read_stack

STACK = matrices(3)
UPPER, LOWER = np.triu_indices(6, 1), np.tril_indices(6, -1)
ROWS = STACK[:, UPPER[0], UPPER[1]]


@pytest.fixture
def folder(tmp_path):
    savemat(tmp_path / "all.mat", {"r": np.moveaxis(STACK, 0, 2)})
    np.save(tmp_path / "all.npy", STACK)
    (tmp_path / "t.csv").write_text("id,dx,fam,age\nx,a,f,9\ny,b,f,8\nz,a,g,7\n")
    return tmp_path


@pytest.mark.parametrize("name", ["all.mat", "all.npy"])
def test_matrices_go_with_the_rows_of_a_table(folder, name):
    found = read_stack(
        folder / name, None, folder / "t.csv", label="dx", subject="id", group="fam", site="fam"
    )
    assert np.array_equal(found.arrays, STACK) and found.names == ["x", "y", "z"]
    assert found.labels.tolist() == [0, 1, 0] and found.groups == ["f", "f", "g"]
    assert found.sites == found.groups and found.columns["age"] == ["9", "8", "7"]
    assert read_stack(folder / name).names == ["1", "2", "3"]


def test_what_is_no_stack_is_named(folder):
    np.save(folder / "one.npy", STACK[0])
    with pytest.raises(ValueError, match=r"shape \[6, 6\] of float64: it must be a stack"):
        read_stack(folder / "one.npy")
    for shape in ((3, 0, 0), (0, 6, 6), (0, 3)):
        np.save(folder / "none.npy", np.zeros(shape))
        with pytest.raises(ValueError, match="it must be a stack"):
            read_stack(folder / "none.npy", triangle="upper" if len(shape) == 2 else None)
        (folder / "none.npy").unlink()
    (folder / "t.csv").write_text("id,dx\nx,a\n")
    with pytest.raises(ValueError, match=r"1 rows and .* 3 matrices"):
        read_stack(folder / "all.npy", None, folder / "t.csv", label="dx", subject="id")
    with pytest.raises(FileNotFoundError, match="no file"):
        read_stack(folder / "none.npy")
    (folder / "bad.npy").write_bytes(b"x")
    with pytest.raises(ValueError, match="is not an array of NumPy"):
        read_stack(folder / "bad.npy")


@pytest.mark.parametrize("name", ["rows.npy", "rows.mat", "rows.csv", "named.tsv", "plain.txt"])
def test_rows_of_a_table_are_triangles(folder, name):
    path = folder / name
    if name.endswith(".npy"):
        np.save(path, ROWS)
    elif name.endswith(".mat"):
        savemat(path, {"r": ROWS})
    else:
        mark = "\t" if name.endswith(".tsv") else ","
        lines = [mark.join(map(repr, row.tolist())) for row in ROWS]
        if name == "named.tsv":  # in an order of its own
            lines = [f"{who}\t{lines[k]}" for k, who in ((2, "z"), (0, "x"), (1, "y"))]
        if name != "plain.txt":
            lines = [mark.join(f"c{k}" for k in range(lines[0].count(mark) + 1)), *lines]
        path.write_text("\n".join(lines))
    found = read_stack(path, None, folder / "t.csv", label="dx", subject="id", triangle="upper")
    order = [found.names.index(who) for who in "xyz"]
    off = ~np.eye(6, dtype=bool)
    assert np.allclose(np.array(found.arrays)[order][:, off], STACK[:, off])
    assert found.labels[order].tolist() == [0, 1, 0]


def test_the_order_of_a_triangle_is_kept(folder):
    np.save(folder / "low.npy", STACK[:, LOWER[0], LOWER[1]])
    found = read_stack(folder / "low.npy", triangle="lower")
    assert np.allclose(np.tril(found.arrays[1], -1), np.tril(STACK[1], -1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2,3\n1,2,3\n", "say with `triangle`"),
        ("1,2,3,4,5\n1,2,3,4,5\n", "5 columns, which are no triangle"),
        ("1,2,3\n1,2\n", "2 to 3 cells"),
        ("1,2,3\n1,x,3\n", "line 2 of .*'x' is not a number"),
        ("", "is empty"),
        ("a,b,c\n", "no row below it"),
    ],
)
def test_tables_that_are_no_triangles_are_refused(folder, text, words):
    path = folder / "bad.csv"
    path.write_text(text)
    order = None if "say with" in words else "upper"
    with pytest.raises(ValueError, match=words):
        read_stack(path, triangle=order)


def test_subjects_of_a_table_without_a_label_are_named(folder):
    (folder / "r.csv").write_text("x,1,2,3\nq,1,2,3\n")
    with pytest.raises(ValueError, match=r"1 subjects of .* have no row in .*'q'"):
        read_stack(
            folder / "r.csv", None, folder / "t.csv", label="dx", subject="id", triangle="upper"
        )


def test_rows_of_labels_without_a_matrix_are_told(folder, caplog):
    (folder / "r.csv").write_text("z,0.1,0.2,0.3\nx,0.4,0.5,0.6\n")
    found = read_stack(
        folder / "r.csv", None, folder / "t.csv", label="dx", subject="id", triangle="upper"
    )
    assert found.names == ["z", "x"] and found.labels.tolist() == [0, 0]
    assert "1 subjects have a label in" in caplog.text and caplog.text.strip().endswith(": y")


@pytest.mark.parametrize("name", ["label", "group", "site"])
def test_a_column_without_a_name_is_told(folder, name):
    columns = {"label": "dx", "subject": "id", name: ""}
    with pytest.raises(ValueError, match=r"t\.csv has no column ''"):
        read_stack(folder / "all.npy", None, folder / "t.csv", **columns)


def test_a_table_without_a_label_is_refused(folder):
    with pytest.raises(ValueError, match="name its column with `label`, or leave it out"):
        read_stack(folder / "all.npy", None, folder / "t.csv", subject="id")


def test_an_archive_names_its_reader(tmp_path):
    np.savez(tmp_path / "a.npz", m=np.ones((2, 3, 3)))
    with pytest.raises(ValueError, match="is an archive of named arrays: read it with read_npz"):
        read_stack(tmp_path / "a.npz")


@pytest.mark.parametrize("count", [3, 6])
def test_subjects_along_the_last_axis_are_refused(tmp_path, count):
    last = np.moveaxis(matrices(count), 0, 2)
    np.save(tmp_path / "a.npy", last)
    np.savez(tmp_path / "a.npz", r=last)
    with pytest.raises(ValueError, match="put the subjects first"):
        read_stack(tmp_path / "a.npy")
    with pytest.raises(ValueError, match=r"'r' of .*put the subjects first"):
        read_npz(tmp_path / "a.npz", "r")


def test_other_endings_are_told(tmp_path):
    (tmp_path / "a.xlsx").write_text("1")
    with pytest.raises(ValueError, match=r"is no stack: give one of \.mat, \.npy"):
        read_stack(tmp_path / "a.xlsx")


def test_a_label_is_no_group(folder):
    with pytest.raises(ValueError, match="`label` and `group` are both 'dx'"):
        read_stack(folder / "all.npy", None, folder / "t.csv", label="dx", subject="id", group="dx")
    with pytest.raises(ValueError, match="`label` and `names` are both 'y'"):
        read_npz(folder / "all.npz", "r", "y", "y")
