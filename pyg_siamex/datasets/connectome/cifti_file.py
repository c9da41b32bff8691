"""Read parcellated CIFTI files, .pconn.nii and .ptseries.nii, with nibabel."""

from pathlib import Path

import numpy as np

from pyg_siamex._extras import needed_for
from pyg_siamex.datasets.connectome.brain_image import open_image, parsed, values_of
from pyg_siamex.datasets.connectome.region_array import RegionArray


@needed_for("reading CIFTI files")
def read_cifti(path: Path) -> RegionArray:
    """Read the matrix ``[R, R]`` or time series ``[T, R]`` and its parcels' names.

    Args:
        path: A ``.pconn.nii`` or ``.ptseries.nii`` file.

    Raises:
        FileNotFoundError: If it does not exist.
        ValueError: If it is no CIFTI-2 file or damaged, or its columns are not parcels.
    """
    import nibabel
    from nibabel.cifti2.cifti2_axes import ParcelsAxis

    image = open_image(path)
    if not isinstance(image, nibabel.Cifti2Image):
        raise ValueError("it is a NIfTI image and no CIFTI-2 file")
    axes = parsed(path, lambda: [image.header.get_axis(k) for k in range(image.ndim)])
    columns = axes[-1]
    if len(axes) != 2 or not isinstance(columns, ParcelsAxis):
        kinds = ", ".join(type(axis).__name__ for axis in axes)
        raise ValueError(f"its columns are not parcels (its axes are {kinds}): parcellate it first")
    values = np.asarray(values_of(image, path), dtype=float)
    names = [str(name) for name in columns.name]
    if isinstance(axes[0], ParcelsAxis):
        return RegionArray.of_square(values, [str(name) for name in axes[0].name], names)
    return RegionArray(values, names)
