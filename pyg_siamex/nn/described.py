"""Compare the description of a model with the weights of its file before memory is taken."""

from collections.abc import Mapping
from typing import Any

from pyg_siamex.nn.build import built_siamese
from pyg_siamex.nn.on_meta import on_meta
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.weights_misfit import Shapes, weights_misfit

_MODULES_PER_TENSOR = 16
"""Most modules that a described model has for each tensor of its file; models have about one."""


def check_description(config: dict[str, Any], shapes: Shapes) -> None:
    """Refuse a description that does not fit the weights, at the cost of neither.

    Args:
        config: Arguments of :func:`~pyg_siamex.nn.build_siamese`.
        shapes: Type and shape of each weight by name.

    Raises:
        ValueError: If the described model has other weights, or cannot be built.
    """
    missing = [name for name in ("encoder", "pool", "similarity") if name not in config]
    if missing:
        raise ValueError(f"its description has no {', '.join(missing)}")
    pool = config["pool"]
    if not isinstance(pool, str | Mapping | type(None)):
        raise ValueError(f"its pool is a {type(pool).__name__}")
    try:
        most = _MODULES_PER_TENSOR * (len(shapes) + 8)
        described = on_meta(lambda: built_siamese(**config), most).state_dict()
    except (TypeError, AttributeError, ArithmeticError, LookupError) as error:
        text = " ".join(str(error).split())[:200]
        raise ValueError(f"its description cannot be built ({text})") from None
    if wrong := weights_misfit(described, shapes, "its description"):
        raise ValueError(wrong)


def built(config: dict[str, Any], shapes: Shapes) -> SiameseGNN:
    """The described model in the precision of its stored weights, which it does not have yet.

    Args:
        config: Arguments that :func:`check_description` has checked.
        shapes: Type and shape of each weight by name.
    """
    return in_precision(built_siamese(**config), shapes)


def in_precision(model: SiameseGNN, shapes: Shapes) -> SiameseGNN:
    """The model in the precision of its stored weights, if they have one.

    Args:
        model: The model; changed in place.
        shapes: Type and shape of each weight by name.
    """
    types = {dtype for dtype, _ in shapes.values() if dtype is not None and dtype.is_floating_point}
    return model.to(types.pop()) if len(types) == 1 else model
