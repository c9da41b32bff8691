"""JSON from files: any damage is a ``ValueError`` in words of this library."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
from torch import Tensor

from pyg_siamex._numbers import shown
from pyg_siamex._visible import in_one_line


class _TwiceError(ValueError):
    """An object that has a key twice, of which ``json`` would drop the first value."""


def from_json(text: str | bytes, kind: type = object) -> Any:
    """Values of a JSON text.

    Args:
        text: The text.
        kind: What it must hold: ``dict``, ``list``, ...

    Raises:
        ValueError: If the text is no JSON, holds something else, is nested too deeply, or an
            object has a key twice.
    """
    try:
        found = json.loads(text, object_pairs_hook=_each_once)
    except _TwiceError as error:
        raise ValueError(f"its description has the key '{error}' twice") from None
    except RecursionError:
        raise ValueError("its description is nested too deeply") from None
    except (ValueError, TypeError):  # of json: it quotes the text
        raise ValueError("its description is not JSON") from None
    if not isinstance(found, kind):
        raise ValueError(
            f"its description holds a {type(found).__name__} in place of a {kind.__name__}"
        )
    return found


def plain(name: str, value: Any) -> Any:
    """A setting that a file keeps as it is; tensors and numbers of NumPy become Python's.

    Args:
        name: The setting, for messages.
        value: Its value.

    Raises:
        TypeError: If it is, or holds, an object, or a dict has keys that are no texts.
        ValueError: If a number is not finite.

    Example:
        >>> plain("heads", [1, None, "a"])
        [1, None, 'a']
    """
    if isinstance(value, np.generic | np.ndarray | Tensor):
        value = value.tolist()
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain(f"{name}[{key!r}]", one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(plain(f"{name}[{k}]", one) for k, one in enumerate(value))
    if value is not None and not isinstance(value, bool | int | float | str):
        raise TypeError(
            f"{name} is {shown(value)}, which a file cannot describe: give a name or plain values"
        )
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(f"{name} must be finite (got {value})")
    return value


def to_json(name: str, value: Any) -> str:
    """JSON of plain values, from which :func:`from_json` makes equal ones.

    Args:
        name: What is saved, for messages.
        value: The values.

    Raises:
        TypeError: If something is not plain, as tensors, NumPy's numbers and dates are not, a key
            is no text, or it is nested too deeply.

    Example:
        >>> to_json("metadata", {"a": [1, None]})
        '{"a": [1, null]}'
    """
    try:
        _check_keys(value)
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"{name} must be plain values, as JSON has them: {error}") from None


def _check_keys(value: Any) -> None:
    """Refuse keys that JSON would write as texts, of which two may be one."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if not isinstance(key, str):
                raise TypeError(f"keys are texts (got {shown(key)})")
            _check_keys(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _check_keys(one)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(in_one_line(key, 40))
        found[key] = value
    return found
