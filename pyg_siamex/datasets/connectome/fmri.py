"""Time series of regions from public functional MRI collections, downloaded by nilearn."""

import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pyg_siamex._called import CalledError, called
from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex._numbers import real
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.datasets.connectome.brain_image import check_image, open_image, values_of
from pyg_siamex.datasets.connectome.confound_table import check_confounds
from pyg_siamex.datasets.connectome.downloaded import DataDir, downloaded
from pyg_siamex.datasets.connectome.named_atlases import dosenbach_160
from pyg_siamex.datasets.connectome.subjects import Subjects


class _Opened(NamedTuple):
    """An image, its file or ``None``, and what it is called in messages."""

    image: Any
    path: Path | None
    what: str


_FILTERED = 33
"""Most time points that the filter, of order 5 in both directions, does not take."""

_RADIUS = 5.0  # mm, as in Power et al. 2011 and Dosenbach et al. 2010


@checked
def abide_series(
    derivative: str = "rois_aal",
    label: str = "DX_GROUP",
    *,
    n_subjects: int | None = None,
    pipeline: str = "cpac",
    band_pass_filtering: bool = False,
    global_signal_regression: bool = False,
    quality_checked: bool = True,
    data_dir: DataDir = None,
) -> Subjects:
    """Time series of the ABIDE preprocessed connectomes (Craddock et al. 2013): autism, control.

    Some subjects have regions without any signal; :func:`connectivity` names them. Models can
    easily tell the scanner site from these data. Check ``label="SITE_ID"`` before you trust a
    diagnosis.

    Args:
        derivative: ``"rois_aal"`` (116 regions), ``"rois_dosenbach160"``, ``"rois_cc200"``,
            ``"rois_cc400"``, ``"rois_ez"``, ``"rois_ho"`` or ``"rois_tt"``. The 160 regions of
            Dosenbach are put in the order of :func:`dosenbach_160`. The files' 161st column, a
            voxel where two regions overlap, is left out.
        label: Column of the phenotypic file. ``"DX_GROUP"`` becomes the classes autism and control.
        n_subjects: Number of subjects, the first ones. Default: all.
        pipeline: ``"cpac"``, ``"ccs"``, ``"dparsf"`` or ``"niak"``.
        band_pass_filtering: Use signals filtered to 0.01 to 0.1 Hz.
        global_signal_regression: Use signals with the global signal regressed out.
        quality_checked: Use only subjects that passed the raters' checks.
        data_dir: Folder for nilearn's data. Default: nilearn's own folder.

    Raises:
        ValueError: If the derivative does not hold regions, the column does not exist, or a file of
            Dosenbach's regions lacks some of them.
    """
    with needed_for("ABIDE"):
        from nilearn.datasets import fetch_abide_pcp

    if not derivative.startswith("rois_"):
        raise ValueError(f"derivative must be one of regions, such as 'rois_aal' ('{derivative}')")
    found = downloaded(
        "ABIDE",
        fetch_abide_pcp,
        data_dir=data_dir,
        n_subjects=n_subjects,
        pipeline=pipeline,
        band_pass_filtering=band_pass_filtering,
        global_signal_regression=global_signal_regression,
        derivatives=[derivative],
        quality_checked=quality_checked,
        verbose=0,
    )
    labels = _column(found.phenotypic, label)
    if label == "DX_GROUP":
        labels = [{1: "autism", 2: "control"}[int(value)] for value in labels]
    series = found[derivative]
    if derivative == "rois_dosenbach160":
        series = _in_order_of_the_atlas(series)
    return Subjects(series, found.phenotypic["SUB_ID"].tolist(), labels)


