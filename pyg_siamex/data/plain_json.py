"""JSON from files: any damage is a ``ValueError`` in words of this library."""

import json
from typing import Any

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


def to_json(name: str, value: Any) -> str:
    """JSON of plain values, from which :func:`from_json` makes equal ones.

    Args:
        name: What is saved, for messages.
        value: The values.

    Raises:
        TypeError: If something is not plain, as tensors, NumPy's numbers and dates are not, or it
            is nested too deeply.

    Example:
        >>> to_json("metadata", {"a": [1, None]})
        '{"a": [1, null]}'
    """
    try:
        return json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeError(f"{name} must be plain values, as JSON has them: {error}") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(in_one_line(key, 40))
        found[key] = value
    return found
