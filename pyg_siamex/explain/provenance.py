"""Settings that an explanation was made with, as plain values for files."""

import inspect
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from torch import Tensor

from pyg_siamex.nn.siamese import SiameseGNN

_PACKAGES = ("pyg_siamex", "torch", "torch_geometric")

_FEW = 50
"""Most entries that are written out."""


def shape_of(model: SiameseGNN) -> dict[str, Any]:
    """Names of the parts of a model, and its number of parameters."""
    return {
        "encoder": type(model.encoder).__name__,
        "pool": None if model.pool is None else type(model.pool).__name__,
        "similarity": type(model.similarity).__name__,
        "biases": model.biases,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
    }


def parameters_of(instance: object) -> dict[str, Any]:
    """The constructor arguments that an object keeps as attributes of the same name.

    Objects among them are given by the name of their type and their own arguments, long lists by
    their type, long tensors by their shape.
    """
    names = inspect.signature(type(instance)).parameters
    known = {name: getattr(instance, name) for name in names if hasattr(instance, name)}
    return {name: _plain(value) for name, value in known.items()}


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that explanations depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def _plain(value: Any) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, Mapping) and len(value) <= _FEW:
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple) and len(value) <= _FEW:
        return [_plain(entry) for entry in value]
    if isinstance(value, Tensor):
        few = value.numel() <= _FEW
        return _plain(value.tolist()) if few else f"Tensor {list(value.shape)} of {value.dtype}"
    if type(value).__module__.startswith("pyg_siamex."):
        return {"type": type(value).__name__, **_numbers(value)}
    return type(value).__name__


def _numbers(value: object) -> dict[str, Any]:
    """The plain attributes of a helper object of this library."""
    plain = (bool, int, float, str)
    kept = getattr(value, "__dict__", {})
    return {name: v for name, v in kept.items() if type(v) in plain and not name.startswith("_")}
