"""The local explainers that an invariance can learn from, by name."""

from typing import Any

from pyg_siamex._door import checked
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.gradient import InputXGradient
from pyg_siamex.explain.algorithm.integrated_gradients import IntegratedGradients
from pyg_siamex.explain.algorithm.occlusion import NeighbourhoodOcclusion, Occlusion
from pyg_siamex.explain.provenance import parameters_of

_ALONE, _WITH_NEIGHBOURS = Occlusion(), NeighbourhoodOcclusion()

BY_MASK: dict[str, tuple[PairAlgorithm, ...]] = {
    # A bond's neighbourhood is larger than most functional groups.
    "edge": (_ALONE,),
    "node": (_ALONE, _WITH_NEIGHBOURS),
}
"""The local explainers by default, by name of the mask."""

_CLASSES: dict[str, type[PairAlgorithm]] = {
    one.__name__: one
    for one in (Occlusion, NeighbourhoodOcclusion, IntegratedGradients, InputXGradient)
}


@checked
def register_base_algorithm(algorithm: type[PairAlgorithm]) -> type[PairAlgorithm]:
    """Let invariances that learn from an explainer of your own be saved and loaded.

    Files hold the name of the class and its settings, and no code: register it before loading too.
    Without it, an invariance learns from the explainer in memory. Works as a decorator.

    Args:
        algorithm: The class. Its constructor's arguments are plain values that its instances keep
            as attributes of the same names.

    Raises:
        TypeError: If it is no class of explainers.
        ValueError: If another class of that name is registered.

    Example:
        >>> @register_base_algorithm
        ... class Twice(Occlusion):
        ...     "Occlusion, twice as strong."
        >>> plain(Twice())["name"]
        'Twice'
    """
    if not isinstance(algorithm, type) or not issubclass(algorithm, PairAlgorithm):
        raise TypeError(f"register a class of explainers (got {algorithm!r})")
    known = _CLASSES.get(algorithm.__name__)
    if known is not None and known.__module__ != algorithm.__module__:
        raise ValueError(f"{known.__module__} has registered a '{algorithm.__name__}' already")
    _CLASSES[algorithm.__name__] = algorithm
    return algorithm


def plain(algorithm: PairAlgorithm) -> dict[str, Any]:
    """Name and settings of a local explainer.

    Raises:
        TypeError: If it is not one of the classes that can be named.
    """
    name = type(algorithm).__name__
    if _CLASSES.get(name) is not type(algorithm):
        raise TypeError(
            f"an invariance that explains by {algorithm.name} cannot be saved: use one of "
            f"{', '.join(_CLASSES)}, or register its class, register_base_algorithm({name})"
        )
    return {"name": name, "settings": parameters_of(algorithm)}


def from_plain(found: dict[str, Any]) -> PairAlgorithm:
    """The local explainer of :func:`plain`.

    Raises:
        ValueError: If its name is unknown, or its settings are not the ones of this explainer.
    """
    if not isinstance(found["name"], str) or found["name"] not in _CLASSES:
        raise ValueError(f"unknown local explainer '{found['name']}': use {', '.join(_CLASSES)}")
    made = _CLASSES[found["name"]](**found["settings"])
    if parameters_of(made) != found["settings"]:
        raise ValueError(f"{found['settings']} are not the settings of {found['name']}")
    return made
