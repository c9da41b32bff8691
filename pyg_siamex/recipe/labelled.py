"""Labelled graphs of a library, in groups of nodes, for a view of all of them."""

import logging
from dataclasses import dataclass, field

import numpy as np
import torch
from torch_geometric.data import Data

_logger = logging.getLogger(__name__)

_BINS = ("low", "middle", "high")


@dataclass(frozen=True)
class Labelled:
    """Graphs, their names, their classes and the groups of their nodes.

    Attributes:
        graphs: The graphs.
        names: Name of each.
        labels: Class of each, 0, 1, ...
        class_names: Name of each class.
        groups: Group of each node of each graph.
        total: Number of graphs before sampling.
        notes: What readers should know of pictures of the graphs, in sentences.

    Example:
        >>> labelled = overview(trained, "molecules.csv", "active").labelled
        >>> labelled.class_names
        ['no', 'yes']
    """

    graphs: list[Data]
    names: list[str]
    labels: list[int]
    class_names: list[str]
    groups: list[list[str]]
    total: int
    notes: list[str] = field(default_factory=list)


def classes_of(
    graphs: list[Data], label: str | None, class_names: list[str] | None
) -> tuple[list[int], list[str]]:
    """Class of each graph and name of each class; measured values are cut into thirds.

    Args:
        graphs: The graphs, with ``y`` where there is a label.
        label: Name of the label; ``None`` makes one class of all.
        class_names: Names of the classes; ``None`` where the label is a measured value.

    Raises:
        ValueError: If measured values are too equal to be cut into thirds.

    Example:
        >>> classes_of(graphs[:3], "active", ["no", "yes"])
        ([1, 1, 1], ['no', 'yes'])
    """
    if label is None:
        return [0] * len(graphs), ["all"]
    values = torch.stack([graph.y.reshape(()) for graph in graphs])
    if class_names is not None:
        return values.tolist(), class_names
    first, second = np.quantile(values.double().numpy(), [1 / 3, 2 / 3])
    if not values.min() <= first < second < values.max():
        raise ValueError(f"the values of '{label}' cannot be cut into thirds: too many are equal")
    low, high = _told_apart(float(first), float(second))
    ranges = f"up to {low}", f"{low} to {high}", f"above {high}"
    names = [f"{name} ({span})" for name, span in zip(_BINS, ranges, strict=True)]
    _logger.warning("'%s' is a measured value: its thirds are the classes", label)
    return ((values > first).long() + (values > second).long()).tolist(), names


def _told_apart(first: float, second: float) -> tuple[str, str]:
    """Two bounds in as few digits as place them between the values around them, at least three."""
    for digits in range(3, 17):
        low, high = (_written(bound, digits) for bound in (first, second))
        off = max(abs(float(low) - first), abs(float(high) - second))
        if off <= _OFF * (second - first):
            break
    return low, high


def _written(value: float, digits: int) -> str:
    text = f"{value:.{digits}g}"
    if "e+" not in text or abs(value) >= _LONG:
        return text
    return f"{float(text):.0f}"


_LONG = 1e9
"""Numbers from here on are written with a power of ten."""

_OFF = 0.01
"""Most that a bound is off in words, as a share of the third between the two."""


def sampled(count: int, most: int) -> list[int]:
    """Positions of at most ``most`` graphs, in order, drawn at random with a fixed seed.

    Args:
        count: How many graphs there are.
        most: How many to keep.

    Example:
        >>> sampled(3, 5)
        [0, 1, 2]
    """
    if count <= most:
        return list(range(count))
    drawn = torch.randperm(count, generator=torch.Generator().manual_seed(0))[:most]
    return sorted(drawn.tolist())


def partition_named(name: str, choices: tuple[str, ...]) -> str:
    """The name of a partition of the nodes, checked.

    Args:
        name: What the user asks for.
        choices: What there is.

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> partition_named("regions", ("networks", "regions"))
        'regions'
    """
    if name not in choices:
        raise ValueError(f"`groups` must be one of {', '.join(choices)} (got '{name}')")
    return name
