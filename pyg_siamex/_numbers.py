"""Numbers and choices of yes or no that are given, checked at the door."""

from numbers import Integral, Real

SEEDS = 2**63
"""Seeds of torch are smaller."""

POSITIVE = "[1e-30, 1e30]"
"""Settings above 0 that torch computes with: smaller and larger ones leave single precision."""

FROM_ZERO = "[0, 1e30]"
"""Settings from 0 that torch computes with."""


def whole(name: str, value: object, least: int = 1, most: int | None = None, why: str = "") -> int:
    """Refuse what is not a whole number in a range.

    Args:
        name: The argument, for messages.
        value: What is given.
        least: Smallest number.
        most: Largest number. Default: the largest of 63 bits.
        why: What a larger number would cost, for the message.

    Raises:
        TypeError: If it is not a whole number.
        ValueError: If it is out of range.

    Example:
        >>> whole("steps", 25)
        25
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number (got {shown(value)})")
    if int(value) < least:
        raise ValueError(f"{name} must be at least {least} (got {value})")
    most = SEEDS - 1 if most is None else most
    if int(value) > most:
        reason = f": {why}" if why else ""
        raise ValueError(f"{name} must be at most {most:,} (got {shown(value)}){reason}")
    return int(value)


def real(name: str, value: object, interval: str = "(-inf, inf)") -> float:
    """Refuse what is not a number in an interval.

    Args:
        name: The argument, for messages.
        value: What is given.
        interval: Bounds as in mathematics: ``"[0, 1)"`` has 0 and not 1.

    Raises:
        TypeError: If it is not a number.
        ValueError: If it is out of the interval, or not a number of floating point arithmetic.

    Example:
        >>> real("delta", 0.1, "(0, 1]")
        0.1
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number (got {shown(value)})")
    low, high = map(float, interval[1:-1].split(","))
    try:
        number = float(value)
    except OverflowError:
        number = float("-inf") if str(value).startswith("-") else float("inf")
    above = number > low or (interval[0] == "[" and number == low)
    if above and (number < high or (interval[-1] == "]" and number == high)):
        return number
    raise ValueError(f"{name} must be {_WORDS.get(interval, f'in {interval}')} (got {value})")


def flag(name: str, value: object) -> bool:
    """Refuse what is neither true nor false; other objects would count as true without a word.

    A truth of NumPy becomes Python's.

    Args:
        name: The argument, for messages.
        value: What is given.

    Raises:
        TypeError: If it is neither.

    Example:
        >>> flag("signed", False)
        False
    """
    if isinstance(value, bool):
        return value
    if getattr(getattr(value, "dtype", None), "kind", "") == "b" and getattr(value, "ndim", 1) == 0:
        return bool(value)
    raise TypeError(f"{name} must be True or False (got {shown(value)})")


_WORDS = {
    POSITIVE: "above 0, from 1e-30 to 1e30",
    FROM_ZERO: "at least 0, and at most 1e30",
    "(-inf, inf)": "finite",
    "(0, inf)": "above 0, and finite",
    "[0, inf)": "at least 0, and finite",
    "(0, inf]": "above 0",
    "[0, inf]": "at least 0",
}


def shown(value: object) -> str:
    """A value in a few words: numbers and texts as they are, else what it is."""
    if isinstance(value, bool | Real | str):
        return f"{value!r:.60}"
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
