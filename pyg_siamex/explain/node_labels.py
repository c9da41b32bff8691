"""One label of a group for each node, as names."""

from collections.abc import Iterable, Mapping
from typing import Any

from torch import Tensor

from pyg_siamex._numbers import shown
from pyg_siamex._single import why_no_name


def node_labels(values: Any, name: str) -> list[str]:
    """Labels as texts, refused where one is missing or several stand for a node.

    Args:
        values: A label for each node: texts, numbers or other single values, in a list, an array or
            a tensor.
        name: What they are called in messages.

    Raises:
        TypeError: If they are no list, or a label is no single number, text or the like.
        ValueError: If one is missing, ``None`` or NaN.

    Example:
        >>> node_labels(torch.tensor([2, 0]), "groups")
        ['2', '0']
    """
    single = isinstance(values, Mapping | str | bytes) or _depth(values) == 0
    if single or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list, a label for each node (got {shown(values)})")
    labels = values.tolist() if isinstance(values, Tensor) else list(values)
    return [_text(label, f"{name}: node {k}") for k, label in enumerate(labels)]


def _text(label: Any, node: str) -> str:
    if isinstance(label, str):
        return label if type(label) is str else str(label)
    why = why_no_name(label)
    if why is not None:
        raise TypeError(f"{node} has a label that {why}: give one number or text")
    if label is None or _is_missing(label):
        raise ValueError(f"{node} has the label {label}: give every node a group, such as 'rest'")
    return str(label.item() if isinstance(label, Tensor) else label)


def _depth(value: Any) -> Any:
    """Number of dimensions of a tensor or an array; ``None`` of other values."""
    return getattr(value, "ndim", None)


def _is_missing(label: Any) -> bool:
    try:
        return bool(label != label)
    except (TypeError, ValueError):  # of pandas' NA
        return True
