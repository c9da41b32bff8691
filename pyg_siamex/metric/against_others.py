"""Each member of a class against the other members, place by place."""

import numpy as np

_FEWEST = 3


def against_others(values: np.ndarray) -> np.ndarray:
    r"""How far each member is from the others, in units of a prediction of one more member.

    .. math:: z_{im} = \frac{v_{im} - \bar v_{-i,m}}{s_{-i,m} \sqrt{1 + 1 / (n - 1)}}

    with mean and standard deviation of the other members. 0 where the others do not vary.

    Args:
        values: ``[n, M]``, a row per member.

    Raises:
        ValueError: If there are fewer than three members.

    Example:
        >>> from pyg_siamex.metric.against_others import against_others
        >>> against_others(np.array([[0.0], [1.0], [2.0], [9.0]])).round(1).ravel().tolist()
        [-0.8, -0.5, -0.3, 6.9]
    """
    n = len(values)
    if n < _FEWEST:
        raise ValueError(f"a member is compared with two others or more (got {n} members)")
    away = values - values.mean(0)
    total = (away**2).sum(0)
    # Sums without member i, in closed form: the others' mean is -away_i / (n - 1).
    gap = away * n / (n - 1)
    within = np.maximum(total - away**2 * n / (n - 1), 0.0)
    sd = np.sqrt(within / (n - 2) * (1 + 1 / (n - 1)))
    sound = sd > 1e-9 * np.maximum(np.abs(values).max(0), 1e-300)
    return np.where(sound, gap / np.where(sound, sd, 1.0), 0.0)


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
    return (len(z) - below) / len(z)
