"""Read and check an explicit list of pairs."""

import logging
from collections.abc import Sequence

import torch
from torch import Tensor

from pyg_siamex._visible import in_one_line
from pyg_siamex.data.positions import as_rows
from pyg_siamex.data.target import as_numbers, as_single

_logger = logging.getLogger(__name__)


def read_index(index: Sequence[Sequence[int]] | Tensor, size: int) -> Tensor:
    """Positions of query and reference, ``[P, 2]`` long.

    Raises:
        TypeError: If the positions are not integers.
        ValueError: If the shape is wrong, the list is empty, or a position is out of range.
    """
    try:
        pairs = as_rows(index)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(
            f"index must be [P, 2] integer positions, a row for each pair: "
            f"{in_one_line(str(error), 120)}"
        ) from None
    if pairs.numel() == 0:
        raise ValueError("index is empty: list at least one pair")
    if pairs.dim() != 2 or pairs.size(1) != 2:
        raise ValueError(
            f"index must be [P, 2], a row for each pair (got {list(pairs.shape)}): "
            f"transpose a [2, P] index"
        )
    if pairs.is_floating_point() or pairs.is_complex() or pairs.dtype == torch.bool:
        raise TypeError(f"index must hold integer positions (got {pairs.dtype})")
    pairs = pairs.long().cpu()
    outside = ((pairs < 0) | (pairs >= size)).any(1).nonzero()
    if len(outside):
        row = int(outside[0])
        below = bool((pairs[row] < 0).any())
        known = "positions begin at 0" if below else f"there are {size} graphs"
        raise ValueError(f"index[{row}] is {pairs[row].tolist()}, and {known}")
    return pairs


def read_scores(scores: Sequence[float] | Tensor | None, size: int) -> Tensor:
    """Target of each pair, ``[P]`` float; all ``nan`` if ``scores`` is ``None``.

    Raises:
        TypeError: If the scores are not numbers.
        ValueError: If lengths differ, a score is NaN or infinite, or scores cannot be told apart in
            single precision.
    """
    if scores is None:
        return torch.full((size,), float("nan"))
    exact = as_numbers(scores, "scores")
    target = as_single(exact, "scores")
    _check_told_apart(exact, target)
    if len(target) != size:
        raise ValueError(f"{len(target)} scores for {size} pairs")
    missing = target.isnan().nonzero()
    if len(missing):
        raise ValueError(f"scores[{int(missing[0])}] is NaN: leave the pair out")
    return target


def _check_told_apart(exact: Tensor, target: Tensor) -> None:
    """Refuse scores whose differences are lost in single precision, as those of dates may be."""
    large = exact[exact.isfinite()]
    rounded = bool((target.double() != exact)[exact.isfinite()].any())
    if len(large) < 2 or not rounded or float(large.abs().max()) <= 2**24:
        return
    step = float(target[target.isfinite()].abs().max()) * torch.finfo(torch.float).eps
    if float(large.max()) > float(large.min()) and float(large.std()) < _STEPS * step:
        raise ValueError(
            f"scores from {float(large.min()):.17g} to {float(large.max()):.17g} cannot be told "
            f"apart in single precision, which has steps of {step:.1g} there: subtract a constant, "
            f"such as the smallest score"
        )


_STEPS = 1000
"""Fewest steps of single precision in a standard deviation."""


def first_listing(pairs: Tensor, target: Tensor) -> Tensor:
    """Rows to keep, ``[P']``: the first of each unordered pair.

    Raises:
        ValueError: If a pair is listed twice with different scores.
    """
    seen: dict[tuple[int, int], int] = {}
    scores = target.tolist()
    for row, (a, b) in enumerate(pairs.sort(dim=1).values.tolist()):
        first = seen.setdefault((a, b), row)
        known = scores[first] == scores[first] and scores[row] == scores[row]  # neither is NaN
        if known and scores[first] != scores[row]:
            raise ValueError(
                f"pair {pairs[row].tolist()} is listed twice with scores {scores[first]} "
                f"(index[{first}]) and {scores[row]} (index[{row}])"
            )
    if len(seen) < len(pairs):
        _logger.warning("%d pairs were listed twice and are kept once", len(pairs) - len(seen))
    return torch.tensor(list(seen.values()), dtype=torch.long)
