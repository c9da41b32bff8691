"""Interpret the cells of a label column as classes or as measured values, and say why."""

import logging
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from pyg_siamex._single import why_no_name
from pyg_siamex._visible import bare, folded
from pyg_siamex.datasets.cell_numbers import (
    LARGEST_EXACT,
    CellNumbers,
    as_number,
    is_missing,
    stands_for_nothing,
    whole_number,
)

_logger = logging.getLogger(__name__)

LabelKind = Literal["measured", "classes"]

KINDS: tuple[LabelKind, ...] = ("measured", "classes")
"""What a label can be."""

_FEW = 10
"""Most different whole numbers that may be classes."""


class NoNumbersError(ValueError):
    """Labels are said to be measured values, and are words."""


@contextmanager
def naming_labels(where: str) -> Iterator[None]:
    """Begin the error of words as measured values with where they stand.

    Args:
        where: The column and, if it is known, its file.

    Raises:
        NoNumbersError: Names the column.

    Example:
        >>> with naming_labels("column 'grade'"):
        ...     read_labels(["lo", "hi"], "measured")
        Traceback (most recent call last):
        ...
        pyg_siamex.datasets.label.NoNumbersError: column 'grade': no label is a number, such as 'lo'
    """
    try:
        yield
    except NoNumbersError as error:
        raise NoNumbersError(f"{where}: {error}") from None


@dataclass(frozen=True)
class Labels:
    """The cells of a label column, read.

    Attributes:
        kind: ``"measured"`` or ``"classes"``.
        values: Class ``[n]`` long, or measured value ``[n]`` float; -1 or ``nan`` where refused.
        class_names: Names of the classes, or ``None`` for measured values.
        refused: Why a cell has no label, by position.
        reason: What the column was taken for, and why, in a phrase.

    Example:
        >>> read_labels(["4.2", "> 10", "5.1"]).refused
        {1: "'> 10' is a bound, not a value"}
    """

    kind: LabelKind
    values: Tensor
    class_names: list[str] | None
    refused: dict[int, str] = field(default_factory=dict)
    reason: str = ""


def read_labels(cells: Sequence[str], kind: LabelKind | None = None, log: bool = False) -> Labels:
    """Read a column as classes or as measured values.

    Without a ``kind`` it is guessed. Numbers with a fraction or a bound (``>10``) among them are
    measured values, and so are whole numbers, unless two of them alone occur, or at most ten that
    follow each other closely and recur. All else are classes. Words in a column that is mostly
    numbers are refused.

    Classes that differ by case, blanks and what is not seen alone are one class, and so are ``1``
    and ``1.0``. Decimal commas are read where no cell has a decimal point. Usual codes for missing
    values, such as -9999, are refused where they lie far from all other numbers, see
    :func:`~pyg_siamex.datasets.missing_code.missing_codes`.

    Args:
        cells: Text of each cell.
        kind: ``"measured"`` or ``"classes"``, or ``None`` to guess.
        log: Take the decimal logarithm of measured values; implies ``"measured"``.

    Raises:
        ValueError: If ``kind`` is unknown, or ``log`` is asked of classes.
        NoNumbersError: If all are words, and said to be measured values.

    Example:
        >>> read_labels(["Active", "inactive", "active "]).class_names
        ['Active', 'inactive']
        >>> read_labels(["0,5", "12,25", "3"]).values.tolist()
        [0.5, 12.25, 3.0]
    """
    check_kind_of_label(kind)
    if log and kind == "classes":
        raise ValueError("`log` is for measured values, and `classes` says that the labels are not")
    texts = [bare(str(cell)) for cell in cells]
    numbers = CellNumbers.of(texts)
    reason = "as asked"
    if log and kind is None:
        kind, reason = "measured", "`log` is for measured values"
    if kind is None:
        kind, reason = _guess(texts, numbers)
        if kind == "classes":
            _hint_at_numbers(texts)
    if kind == "measured":
        _check_numbers(texts, numbers)
        return _measured(texts, numbers, log, reason)
    return _classes(texts, numbers, reason)


def _hint_at_numbers(texts: Sequence[str]) -> None:
    """Log that classes look like numbers with units, or in another way of writing."""
    found = {k: match[0] for k, text in enumerate(texts) if (match := _WRITTEN.match(text))}
    odd = [k for k in found if as_number(texts[k]) is None]
    if 2 * len(found) > len(texts) and odd and len(set(found.values())) > 2:
        _logger.warning(
            "%d of %d labels begin with a number, such as '%s', and are taken for classes: if they "
            "are measured values, write plain numbers of one unit",
            *(len(found), len(texts), f"{texts[odd[0]]:.40}"),
        )


