import io
import zipfile

import numpy as np
import pytest
import torch
from damage import damages
from hypothesis import HealthCheck, given, settings
from numpy.lib import format as npy

from pyg_siamex.datasets.numpy_file import npz_objects, npz_shapes, read_npy, read_npz

TABLE = np.arange(6, dtype=np.float32).reshape(2, 3)
SHARED = [HealthCheck.function_scoped_fixture]


def claiming(shape, content=b"", descr="<f8"):
    """An ``.npy`` file whose header claims a shape."""
    file = io.BytesIO()
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    npy.write_array_header_1_0(file, header)
    return file.getvalue() + content


@pytest.mark.parametrize(
    "array", [TABLE, TABLE.T, TABLE[:, :0], np.array(3), np.array(["a", "bc"]), np.ones(3, ">i4")]
)
def test_arrays_are_what_numpy_reads(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    np.savez_compressed(tmp_path / "a.npz", a=array, other=np.ones(3))
    for found in (read_npy(tmp_path / "a.npy"), read_npz(tmp_path / "a.npz", ["a"])["a"]):
        assert found.dtype == array.dtype.newbyteorder("=") and np.array_equal(found, array)
    assert npz_shapes(tmp_path / "a.npz") == {"a": array.shape, "other": (3,)}


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize("kind", ["<f4", ">f8", ">i2", ">c8", "U3", ">U3"])
def test_every_version_and_order_of_bytes_gives_native_arrays(tmp_path, version, kind):
    array = np.arange(6.0).reshape(2, 3).astype(kind)
    with (tmp_path / "a.npy").open("wb") as file:
        np.lib.format.write_array(file, array, version=version)
    found = read_npy(tmp_path / "a.npy")
    assert found.dtype.isnative and found.tolist() == array.tolist()
    if kind.lstrip("<>")[0] != "U":
        assert torch.from_numpy(found).tolist() == array.tolist()


def test_a_newer_version_is_named(tmp_path):
    np.save(tmp_path / "a.npy", TABLE)
    content = bytearray((tmp_path / "a.npy").read_bytes())
    content[6:8] = 4, 1
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.npy has version 4\.1 of NumPy's format, and 1\.0 to"):
        read_npy(tmp_path / "a.npy")


@pytest.mark.parametrize("shape", [(10**6, 10**6), (2**62, 4), (3,), (10**30,)])
def test_claims_beyond_the_file_take_no_memory(tmp_path, shape):
    content = claiming(shape, bytes(16))
    (tmp_path / "a.npy").write_bytes(content)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", content)
    for read in (
        lambda: read_npy(tmp_path / "a.npy"),
        lambda: read_npz(tmp_path / "a.npz", ["a"]),
    ):
        with pytest.raises(ValueError, match=r"claims|not an array of NumPy"):
            read()


def test_bombs_are_refused_before_they_unfold(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", claiming((2**21,), bytes(2**24)))
        archive.writestr("b.npy", claiming((2,), bytes(16)))
    monkeypatch.setattr("pyg_siamex._memory.free_memory", lambda: 2**20)
    with pytest.raises(ValueError, match=r"'a' of .*a.npz would take 16.0 MiB of memory"):
        read_npz(tmp_path / "a.npz", ["a"])
    assert read_npz(tmp_path / "a.npz", ["b"])["b"].tolist() == [0, 0]  # only what is needed


@settings(deadline=None, suppress_health_check=SHARED)
@given(damages())
def test_no_damage_to_an_archive_is_read(tmp_path, damage):
    np.savez(tmp_path / "a.npz", a=TABLE)
    (tmp_path / "a.npz").write_bytes(damage((tmp_path / "a.npz").read_bytes()))
    try:
        found = read_npz(tmp_path / "a.npz", ["a"])["a"]
    except ValueError as error:
        assert "a.npz" in str(error) and len(str(error)) < 400
    else:
        assert np.array_equal(found, TABLE)


@settings(deadline=None, suppress_health_check=SHARED)
@given(damages())
def test_any_damage_to_an_array_is_read_or_named(tmp_path, damage):
    np.save(tmp_path / "a.npy", TABLE)
    (tmp_path / "a.npy").write_bytes(damage((tmp_path / "a.npy").read_bytes()))
    try:
        read_npy(tmp_path / "a.npy")
    except ValueError as error:
        assert "a.npy" in str(error) and len(str(error)) < 400


def test_objects_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.array([{"a": 1}, None], object))
    with pytest.raises(ValueError, match="pickled Python objects, which are not read"):
        read_npy(tmp_path / "a.npy")
    np.savez(tmp_path / "a.npz", a=np.array([{"a": 1}], object), b=TABLE)
    with pytest.raises(ValueError, match="pickled Python objects, which are not read"):
        read_npz(tmp_path / "a.npz", ["a"])
    assert npz_objects(tmp_path / "a.npz", "a")[0] == [1]
    with pytest.raises(ValueError, match="holds float32, not objects"):
        npz_objects(tmp_path / "a.npz", "b")


def test_missing_files_and_arrays_are_named(tmp_path):
    for read in (read_npy, npz_shapes, lambda path: read_npz(path, ["a"])):
        with pytest.raises(FileNotFoundError, match="no file"):
            read(tmp_path / "none")
    np.savez(tmp_path / "a.npz", a=TABLE, b=TABLE)
    with pytest.raises(ValueError, match="has no array 'c': it has a, b"):
        read_npz(tmp_path / "a.npz", ["c"])
    (tmp_path / "a.npz").write_text("no archive")
    for read in (npz_shapes, lambda path: read_npz(path, ["a"])):
        with pytest.raises(ValueError, match=r"is not an \.npz file, or it is damaged"):
            read(tmp_path / "a.npz")
