"""Atlases by name: tables that are here or in nilearn, and images that nilearn downloads."""

import re
import warnings
from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex._numbers import shown
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.datasets.connectome.atlas_image import centres, numbers_in
from pyg_siamex.datasets.connectome.desikan import DESIKAN_CENTRES
from pyg_siamex.datasets.connectome.downloaded import DataDir, downloaded

_YEO_7 = ("Vis", "SomMot", "DorsAttn", "SalVentAttn", "Limbic", "Cont", "Default")
"""Names of the seven networks of Yeo et al. in the order of their numbers."""

_DOWNLOAD = "remove it, so that nilearn downloads it anew"
"""What to do about an image that cannot be used."""


@needed_for("this atlas")
@checked
def dosenbach_160() -> Atlas:
    """The 160 ROIs of Dosenbach et al. (Science 2010) with their six networks.

    They are ordered by network, which is the default of
    ``nilearn.datasets.fetch_coords_dosenbach_2010``. nilearn ships them, so nothing is downloaded.
    """
    from nilearn.datasets import fetch_coords_dosenbach_2010

    found = fetch_coords_dosenbach_2010()
    networks = [str(network) for network in found.networks]
    return Atlas("Dosenbach 160", list(found.labels), _positions(found.rois), networks)


@needed_for("this atlas")
@checked
def power_264() -> Atlas:
    """The 264 ROIs of Power et al. (Neuron 2011), with coordinates and without networks.

    nilearn ships them, so nothing is downloaded. Use :meth:`Atlas.from_table` to read a table with
    the published networks.
    """
    from nilearn.datasets import fetch_coords_power_2011

    rois = fetch_coords_power_2011().rois
    numbers = [int(number) for number in rois["roi"]]
    names = [f"ROI {number}" for number in numbers]
    return Atlas("Power 264", names, _positions(rois), numbers=numbers)


@needed_for("this atlas")
@checked
def seitzman_300() -> Atlas:
    """The 300 ROIs of Seitzman et al. (NeuroImage 2020) with their networks.

    They are in the published order, not sorted by network. nilearn ships them, so nothing is
    downloaded.
    """
    from nilearn.datasets import fetch_coords_seitzman_2018

    found = fetch_coords_seitzman_2018(ordered_regions=False)
    numbers = list(range(1, len(found.rois) + 1))
    names = [f"{region} {k}" for region, k in zip(found.regions, numbers, strict=True)]
    networks = [str(network) for network in found.networks]
    return Atlas("Seitzman 300", names, _positions(found.rois), networks, numbers)


@checked
def desikan_68() -> Atlas:
    """The 68 cortical regions of Desikan et al. (NeuroImage 2006), left before right.

    Names and numbers (1001, 2001, ...) are those of FreeSurfer's ``aparc``; coordinates are centres
    of mass of its regions in MNI space. The table is here. It has no networks.
    """
    names = [f"{side}_{name}" for side in ("lh", "rh") for name in DESIKAN_CENTRES]
    codes = [k for k in range(1, 36) if k != 4]  # 4 is the corpus callosum
    numbers = [start + k for start in (1000, 2000) for k in codes]
    places = [both[side] for side in (0, 1) for both in DESIKAN_CENTRES.values()]
    return Atlas("Desikan-Killiany 68", names, torch.tensor(places).float(), numbers=numbers)


@needed_for("this atlas")
@checked
def aal(version: str = "SPM12", data_dir: DataDir = None) -> Atlas:
    """Automated anatomical labelling (Tzourio-Mazoyer et al., NeuroImage 2002), 116 ROIs.

    nilearn downloads the atlas on the first call. Regions are in the order of their numbers in the
    image, which is the order of nilearn's maskers. Coordinates are centres of mass.

    Args:
        version: ``"SPM12"``, ``"SPM8"``, ``"SPM5"`` (116 ROIs) or ``"3v2"`` (166).
        data_dir: Folder for nilearn's data. Default: nilearn's own folder.

    Raises:
        ValueError: If there is no such version.
    """
    from nilearn.datasets import fetch_atlas_aal

    _one_of("version", version, ("SPM12", "SPM8", "SPM5", "3v2"))
    found = downloaded("the atlas AAL", fetch_atlas_aal, version, data_dir=data_dir)
    named = dict(zip(map(int, found.indices), found.labels, strict=True))
    numbers = numbers_in(found.maps, _DOWNLOAD)
    return _of_image(f"AAL ({version})", found.maps, numbers, [named[k] for k in numbers])


