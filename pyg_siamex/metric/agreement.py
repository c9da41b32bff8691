r"""Agreement of importances of the same elements: rank correlation and overlap of the top."""

import numpy as np
import torch
from scipy.stats import rankdata
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex._door import checked
from pyg_siamex._numbers import real


@checked
def spearman(a: Tensor, b: Tensor) -> Tensor:
    r"""Spearman's rank correlation of every row of ``a`` with every row of ``b``, in [-1, 1].

    It is the Pearson correlation of average ranks, which handles ties (Spearman 1904; Kendall
    1945).

    Args:
        a: Importances, ``[R, M]``.
        b: Importances of the same elements, ``[T, M]``.

    Returns:
        ``[R, T]``; ``nan`` if a row is constant or empty.

    Raises:
        ValueError: If the rows differ in length, or an importance is NaN.
    """
    _check(a, b)
    if not a.size(1):
        return _undefined(a, b)
    return _directions(a) @ _directions(b).T


@checked
def top_jaccard(a: Tensor, b: Tensor, share: float = 0.2) -> Tensor:
    r"""Overlap of the top shares of every row of ``a`` and every row of ``b``, in [0, 1].

    .. math:: J = \frac{|S_a \cap S_b|}{|S_a \cup S_b|}

    Elements tied at the edge of the top are in it by chance, independently in both rows, with
    :math:`E|S_a \cap S_b| = \sum_i p_i^a p_i^b`. Constant importances then overlap like random
    ones.

    Args:
        a: Importances, ``[R, M]``.
        b: Importances of the same elements, ``[T, M]``.
        share: Share of the elements in the top, in (0, 1), rounded up.

    Returns:
        ``[R, T]``; ``nan`` without elements.

    Raises:
        ValueError: If the rows differ in length, an importance is NaN, or ``share`` is out of
            range.
    """
    _check(a, b)
    real("share", share, "(0, 1)")
    if not a.size(1):
        return _undefined(a, b)
    k = max(int(np.ceil(share * a.size(1) - 1e-6)), 1)
    common = _chance_of_top(a, k) @ _chance_of_top(b, k).T
    return common / (2 * k - common)


def between_rows(matrix: Tensor) -> Tensor:
    """The entries of a symmetric matrix ``[R, R]`` above the diagonal, ``[R(R-1)/2]``."""
    row, column = torch.triu_indices(len(matrix), len(matrix), offset=1)
    return matrix[row, column]


def mean_defined(values: Tensor) -> float:
    """Mean of the values that are not ``nan``, or ``nan`` without any."""
    return float(values.nanmean()) if values.numel() else float("nan")


def _undefined(a: Tensor, b: Tensor) -> Tensor:
    return torch.full((len(a), len(b)), torch.nan, dtype=torch.double)


def _directions(values: Tensor) -> Tensor:
    """Centred average ranks of norm 1, ``[R, M]``; constant rows become ``nan``."""
    ranks = torch.from_numpy(rankdata(as_array(values.double()), axis=1))
    ranks = ranks - ranks.mean(1, keepdim=True)
    norm = ranks.norm(dim=1, keepdim=True)
    return ranks / torch.where(norm == 0, torch.nan, norm)


def _chance_of_top(values: Tensor, k: int) -> Tensor:
    """Probability of each element to be among the top k of its row, ``[R, M]``."""
    values = values.detach().cpu().double()
    threshold = values.topk(k, dim=1).values[:, -1:]
    above, tied = values > threshold, values == threshold
    left = k - above.sum(1, keepdim=True)
    return above.double() + tied * left / tied.sum(1, keepdim=True)


def _check(a: Tensor, b: Tensor) -> None:
    if a.dim() != 2 or b.dim() != 2 or a.size(1) != b.size(1):
        raise ValueError(
            f"importances must be rows over the same elements, got shapes {list(a.shape)} and "
            f"{list(b.shape)}"
        )
    for name, values in (("a", a), ("b", b)):
        if bool(values.isnan().any()):
            raise ValueError(f"importances in `{name}` hold NaN, which has no rank")
