"""What a label is, by what the user asks of it, and how many pairs it makes alike."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.label import KINDS, LabelKind, NoNumbersError, check_kind_of_label

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


def is_learned(metadata: Mapping[str, Any], label: str | None) -> bool:
    """Whether a label is the one that a model was trained on; also where its file does not say.

    Args:
        metadata: What the model's file says of it.
        label: Name of the label, or ``None`` for the usual one.

    Example:
        >>> is_learned({"label_column": "pIC50"}, "logP")
        False
    """
    learned = _learned_label(metadata)
    return label is None or learned is None or label == learned


def learned_kind(metadata: Mapping[str, Any], label: str | None) -> LabelKind | None:
    """What the label of a training was taken for; ``None`` for other labels, or where unknown.

    Args:
        metadata: What the model's file says of it.
        label: Name of the label, or ``None``.

    Example:
        >>> learned_kind({"label_column": "grade", "rule": "same class"}, "grade")
        'classes'
    """
    if label is None or label != _learned_label(metadata):
        return None
    kind, rule = metadata.get("label_kind"), str(metadata.get("rule"))
    if kind in KINDS:
        return "classes" if kind == "classes" else "measured"
    if rule == "same class":
        return "classes"
    return "measured" if rule.startswith("values differ by") else None


def in_logarithms(metadata: Mapping[str, Any], label: str | None) -> bool:
    """Whether a label is the one of the training, which read its logarithms.

    Args:
        metadata: What the model's file says of it.
        label: Name of the label, or ``None``.

    Example:
        >>> known = {"label_column": "IC50", "label": "log10 of 'IC50'"}
        >>> in_logarithms(known, "IC50"), in_logarithms(known, "logP")
        (True, False)
    """
    known = str(metadata.get("label", "")).startswith("log10 of ")
    return known and label is not None and label == _learned_label(metadata)


def _learned_label(metadata: Mapping[str, Any]) -> str | None:
    found = metadata.get("rows", metadata).get("label" if "rows" in metadata else "label_column")
    return None if found is None else str(found)
