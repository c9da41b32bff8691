"""Numbers among the cells of a column: decimal commas, bounds, infinities, words, codes."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pyg_siamex._visible import bare
from pyg_siamex.datasets.comment_line import is_error_value
from pyg_siamex.datasets.missing_code import missing_codes

_MISSING = {"", "na", "n/a", "#n/a", "<na>", "nan", "null"}
_NO_NUMBER = {
    *("none", "-", "--", "*", "**", "\u2013", "\u2014", "?", ".", "nil"),
    *("nd", "n.d.", "nt", "n.t.", "n.a."),
    *("missing", "unknown", "tbd", "not determined", "not tested", "not available"),
}
"""Words that stand for no value in a column of numbers; elsewhere they can be classes."""

_BOUND = re.compile(r"(<=|>=|<<|>>|<|>|\u2264|\u2265|~|\u2248)\s*(.*)")
_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")


def is_missing(text: str) -> bool:
    """Whether a cell holds no value."""
    return bare(text).lower() in _MISSING


def stands_for_nothing(text: str) -> bool:
    """Whether a cell of a column of numbers holds no value, also in words such as ``"none"``.

    Args:
        text: The cell.

    Example:
        >>> stands_for_nothing("n.d."), stands_for_nothing("low")
        (True, False)
    """
    word = bare(text).lower()
    return is_missing(text) or word in _NO_NUMBER or is_error_value(word)


def is_infinite(text: str) -> bool:
    """Whether a cell is written as an infinite number.

    Args:
        text: The cell.

    Example:
        >>> is_infinite("-inf"), is_infinite("info")
        (True, False)
    """
    return text.lower().lstrip("+-") in ("inf", "infinity", "\u221e")


def as_number(text: str) -> float | None:
    """The finite number in ``text``, or ``None``."""
    value = as_float(text)
    return None if value is None or not math.isfinite(value) else value


def as_float(text: str) -> float | None:
    """The number in ``text``, also NaN or infinite, or ``None``.

    Args:
        text: The cell.

    Example:
        >>> as_float("-inf"), as_float("1_000")
        (-inf, None)
    """
    try:
        value = float(text if text.isascii() else bare(text))
    except ValueError:
        return None
    # Python also reads 1_000, which no table means.
    return None if "_" in text else value


def whole_number(text: str) -> int | None:
    """The whole number in ``text``, exactly, or ``None``.

    Args:
        text: The cell; ``1.0`` is a whole number where floating point has all of them.

    Example:
        >>> whole_number("9007199254740993"), whole_number("1.0"), whole_number("0.5")
        (9007199254740993, 1, None)
    """
    number = as_number(text)
    if number is None or number % 1:
        return None
    try:
        return int(bare(text))
    except ValueError:  # such as 1.0
        return int(number) if abs(number) <= LARGEST_EXACT else None


LARGEST_EXACT = 2**53
"""Largest number below which floating point has every whole number."""


def with_points(texts: Sequence[str]) -> list[str]:
    """Cells with decimal points where their commas are decimal; other cells as they are.

    Args:
        texts: Cells of one column or table: one may say what the comma of another means.

    Example:
        >>> with_points(["0,5", "1,234", "NA"]), with_points(["0,5", "0.5"]), with_points(["1,234"])
        (['0.5', '1.234', 'NA'], ['0,5', '0.5'], ['1,234'])
    """
    if not any("," in text for text in texts):
        return list(texts)
    comma, _ = _decimal_commas(texts)
    return [text.replace(",", ".") if comma and _comma(text) else text for text in texts]


def comma_advice(text: str) -> str:
    """What to do about the comma of a number; empty for other cells.

    Args:
        text: A cell that :func:`with_points` left as it is.

    Example:
        >>> comma_advice("1,234")
        ': it may be 1234 or 1.234, write it with a decimal point'
        >>> comma_advice("0,5")
        ': its comma may be a decimal comma, write 0.5'
    """
    if not _comma(text):
        return ""
    point = text.replace(",", ".")
    if _GROUPED.fullmatch(text):
        return f": it may be {text.replace(',', '')} or {point}, write it with a decimal point"
    return f": its comma may be a decimal comma, write {point}"


@dataclass(frozen=True)
class CellNumbers:
    """What is a number among cells.

    Attributes:
        values: Finite number of each cell, or ``None``.
        bounds: Positions of censored values, such as ``>10``.
        infinite: Positions of ``inf``.
        unclear: Positions of cells that are one number or another, such as ``1,234``.
        codes: Positions of usual codes for missing values, such as -9999, far from all others.
    """

    values: list[float | None]
    bounds: set[int]
    infinite: set[int]
    unclear: set[int]
    codes: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, texts: Sequence[str]) -> "CellNumbers":
        """Read cells together, since one may say what the comma of another means.

        Args:
            texts: The cells, without surrounding blanks.
        """
        found = [_BOUND.fullmatch(text) for text in texts]
        plain = [match[2] if match else text for text, match in zip(texts, found, strict=True)]
        comma, unclear = _decimal_commas(plain)
        values: list[float | None] = []
        for k, text in enumerate(plain):
            if k in unclear:
                values.append(None)
                continue
            values.append(as_number(text.replace(",", ".") if comma and _comma(text) else text))
        bounds = {k for k, match in enumerate(found) if match and values[k] is not None}
        infinite = {k for k, text in enumerate(plain) if is_infinite(text)}
        kept = [None if k in bounds else value for k, value in enumerate(values)]
        found_codes = missing_codes([value for value in kept if value is not None])
        codes = {k for k, value in enumerate(kept) if value is not None and value in found_codes}
        kept = [None if k in codes else value for k, value in enumerate(kept)]
        return cls(kept, bounds, infinite, unclear, codes)

    def refusal(self, text: str, position: int) -> str:
        """Why a cell is no finite number.

        Args:
            text: The cell.
            position: Its place.
        """
        if stands_for_nothing(text):
            return "no value" + (text and f" ('{text}')")
        if position in self.codes:
            return f"'{text}' is a usual code for a missing value, far from all others"
        if position in self.infinite:
            return f"'{text}' is not finite"
        if position in self.bounds:
            return f"'{text}' is a bound, not a value"
        if position in self.unclear:
            if "." in text:
                whole = _in_thousands(text)
                return f"'{text}' is not a number" + (whole and f" as programs write it: {whole}")
            plain, point = text.replace(",", ""), text.replace(",", ".")
            return f"'{text}' may be {plain} or {point}: write it with a decimal point"
        return f"'{text}' is not a number"

    @property
    def count(self) -> int:
        """Cells that are numbers of any kind."""
        known = sum(value is not None for value in self.values)
        return known + len(self.bounds | self.infinite | self.unclear)


def _in_thousands(text: str) -> str:
    """A number with its thousands apart as it is written without; empty for other cells."""
    mark = "," if text.rfind(",") < text.rfind(".") else "."
    point = "." if mark == "," else ","
    if re.fullmatch(rf"[+-]?\d{{1,3}}(\{mark}\d{{3}})+\{point}\d+", text) is None:
        return ""
    return text.replace(mark, "").replace(point, ".")


def _comma(text: str) -> bool:
    return _COMMA.fullmatch(text) is not None


def _decimal_commas(texts: Sequence[str]) -> tuple[bool, set[int]]:
    """Whether commas are decimal, and positions of numbers that may be one or another."""
    written = {k for k, text in enumerate(texts) if _comma(text)}
    grouped = {k for k in written if _GROUPED.fullmatch(texts[k])}
    both = {
        k
        for k, text in enumerate(texts)
        if re.fullmatch(r"[+-]?[\d.,]*", text) and "," in text and k not in written
    }
    pointed = any("." in text and as_number(text) is not None for text in texts)
    if written - grouped and not pointed:
        return True, both
    return False, written | both
