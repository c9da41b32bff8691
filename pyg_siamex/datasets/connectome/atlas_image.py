"""Centres of the regions of an atlas from its image."""

import os
from collections.abc import Sequence

import numpy as np

from pyg_siamex._extras import needed_for


@needed_for("reading an atlas image")
def centres(image: str | os.PathLike[str], numbers: Sequence[int]) -> list[list[float]] | None:
    """Centre of mass of each region, in the image's space, usually MNI.

    Args:
        image: NIfTI image whose voxels hold the numbers of regions.
        numbers: Number of each region.

    Returns:
        x, y and z of each, mm; ``None`` if the image lacks one of them.
    """
    from nibabel.affines import apply_affine
    from nilearn.image import get_data, load_img
    from scipy.ndimage import center_of_mass

    loaded = load_img(str(image))
    volume = np.squeeze(get_data(loaded)).round().astype(int)
    if volume.ndim != 3 or not set(numbers) <= set(np.unique(volume).tolist()):
        return None
    voxels = np.array(center_of_mass(volume > 0, volume, list(numbers)))
    centres: list[list[float]] = apply_affine(loaded.affine, voxels).tolist()
    return centres