@checked
def development_series(
    atlas: Atlas,
    label: str = "Child_Adult",
    *,
    n_subjects: int | None = None,
    radius: float = _RADIUS,
    data_dir: DataDir = None,
) -> Subjects:
    """Time series of children and adults who watch a film (Richardson et al. 2018).

    Args:
        atlas: Regions with coordinates, see :func:`region_series`.
        label: Column of the participants' table: ``"Child_Adult"``, ``"Age"``, ``"AgeGroup"``,
            ``"Gender"`` or ``"Handedness"``.
        n_subjects: Number of subjects, with children and adults in proportion. Default: all 155.
        radius: Radius of a region in mm.
        data_dir: Folder for nilearn's data. Default: nilearn's own folder.

    Raises:
        ValueError: If the column does not exist, the atlas has no coordinates, or the radius is not
            above 0.
    """
    with needed_for("this data set"):
        from nilearn.datasets import fetch_development_fmri

    atlas.required_coordinates()
    real("radius", radius, "(0, inf)")
    found = downloaded(
        "these subjects", fetch_development_fmri, n_subjects, data_dir=data_dir, verbose=0
    )
    names = found.phenotypic["participant_id"].tolist()
    labels = _column(found.phenotypic, label)
    series = region_series(found.func, atlas, found.confounds, float(found.t_r), radius)
    return Subjects(series, names, labels)


@checked
def adhd_series(
    atlas: Atlas,
    label: str = "adhd",
    *,
    n_subjects: int | None = 30,
    radius: float = _RADIUS,
    data_dir: DataDir = None,
) -> Subjects:
    """Resting-state time series of 40 subjects of ADHD-200, with and without the diagnosis.

    Args:
        atlas: Regions with coordinates, see :func:`region_series`.
        label: Column of the phenotypic file, such as ``"adhd"``, ``"site"``, ``"age"``, ``"sex"``.
        n_subjects: Number of subjects, the first of 40; ``None`` for all. Default: 30.
        radius: Radius of a region in mm.
        data_dir: Folder for nilearn's data. Default: nilearn's own folder.

    Raises:
        ValueError: If the column does not exist, the atlas has no coordinates, or the radius is not
            above 0.
    """
    with needed_for("ADHD-200"):
        from nilearn.datasets import fetch_adhd
        from nilearn.datasets.func import adhd_ids

    atlas.required_coordinates()
    real("radius", radius, "(0, inf)")
    found = downloaded("ADHD-200", fetch_adhd, n_subjects, data_dir=data_dir, verbose=0)
    # The phenotypic rows follow the order of their file, the images the order of identifiers.
    names = adhd_ids()[: len(found.func)]
    rows = found.phenotypic.set_index("Subject").loc[names]
    labels = _column(rows, label)
    return Subjects(
        region_series(found.func, atlas, found.confounds, float(found.t_r), radius), names, labels
    )


@checked
def region_series(
    images: Sequence[Any],
    atlas: Atlas,
    confounds: Sequence[Any] | None = None,
    t_r: float | None = None,
    radius: float = _RADIUS,
) -> list[np.ndarray]:
    """Mean signal in a sphere around each region's centre, ``[T, R]`` for every image.

    Uses :class:`nilearn.maskers.NiftiSpheresMasker`. Signals are detrended, cleaned of the
    confounds, filtered to 0.01 to 0.1 Hz if ``t_r`` is given, and standardised.

    Args:
        images: 4-D images in MNI space (paths or nibabel images).
        atlas: Regions with coordinates.
        confounds: Confounds of each image (paths or arrays), or ``None``.
        t_r: Repetition time in seconds, above 0 and below 50, which 0.01 Hz needs, or ``None`` for
            no filter.
        radius: Radius of a sphere in mm, above 0.

    Raises:
        FileNotFoundError: If an image or a table of confounds is missing.
        ValueError: If the atlas has no coordinates, lengths differ, the radius or the repetition
            time is out of range, an image is damaged, has no time points, fewer than a filter
            needs, no voxel in a region or no signal in any, or confounds do not fit it.
    """
    with needed_for("reading images"):
        from nilearn.maskers import NiftiSpheresMasker

    seeds = [tuple(place) for place in atlas.required_coordinates().tolist()]
    real("radius", radius, "(0, inf)")
    if t_r is not None:
        real("t_r", t_r, "(0, 50)")
    if confounds is not None and len(confounds) != len(images):
        raise ValueError(f"{len(confounds)} confounds for {len(images)} images")
    masker = NiftiSpheresMasker(
        seeds,
        radius=radius,
        allow_overlap=True,
        detrend=True,
        standardize="zscore_sample",
        low_pass=None if t_r is None else 0.1,
        high_pass=None if t_r is None else 0.01,
        t_r=t_r,
    )
    given = [None] * len(images) if confounds is None else confounds
    for confound in given:
        _check_there(confound)
    opened = [_opened(image, f"images[{k}]") for k, image in enumerate(images)]
    for k, (image, confound) in enumerate(zip(opened, given, strict=True)):
        points = getattr(image.image, "shape", (0,) * 4)[-1]
        if t_r is not None and 0 < points <= _FILTERED:
            raise ValueError(
                f"{image.what} has {points} time points, and filtering needs more than "
                f"{_FILTERED}: leave `t_r` out"
            )
        if confound is not None:
            check_confounds(confound, f"confounds[{k}]", points)
    return [
        _series_of(masker, image, f"images[{k}]", confound, atlas)
        for k, (image, confound) in enumerate(zip(opened, given, strict=True))
    ]


