import nibabel
import numpy as np
import pytest
from connectomes import matrices
from nibabel.cifti2 import BrainModelAxis, ParcelsAxis, ScalarAxis, SeriesAxis

from pyg_siamex.datasets.connectome.cifti_file import read_cifti

NAMES = ["L_V1", "L_V2", "R_V1"]


def parcels(names=NAMES):
    surface = BrainModelAxis.from_mask(np.ones(len(names), dtype=bool), name="cortex_left")
    return ParcelsAxis.from_brain_models([(name, surface[[k]]) for k, name in enumerate(names)])


def write(path, values, *axes):
    nibabel.save(nibabel.Cifti2Image(values.astype(np.float32), header=axes), path)
    return path


def test_a_parcellated_matrix_has_its_parcels_names(tmp_path):
    matrix = matrices(1, 3)[0]
    found = read_cifti(write(tmp_path / "s.pconn.nii", matrix, parcels(), parcels()))
    assert found.names == NAMES and np.allclose(found.values, matrix)


def test_rows_are_put_in_the_order_of_the_columns(tmp_path):
    matrix = matrices(1, 3)[0]
    path = write(tmp_path / "s.pconn.nii", matrix[::-1], parcels(NAMES[::-1]), parcels())
    assert np.allclose(read_cifti(path).values, matrix)


def test_a_parcellated_time_series_is_read(tmp_path):
    series = np.random.default_rng(0).random((7, 3))
    found = read_cifti(write(tmp_path / "s.ptseries.nii", series, SeriesAxis(0, 2, 7), parcels()))
    assert found.names == NAMES and np.allclose(found.values, series)


def test_what_has_no_parcels_is_named(tmp_path):
    surface = BrainModelAxis.from_mask(np.ones(3, dtype=bool), name="cortex_left")
    path = write(tmp_path / "s.pconn.nii", np.ones((2, 3)), ScalarAxis(["a", "b"]), surface)
    with pytest.raises(ValueError, match=r"not parcels .*BrainModelAxis"):
        read_cifti(path)
    (tmp_path / "x.pconn.nii").write_bytes(b"nothing")
    with pytest.raises(ValueError, match=r"x.pconn.nii is damaged, or no brain image"):
        read_cifti(tmp_path / "x.pconn.nii")
    nibabel.save(nibabel.Nifti1Image(np.ones((2, 2, 2)), np.eye(4)), tmp_path / "v.pconn.nii")
    with pytest.raises(ValueError, match="no CIFTI-2 file"):
        read_cifti(tmp_path / "v.pconn.nii")
