"""The pair matrix as the page shows it: packed by node, and between groups as a table."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.visualize.paper.numbers import decimals_of, fixed

MOST_GROUPS = 20
"""Most groups of one side in a table between groups."""

_REST = "all others"


@dataclass(frozen=True)
class GroupTable:
    """Relevance between groups of nodes; it has the same sum as the pair matrix.

    Attributes:
        rows: Groups of the query.
        columns: Groups of the reference.
        values: ``[rows, columns]``.
        members: For query and reference the nodes of each group.
    """

    rows: list[str]
    columns: list[str]
    values: Tensor
    members: tuple[list[list[int]], list[list[int]]]

    @property
    def limit(self) -> float:
        """The largest magnitude, or 1 where all are 0."""
        return float(self.values.abs().max()) or 1.0

    def text(self, row: int, column: int) -> str:
        """Write a value with as many decimals as show two digits of the largest one."""
        return fixed(float(self.values[row, column]), decimals_of(self.limit))


def group_table(matrix: Tensor, groups: tuple[Sequence[str], Sequence[str]]) -> GroupTable:
    """Sum a pair matrix over groups; if there are too many, the weakest become one group."""
    strengths = matrix.abs().sum(1), matrix.abs().sum(0)
    query, reference = (
        _group_members(names, strength) for names, strength in zip(groups, strengths, strict=True)
    )
    sums = torch.stack([matrix[nodes].sum(0) for nodes in query.values()])
    values = torch.stack([sums[:, nodes].sum(1) for nodes in reference.values()], dim=1)
    members = list(query.values()), list(reference.values())
    return GroupTable(list(query), list(reference), values, members)


def parts_of(
    groups: tuple[Sequence[str], Sequence[str]],
    matrix: Tensor | None,
    values: tuple[Sequence[float] | None, Sequence[float] | None],
) -> GroupTable:
    """Collect the groups of both sides, with the relevance between them if there is a matrix.

    Args:
        groups: A group for each node of query and reference.
        matrix: Relevance between nodes, or ``None``.
        values: Importance of each node of query and reference, or ``None``.
    """
    if matrix is not None:
        return group_table(matrix, groups)
    query, reference = (
        _group_members(names, torch.tensor([abs(v) for v in known or [0.0] * len(names)]))
        for names, known in zip(groups, values, strict=True)
    )
    members = list(query.values()), list(reference.values())
    none = torch.zeros(len(query), len(reference))
    return GroupTable(list(query), list(reference), none, members)


def node_table(labels: tuple[list[str], list[str]], matrix: Tensor | None) -> GroupTable | None:
    """Make each node a group of its own; ``None`` without relevance.

    Args:
        labels: A name for each node of query and reference.
        matrix: Relevance between nodes, or ``None``.
    """
    if matrix is None or not matrix.numel():
        return None
    return GroupTable(*labels, matrix, ([], []))


def _group_members(groups: Sequence[str], strength: Tensor) -> dict[str, list[int]]:
    """List nodes by group in order of first mention; weak groups beyond the limit become one."""
    members: dict[str, list[int]] = {}
    for node, name in enumerate(groups):
        members.setdefault(name, []).append(node)
    if len(members) <= MOST_GROUPS:
        return members
    by_strength = sorted(members, key=lambda name: -float(strength[members[name]].sum()))
    kept = set(by_strength[: MOST_GROUPS - 1])
    out = {name: nodes for name, nodes in members.items() if name in kept}
    rest = sorted(node for name, nodes in members.items() if name not in kept for node in nodes)
    return {**out, f"{_REST} ({len(members) - len(kept)} groups)": rest}


def packed(values: Tensor | Sequence[float]) -> str:
    """Encode numbers as base64 of little-endian 32-bit floats, row by row."""
    array = np.asarray(values, dtype="<f4")
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
