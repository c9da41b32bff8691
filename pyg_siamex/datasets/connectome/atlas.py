"""Atlases: names, coordinates and networks of the regions that are a connectome's nodes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pyg_siamex._extras import needed_for
from pyg_siamex.datasets.csv_rows import Row, read_rows


@dataclass(frozen=True)
class Atlas:
    """The regions of interest (ROIs) of a parcellation, in the order of the matrices' rows.

    Attributes:
        name: Name of the atlas in pictures and messages.
        names: Name of each ROI; unique.
        coordinates: Centre of each ROI in MNI space, ``[R, 3]`` float, in mm, or ``None``.
        networks: Functional network of each ROI, or ``None``.
        numbers: Number of each ROI in the atlas' image, such as FreeSurfer's 1001, or ``None``.

    Raises:
        ValueError: If lengths differ, a name or a number occurs twice, or a coordinate is not
            finite.
    """

    name: str
    names: Sequence[str]
    coordinates: Tensor | None = None
    networks: Sequence[str] | None = None
    numbers: Sequence[int] | None = None

    def __post_init__(self) -> None:
        size = len(self.names)
        twice = _first_twice(self.names)
        if twice is not None:
            raise ValueError(f"atlas '{self.name}' has two ROIs named '{twice}': number them")
        if self.numbers is not None and len(set(self.numbers)) != size:
            different = len(set(self.numbers))
            raise ValueError(
                f"atlas '{self.name}' has {size} ROIs and {different} different numbers"
            )
        if self.networks is not None and len(self.networks) != size:
            raise ValueError(
                f"atlas '{self.name}' has {size} ROIs and {len(self.networks)} networks"
            )
        if self.coordinates is not None:
            if self.coordinates.shape != (size, 3):
                raise ValueError(
                    f"atlas '{self.name}' has {size} ROIs and coordinates of shape "
                    f"{list(self.coordinates.shape)}: give [{size}, 3]"
                )
            if not self.coordinates.isfinite().all():
                raise ValueError(f"atlas '{self.name}' has coordinates that are not finite")

    def __len__(self) -> int:
        """Number R of ROIs."""
        return len(self.names)

    @property
    def network_names(self) -> list[str]:
        """The unique networks in alphabetical order; empty if the atlas has none."""
        return sorted(set(self.networks or ()))

    @property
    def network_index(self) -> Tensor:
        """Network of each ROI as a position in :attr:`network_names`, ``[R]`` long.

        Raises:
            ValueError: If the atlas has no networks.
        """
        place = {name: k for k, name in enumerate(self.network_names)}
        return torch.tensor([place[network] for network in self.required_networks()])

    def required_networks(self) -> Sequence[str]:
        """The networks; raises a ``ValueError`` if the atlas has none."""
        if self.networks is None:
            raise ValueError(
                f"atlas '{self.name}' has no networks: use dosenbach_160(), or Atlas.from_table "
                f"with a column 'network'"
            )
        return self.networks

    def required_coordinates(self) -> Tensor:
        """The coordinates ``[R, 3]``; raises a ``ValueError`` if the atlas has none."""
        if self.coordinates is None:
            raise ValueError(
                f"atlas '{self.name}' has no coordinates: use Atlas.from_table with columns "
                f"'x', 'y' and 'z'"
            )
        return self.coordinates

    def subset(self, rois: Sequence[int]) -> "Atlas":
        """The atlas restricted to some of its ROIs, in the given order."""
        chosen = list(rois)
        return Atlas(
            self.name,
            [self.names[k] for k in chosen],
            None if self.coordinates is None else self.coordinates[chosen],
            None if self.networks is None else [self.networks[k] for k in chosen],
            None if self.numbers is None else [self.numbers[k] for k in chosen],
        )

    @classmethod
    def numbered(cls, size: int) -> "Atlas":
        """An atlas with numbers as names, ``"ROI 1"``, ``"ROI 2"``, ..., and nothing else."""
        return cls("unnamed", [f"ROI {k + 1}" for k in range(size)])

    @classmethod
    def from_table(cls, path: str | os.PathLike[str], name: str | None = None) -> "Atlas":
        """Read a CSV or TSV file with one ROI per row, in the order of the matrices' rows.

        Args:
            path: The file, with a header: ``name`` and, if known, ``x``, ``y``, ``z`` (mm, MNI) and
                ``network``. The header is not case-sensitive.
            name: Name of the atlas. Default: the file's name without its suffix.

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: If the column ``name`` or every row is missing, a cell is empty, or a
                coordinate is not a number.
        """
        path = Path(path)
        rows = [_lower(row, path) for row in read_rows(path, [])]
        if not rows or "name" not in rows[0]:
            raise ValueError(f"{path} has no column 'name' with a ROI in each row below it")
        networks = _filled(rows, "network", path) if "network" in rows[0] else None
        names = _filled(rows, "name", path)
        return cls(name or path.stem, names, _coordinates(rows, path), networks)


def dosenbach_160() -> Atlas:
    """The 160 ROIs of Dosenbach et al. (Science 2010) with their six networks.

    They are ordered by network, which is the default of
    ``nilearn.datasets.fetch_coords_dosenbach_2010``. nilearn ships them, so nothing is downloaded.
    """
    with needed_for("this atlas"):
        from nilearn.datasets import fetch_coords_dosenbach_2010

    found = fetch_coords_dosenbach_2010()
    networks = [str(network) for network in found.networks]
    return Atlas("Dosenbach 160", list(found.labels), _positions(found.rois), networks)


def power_264() -> Atlas:
    """The 264 ROIs of Power et al. (Neuron 2011), with coordinates and without networks.

    nilearn ships them, so nothing is downloaded. Use :meth:`Atlas.from_table` to read a table with
    the published networks.
    """
    with needed_for("this atlas"):
        from nilearn.datasets import fetch_coords_power_2011

    rois = fetch_coords_power_2011().rois
    return Atlas("Power 264", [f"ROI {number}" for number in rois["roi"]], _positions(rois))


def aal(version: str = "SPM12", data_dir: str | os.PathLike[str] | None = None) -> Atlas:
    """Automated anatomical labelling (Tzourio-Mazoyer et al., NeuroImage 2002), 116 ROIs.

    nilearn downloads the atlas on the first call. Regions are in the order of their numbers in the
    image, which is the order of nilearn's maskers. Coordinates are centres of mass.

    Args:
        version: ``"SPM12"``, ``"SPM8"``, ``"SPM5"`` (116 ROIs) or ``"3v2"`` (166).
        data_dir: Folder for nilearn's data. Default: nilearn's own folder.
    """
    import numpy as np

    with needed_for("this atlas"):
        from nibabel.affines import apply_affine
        from nilearn.datasets import fetch_atlas_aal
        from nilearn.image import get_data, load_img
    from scipy.ndimage import center_of_mass

    found = fetch_atlas_aal(version, data_dir=None if data_dir is None else str(data_dir))
    named = dict(zip(map(int, found.indices), found.labels, strict=True))
    image = load_img(found.maps)
    volume = get_data(image).round().astype(int)
    numbers = [int(number) for number in np.unique(volume) if number]  # 0 is background
    voxels = np.array(center_of_mass(volume > 0, volume, numbers))
    coordinates = torch.from_numpy(apply_affine(image.affine, voxels)).float()
    return Atlas(f"AAL ({version})", [named[number] for number in numbers], coordinates)


def _positions(rois: Any) -> Tensor:
    return torch.tensor(rois[["x", "y", "z"]].to_numpy(dtype="float32"))


def _lower(row: Row, path: Path) -> dict[str, str]:
    if row.problem:
        raise ValueError(f"line {row.line} of {path}: {row.problem}")
    return {column.lower(): cell for column, cell in row.cells.items()}


def _filled(rows: Sequence[dict[str, str]], column: str, path: Path) -> list[str]:
    cells = [row[column] for row in rows]
    if "" in cells:
        raise ValueError(f"{path} has no '{column}' in row {cells.index('') + 1}")
    return cells


def _coordinates(rows: Sequence[dict[str, str]], path: Path) -> Tensor | None:
    present = [axis for axis in ("x", "y", "z") if axis in rows[0]]
    if not present:
        return None
    if len(present) < 3:
        raise ValueError(f"{path} has coordinates {', '.join(present)}: give x, y and z, or none")
    try:
        return torch.tensor([[float(row[axis]) for axis in present] for row in rows])
    except ValueError as error:
        raise ValueError(f"{path} has a coordinate that is not a number ({error})") from None


def _first_twice(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
