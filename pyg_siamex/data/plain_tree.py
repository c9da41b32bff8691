"""Nested plain values and tensors, apart for a file: tensors by name, the rest as JSON."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.data.plain_json import from_json

_DEPTH = 64
"""Deepest nesting that files are read to."""


def split_tree(value: Any, prefix: str, where: str = "") -> tuple[dict[str, Tensor], str]:
    """The tensors of ``value`` by name, and everything else as JSON.

    Args:
        value: Dicts, lists, tuples and sets of tensors and plain values (``None``, booleans,
            numbers, strings).
        prefix: What the names of tensors begin with.
        where: What is saved, for the message.

    Raises:
        TypeError: If something else is in it.
        ValueError: If it is nested more than 64 times.
    """
    tensors: dict[str, Tensor] = {}
    tree = _split(value, prefix, tensors, where or "the value", 0)
    return tensors, json.dumps(tree)


def join_tree(tensors: dict[str, Tensor], rest: str) -> Any:
    """Put together what :func:`split_tree` took apart; the tensors leave ``tensors``.

    Args:
        tensors: All tensors of the file.
        rest: The JSON.

    Raises:
        KeyError: If a tensor is missing.
        ValueError: If the JSON does not describe a tree.
    """
    return _joined(from_json(rest), tensors, 0)


def _split(value: Any, prefix: str, tensors: dict[str, Tensor], where: str, depth: int) -> Any:
    if depth > _DEPTH:
        raise ValueError(f"{where} is nested more than {_DEPTH} times, and cannot be saved")

    def inside(one: Any, name: object) -> Any:
        return _split(one, prefix, tensors, f"{where}[{name!r}]", depth + 1)

    if isinstance(value, Tensor):
        return _split_tensor(value, prefix, tensors, where)
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return {"value": value if value is None else _plain(value)}
    if isinstance(value, Mapping):
        if all(type(key) is str for key in value):
            return {"dict": {key: inside(one, key) for key, one in value.items()}}
        pairs = [[inside(key, "a key"), inside(one, key)] for key, one in value.items()]
        return {"items": pairs}
    for name, kind in _SEQUENCES.items():
        if isinstance(value, kind):
            return {name: [inside(one, k) for k, one in enumerate(value)]}
    raise TypeError(
        f"{where} is a {type(value).__name__}, which a file cannot hold: use tensors, numbers, "
        f"strings, lists and dicts"
    )


_SEQUENCES: dict[str, type[Iterable[Any]]] = {"list": list, "tuple": tuple, "set": set}


def _plain(value: bool | int | float | str) -> bool | int | float | str:
    """The value without a subclass, such as the names of an enumeration."""
    return next(kind(value) for kind in (bool, int, float, str) if isinstance(value, kind))


def _split_tensor(value: Tensor, prefix: str, tensors: dict[str, Tensor], where: str) -> Any:
    if value.is_quantized or value.is_meta or value.is_nested:
        raise TypeError(f"{where} is a tensor without plain values, which a file cannot hold")
    if value.layout is torch.sparse_coo:
        whole = value.detach().coalesce()
        parts = [whole.indices(), whole.values()]
    elif value.layout is torch.sparse_csr:
        whole = value.detach()
        parts = [whole.crow_indices(), whole.col_indices(), whole.values()]
    elif value.layout is torch.strided:
        name = f"{prefix}.{len(tensors)}"
        tensors[name] = value.detach().cpu().contiguous().clone()
        return {"tensor": name}
    else:
        raise TypeError(f"{where} is a tensor of {value.layout}, which a file cannot hold")
    found = [_split_tensor(part.as_subclass(Tensor), prefix, tensors, where) for part in parts]
    return {_LAYOUTS[value.layout]: found, "size": list(value.shape)}


_LAYOUTS = {torch.sparse_coo: "coo", torch.sparse_csr: "csr"}


def _joined(found: Any, tensors: dict[str, Tensor], depth: int) -> Any:
    if not isinstance(found, dict) or not found or depth > _DEPTH:
        raise ValueError("its description is not the one of values")
    for name, made in _MADE.items():
        if name in found:
            return made(found[name], lambda one: _joined(one, tensors, depth + 1))
    if "tensor" in found:
        return tensors.pop(str(found["tensor"]))
    if "coo" in found or "csr" in found:
        return _sparse(found, lambda one: _joined(one, tensors, depth + 1))
    if "value" in found and (found["value"] is None or isinstance(found["value"], _PLAIN)):
        return found["value"]
    raise ValueError("its description is not the one of values")


_PLAIN = (bool, int, float, str)


def _dict(found: Any, inside: Any) -> dict[Any, Any]:
    return {key: inside(one) for key, one in _of(dict, found).items()}


def _items(found: Any, inside: Any) -> dict[Any, Any]:
    try:
        return {inside(key): inside(one) for key, one in _of(list, found)}
    except TypeError:
        raise ValueError("its description has keys that are none") from None


_MADE: dict[str, Any] = {
    "dict": _dict,
    "items": _items,
    "list": lambda found, inside: [inside(one) for one in _of(list, found)],
    "tuple": lambda found, inside: tuple(inside(one) for one in _of(list, found)),
    "set": lambda found, inside: {inside(one) for one in _of(list, found)},
}


def _sparse(found: dict[str, Any], inside: Any) -> Tensor:
    size = _of(list, found.get("size"))
    if not all(type(one) is int and 0 <= one < 2**40 for one in size):
        raise ValueError("its description has a sparse tensor of an impossible size")
    try:
        if "coo" in found:
            indices, values = (inside(one) for one in _of(list, found["coo"]))
            made = torch.sparse_coo_tensor(indices, values, size, check_invariants=True)
            return made.coalesce()
        rows, columns, values = (inside(one) for one in _of(list, found["csr"]))
        return torch.sparse_csr_tensor(rows, columns, values, size, check_invariants=True)
    except (RuntimeError, TypeError):
        raise ValueError("its description has a sparse tensor that does not fit") from None


def _of(kind: type, found: Any) -> Any:
    if not isinstance(found, kind):
        raise ValueError("its description is not the one of values")
    return found
