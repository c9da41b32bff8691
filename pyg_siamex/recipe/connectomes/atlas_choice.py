"""An atlas by name or from a table, and as plain values in a model file."""

from collections.abc import Callable, Sequence
from typing import Any

import torch

from pyg_siamex.datasets.connectome import (
    Atlas,
    aal,
    desikan_68,
    destrieux,
    dosenbach_160,
    power_264,
    region_places,
    schaefer,
    seitzman_300,
    yeo,
)
from pyg_siamex.recipe.connectomes.reading import SCHAEFER, check_atlas

KNOWN: dict[str, Callable[[], Atlas]] = {
    "aal": aal,
    "desikan": desikan_68,
    "destrieux": destrieux,
    "dosenbach": dosenbach_160,
    "power": power_264,
    "seitzman": seitzman_300,
    "yeo-7": lambda: yeo(7),
    "yeo-17": lambda: yeo(17),
}


def chosen_atlas(choice: str | None) -> Atlas | None:
    """The atlas that a user names.

    Args:
        choice: A name of :data:`~pyg_siamex.recipe.connectomes.reading.ATLASES`;
            ``"schaefer-400"``, or ``"schaefer-400-17"`` for the 17 networks, of 100, 200, ... to
            1,000 regions; the path of a table of regions (CSV, TSV, ``dseg.tsv``, ``.node``); or
            ``None`` for none. nilearn downloads AAL, Destrieux, Schaefer and Yeo at the first call.

    Raises:
        ValueError: If it is neither a known name nor a file, or the table cannot be used.

    Example:
        >>> len(chosen_atlas("dosenbach"))
        160
    """
    if choice is None:
        return None
    check_atlas(choice)
    if choice in KNOWN:
        return KNOWN[choice]()
    match = SCHAEFER.fullmatch(choice)
    if match:
        return schaefer(int(match[1]), 17 if match[2] else 7)
    return Atlas.from_table(choice)


def named_by(atlas: Atlas, other: Atlas, columns: Sequence[str] | None = None) -> Atlas:
    """The regions of an atlas as another atlas describes them.

    Regions are found by name or number; those that only have numbers (``ROI 3``) by their place.

    Args:
        atlas: The regions.
        other: The names, places and networks that are wanted.
        columns: Names of all columns that the regions were chosen from.

    Raises:
        ValueError: If ``other`` lacks a region.

    Example:
        >>> named_by(dosenbach_160().subset([3, 1]), dosenbach_160()).coordinates.shape
        torch.Size([2, 3])
    """
    everything = list(columns or atlas.names)
    if set(everything) <= set(Atlas.numbered(len(everything)).names):
        if len(other) != len(everything):
            raise ValueError(
                f"atlas '{other.name}' has {len(other)} regions, and the model's matrices have "
                f"{len(everything)}"
            )
        place = {name: k for k, name in enumerate(everything)}
        return other.subset([place[name] for name in atlas.names])
    places = region_places(atlas.names, other)
    lacking = [name for k, name in enumerate(atlas.names) if k not in places]
    if lacking:
        raise ValueError(f"atlas '{other.name}' has no region '{lacking[0]}', which the model has")
    return other.subset([places[k] for k in range(len(atlas))])


def atlas_to_dict(atlas: Atlas) -> dict[str, Any]:
    """The atlas as plain values.

    Args:
        atlas: The regions.

    Example:
        >>> atlas_to_dict(dosenbach_160())["name"]
        'Dosenbach 160'
    """
    return {
        "name": atlas.name,
        "names": list(atlas.names),
        "coordinates": None if atlas.coordinates is None else atlas.coordinates.tolist(),
        "networks": None if atlas.networks is None else list(atlas.networks),
        "numbers": None if atlas.numbers is None else list(atlas.numbers),
    }


def atlas_from_dict(plain: dict[str, Any]) -> Atlas:
    """What :func:`atlas_to_dict` wrote.

    Args:
        plain: Plain values.

    Example:
        >>> atlas_from_dict(atlas_to_dict(atlas)).names == atlas.names
        True
    """
    coordinates = plain["coordinates"]
    return Atlas(
        plain["name"],
        plain["names"],
        None if coordinates is None else torch.tensor(coordinates),
        plain["networks"],
        plain.get("numbers"),
    )
