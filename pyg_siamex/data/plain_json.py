"""JSON from files: any damage is a ``ValueError`` in words of this library."""

import json
from typing import Any


def from_json(text: str, kind: type = object) -> Any:
    """Values of a JSON text.

    Args:
        text: The text.
        kind: What it must hold: ``dict``, ``list``, ...

    Raises:
        ValueError: If the text is no JSON, holds something else, or is nested too deeply.
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise ValueError("its description is nested too deeply") from None
    except (ValueError, TypeError):  # of json: it quotes the text
        raise ValueError("its description is not JSON") from None
    if not isinstance(found, kind):
        raise ValueError(
            f"its description holds a {type(found).__name__} in place of a {kind.__name__}"
        )
    return found
