"""Standardised differences of two groups, with intervals."""

from typing import NamedTuple

import numpy as np
from scipy.stats import norm


class EffectSize(NamedTuple):
    """Hedges' g and its interval, ``[M]`` each."""

    g: np.ndarray
    low: np.ndarray
    high: np.ndarray


def hedges_g(values: np.ndarray, member: np.ndarray, level: float = 0.95) -> EffectSize:
    r"""Difference of two means in pooled standard deviations (Hedges and Olkin, 1985).

    .. math:: g = \Bigl(1 - \frac{3}{4(n - 2) - 1}\Bigr) \frac{\bar v_1 - \bar v_0}{s}, \qquad
              \mathrm{se}^2 = \frac{n_1 + n_0}{n_1 n_0} + \frac{g^2}{2 n}

    The interval is normal. It is 0 where values do not vary.

    Args:
        values: ``[n, M]``.
        member: Whether each belongs to the first group, bool ``[n]``.
        level: Coverage of the interval, in (0, 1).

    Raises:
        ValueError: If a group has fewer than two members.

    Example:
        >>> from pyg_siamex.metric.effect_size import hedges_g
        >>> found = hedges_g(np.array([[1.0], [2.0], [4.0], [5.0]]), np.array([0, 0, 1, 1]) > 0)
        >>> round(float(found.g[0]), 2)
        2.42
    """
    one, other = values[member], values[~member]
    n1, n0 = len(one), len(other)
    if min(n1, n0) < 2:
        raise ValueError(f"an effect size needs two members of each group (got {n1} and {n0})")
    n = n1 + n0
    within = ((one - one.mean(0)) ** 2).sum(0) + ((other - other.mean(0)) ** 2).sum(0)
    sd = np.sqrt(within / (n - 2))
    difference = one.mean(0) - other.mean(0)
    g = np.where(sd > 0, difference / np.where(sd > 0, sd, 1), 0.0) * (1 - 3 / (4 * (n - 2) - 1))
    reach = norm.ppf((1 + level) / 2) * np.sqrt(n / (n1 * n0) + g**2 / (2 * n))
    return EffectSize(g, g - reach, g + reach)


def paired_g(changes: np.ndarray, level: float = 0.95) -> EffectSize:
    r"""Mean change in standard deviations of the change, corrected for few persons.

    .. math:: g = \Bigl(1 - \frac{3}{4(n - 1) - 1}\Bigr) \frac{\bar v}{s}, \qquad
              \mathrm{se}^2 = \frac{1}{n} + \frac{g^2}{2 n}

    Args:
        changes: Change of each person, ``[n, M]``.
        level: Coverage of the interval, in (0, 1).

    Raises:
        ValueError: If there are fewer than two persons.

    Example:
        >>> from pyg_siamex.metric.effect_size import paired_g
        >>> round(float(paired_g(np.array([[1.0], [2.0], [3.0]])).g[0]), 2)
        1.14
    """
    n = len(changes)
    if n < 2:
        raise ValueError(f"an effect size needs two persons (got {n})")
    sd = changes.std(0, ddof=1)
    g = np.where(sd > 0, changes.mean(0) / np.where(sd > 0, sd, 1), 0.0)
    g = g * (1 - 3 / (4 * (n - 1) - 1))
    reach = norm.ppf((1 + level) / 2) * np.sqrt(1 / n + g**2 / (2 * n))
    return EffectSize(g, g - reach, g + reach)