def _check_there(confound: Any) -> None:
    if isinstance(confound, str | os.PathLike) and not Path(confound).expanduser().is_file():
        raise FileNotFoundError(f"no file {confound} (`confounds`)")


def _opened(image: Any, what: str) -> _Opened:
    """The image and its file, where it has one, with a header that was checked."""
    from nibabel.spatialimages import SpatialImage

    path = None
    if isinstance(image, str | os.PathLike) and not glob.has_magic(os.fspath(image)):
        path = Path(image).expanduser()
        image, what = open_image(path), f"{what}, {path}"
    if isinstance(image, SpatialImage):
        check_image(image, what)
        if image.ndim != 4 or 0 in image.shape or image.shape[3] < 2:
            raise ValueError(
                f"{what} has shape {list(image.shape)}: it must be 4-D, with two time points or "
                f"more"
            )
    return _Opened(image, path, what)


def _series_of(masker: Any, opened: _Opened, what: str, confound: Any, atlas: Atlas) -> np.ndarray:
    """The regions' signals in one image."""
    from nilearn.image import new_img_like

    image, path, called_so = opened
    if path is not None:
        image = new_img_like(image, values_of(image, path), image.affine)
    beside = "" if confound is None else f" with {what.replace('images', 'confounds')}"
    found: np.ndarray
    try:
        found = called(f"{called_so}{beside}", masker.fit_transform, image, None, confound)
    except CalledError as error:
        empty = re.search(r"spheres are empty: \[(\d+)", str(error.__cause__))
        if empty is None:
            raise
        raise ValueError(
            f"{called_so} has no voxel in region '{atlas.names[int(empty[1])]}': it does not reach "
            f"there, or is not in MNI space"
        ) from None
    if not np.isfinite(found).all() or not found.any():
        raise ValueError(
            f"{called_so} has no signal in any region of the atlas: its values are constant or not "
            f"finite there, or it is not in MNI space"
        )
    return found


def _in_order_of_the_atlas(series: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Reorder columns from the order of the regions' numbers to :func:`dosenbach_160`."""
    numbers = [int(name.rsplit(" ", 1)[1]) for name in dosenbach_160().names]
    widths = {array.shape[1] for array in series}
    if not widths <= {160, 161}:
        raise ValueError(f"expected 160 or 161 columns of Dosenbach's regions, got {widths}")
    return [array[:, np.array(numbers) - 1] for array in series]


def _column(table: Any, label: str) -> list[Any]:
    if label not in table:
        raise ValueError(f"no column '{label}': there are {', '.join(map(str, table))}")
    column: list[Any] = table[label].tolist()
    return column
