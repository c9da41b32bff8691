import numpy as np
import pytest
from connectomes import matrices
from scipy.io import savemat

from pyg_siamex.datasets.connectome import read_stack

STACK = matrices(3)


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
    (folder / "t.csv").write_text("id,dx\nx,a\n")
    with pytest.raises(ValueError, match=r"1 rows and .* 3 matrices"):
        read_stack(folder / "all.npy", None, folder / "t.csv", label="dx", subject="id")
    with pytest.raises(FileNotFoundError, match="no file"):
        read_stack(folder / "none.npy")
    (folder / "bad.npy").write_bytes(b"x")
    with pytest.raises(ValueError, match="is not an array of NumPy"):
        read_stack(folder / "bad.npy")
