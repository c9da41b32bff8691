"""A first column that names the rows of a table of numbers, or is one of its columns."""

from collections.abc import Sequence

from pyg_siamex.datasets.cell_numbers import as_number
from pyg_siamex.datasets.connectome.number_rows import cell_number, not_a_number

_NEARLY = 0.9
"""Least share of words in a column of names; fewer are cells that hold no number by mistake."""


def are_names(cells: Sequence[str], least: float = _NEARLY) -> bool:
    """Whether cells are names: nearly all are words, and no marks such as ``*`` for no value.

    Args:
        cells: Cells of one column.
        least: Smallest share of words.

    Example:
        >>> are_names(["v1", "v2"]), are_names(["0.5", "bad", "0.7"]), are_names(["-", "*"])
        (True, False, False)
    """
    words = sum(is_word(cell) and not not_a_number(cell) for cell in cells)
    return 0 < words >= least * len(cells)


def are_labels(cells: Sequence[str]) -> bool:
    """Whether cells are labels: most are words, or all numbers among them are whole and differ.

    Args:
        cells: Cells of one column or row.

    Example:
        >>> are_labels(["1", "2", "3a", "3b"]), are_labels(["0.5", "bad", "0.7"])
        (True, False)
    """
    if any(is_word(cell) and not_a_number(cell) for cell in cells):
        return False
    numbers = [as_number(cell) for cell in cells if not is_word(cell)]
    if len(cells) > 2 * len(numbers):
        return True
    whole = all(number is not None and number % 1 == 0 for number in numbers)
    return whole and len(set(cells)) == len(cells)


def check_points(index: Sequence[str]) -> None:
    """Refuse a series with a row that is no time point, such as the mean below the numbers.

    Args:
        index: The first column, which is no data.

    Raises:
        ValueError: If most of its cells are numbers, and one is a word.

    Example:
        >>> check_points(["0", "1", "2"])
    """
    words = [k for k, cell in enumerate(index) if is_word(cell) and not not_a_number(cell)]
    if words and 2 * len(words) < len(index):
        raise ValueError(
            f"row {words[0] + 1} of its numbers begins with '{index[words[0]]:.60}', and most "
            f"others with a number: leave rows out that are no time points"
        )


def is_word(cell: str) -> bool:
    """Whether a cell is neither a number nor empty.

    Args:
        cell: The cell.

    Example:
        >>> is_word("v1"), is_word("NA")
        (True, False)
    """
    return cell_number(cell) is None
