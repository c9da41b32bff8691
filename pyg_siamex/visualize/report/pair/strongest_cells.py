"""A pair matrix in a page: whole, or its strongest cells if a browser could not bear the whole."""

import base64
from typing import Any

import numpy as np
from torch import Tensor

from pyg_siamex.visualize.report.pair.group_table import packed

MOST_WHOLE = 500_000
"""Most cells of a matrix that is kept whole."""

STRONGEST = 150_000
"""Cells that are kept of a larger one."""

_WIDEST = 5_000
"""Most rows or columns that are painted, a pixel each."""


def matrix_data(matrix: Tensor) -> dict[str, Any]:
    """The matrix as the page's script reads it.

    Args:
        matrix: Relevance between nodes, ``[n, m]``.

    Returns:
        ``values``, and for a large matrix ``cells``: their places row by row.
    """
    if matrix.numel() <= MOST_WHOLE:
        return {"values": packed(matrix)}
    places = _strongest(matrix)
    found = np.ascontiguousarray(places.numpy().astype("<u4"))
    return {
        "cells": base64.b64encode(found.tobytes()).decode(),
        "values": packed(matrix.flatten()[places]),
    }


def cells_note(matrix: Tensor | None) -> str | None:
    """What is left out of a large matrix, in sentences, or ``None``.

    Args:
        matrix: Relevance between nodes, ``[n, m]``, or ``None``.
    """
    if matrix is None or matrix.numel() <= MOST_WHOLE:
        return None
    size = matrix.abs()
    whole = float(size.sum())
    share = float(size.flatten()[_strongest(matrix)].sum()) / whole if whole else 1.0
    return (
        f"Of {matrix.numel():,} pairs of nodes the {STRONGEST:,} strongest are in this page, "
        f"{share:.0%} of the relevance without its sign; the others read as 0. Sums and tables "
        f"are of all. The strongest twentieth has full colour."
    )


def is_painted(matrix: Tensor | None) -> bool:
    """Whether the matrix is drawn cell by cell.

    Args:
        matrix: Relevance between nodes, ``[n, m]``, or ``None``.
    """
    return matrix is not None and max(matrix.shape) <= _WIDEST


def _strongest(matrix: Tensor) -> Tensor:
    """Places of the strongest cells row by row, in increasing order, ``[k]``."""
    return matrix.abs().flatten().topk(STRONGEST).indices.sort().values
