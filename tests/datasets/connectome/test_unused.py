"""Options that no file has a use for are refused, by every function that reads matrices."""

import numpy as np
import pytest
from connectomes import matrices
from scipy.io import savemat

from pyg_siamex.datasets.connectome import read_folder, read_stack
from pyg_siamex.datasets.connectome.unused import have_names
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.reading import MatrixReading


def folder_of(path, ending):
    for k, matrix in enumerate(matrices(3)):
        if ending == ".csv":
            np.savetxt(path / f"s{k}.csv", matrix, delimiter=",")
        elif ending == ".npy":
            np.save(path / f"s{k}.npy", matrix)
        else:
            savemat(path / f"s{k}.mat", {"r": matrix})
    return path


def stack_of(path, ending):
    file = path / f"all{ending}"
    if ending == ".npy":
        np.save(file, matrices(3))
    else:
        savemat(file, {"r": matrices(3)})
    return file


@pytest.mark.parametrize("ending", [".csv", ".npy", ".mat"])
@pytest.mark.parametrize("triangle", ["upper", "lower"])
def test_triangles_of_square_matrices_are_refused(tmp_path, ending, triangle):
    (tmp_path / "f").mkdir()
    folder = folder_of(tmp_path / "f", ending)
    with pytest.raises(
        ValueError, match=r"`triangle` is for matrices .* vectors, and .*f has none"
    ):
        read_folder(folder, triangle=triangle)
    if ending != ".csv":
        with pytest.raises(ValueError, match=r"`triangle` is for matrices .* vectors, and .*all"):
            read_stack(stack_of(tmp_path, ending), triangle=triangle)


@pytest.mark.parametrize("triangle", ["x", "", "Upper"])
def test_unknown_triangles_are_refused_whatever_is_read(tmp_path, triangle):
    for read, path in (
        (read_folder, folder_of(tmp_path, ".csv")),
        (read_stack, stack_of(tmp_path, ".npy")),
    ):
        with pytest.raises(ValueError, match="triangle must be 'upper' or 'lower'"):
            read(path, triangle=triangle)


@pytest.mark.parametrize("ending", [".csv", ".npy"])
def test_names_of_arrays_are_refused_where_files_have_none(tmp_path, ending):
    folder = folder_of(tmp_path, ending)
    with pytest.raises(ValueError, match=r"`key` is for .mat and .netcc files, and .* has none"):
        read_folder(folder, key="r")
    with pytest.raises(ValueError, match=r"`key` is a variable of .mat files, and .* is none"):
        read_stack(stack_of(tmp_path, ".npy"), "r")


def test_options_of_a_model_are_left_out_where_other_files_have_no_use_for_them(tmp_path):
    trained = MatrixSource("elsewhere", array="r", triangle="lower").to_dict()
    assert len(MatrixSource.like(trained, folder_of(tmp_path, ".csv")).read()) == 3
    mat = tmp_path / "mat"
    mat.mkdir()
    found = MatrixSource.like(trained, folder_of(mat, ".mat"), MatrixReading())
    assert len(found.read()) == 3
    assert have_names(mat.iterdir()) and not have_names(tmp_path.glob("*.csv"))
