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
def centres(image: str | os.PathLike[str], numbers: Sequence[int]) -> list[list[float]] | None:
    """Centre of mass of each region, in the image's space, usually MNI.

    Args:
        image: NIfTI image whose voxels hold the numbers of regions.
        numbers: Number of each region.

    Returns:
        x, y and z of each, mm; ``None`` if the image lacks one of them.

    Raises:
        FileNotFoundError: If there is no image.
        ValueError: If it is no image or damaged, or holds no numbers of regions.
    """
    from nibabel.affines import apply_affine
    from scipy.ndimage import center_of_mass

    path = Path(image)
    loaded = open_image(path, _WAY_OUT)
    values = np.squeeze(values_of(loaded, path, _WAY_OUT))
    if not (np.abs(values) < _LARGEST).all():  # NaN is not below either
        raise ValueError(f"{path} has voxels that are no numbers of regions: {_WAY_OUT}")
    volume = values.round().astype(int)
    if volume.ndim != 3 or not set(numbers) <= set(np.unique(volume).tolist()):
        return None
    voxels = np.array(center_of_mass(volume > 0, volume, list(numbers)))
    places = apply_affine(loaded.affine, voxels)
    if not np.isfinite(places).all():
        raise ValueError(f"{path} does not say where its voxels are: {_WAY_OUT}")
    found: list[list[float]] = places.tolist()
    return found
