"""What a label is, by what the user asks of it, and how many pairs it makes alike."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.label import LabelKind, NoNumbersError, check_kind_of_label

_logger = logging.getLogger(__name__)

_FEW, _MANY = 0.05, 0.6


def kind_asked(
    label_kind: LabelKind | None, max_difference: float | None = None, log: bool = False
) -> LabelKind | None:
    """What the label is where the user says or implies it, else ``None``.

    Args:
        label_kind: ``"measured"``, ``"classes"`` or ``None``.
        max_difference: Largest difference of alike measured values.
        log: Whether the logarithm is asked.

    Raises:
        ValueError: If there is no such kind, or classes are asked together with what only measured
            values have.

    Example:
        >>> kind_asked(None, max_difference=0.5)
        'measured'
    """
    check_kind_of_label(label_kind)
    implied = {"max_difference": max_difference is not None, "log": log}
    for name, given in implied.items():
        if given and label_kind == "classes":
            raise ValueError(
                f"`{name}` is for measured values, and the label is said to be classes"
            )
    return "measured" if any(implied.values()) else label_kind


@contextmanager
def asking_for_numbers(max_difference: float | None, log: bool = False) -> Iterator[None]:
    """Name what implies measured values where labels are words.

    Args:
        max_difference: Largest difference of alike measured values.
        log: Whether the logarithm is asked.

    Raises:
        ValueError: If the labels that are read are words.

    Example:
        >>> from pyg_siamex.datasets.label import read_labels
        >>> with asking_for_numbers(0.5):
        ...     read_labels(["a", "b"], "measured")
        Traceback (most recent call last):
        ...
        ValueError: `max_difference` is for measured values: no label is a number, such as 'a'
    """
    asked = "max_difference" if max_difference is not None else "log" if log else None
    try:
        yield
    except NoNumbersError as error:
        if asked is None:
            raise
        raise ValueError(f"`{asked}` is for measured values: {error}") from None


def alike_share(pairs: PairDataset) -> str:
    """Share of alike pairs among all pairs, in words; a warning outside 5 to 60 %.

    Args:
        pairs: Pairs of all graphs.

    Example:
        >>> alike_share(PairDataset(graphs, seed=0))  # doctest: +SKIP
        '31 % of all pairs'
    """
    share = pairs.relation.alike_share(len(pairs.graphs))
    if share == share and not _FEW <= share <= _MANY:
        _logger.warning(
            "%.1f %% of all pairs are alike: %s",
            100 * share,
            "alike pairs are too rare to be learned well; check the label or `max_difference`"
            if share < _FEW
            else "alike says little where most pairs are; check the label or `max_difference`",
        )
    return f"{100 * share:.1f} % of all pairs"