@needed_for("this atlas")
@checked
def schaefer(
    regions: int = 400,
    networks: Literal[7, 17] = 7,
    data_dir: DataDir = None,
    resolution: Literal[1, 2] = 2,
) -> Atlas:
    """The parcellation of Schaefer et al. (Cerebral Cortex 2018) with the networks of Yeo et al.

    nilearn downloads the atlas on the first call (MIT licence). Coordinates are centres of mass.

    Args:
        regions: 100, 200, ... or 1,000.
        networks: 7 or 17.
        data_dir: Folder for nilearn's data. Default: nilearn's own folder.
        resolution: Voxels of the image, 1 or 2 mm.

    Raises:
        ValueError: If there is no such parcellation.
    """
    from nilearn.datasets import fetch_atlas_schaefer_2018

    _one_of("regions", regions, range(100, 1001, 100))
    _one_of("networks", networks, (7, 17))
    _one_of("resolution", resolution, (1, 2))
    asked = regions, networks, resolution
    found = downloaded(
        "the atlas of Schaefer", fetch_atlas_schaefer_2018, *asked, data_dir=data_dir, verbose=0
    )
    numbers, names = _labelled(found.lut)
    of_network = [re.sub(r"^\d+Networks_[LR]H_", "", name).split("_")[0] for name in names]
    title = f"Schaefer {regions} ({networks} networks)"
    return _of_image(title, found.maps, numbers, names, of_network)


@needed_for("this atlas")
@checked
def destrieux(data_dir: DataDir = None) -> Atlas:
    """The 148 cortical regions of Destrieux et al. (NeuroImage 2010), both hemispheres.

    nilearn downloads the atlas on the first call. Coordinates are centres of mass. Regions that
    are not in the image, such as the medial wall, are left out.

    Args:
        data_dir: Folder for nilearn's data. Default: nilearn's own folder.
    """
    from nilearn.datasets import fetch_atlas_destrieux_2009

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"\s*The following regions are present")  # left out below
        found = downloaded(
            "the atlas Destrieux", fetch_atlas_destrieux_2009, data_dir=data_dir, verbose=0
        )
    numbers, names = _labelled(found.lut)
    there = set(numbers_in(found.maps, _DOWNLOAD))
    kept = [k for k, number in enumerate(numbers) if number in there]
    return _of_image("Destrieux", found.maps, [numbers[k] for k in kept], [names[k] for k in kept])


@needed_for("this atlas")
@checked
def yeo(networks: Literal[7, 17] = 7, data_dir: DataDir = None) -> Atlas:
    """The networks of Yeo et al. (J Neurophysiology 2011) as regions.

    nilearn downloads the atlas on the first call. Coordinates are centres of mass of both
    hemispheres together, so x is near 0.

    Args:
        networks: 7 or 17.
        data_dir: Folder for nilearn's data. Default: nilearn's own folder.

    Raises:
        ValueError: If there is another number of networks.
    """
    from nilearn.datasets import fetch_atlas_yeo_2011

    _one_of("networks", networks, (7, 17))
    asked = {"n_networks": networks, "thickness": "thick", "verbose": 0}
    found = downloaded("the networks of Yeo", fetch_atlas_yeo_2011, data_dir=data_dir, **asked)
    numbers, names = _labelled(found.lut)
    if networks == 7:
        names = [_YEO_7[number - 1] for number in numbers]
    return _of_image(f"Yeo {networks}", found.maps, numbers, names, names)


def _one_of(name: str, given: object, choices: Sequence[object]) -> None:
    """Raise ``ValueError`` for an atlas that there is not, before anything is downloaded."""
    if given not in choices:
        told = ", ".join(map(str, choices))
        raise ValueError(f"`{name}` must be one of {told} (got {shown(given)})")


def _labelled(table: Any) -> tuple[list[int], list[str]]:
    """Numbers and names of a table of nilearn, without the background."""
    rows = [
        (int(number), str(name))
        for number, name in zip(table["index"], table["name"], strict=True)
        if int(number) and str(name).lower() != "background"
    ]
    return [number for number, _ in rows], [name for _, name in rows]


def _of_image(
    title: str,
    image: str,
    numbers: Sequence[int],
    names: Sequence[str],
    networks: Sequence[str] | None = None,
) -> Atlas:
    places = centres(image, numbers, _DOWNLOAD)
    if places is None:
        raise ValueError(f"the image of atlas '{title}' at {image} lacks regions: download it anew")
    return Atlas(title, list(names), torch.tensor(places), networks, list(numbers))


def _positions(rois: Any) -> Tensor:
    return torch.tensor(rois[["x", "y", "z"]].to_numpy(dtype="float32"))
