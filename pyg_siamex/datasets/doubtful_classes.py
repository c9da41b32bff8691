"""Tell classes that are probably none, and names that tell nothing apart."""

import logging
from collections import Counter
from collections.abc import Sequence

from pyg_siamex.datasets.cell_numbers import (
    as_number,
    is_infinite,
    is_missing,
    stands_for_nothing,
)
from pyg_siamex.datasets.missing_code import is_code

_logger = logging.getLogger(__name__)

_MANY, _ALONE = 20, 6
"""Fewest labels of which half are too many classes, and of which all are."""


def warn_of_doubtful(where: str, names: Sequence[str], size: int) -> None:
    """Log classes that usually stand for no value, and labels that are classes of one each.

    Args:
        where: What holds the labels.
        names: Names of the classes.
        size: Number of labels.

    Example:
        >>> warn_of_doubtful("column 'activity'", ["active", "inactive"], 100)
    """
    if (size >= _MANY and 2 * len(names) > size) or size == len(names) >= _ALONE:
        _logger.warning(
            "%s makes %d classes of %d labels, such as '%s': is it a label?",
            *(where, len(names), size, names[0]),
        )
    for name in doubtful_classes(names):
        _logger.warning(
            "'%s' in %s is taken for a class: leave the cell empty where there is no value",
            *(name, where),
        )
    for one, other in truths_twice(names):
        _logger.warning(
            "'%s' and '%s' in %s are taken for two classes: write one of them if they are one",
            *(one, other, where),
        )
    for name in words_among_numbers(names):
        _logger.warning(
            "'%s' in %s is taken for a class beside numbers: write it as one of them if it is one",
            *(name, where),
        )


def doubtful_classes(names: Sequence[str]) -> list[str]:
    """Names of classes that are usually no class: ``"?"``, ``"inf"``, and -9999 among words.

    Args:
        names: Names of classes.

    Example:
        >>> doubtful_classes(["active", "inactive", "?"])
        ['?']
    """
    words = any(as_number(name) is None for name in names)
    return [
        name
        for name in names
        if stands_for_nothing(name) or is_infinite(name) or (words and is_code(as_number(name)))
    ]


def truths_twice(names: Sequence[str]) -> list[tuple[str, str]]:
    """Names of classes that are the same truth in two ways, where all are truths.

    Args:
        names: Names of classes.

    Example:
        >>> truths_twice(["0", "1", "FALSE", "True"]), truths_twice(["no", "yes"])
        ([('1', 'True'), ('0', 'FALSE')], [])
    """
    truths = [[name for name in names if name.lower() in words] for words in _TRUTHS]
    if sum(map(len, truths)) < len(names):
        return []
    return [(one, other) for one, *others in filter(None, truths) for other in others]


_TRUTHS = ("1", "true", "t", "yes", "y", "+"), ("0", "false", "f", "no", "n", "-")
"""What is written for yes, and for no."""


def words_among_numbers(names: Sequence[str]) -> list[str]:
    """Names of classes that are words where most are numbers; without those that are no class.

    Args:
        names: Names of classes.

    Example:
        >>> words_among_numbers(["0", "1", "TRUE"]), words_among_numbers(["1", "low", "high"])
        (['TRUE'], [])
    """
    words = [name for name in names if as_number(name) is None]
    if 2 * len(words) >= len(names):
        return []
    doubtful = doubtful_classes(words)
    return [word for word in words if word not in doubtful]


def warn_of_names(where: str, names: Sequence[str]) -> None:
    """Log names that are missing, or are those of several.

    Args:
        where: What holds the names.
        names: The names.

    Example:
        >>> warn_of_names("column 'id'", ["a", "b"])
    """
    missing = [k for k, name in enumerate(names) if is_missing(name)]
    if missing:
        _logger.warning(
            "%s has no name in %d of %d entries, such as entry %d: none can be asked for by name",
            *(where, len(missing), len(names), missing[0] + 1),
        )
    counts = Counter(name for name in names if not is_missing(name))
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        _logger.warning(
            "%s has %d names more than once, such as '%s', %d times: what has them cannot be asked "
            "for by name",
            *(where, len(twice), twice[0], counts[twice[0]]),
        )
