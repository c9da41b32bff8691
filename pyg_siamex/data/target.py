"""Read and check the target of each graph before pairs are drawn."""

import operator
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data


def check_graphs(graphs: Any) -> int:
    """Number of graphs of a data set.

    Raises:
        TypeError: If it is not a sequence of ``Data``.
        ValueError: If it holds fewer than two graphs.
    """
    if not hasattr(graphs, "__len__") or not hasattr(graphs, "__getitem__"):
        raise TypeError(
            f"graphs must be a PyG data set or a list of Data (got {type(graphs).__name__})"
        )
    size = len(graphs)
    if size < 2:
        raise ValueError(f"pairs need at least 2 graphs (got {size})")
    if not isinstance(graphs[0], Data):
        raise TypeError(f"graphs must hold torch_geometric Data (got {type(graphs[0]).__name__})")
    return size


def check_count(num_pairs: int | None) -> int | None:
    """``num_pairs`` as an integer, or ``None`` for the default.

    Raises:
        TypeError: If it is not an integer.
        ValueError: If it is below 1.
    """
    if num_pairs is None:
        return None
    try:
        count = operator.index(num_pairs)
    except TypeError:
        raise TypeError(f"num_pairs must be a whole number (got {num_pairs!r})") from None
    if count < 1:
        raise ValueError(f"num_pairs must be at least 1 (got {count})")
    return count


def read_classes(graphs: Any, labels: Sequence[int] | Tensor | None) -> Tensor:
    """Class of each graph, ``[n]`` long; ``data.y`` if ``labels`` is ``None``.

    Raises:
        TypeError: If the labels are not numbers.
        ValueError: If a label is missing, not finite or not an integer, or if lengths differ.
    """
    numbers = _read(graphs, labels, "labels")
    broken = (numbers != numbers.round()).nonzero()
    if len(broken):
        raise ValueError(
            f"labels must be classes, got {float(numbers[broken[0]])}: use "
            f"PairDataset.from_difference for a continuous target"
        )
    return numbers.long()


def read_values(graphs: Any, values: Sequence[float] | Tensor | None) -> Tensor:
    """Value of each graph, ``[n]`` float; ``data.y`` if ``values`` is ``None``.

    Raises:
        TypeError: If the values are not numbers.
        ValueError: If a value is missing or not finite, or if lengths differ.
    """
    return _read(graphs, values, "values").float()


def _read(graphs: Any, given: Sequence[float] | Tensor | None, name: str) -> Tensor:
    size = check_graphs(graphs)
    if given is None:
        given = [_target(graphs[k], k, name) for k in range(size)]
    numbers = as_numbers(given, name)
    if len(numbers) != size:
        raise ValueError(f"{len(numbers)} {name} for {size} graphs")
    unusable = (~numbers.isfinite()).nonzero()
    if len(unusable):
        position = int(unusable[0])
        value = "NaN" if numbers[position].isnan() else "infinite"
        raise ValueError(f"the target of graph {position} is {value}: leave the graph out")
    return numbers


def as_numbers(given: Sequence[float] | Tensor, name: str) -> Tensor:
    """``given`` as a flat double tensor on the CPU; raises a ``TypeError`` that names it."""
    try:
        tensor = torch.as_tensor(given, dtype=torch.double)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(
            f"{name} must be numbers, one for each (got {list(given)[:3]} and so on): "
            f"number classes that have names"
        ) from None
    return tensor.detach().cpu().flatten()


def _target(graph: Data, position: int, name: str) -> float:
    y = graph.get("y")
    if y is None:
        raise ValueError(
            f"graph {position} has no target y: set it, pass {name}=, or use PairDataset.unlabelled"
        )
    try:
        y = torch.as_tensor(y)
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(f"the target y of graph {position} must be a number (got {y!r})") from None
    if y.numel() != 1:
        raise ValueError(
            f"graph {position} has {y.numel()} targets: pass one number per graph as {name}="
        )
    return y.item()
