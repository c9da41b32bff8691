"""Connections, and their sums by region and by pair of networks."""

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from pyg_siamex.datasets.connectome import Atlas

_DASH = " \u2013 "


@dataclass(frozen=True)
class Level:
    """Places of one kind.

    Attributes:
        name: ``"connections"``, ``"regions"`` or ``"networks"``.
        columns: Names of each place, by column of a table.
        sums: Which connections each place sums, ``[E, M]``; ``None`` for the connections.
        ends: Both regions of each connection, or ``None``.
    """

    name: str
    columns: dict[str, list[str]]
    sums: np.ndarray | None
    ends: tuple[np.ndarray, np.ndarray] | None

    def of(self, values: np.ndarray) -> np.ndarray:
        """Values of the places.

        Args:
            values: Of connections, ``[..., E]``.
        """
        return values if self.sums is None else values @ self.sums


def levels_of(atlas: Atlas) -> list[Level]:
    """Connections, regions and, where they are known, pairs of networks.

    Args:
        atlas: The R regions.

    Example:
        >>> [(level.name, len(level.columns["network"])) for level in levels_of(atlas)[2:]]
        [('networks', 3)]
    """
    row, col = np.triu_indices(len(atlas), 1)
    names = np.array(atlas.names)
    regions = np.zeros((len(row), len(atlas)))
    regions[np.arange(len(row)), row] = regions[np.arange(len(row)), col] = 1
    columns = {"region": names[row].tolist(), "other": names[col].tolist()}
    found = [
        Level("connections", columns, None, (row, col)),
        Level("regions", {"region": list(atlas.names)}, regions, None),
    ]
    if atlas.networks is not None:
        found.append(_networks(np.array(atlas.networks), row, col, atlas.network_names))
    return found


def _networks(of: np.ndarray, row: np.ndarray, col: np.ndarray, names: list[str]) -> Level:
    sums, first, second = [], [], []
    for one, other in combinations_with_replacement(names, 2):
        inside = ((of[row] == one) & (of[col] == other)) | ((of[row] == other) & (of[col] == one))
        if inside.any():
            sums.append(inside.astype(float))
            first.append(one)
            second.append(other)
    return Level("networks", {"network": first, "other": second}, np.stack(sums, axis=1), None)
