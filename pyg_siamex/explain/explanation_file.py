"""Explanations as files: tensors and plain values, checked when written and when read."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pyg_siamex.data.plain_tree import join_tree, split_tree
from pyg_siamex.data.sealed_file import SealedFormat

_FORMAT = SealedFormat("explanation", version=2, again="explain the pair again", oldest=2)
_OF_DATA = ("_store", "_mapping", "_parent")
"""Attributes that graphs keep their own attributes in."""

_NODES = 10**7
"""Most nodes of a graph whose file holds no features."""


def write_parts(parts: Mapping[str, Any], path: str | Path) -> None:
    """Write the parts of an explanation, whole or not at all.

    Args:
        parts: The fields of a :class:`~pyg_siamex.explain.PairExplanation`, graphs as dicts.
        path: The file.

    Raises:
        TypeError: If a part is neither tensors nor plain values.
        ValueError: If parts do not fit together, or are not finite.
    """
    _check(dict(parts))
    tensors, rest = split_tree(dict(parts), "part", "the explanation")
    _FORMAT.write(path, tensors, {"parts": rest})


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
        _check(parts)
    return parts


def _check(parts: Any) -> None:
    """Raise ``ValueError`` if parts do not make an explanation."""
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
    shape = [_check_graph(parts[side], side) for side in ("query", "reference")]
    _check_values(parts["relevance"], "relevance", [shape])


_TYPES: dict[str, tuple[type, ...]] = {
    **{"query": (dict,), "reference": (dict,), "prediction": (int, float)},
    **{"relevance": (Tensor, type(None)), "terms": (dict,)},
    **{"completeness_error": (int, float, type(None)), "algorithm": (str,)},
    **{"info": (dict,), "settings": (dict,)},
}


def _check_graph(graph: dict[str, Any], side: str) -> int:
    """Number of nodes of a graph, after a check of its edges and masks."""
    x, edges, stated = graph.get("x"), graph.get("edge_index"), graph.get("num_nodes")
    if x is not None and not (isinstance(x, Tensor) and x.dim()):
        raise ValueError(f"x of its {side} is not a tensor with a row per node")
    count = stated if x is None else len(x)
    if stated not in (None, count) or type(count) is not int or not 0 <= count <= _NODES:
        raise ValueError(f"its {side} says that it has {stated} nodes, and has other features")
    if not isinstance(edges, Tensor) or edges.dim() != 2 or len(edges) != 2:
        raise ValueError(f"edge_index of its {side} is not [2, num_edges]")
    if edges.dtype != torch.long or bool(((edges < 0) | (edges >= count)).any()):
        raise ValueError(f"an edge of its {side} leads to a node that is not there")
    width = x.size(1) if x is not None and x.dim() == 2 else 1
    for name, size in (("roi_names", count), ("networks", count), ("feature_names", width)):
        found = graph.get(name)
        if isinstance(found, list | tuple) and len(found) != size:
            raise ValueError(f"its {side} has {len(found)} {name} and {size} of them in its values")
    _check_values(graph.get("node_mask"), "node_mask", [[count, 1], [count, width], [1, width]])
    _check_values(graph.get("edge_mask"), "edge_mask", [[edges.size(1)]])
    return count


def _check_values(values: Any, name: str, shapes: list[list[int]]) -> None:
    if values is None:
        return
    if not isinstance(values, Tensor) or list(values.shape) not in shapes:
        found = list(values.shape) if isinstance(values, Tensor) else type(values).__name__
        raise ValueError(f"its {name} is {found}, and its graphs need {shapes[0]}")
    if values.is_complex() or not bool(values.isfinite().all()):
        raise ValueError(f"its {name} has values that are not finite numbers")
