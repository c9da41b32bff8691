"""Each member of a class against the other members, place by place."""

import numpy as np

_FEWEST = 3


def against_others(values: np.ndarray) -> np.ndarray:
    r"""How far each member is from its class.

    .. math:: z_{im} = \frac{v_{im} - \bar v_m}{s_m}

    with mean and standard deviation over all members. A member whose value nobody else has is
    :math:`(n - 1) / \sqrt n` away, which is the largest distance: a comparison with the others
    alone would be a rising function of this one, without a bound. 0 where nobody varies.

    Args:
        values: ``[n, M]``, a row per member.

    Raises:
        ValueError: If there are fewer than three members.

    Example:
        >>> from pyg_siamex.metric.against_others import against_others
        >>> against_others(np.array([[0.0], [1.0], [2.0], [9.0]])).round(2).ravel().tolist()
        [-0.73, -0.49, -0.24, 1.47]
    """
    n = len(values)
    if n < _FEWEST:
        raise ValueError(f"a member is compared with two others or more (got {n} members)")
    away = values - values.mean(0)
    sd = np.sqrt((away**2).sum(0) / (n - 1))
    varies = sd > 1e-9 * np.maximum(np.abs(values).max(0), 1e-300)
    return np.where(varies, away / np.where(varies, sd, 1.0), 0.0)


def farthest_p(z: np.ndarray) -> np.ndarray:
    """Share of members with any place as far out as each place of each member, ``[n, M]``.

    Members of a class are exchangeable without an outlier, so a member has a place with p of at
    most 0.05 in at most 5 % of classes; the least p is 1 / n.

    Args:
        z: ``[n, M]``, as :func:`against_others` gives it.

    Example:
        >>> farthest_p(np.array([[1.0, -3.0], [2.0, 0.0]])).tolist()
        [[1.0, 0.5], [1.0, 1.0]]
    """
    largest = np.sort(np.abs(z).max(1))
    below = np.searchsorted(largest, np.abs(z) - 1e-9, side="left")
    share: np.ndarray = (len(z) - below) / len(z)
    return share
