"""Labels of subjects from the cells of a table, by the rules of every table."""

import logging
from collections.abc import Sequence

from torch import Tensor

from pyg_siamex.datasets.cell_numbers import CellNumbers, is_missing, stands_for_nothing
from pyg_siamex.datasets.label import read_labels

_logger = logging.getLogger(__name__)


def read_values(cells: Sequence[str], names: Sequence[str]) -> tuple[Tensor, list[int]]:
    """Measured values, ``[S]`` float with NaN where there is none, and where that is.

    Args:
        cells: Text of each label.
        names: Name of each subject, for errors.

    Raises:
        ValueError: If a label is neither a number nor stands for a missing value.
    """
    found, coded = read_labels(cells, "measured"), _coded(cells)
    missing = [k for k in found.refused if k in coded or stands_for_nothing(cells[k])]
    for k, reason in found.refused.items():
        if k not in missing:
            raise ValueError(f"the label of subject '{names[k]}': {reason}")
    return found.values, missing


def without_label(cells: Sequence[str], names: Sequence[str]) -> list[bool]:
    """Which cells of a column of classes hold no class.

    Args:
        cells: Text of each label.
        names: Name of each subject, for errors.

    Raises:
        ValueError: If a label is infinite and others are numbers.
    """
    told = sum(not is_missing(cell) for cell in cells)
    numbers = CellNumbers.of(cells)
    if numbers.count > len(numbers.infinite) > 0:  # among words alone, inf may be a class
        place = min(numbers.infinite)
        raise ValueError(f"the label of subject '{names[place]}': '{cells[place]}' is not finite")
    coded = _coded(cells) if numbers.count + len(numbers.codes) == told else set()
    return [is_missing(cell) or k in coded for k, cell in enumerate(cells)]


def _coded(cells: Sequence[str]) -> set[int]:
    """Positions of codes for missing values, which are logged."""
    codes = CellNumbers.of(cells).codes
    for code in sorted({cells[k] for k in codes}):
        _logger.warning(
            "%d subjects have the label %s, which is far from all others: it counts as missing",
            sum(cells[k] == code for k in codes),
            code,
        )
    return codes
