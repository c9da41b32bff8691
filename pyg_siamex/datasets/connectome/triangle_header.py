"""Compare the header of a table of triangles with the order that it is said to have."""

import re
from collections.abc import Sequence
from itertools import combinations
from typing import get_args

from pyg_siamex.datasets.connectome.triangle import Triangle, is_triangle

_MARKS = ("--", "->", "~", "|", ":", "/", "_", "-", ".", " ")
"""What stands between the two regions of a connection, the rarest in names first."""


def check_header(header: Sequence[str], triangle: Triangle) -> None:
    """Refuse a header whose pairs of regions are in another order.

    Headers that do not name each pair of the same regions once say nothing, and pass.

    Args:
        header: Names of the connections, such as ``["1-2", "1-3", "2-3"]``.
        triangle: The order that is said.

    Raises:
        ValueError: If the pairs have the other order, or none, or most names are there once, and
            one is twice.

    Example:
        >>> check_header(["a-b", "a-c", "a-d", "b-c", "b-d", "c-d"], "upper")
    """
    twice = next((name for k, name in enumerate(header) if name and name in header[:k]), None)
    if twice is not None and 2 * len(set(header)) > len(header):
        raise ValueError(f"its header has '{twice}' twice: leave a column out, or rename it")
    pairs = _pairs(header)
    if pairs is None or _is_order(pairs, triangle):
        return
    other = next(order for order in get_args(Triangle) if order != triangle)
    start = ", ".join(header[:4])
    if _is_order(pairs, other):
        raise ValueError(
            f"its header ({start}, ...) has the order of `triangle` {other}, not {triangle}"
        )
    raise ValueError(
        f"its header ({start}, ...) has pairs of regions in neither order: sort its columns as "
        f"1-2, 1-3, ..., 2-3 (upper) or 1-2, 1-3, 2-3, ... (lower)"
    )


def _pairs(header: Sequence[str]) -> list[frozenset[str]] | None:
    """The regions of each connection, where the header names each pair of them once."""
    if not is_triangle(len(header)):
        return None
    ways = [[_halves(cell, mark) for cell in header] for mark in _MARKS]
    ways.append([re.findall(r"\d+", cell) for cell in header])
    for way in ways:
        found = [frozenset(pair) for pair in way if len(pair) == 2]
        regions = frozenset().union(*found)
        every = len(regions) * (len(regions) - 1) // 2
        if len(found) == len(set(found)) == len(header) == every and min(map(len, found)) == 2:
            return found
    return None


def _halves(cell: str, mark: str) -> list[str]:
    """The text before and after the mark in the middle; names may have it too."""
    parts = [part.strip() for part in cell.split(mark)]
    middle, odd = divmod(len(parts), 2)
    return [] if odd else [mark.join(parts[:middle]), mark.join(parts[middle:])]


def _is_order(pairs: Sequence[frozenset[str]], triangle: str) -> bool:
    """Whether regions can be numbered so that pairs come in the order."""
    count = len(frozenset().union(*pairs))
    order = list(combinations(range(count), 2))
    if triangle == "lower":
        order.sort(key=lambda pair: pair[::-1])
    names: dict[int, frozenset[str]] = {0: pairs[0] & pairs[1]}  # both begin with region 0
    for pair, (one, other) in zip(pairs, order, strict=True):
        if one == 0:
            names[other] = pair - names[0]
    placed = zip(pairs, order, strict=True)
    return all(pair == names[one] | names[other] for pair, (one, other) in placed)