_WRITTEN = re.compile(
    r"\s*[<>~\u2264\u2265]?\s*[+\-\u2212\u2013]?\s*[$\u20ac\u00a3]?\d+([.,\s/-]\d+)*"
)
"""A number at the beginning of a cell, also as it is printed or typed, or a date."""


def check_kind_of_label(kind: str | None) -> None:
    """Refuse a kind that no label is of.

    Args:
        kind: What the label is said to be, or ``None``.

    Raises:
        ValueError: If it is none of :data:`KINDS`.

    Example:
        >>> check_kind_of_label("measured")
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"`label_kind` must be one of {', '.join(KINDS)} (got '{kind:.40}')")


def _check_numbers(texts: Sequence[str], numbers: CellNumbers) -> None:
    """Refuse words alone as measured values."""
    words = [text for text in texts if not stands_for_nothing(text) and not is_missing(text)]
    if words and not numbers.count and not numbers.codes:
        raise NoNumbersError(f"no label is a number, such as '{words[0]:.40}'")


def check_asked(label: str | None, kind: LabelKind | None, log: bool = False) -> None:
    """Refuse what is said of a label where none is asked for.

    Args:
        label: Its column, or ``None``.
        kind: What it is said to be.
        log: Whether its logarithm is asked for.

    Raises:
        ValueError: If there is no label, or no label is of that kind.

    Example:
        >>> check_asked("pIC50", "measured")
    """
    check_kind_of_label(kind)
    for name, given in (("label_kind", kind is not None), ("log", log)):
        if label is None and given:
            raise ValueError(
                f"`{name}` is for a label: give its column as `label`, or leave it out"
            )


def in_a_row(name: str, labels: Any) -> list[Any]:
    """Labels as a list.

    Args:
        name: What they are called, for messages.
        labels: A list, an array or a tensor.

    Raises:
        ValueError: If there is not one for each.

    Example:
        >>> in_a_row("labels", torch.tensor([0, 1])), in_a_row("labels", [torch.tensor(2.5)])
        ([0, 1], [2.5])
    """
    values = labels.tolist() if hasattr(labels, "tolist") else list(labels)
    values = [_plain(value) for value in values]
    several = [v for v in values if isinstance(v, list | tuple) or getattr(v, "ndim", 0) > 0]
    check_in_a_row(name, (len(values), len(several[0])) if several else (len(values),))
    check_single(name, values)
    return values


def _plain(value: Any) -> Any:
    """The number in a tensor or array of one, and ``None`` for pandas' missing times."""
    if type(value).__name__ == "NaTType":
        return None
    single = isinstance(value, Tensor | np.ndarray) and value.ndim == 0
    return value.item() if single else value


def check_single(name: str, values: Sequence[Any]) -> None:
    """Refuse labels that are no single real numbers or texts.

    Args:
        name: What they are called, for messages.
        values: The labels.

    Raises:
        ValueError: If one is complex, bytes or another object, or holds several values.

    Example:
        >>> check_single("labels", [0, "a", None])
    """
    for k, value in enumerate(values):
        why = why_no_name(value)
        if why is not None:
            raise ValueError(f"{name}: entry {k} {why}: give one number or text for each")


def check_in_a_row(name: str, shape: tuple[int, ...]) -> None:
    """Refuse the shape of an array that does not hold one value for each.

    Args:
        name: What the array is called, for messages.
        shape: Its shape.

    Raises:
        ValueError: If it has no axis, or more than one.

    Example:
        >>> check_in_a_row("labels", (6,))
    """
    if len(shape) != 1:
        listed = ", ".join(map(str, shape))
        raise ValueError(f"{name} must hold one value for each, in one axis (got shape [{listed}])")


def is_continuous(cells: Sequence[str]) -> bool:
    """Whether cells are taken for measured values, see :func:`read_labels`."""
    texts = [bare(str(cell)) for cell in cells]
    return bool(texts) and _guess(texts, CellNumbers.of(texts))[0] == "measured"


def encode_classes(cells: Sequence[str]) -> tuple[list[str], Tensor]:
    """Names of the classes and class of each cell, ``[n]`` long.

    If all cells are integers, classes are sorted as numbers, and "1" and "1.0" are one class.
    Otherwise classes are sorted alphabetically. Names that differ by case, blanks and what is not
    seen alone are one class, which has the spelling that is most frequent, of these the first.
    """
    integers = [whole_number(cell) for cell in cells]
    whole = [integer for integer in integers if integer is not None]
    if len(whole) == len(cells):
        names = [str(number) for number in sorted(set(whole))]
        place = {name: k for k, name in enumerate(names)}
        return names, torch.tensor([place[str(number)] for number in whole], dtype=torch.long)
    keys = [folded(cell).casefold() for cell in cells]
    spellings: dict[str, Counter[str]] = {}
    for key, cell in zip(keys, cells, strict=True):
        spellings.setdefault(key, Counter())[" ".join(bare(cell).split())] += 1
    chosen = {key: counts.most_common(1)[0][0] for key, counts in spellings.items()}
    order = sorted(chosen, key=lambda key: chosen[key])
    place = {key: k for k, key in enumerate(order)}
    classes = [place[key] for key in keys]
    return [chosen[key] for key in order], torch.tensor(classes, dtype=torch.long)


