"""An atlas by name or from a table, and as plain values in a model file."""

from typing import Any

import torch

from pyg_siamex.datasets.connectome import Atlas, dosenbach_160, power_264
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
    )
