"""Sparsity of an explanation, without a threshold."""

import torch
from torch import Tensor

from pyg_siamex._door import checked


@checked
def gini(importance: Tensor) -> float:
    r"""Gini index of absolute importances, in [0, 1 - 1/M]; high is sparse.

    .. math::
        G = 1 - 2 \sum_{k=1}^{M} \frac{|a|_{(k)}}{\lVert a \rVert_1} \cdot
        \frac{M - k + 1/2}{M}, \qquad |a|_{(1)} \le \dots \le |a|_{(M)}

    See Hurley and Rickard (2009); Chalasani et al. (ICML 2020) use it for attributions. It is 0 if
    all elements count the same. It does not measure faithfulness. Compare faithfulness at equal
    sparsity (``share`` of :func:`fidelity`), not by a threshold on soft masks.

    Args:
        importance: ``[M]``.

    Returns:
        The index; ``nan`` if all importances are 0.

    Raises:
        ValueError: If ``importance`` is empty or not finite.
    """
    share = _shares(importance).sort().values
    size = len(share)
    weight = (size - torch.arange(1, size + 1, dtype=torch.double) + 0.5) / size
    return float(1 - 2 * (share * weight).sum())


@checked
def effective_share(importance: Tensor) -> float:
    r"""Share of the elements that an explanation effectively uses, in [1/M, 1]; low is simple.

    .. math::
        \frac{1}{M} \exp\Big(-\sum_i p_i \log p_i\Big), \qquad p_i = |a_i| / \lVert a \rVert_1

    It is the exponential of the complexity of Bhatt et al. (IJCAI 2020). An explanation spread
    evenly over k elements has k / M.

    Args:
        importance: ``[M]``.

    Returns:
        The share; ``nan`` if all importances are 0.

    Raises:
        ValueError: If ``importance`` is empty or not finite.
    """
    share = _shares(importance)
    return float(torch.special.entr(share).sum().exp() / len(share))


def _shares(importance: Tensor) -> Tensor:
    """Absolute importances that sum to 1, or are ``nan``, ``[M]``."""
    values = importance.detach().cpu().double().flatten().abs()
    if not len(values):
        raise ValueError("there are no importances to measure")
    if not torch.isfinite(values).all():
        raise ValueError("importances hold NaN or infinite values")
    values = values / values.max()  # the sum of large numbers may overflow
    return values / values.sum()
