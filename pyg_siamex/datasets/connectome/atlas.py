"""Atlases: names, coordinates and networks of the regions that are a connectome's nodes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex._door import check_fields, checked
from pyg_siamex._numbers import whole
from pyg_siamex._visible import folded
from pyg_siamex.datasets.connectome.atlas_table import read_atlas_table
from pyg_siamex.datasets.connectome.coordinate_unit import check_unit

_MOST = 1_000_000
"""Most regions of an atlas that is made up."""


@checked
@dataclass(frozen=True)
class Atlas:
    """The regions of interest (ROIs) of a parcellation, in the order of the matrices' rows.

    Attributes:
        name: Name of the atlas in pictures and messages.
        names: Name of each ROI; unique, and not empty.
        coordinates: Centre of each ROI in MNI space, ``[R, 3]`` float, in mm, or ``None``.
        networks: Functional network of each ROI, or ``None``.
        numbers: Number of each ROI in the atlas' image, such as FreeSurfer's 1001, or ``None``.

    Raises:
        ValueError: If there are no ROIs, lengths differ, a name is empty, a name or a number occurs
            twice, or a coordinate is not finite, or in another unit than mm.
    """

    name: str
    names: Sequence[str]
    coordinates: Tensor | None = None
    networks: Sequence[str] | None = None
    numbers: Sequence[int] | None = None

    def __post_init__(self) -> None:
        size = len(self.names)
        if not size:
            raise ValueError(f"atlas '{self.name}' has no ROIs: give at least one name")
        plain = [folded(str(name)) for name in self.names]
        if "" in plain:
            raise ValueError(
                f"atlas '{self.name}' has a ROI without a name, number {plain.index('') + 1}: name "
                f"it"
            )
        if self.numbers is not None:  # numbers of a tensor differ always
            object.__setattr__(self, "numbers", [int(number) for number in self.numbers])
        if self.networks is not None:
            object.__setattr__(self, "networks", [folded(str(name)) for name in self.networks])
        twice = _first_twice(plain)
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
            check_unit(as_array(self.coordinates), f"atlas '{self.name}'")

    def _check_parts(self, name: str) -> None:
        """Refuse regions that were changed after they were made, and do not fit together.

        Args:
            name: Name of the regions in messages.

        Raises:
            TypeError: If a part is of another kind.
            ValueError: As for a new atlas.
        """
        check_fields(name.strip("`"), self)
        self.__post_init__()

    def __eq__(self, other: object) -> bool:
        """Whether both have the same name and the same ROIs, with all that is known of them."""
        if not isinstance(other, Atlas):
            return NotImplemented
        one, two = self.coordinates, other.coordinates
        placed = one is None if two is None else one is not None and torch.equal(one, two)
        return placed and self._named == other._named

    def __hash__(self) -> int:
        """A hash that equal atlases share."""
        return hash((self.name, *self.names))

    @property
    def _named(self) -> tuple[str, list[str], list[str] | None, list[int] | None]:
        """All parts but the coordinates."""
        networks = None if self.networks is None else list(self.networks)
        numbers = None if self.numbers is None else list(self.numbers)
        return self.name, list(self.names), networks, numbers

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

    @checked
    def subset(self, rois: Sequence[int]) -> "Atlas":
        """The atlas restricted to some of its ROIs, in the given order.

        Args:
            rois: Their positions, from 0.

        Raises:
            IndexError: If a position is negative or out of range.
            ValueError: If there is none.
        """
        chosen = [int(k) for k in rois]
        outside = next((k for k in chosen if not 0 <= k < len(self)), None)
        if outside is not None:
            raise IndexError(
                f"no position {outside} among {len(self)} regions: give positions from 0 to "
                f"{len(self) - 1}"
            )
        if not chosen:
            raise ValueError("`rois` is empty: give the position of at least one region")
        return Atlas(
            self.name,
            [self.names[k] for k in chosen],
            None if self.coordinates is None else self.coordinates[chosen],
            None if self.networks is None else [self.networks[k] for k in chosen],
            None if self.numbers is None else [self.numbers[k] for k in chosen],
        )

    @classmethod
    @checked
    def numbered(cls, size: int) -> "Atlas":
        """An atlas with numbers as names, ``"ROI 1"``, ``"ROI 2"``, ..., and nothing else.

        Args:
            size: Number of ROIs.

        Raises:
            ValueError: If there are none.
        """
        whole("size", size, most=_MOST, why="each has a name")
        return cls("unnamed", [f"ROI {k + 1}" for k in range(size)])

    @classmethod
    @checked
    def from_table(cls, path: str | os.PathLike[str], name: str | None = None) -> "Atlas":
        """Read a table with one ROI per row, in the order of the matrices' rows.

        Args:
            path: CSV or TSV file with a header, ``dseg.tsv`` of a BIDS atlas, or ``.node`` file of
                BrainNet Viewer, as
                :func:`~pyg_siamex.datasets.connectome.atlas_table.read_atlas_table` says.
                Coordinates that ``dseg.tsv`` lacks are the centres in the image beside it.
            name: Name of the atlas. Default: the file's name without its suffix.

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: If the column ``name`` or every row is missing, a cell is empty, or a
                coordinate is not a number.
        """
        path = Path(path)
        found = read_atlas_table(path)
        coordinates = None if found.coordinates is None else torch.tensor(found.coordinates)
        return cls(
            path.stem if name is None else name,
            found.names,
            coordinates,
            found.networks,
            found.numbers,
        )


def _first_twice(names: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
