"""Unions of graphs joined into one, as PyG's ``Batch`` joins graphs."""

from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

import torch
from torch import Tensor

from pyg_siamex._numbers import shown
from pyg_siamex.data.joined import Joined, join
from pyg_siamex.data.union_tensors import UnionTensors, changed

_Union = TypeVar("_Union", bound=UnionTensors)


def join_unions(parts: Sequence[_Union]) -> _Union:
    """Join at least one union, in order.

    Raises:
        TypeError: If an extra input is a tensor in one, and neither tensor nor number in another.
        ValueError: If they differ in their extra inputs, their number of features or their type
            of features.
    """
    if len(parts) == 1:
        return parts[0]
    parts = _numbers_as_rows(parts)
    first = parts[0]
    for part in parts[1:]:
        _check_alike(first, part)
    nodes = _starts([len(part.x) for part in parts])
    graphs = _starts([part.num_graphs for part in parts])
    edges = [p.edge_index + n for p, n in zip(parts, nodes, strict=True)]
    return changed(
        first,
        x=torch.cat([part.x for part in parts]),
        edge_index=torch.cat(edges, dim=1),
        batch=torch.cat([p.batch + g for p, g in zip(parts, graphs, strict=True)]),
        num_graphs=sum(part.num_graphs for part in parts),
        extras={name: _joined(name, [p.extras[name] for p in parts]) for name in first.extras},
    )


def _starts(counts: list[int]) -> list[int]:
    return list(accumulate(counts, initial=0))[:-1]


def _numbers_as_rows(parts: Sequence[_Union]) -> Sequence[_Union]:
    """Turn numbers that differ between graphs into a tensor with a row per graph, as in a batch."""
    names = {name for part in parts for name in part.constants}
    differ = [name for name in sorted(names) if _need_rows(name, parts)]
    if not differ:
        return parts
    out = []
    for part in parts:
        rows = {
            name: Joined(
                torch.tensor([part.constants[name]] * part.num_graphs, device=part.x.device),
                torch.ones(part.num_graphs, dtype=torch.long),
            )
            for name in differ
            if name in part.constants
        }
        constants = {n: v for n, v in part.constants.items() if n not in rows}
        out.append(changed(part, extras={**part.extras, **rows}, constants=constants))
    return out


def _need_rows(name: str, parts: Sequence[_Union]) -> bool:
    """Whether a number differs between the graphs, or already has rows in some of the parts."""
    values = [part.constants[name] for part in parts if name in part.constants]
    if not all(isinstance(value, int | float) for value in values):
        return False
    return any(value != values[0] for value in values) or any(name in p.extras for p in parts)


def across(value: Tensor, dim: int) -> list[int]:
    """Shape of a row.

    Args:
        value: Rows.
        dim: Dimension in which they are counted.
    """
    shape = list(value.shape)
    return shape[:dim] + shape[dim + 1 :]


def _joined(name: str, parts: list[Joined]) -> Joined:
    shapes = [across(part.value, part.dim) for part in parts]
    other = next((shape for shape in shapes if shape != shapes[0]), None)
    if other is not None:
        raise ValueError(
            f"'{name}' of the graphs cannot be joined: rows of one are {shapes[0]}, and of another "
            f"{other}: make them alike"
        )
    try:
        return join(parts)
    except (ValueError, RuntimeError) as error:
        raise ValueError(f"'{name}' of the graphs cannot be joined: {error}") from error


def _check_alike(one: UnionTensors, other: UnionTensors) -> None:
    names = {**one.extras, **one.constants}.keys() ^ {**other.extras, **other.constants}.keys()
    if names:
        raise ValueError(f"only one of the two graphs has '{min(names)}': give it to both")
    for name in sorted(one.extras.keys() ^ other.extras.keys()):
        rest = one.constants if name in one.constants else other.constants
        raise TypeError(
            f"'{name}' is a tensor in one graph and {shown(rest[name])} in another: make both a "
            f"tensor"
        )
    for name, value in one.constants.items():
        if other.constants[name] != value:
            raise ValueError(
                f"the graphs differ in '{name}' ({value!r} against {other.constants[name]!r}), and "
                f"it cannot be joined over graphs: store a tensor with a row per graph"
            )
    if one.x.shape[1:] != other.x.shape[1:]:
        raise ValueError(
            f"query and reference differ in their node features: {list(one.x.shape[1:])} "
            f"against {list(other.x.shape[1:])} columns"
        )
    if one.x.dtype != other.x.dtype:
        raise ValueError(
            f"query and reference differ in the type of x: {one.x.dtype} against "
            f"{other.x.dtype}: convert one of them"
        )
