"""Calls that differ between supported versions of Python and of libraries."""

from collections.abc import Callable
from importlib.metadata import version
from inspect import signature
from types import CodeType
from typing import Any, Literal, get_origin


def takes(function: Callable[..., Any], argument: str) -> bool:
    """Whether a function has an argument of this name."""
    return argument in signature(function).parameters


def drawn_by(function: Callable[..., Any], generator: Any) -> dict[str, Any]:
    """The random generator as the argument that a function of SciPy takes; ``rng`` since 1.15.

    Example:
        >>> def old(values, random_state=None): ...
        >>> drawn_by(old, 3)
        {'random_state': 3}
    """
    return {"rng" if takes(function, "rng") else "random_state": generator}


def where_taken(function: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """The arguments that a function takes; older versions do without the others.

    Example:
        >>> def old(model, ckpt_path=None): ...
        >>> where_taken(old, ckpt_path="last.ckpt", weights_only=True)
        {'ckpt_path': 'last.ckpt'}
    """
    return {name: value for name, value in arguments.items() if takes(function, name)}


def validated(estimator: Any, *data: Any, **how: Any) -> Any:
    """X, or X and y, checked for a scikit-learn estimator; a function since scikit-learn 1.6.

    Args:
        estimator: The estimator; its ``n_features_in_`` is set or compared.
        *data: X.
        **how: As scikit-learn's ``validate_data`` takes them.
    """
    from sklearn.utils import validation  # not loaded by what needs no estimator

    if hasattr(validation, "validate_data"):
        return validation.validate_data(estimator, *data, **how)
    return estimator._validate_data(*data, **how)


def ones_in_rows(bits: Any) -> Any:
    """How many bits are set in each row of an array, as floats; NumPy counts bits since 2.0.

    Args:
        bits: Contiguous ``uint16``, ``[n, w]``, w divisible by 4.

    Example:
        >>> import numpy as np
        >>> ones_in_rows(np.array([[0, 3, 0, 255]], dtype=np.uint16)).tolist()
        [10.0]
    """
    import numpy as np  # not loaded by what needs no numbers

    if hasattr(np, "bitwise_count"):
        return np.bitwise_count(bits.view(np.uint64)).sum(1, dtype=float)
    table = np.array([number.bit_count() for number in range(1 << 16)], dtype=np.uint8)
    return table[bits].sum(1, dtype=float)


def typer_type(kind: Any) -> Any:
    """The type itself, or for choices ``str``: Typer reads ``Literal`` since 0.19."""
    if get_origin(kind) is Literal and _release("typer") < (0, 19):
        return str
    return kind


def qualified_name(code: CodeType) -> str:
    """Name of a function with its class; before Python 3.11 without it."""
    return getattr(code, "co_qualname", code.co_name)


def _release(distribution: str) -> tuple[int, int]:
    major, minor = version(distribution).split(".")[:2]
    return int(major), int(minor)
