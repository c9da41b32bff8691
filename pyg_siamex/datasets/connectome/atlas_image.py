"""Centres of the regions of an atlas from its image."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pyg_siamex._extras import needed_for
from pyg_siamex.datasets.connectome.brain_image import open_image, values_of

_LARGEST = 2**53
_WAY_OUT = "fetch it again, or move it away, and the regions have no places"


@needed_for("reading an atlas image")
def centres(
    image: str | os.PathLike[str], numbers: Sequence[int], way_out: str = _WAY_OUT
) -> list[list[float]] | None:
    """Centre of mass of each region, in the image's space, usually MNI.

    Args:
        image: NIfTI image whose voxels hold the numbers of regions.
        numbers: Number of each region.
        way_out: What to do if the image cannot be used.

    Returns:
        x, y and z of each, mm; ``None`` if the image lacks one of them.

    Raises:
        FileNotFoundError: If there is no image.
        ValueError: If it is no image or damaged, or holds no numbers of regions.
    """
    from nibabel.affines import apply_affine
    from scipy.ndimage import center_of_mass

    volume, affine = _numbered(Path(image), way_out)
    if volume.ndim != 3 or not set(numbers) <= set(np.unique(volume).tolist()):
        return None
    voxels = np.array(center_of_mass(volume > 0, volume, list(numbers)))
    places = apply_affine(affine, voxels)
    if not np.isfinite(places).all():
        raise ValueError(f"{image} does not say where its voxels are: {way_out}")
    found: list[list[float]] = places.tolist()
    return found


@needed_for("reading an atlas image")
def numbers_in(image: str | os.PathLike[str], way_out: str = _WAY_OUT) -> list[int]:
    """The numbers of regions that an image holds, in their order; 0 is the background.

    Args:
        image: As for :func:`centres`.
        way_out: What to do if the image cannot be used.

    Raises:
        FileNotFoundError: If there is no image.
        ValueError: If it is no image or damaged, or holds no numbers of regions.
    """
    return [int(number) for number in np.unique(_numbered(Path(image), way_out)[0]) if number]


def _numbered(path: Path, way_out: str) -> tuple[np.ndarray, np.ndarray]:
    """The number of the region at each voxel, and where voxels are."""
    loaded = open_image(path, way_out)
    values = np.squeeze(values_of(loaded, path, way_out))
    values = np.where(np.isnan(values), 0, values)  # NaN is background
    if not (np.abs(values) < _LARGEST).all():
        raise ValueError(f"{path} has voxels that are no numbers of regions: {way_out}")
    return values.round().astype(int), loaded.affine
