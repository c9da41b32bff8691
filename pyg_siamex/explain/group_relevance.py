"""Relevance between groups of nodes."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import torch
from torch import Tensor

from pyg_siamex._door import check_fields, checked
from pyg_siamex._numbers import shown
from pyg_siamex._once import check_once
from pyg_siamex._visible import in_one_line
from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.explained_graph import check_values
from pyg_siamex.explain.node_labels import node_labels


@checked
@dataclass
class GroupRelevance:
    """Relevance between groups of nodes.

    Attributes:
        matrix: ``[groups of the query, groups of the reference]``; sums to the same total as the
            node matrix.
        query_groups: Row names.
        reference_groups: Column names.
        carried: How much of the similarity the cells carry together, where it is known.

    Raises:
        TypeError: If the matrix is not a tensor of real numbers, or names are no list of texts.
        ValueError: If the matrix has not a row and a column for each name, or is not finite, or a
            name stands twice.
    """

    matrix: Tensor
    query_groups: list[str]
    reference_groups: list[str]
    carried: Carried | None = None

    def __post_init__(self) -> None:
        """Compare the matrix with its names."""
        self._compare("`matrix`")

    def _check_parts(self, name: str) -> None:
        """Refuse a matrix and names that were changed after they were made, and do not fit.

        Args:
            name: Name of the relevance in messages.

        Raises:
            TypeError: If a part is of another kind.
            ValueError: If the matrix has not a row and a column for each name, or is not finite.
        """
        check_fields(name.strip("`"), self)
        self._compare(f"the matrix of {name}")

    def _compare(self, name: str) -> None:
        shape = [len(self.query_groups), len(self.reference_groups)]
        check_values(self.matrix, name, [shape])
        for side, names in (("query", self.query_groups), ("reference", self.reference_groups)):
            twice = [one for one, count in Counter(names).items() if count > 1]
            if twice:
                raise ValueError(
                    f"{side}_groups names '{in_one_line(twice[0], 60)}' twice: a group has one row "
                    f"or column"
                )

    def __str__(self) -> str:
        """The matrix with its names, as JSON."""
        self._check_parts("the relevance")
        rows = {
            name: dict(zip(self.reference_groups, row, strict=True))
            for name, row in zip(self.query_groups, self.matrix.tolist(), strict=True)
        }
        return json.dumps(rows, indent=1)


def _positions(name: str, nodes: Any) -> list[int]:
    """Positions of nodes as whole numbers.

    Raises:
        TypeError: If they are no list of whole numbers.
    """
    listed = nodes.tolist() if hasattr(nodes, "tolist") else nodes
    if isinstance(listed, str | bytes | Mapping) or not isinstance(listed, Iterable):
        raise TypeError(f"{name} must be a list of nodes (got {shown(nodes)})")
    found = list(listed)
    odd = [k for k in found if isinstance(k, bool) or not isinstance(k, Integral)]
    if odd:
        raise TypeError(f"{name} must be positions of nodes, whole numbers (got {shown(odd[0])})")
    return [int(k) for k in found]


def membership(
    groups: Mapping[str, Sequence[int]] | Sequence[Any] | Tensor, size: int, argument: str
) -> tuple[list[str], Tensor]:
    """Names and membership ``[groups, size]`` of a partition, unnamed nodes under "rest".

    Args:
        groups: One group name per node, or a mapping from name to node indices.
        size: Number of nodes.
        argument: Name of the argument in messages.

    Raises:
        TypeError: If it is neither a list nor a mapping, or several names stand for a node.
        ValueError: If a node is in two groups or does not exist, a name is missing, or sizes
            differ.
    """
    if isinstance(groups, Mapping):
        labels: list[str | None] = [None] * size
        check_once(argument, map(str, groups))
        for name, nodes in groups.items():
            for node in _positions(f"{argument}['{name}']", nodes):
                if not 0 <= node < size:
                    raise ValueError(f"{argument}['{name}'] names node {node} of {size}")
                if labels[node] is not None:
                    raise ValueError(
                        f"{argument}: node {node} is in '{labels[node]}' and in '{name}': "
                        f"groups must not overlap"
                    )
                labels[node] = str(name)
        names = [str(name) for name in groups]
    else:
        given = node_labels(groups, argument)
        if len(given) != size:
            raise ValueError(f"{argument} has {len(given)} entries for {size} nodes")
        labels, names = [*given], list(dict.fromkeys(given))
    if None in labels:
        labels = ["rest" if label is None else label for label in labels]
        names = [*names, *([] if "rest" in names else ["rest"])]
    place = {name: k for k, name in enumerate(names)}
    member = torch.zeros(len(names), size)
    member[[place[str(label)] for label in labels], list(range(size))] = 1.0
    return names, member
