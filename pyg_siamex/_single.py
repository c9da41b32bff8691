"""Values that name something: a class, a group, a cell of a column."""

from collections.abc import Hashable
from typing import Any

import numpy as np

from pyg_siamex._numbers import shown


def why_no_name(value: Any) -> str | None:
    """Why a value is no single number, text, date or the like, or ``None`` if it is.

    Args:
        value: Anything; missing values are single.

    Example:
        >>> why_no_name("a"), why_no_name(None), why_no_name(1j)
        (None, None, 'is complex (1j)')
    """
    if isinstance(value, complex | np.complexfloating):
        return f"is complex ({value})"
    several = isinstance(value, tuple | frozenset) or not isinstance(value, Hashable)
    if several or getattr(value, "ndim", 0) > 0:
        return f"holds several values ({shown(value)})"
    if isinstance(value, bytes | bytearray):
        return f"is bytes ({value!r:.40}), and texts are needed, .decode()"
    kind: Any = type(value)
    if kind.__str__ is object.__str__ and kind.__repr__ is object.__repr__:
        return f"is {shown(value)}, which has no text of its own"
    return None
