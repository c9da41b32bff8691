"""An atlas by name or from a table, and as plain values in a model file."""

from collections.abc import Sequence
from typing import Any

import torch

from pyg_siamex.datasets.connectome import Atlas, dosenbach_160, power_264, region_places
from pyg_siamex.recipe.connectomes.reading import check_atlas

KNOWN = {"dosenbach": dosenbach_160, "power": power_264}


def chosen_atlas(choice: str | None) -> Atlas | None:
    """The atlas that a user names.

    Args:
        choice: ``"dosenbach"``, ``"power"``, the path of a table with ``name`` and, where known,
            ``x``, ``y``, ``z`` and ``network``, or ``None`` for none.

    Raises:
        ValueError: If it is neither a known name nor a file, or the table cannot be used.

    Example:
        >>> len(chosen_atlas("dosenbach"))
        160
    """
    if choice is None:
        return None
    if choice in KNOWN:
        return KNOWN[choice]()
    check_atlas(choice)
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
