"""Whatever happens to the bytes of an image, its reader gives numbers or names the file."""

import gzip
import io
import re
import warnings
from pathlib import Path

import nibabel
import numpy as np
import pytest
from connectomes import matrices
from damage import damages
from hypothesis import given, settings
from nibabel.cifti2 import BrainModelAxis, ParcelsAxis

from pyg_siamex.datasets.connectome.array_file import read_array
from pyg_siamex.datasets.connectome.atlas_image import numbers_in
from pyg_siamex.datasets.connectome.atlas_table import read_atlas_table
from pyg_siamex.datasets.connectome.brain_image import check_image, open_image, parsed, values_of

VOLUME = np.arange(27, dtype=np.int16).reshape(3, 3, 3) % 4


def nifti(volume=VOLUME, affine=None):
    image = nibabel.Nifti1Image(volume, np.eye(4) if affine is None else affine)
    return image.to_bytes()


def cifti():
    surface = BrainModelAxis.from_mask(np.ones(3, dtype=bool), name="cortex_left")
    parcels = ParcelsAxis.from_brain_models([(n, surface[[k]]) for k, n in enumerate("abc")])
    image = nibabel.Cifti2Image(matrices(1, 3)[0].astype("f4"), header=(parcels, parcels))
    file = io.BytesIO()
    image.to_file_map({"image": nibabel.FileHolder(fileobj=file)})
    return file.getvalue()


def places(folder, content, *, packed=True):
    """What the table of an atlas finds in the image beside it."""
    (folder / "x_dseg.tsv").write_text("index\tname\n1\ta\n2\tb\n3\tc\n")
    (folder / "x_dseg.nii.gz").write_bytes(gzip.compress(content) if packed else content)
    return read_atlas_table(folder / "x_dseg.tsv").coordinates


def matrix(folder, content):
    (folder / "s.pconn.nii").write_bytes(content)
    return read_array(folder / "s.pconn.nii").values


def named(read, file):
    """The result, or ``None`` after an error that names the file and what to do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return read()
        except ValueError as error:
            said = str(error)
            assert said.count(file) == 1 and "\n" not in said and len(said) < 600, said
            assert "usecols" not in said and "could not" not in said.lower()
            return None


READERS = {
    "packed atlas": (lambda folder, content: places(folder, content), nifti(), "x_dseg.nii.gz"),
    "atlas in damaged gzip": (
        lambda folder, content: places(folder, content, packed=False),
        gzip.compress(nifti(), mtime=0),
        "x_dseg.nii.gz",
    ),
    "CIFTI": (matrix, cifti(), "s.pconn.nii"),
}


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=50, deadline=None)
@given(damage=damages())
def test_damage_anywhere_ends_in_numbers_or_in_an_error_with_the_file(
    tmp_path_factory, kind, damage
):
    read, content, file = READERS[kind]
    folder = tmp_path_factory.getbasetemp() / "brain images"
    folder.mkdir(exist_ok=True)
    assert read(folder, content) is not None
    found = named(lambda: read(folder, damage(content)), file)
    assert found is None or np.asarray(found).shape == (3, 3)


def claiming(shape):
    header = nibabel.Nifti1Header.from_fileobj(io.BytesIO(nifti()), check=False)
    header["dim"][: len(shape) + 1] = [len(shape), *shape]
    return header.binaryblock + nifti()[len(header.binaryblock) :]


BAD = {
    "a page": (b"<html>404</html>", "no brain image"),
    "nothing": (b"", "no brain image"),
    "half": (nifti()[:380], "damaged"),
    "large claims": (claiming([30000, 30000, 30000]), "more than its file can hold"),
    "negative claims": (claiming([-3, 3, 3]), "damaged"),
    "no numbers": (nifti(np.full((3, 3, 3), np.inf)), "voxels that are no numbers of regions"),
    "huge numbers": (nifti(np.full((3, 3, 3), 1e300)), "voxels that are no numbers of regions"),
    "colours": (
        nifti(np.zeros((3, 3, 3), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])),
        "it must hold real numbers",
    ),
    "complex": (nifti(np.ones((3, 3, 3), dtype=np.complex64)), "it must hold real numbers"),
}


def test_voxels_that_are_nan_are_background(tmp_path):
    expected = places(tmp_path, nifti())
    found = places(tmp_path, nifti(np.where(VOLUME == 0, np.nan, VOLUME)))
    np.testing.assert_array_equal(found, expected)


def test_a_checksum_that_does_not_fit_is_noticed(tmp_path):
    packed = bytearray(gzip.compress(nifti()))
    packed[-6] ^= 1
    (tmp_path / "a.nii.gz").write_bytes(packed)
    with pytest.raises(ValueError, match=r"a\.nii\.gz is damaged, or no brain image: "):
        open_image(tmp_path / "a.nii.gz")


@pytest.mark.parametrize("kind", BAD)
def test_images_of_an_atlas_that_cannot_be_used_are_named(tmp_path, kind):
    content, words = BAD[kind]
    with pytest.raises(ValueError, match=f"x_dseg.nii.gz .*{words}"):
        places(tmp_path, content)


@pytest.mark.filterwarnings("ignore")
def test_a_header_that_claims_more_than_the_file_can_hold_is_refused_before_reading(tmp_path):
    content = bytearray(cifti())
    header = nibabel.Nifti2Header.from_fileobj(io.BytesIO(content), check=False)
    header["dim"][5:7] = 999999
    content[: len(header.binaryblock)] = header.binaryblock
    with pytest.raises(ValueError, match=r"s.pconn.nii is damaged: it claims to hold \[999999, 9"):
        matrix(tmp_path, bytes(content))


def test_numbers_of_regions_are_those_of_the_voxels(tmp_path):
    (tmp_path / "a.nii").write_bytes(nifti())
    assert numbers_in(tmp_path / "a.nii") == [1, 2, 3]


def test_an_image_is_opened_and_then_read(tmp_path):
    path = tmp_path / "v.nii"
    path.write_bytes(nifti())
    assert np.array_equal(values_of(open_image(path), path), VOLUME)
    with pytest.raises(FileNotFoundError, match="no file"):
        open_image(tmp_path / "none.nii")
    check_image(nibabel.Nifti1Image(VOLUME, np.eye(4)), "an image in memory")


def test_errors_of_the_system_are_told_in_its_words():
    def read():
        raise PermissionError(13, "Permission denied")

    with pytest.raises(ValueError, match=re.escape("a.nii cannot be read: Permission denied")):
        parsed(Path("a.nii"), read)
