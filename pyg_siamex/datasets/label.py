"""Interpret the cells of a label column as classes or as measured values."""

from collections.abc import Sequence

import torch
from torch import Tensor

_MISSING = {"", "na", "n/a", "#n/a", "<na>", "nan", "null"}


def is_missing(text: str) -> bool:
    """Whether a cell holds no value."""
    return text.strip().lower() in _MISSING


def is_continuous(cells: Sequence[str]) -> bool:
    """Whether cells are measured values: most are numbers, and at least one has a fraction."""
    numbers = [number for number in map(as_number, cells) if number is not None]
    return 2 * len(numbers) > len(cells) and any(number % 1 for number in numbers)


def as_number(text: str) -> float | None:
    """The finite number in ``text``, or ``None``."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value - value == 0 else None


def encode_classes(cells: Sequence[str]) -> tuple[list[str], Tensor]:
    """Names of the classes and class of each cell, ``[n]`` long.

    If all cells are integers, classes are sorted as numbers, and "1" and "1.0" are one class.
    Otherwise classes are sorted alphabetically.
    """
    numbers = [as_number(cell) for cell in cells]
    whole = [int(number) for number in numbers if number is not None and number % 1 == 0]
    if len(whole) == len(cells):
        names = [str(number) for number in sorted(set(whole))]
        cells = [str(number) for number in whole]
    else:
        names = sorted(set(cells))
    place = {name: k for k, name in enumerate(names)}
    return names, torch.tensor([place[cell] for cell in cells], dtype=torch.long)