def _guess(texts: Sequence[str], numbers: CellNumbers) -> tuple[LabelKind, str]:
    present = [k for k, text in enumerate(texts) if not is_missing(text)]
    values = [numbers.values[k] for k in present if numbers.values[k] is not None]
    absent = sum(stands_for_nothing(texts[k]) or k in numbers.codes for k in present)
    if 2 * numbers.count <= len(present) - absent or not numbers.count:
        return "classes", "words"
    fractions = sum(value % 1 != 0 for value in values if value is not None)
    if fractions:
        return "measured", f"{fractions} of {len(present)} are numbers with a fraction"
    if numbers.bounds:
        return "measured", f"{len(numbers.bounds)} of {len(present)} are bounds"
    if numbers.unclear:
        return "measured", f"{len(numbers.unclear)} of {len(present)} are numbers with a comma"
    kinds = sorted(_exact(texts, numbers))
    if not kinds:
        return "measured", "numbers, none of them finite"
    found = f"{len(kinds)} different whole numbers from {kinds[0]} to {kinds[-1]}"
    close = kinds[-1] - kinds[0] < 2 * len(kinds) and len(kinds) <= _FEW
    if len(kinds) <= 2 or (close and len(values) >= 3 * len(kinds)):
        return "classes", found
    return "measured", found


def _exact(texts: Sequence[str], numbers: CellNumbers) -> set[int]:
    """The different whole numbers, also beyond those that floating point has."""
    found = set()
    for text, value in zip(texts, numbers.values, strict=True):
        if value is not None and not value % 1:
            exact = whole_number(text) if abs(value) >= LARGEST_EXACT else None
            found.add(int(value) if exact is None else exact)
    return found


_LARGEST = 3.4e38
"""Largest number of single precision."""


def _measured(texts: Sequence[str], numbers: CellNumbers, log: bool, reason: str) -> Labels:
    refused: dict[int, str] = {}
    values = torch.full((len(texts),), float("nan"), dtype=torch.double)
    for k, (text, value) in enumerate(zip(texts, numbers.values, strict=True)):
        problem = numbers.refusal(text, k) if value is None else ""
        if not problem and log and value is not None and value <= 0:
            problem = f"'{text}' has no logarithm"
        if not problem and value is not None:
            number = math.log10(value) if log else value
            if abs(number) <= _LARGEST:
                values[k] = number
            else:
                problem = f"'{text}' is too large: write the values in another unit"
        if problem:
            refused[k] = problem
    whole = {value for value in numbers.values if value is not None and not value % 1}
    _check_steps(values, len(_exact(texts, numbers)) > len(whole))
    return Labels("measured", values.float(), None, refused, reason)


def _check_steps(values: Tensor, lost: bool) -> None:
    """Refuse values whose differences are lost in single precision, as those of dates may be.

    Those of larger whole numbers are lost in double precision already.
    """
    known = values[values.isfinite()]
    if len(known) < 2:
        return
    low, high = float(known.min()), float(known.max())
    step = float((known.abs().max().float() * torch.finfo(torch.float).eps).double())
    if (high > low or lost) and float(known.std()) < _STEPS * step:
        raise ValueError(
            f"measured values from {low:.17g} to {high:.17g} cannot be told apart in single "
            f"precision, which has steps of {step:.1g} there: subtract a constant, such as the "
            f"smallest value, or `label_kind='classes'` if they are names"
        )


_STEPS = 1000
"""Fewest steps of single precision in a standard deviation."""


def _classes(texts: Sequence[str], numbers: CellNumbers, reason: str) -> Labels:
    known = [k for k, text in enumerate(texts) if not is_missing(text)]
    found = len(known)
    if numbers.count > len(numbers.infinite):  # among words alone, inf may be one too
        known = [k for k in known if k not in numbers.infinite]
    if numbers.count + len(numbers.codes) == found:  # where classes are words, -9 is one too
        known = [k for k in known if k not in numbers.codes]
    names, classes = encode_classes([texts[k] for k in known])
    values = torch.full((len(texts),), -1)
    values[known] = classes
    absent = sorted(set(range(len(texts))) - set(known))
    refused = {k: numbers.refusal(texts[k], k) for k in absent}
    return Labels("classes", values, names, refused, reason)
