"""Explanations as files: tensors and plain values, checked when written and when read."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from pyg_siamex.data.plain_json import from_json
from pyg_siamex.data.plain_tree import join_tree, split_tree
from pyg_siamex.data.sealed_file import SealedFormat
from pyg_siamex.explain.explained_graph import check_explained, check_values

_FORMAT = SealedFormat("explanation", version=2, again="explain the pair again", oldest=2)
_NODES = "nodes"
"""How many nodes both graphs have, of which nothing else may tell; older files have it not."""

_OF_DATA = ("_store", "_mapping", "_parent")
"""Attributes that graphs keep their own attributes in."""


def write_parts(parts: Mapping[str, Any], path: str | Path) -> None:
    """Write the parts of an explanation, whole or not at all.

    Args:
        parts: The fields of a :class:`~pyg_siamex.explain.PairExplanation`, graphs as dicts.
        path: The file.

    Raises:
        TypeError: If a part is neither tensors nor plain values, or a mask is not a tensor of real
            numbers.
        ValueError: If parts do not fit together, or are not finite.
    """
    counts = _check(dict(parts))
    tensors, rest = split_tree(dict(parts), "part", "the explanation")
    _FORMAT.write(path, tensors, {"parts": rest, _NODES: json.dumps(counts)})


def read_parts(path: str | Path) -> dict[str, Any]:
    """Read what :func:`write_parts` wrote; no code in the file is run.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file does not hold an explanation, or has changed since it was written.
    """
    with _FORMAT.opened(path) as sealed:
        parts: dict[str, Any] = join_tree(sealed.tensors(), sealed.header["parts"])
        counts, stated = _check(parts), sealed.header.get(_NODES)
        if stated is not None and from_json(stated, list) != counts:
            raise ValueError(
                f"its graphs have {counts[0]} and {counts[1]} nodes, and it was written of others"
            )
    return parts


def _check(parts: Any) -> list[int]:
    """Refuse parts that do not make an explanation; how many nodes its graphs have."""
    if not isinstance(parts, dict) or parts.keys() != _TYPES.keys():
        raise ValueError("its parts are not the ones of an explanation")
    for name, kinds in _TYPES.items():
        if not isinstance(parts[name], kinds) or isinstance(parts[name], bool):
            raise ValueError(f"its '{name}' is a {type(parts[name]).__name__}")
    for name in ("query", "reference", "terms", "info", "settings"):
        if not all(isinstance(key, str) for key in parts[name]):
            raise ValueError(f"its '{name}' has keys that are no text")
        if odd := [key for key in parts[name] if key.startswith("__") or key in _OF_DATA]:
            raise ValueError(f"its '{name}' has the key '{odd[0][:40]}', which is taken")
    numbers = {"prediction": parts["prediction"], **parts["terms"]}
    if parts["completeness_error"] is not None:
        numbers["completeness_error"] = parts["completeness_error"]
    for name, number in numbers.items():
        if not isinstance(number, int | float) or math.isnan(number):
            raise ValueError(f"its '{name[:40]}' is not a number")
    if not math.isfinite(parts["prediction"]):
        raise ValueError("its 'prediction' is not finite")
    shape = [check_explained(parts[side], f"its {side}") for side in ("query", "reference")]
    if parts["relevance"] is not None:
        check_values(parts["relevance"], "its relevance", [shape])
    return shape


_TYPES: dict[str, tuple[type, ...]] = {
    **{"query": (dict,), "reference": (dict,), "prediction": (int, float)},
    **{"relevance": (Tensor, type(None)), "terms": (dict,)},
    **{"completeness_error": (int, float, type(None)), "algorithm": (str,)},
    **{"info": (dict,), "settings": (dict,)},
}
