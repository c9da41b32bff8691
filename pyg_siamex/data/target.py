"""Read and check the target of each graph before pairs are drawn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._numbers import whole
from pyg_siamex.data.checked_graph import Naming, check_list
from pyg_siamex.data.stored_graphs import each_of


def check_graphs(graphs: Any) -> int:
    """Number of graphs of a data set.

    Raises:
        TypeError: If it is not a sequence of ``Data``.
        ValueError: If it holds fewer than two graphs.
    """
    check_list(graphs)
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
    return whole("num_pairs", num_pairs)


def read_classes(
    graphs: Any,
    labels: Sequence[int] | Sequence[bool] | Tensor | None,
    naming: Naming | None = None,
) -> Tensor:
    """Class of each graph, ``[n]`` long; ``data.y`` if ``labels`` is ``None``.

    Args:
        graphs: The graphs.
        labels: Their classes, or ``None``.
        naming: What graphs are called in messages, where labels cannot be given beside them.
            Default: by their position.

    Raises:
        TypeError: If the labels are not numbers.
        ValueError: If a label is missing, not finite or not an integer, or if lengths differ.
    """
    numbers = _read(graphs, labels, "labels", naming)
    broken = (numbers != numbers.round()).nonzero()
    if len(broken):
        raise ValueError(
            f"labels must be classes, got {float(numbers[broken[0]])}: use "
            f"PairDataset.from_difference for a continuous target"
        )
    if bool((numbers.abs() >= 2.0**63).any()):
        largest = float(numbers[numbers.abs().argmax()])
        raise ValueError(f"labels must be classes, got {largest}: number them anew, from 0")
    return numbers.long()


def read_values(
    graphs: Any, values: Sequence[float] | Tensor | None, naming: Naming | None = None
) -> Tensor:
    """Value of each graph, ``[n]`` double; ``data.y`` if ``values`` is ``None``.

    In double precision, because differences of large numbers, such as dates, are small.

    Args:
        graphs: The graphs.
        values: Their values, or ``None``.
        naming: As for :func:`read_classes`.

    Raises:
        TypeError: If the values are not numbers.
        ValueError: If a value is missing, not finite or too large for single precision, or if
            lengths differ.
    """
    numbers = _read(graphs, values, "values", naming)
    as_single(numbers, "values")  # raises for values that no model can learn
    return numbers


def _read(
    graphs: Any, given: Sequence[float] | Tensor | None, name: str, naming: Naming | None
) -> Tensor:
    size = check_graphs(graphs)
    if given is None:
        given = [_target(graph, k, name, naming) for k, graph in enumerate(each_of(graphs))]
    numbers = as_numbers(given, name)
    if len(numbers) != size:
        raise ValueError(f"{len(numbers)} {name} for {size} graphs")
    unusable = (~numbers.isfinite()).nonzero()
    if len(unusable):
        position = int(unusable[0])
        value = "NaN" if numbers[position].isnan() else "infinite"
        called = f"graph {position}" if naming is None else naming(position)
        raise ValueError(f"the target of {called} is {value}: leave the graph out")
    return numbers


def as_numbers(given: Sequence[float] | Tensor, name: str) -> Tensor:
    """``given`` as a flat double tensor on the CPU.

    Args:
        given: Real numbers, one for each graph or pair.
        name: What they are, for messages.

    Raises:
        TypeError: If they are not real numbers.
        ValueError: If an integer is too large to be told from its neighbours, or they have rows and
            columns.
    """
    try:
        tensor = torch.as_tensor(given)
        if tensor.is_complex():
            raise TypeError
    except (TypeError, ValueError, RuntimeError):
        raise TypeError(
            f"{name} must be real numbers, one for each (got {_some(given)} and so on): "
            f"number classes that have names"
        ) from None
    if sum(width != 1 for width in tensor.shape) > 1:
        raise ValueError(
            f"{name} must be one row of numbers, one for each (got {list(tensor.shape)})"
        )
    exact = tensor.is_floating_point() or not tensor.numel() or tensor.dtype == torch.bool
    # In NumPy: PyTorch compares a narrow integer with what is left of 2**53 in its own type.
    whole_numbers = np.zeros(0) if exact else tensor.cpu().numpy()
    if bool(((whole_numbers > _EXACT) | (whole_numbers < -_EXACT)).any()):
        raise ValueError(
            f"{name} beyond {_EXACT} cannot be told apart (got {_some(given)} and so on): number "
            f"the classes anew, from 0"
        )
    # A list of Python floats has their full precision only as double.
    double = tensor if isinstance(given, Tensor) else torch.as_tensor(given, dtype=torch.double)
    return double.double().detach().cpu().flatten()


_EXACT = 2**53
"""Largest integer up to which doubles hold every integer."""


def as_single(numbers: Tensor, name: str) -> Tensor:
    """Finite double numbers in single precision.

    Args:
        numbers: The numbers.
        name: What they are, for messages.

    Raises:
        ValueError: If one is infinite, or too large for single precision.
    """
    single = numbers.float()
    if bool(single.isinf().any()):
        raise ValueError(
            f"{name} must be finite and below 3.4e38 in magnitude (got "
            f"{float(numbers[single.isinf()][0])}): use a smaller unit"
        )
    return single


def _some(given: Any) -> str:
    try:
        return repr(list(given[:3]))[:80]
    except (TypeError, ValueError, KeyError):
        return repr(given)[:80]


def _target(graph: Data, position: int, name: str, naming: Naming | None) -> float:
    called = f"graph {position}" if naming is None else naming(position)
    if not isinstance(graph, Data):
        raise TypeError(f"{called} must be a torch_geometric Data (got {type(graph)})")
    y = graph.get("y")
    if y is None:
        way = "" if naming else f", pass {name}=, or use PairDataset.unlabelled"
        raise ValueError(f"{called} has no target y: set it{way}")
    try:
        found = torch.as_tensor(y)
        if found.is_floating_point() and not isinstance(y, Tensor):
            found = torch.as_tensor(y, dtype=torch.double)  # as Python has them
    except (TypeError, ValueError, RuntimeError):
        told = f"{y!r:.60}"
        raise TypeError(f"the target y of {called} must be a number (got {told})") from None
    y = found
    if y.numel() != 1:
        way = "set y to one of them" if naming else f"pass one number per graph as {name}="
        raise ValueError(f"{called} has {y.numel()} targets: {way}")
    if y.is_meta:
        raise ValueError(f"the target y of {called} is on the device meta, without a value")
    if y.is_complex():
        raise TypeError(f"the target y of {called} is complex ({y.item()})")
    return y.item()
