"""Permutation tests of whole maps: family-wise errors, false discoveries, connected clusters."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import false_discovery_control

_CHUNK = 256
_ROUNDING = 1e-9


@dataclass(frozen=True)
class MapTest:
    """A statistic at each of M places, tested over relabellings.

    Attributes:
        effect: Weighted sum of the values, ``[M]``, such as a difference of means.
        z: The effect in standard deviations over relabellings, ``[M]``.
        p: Of each place alone, ``[M]`` in (0, 1].
        p_fwe: Corrected for all places by the maximum statistic: below 0.05 anywhere in at most
            5 % of studies without any effect, ``[M]``.
        q: Benjamini and Hochberg's, ``[M]``: the share of false discoveries among all places with
            a q as small.
        cluster: Number of the connected cluster of an edge, ``[M]``; -1 below the threshold.
        p_cluster: Of the mass of the edge's cluster, corrected for all clusters, ``[M]``; 1
            outside clusters.
    """

    effect: np.ndarray
    z: np.ndarray
    p: np.ndarray
    p_fwe: np.ndarray
    q: np.ndarray
    cluster: np.ndarray
    p_cluster: np.ndarray


def map_statistics(
    values: np.ndarray,
    weights: np.ndarray,
    *,
    two_sided: bool = False,
    edges: tuple[np.ndarray, np.ndarray] | None = None,
    threshold: float = 3.0,
) -> MapTest:
    r"""Test weighted sums of values against those of relabelled subjects.

    .. math:: T_{bm} = \sum_i w_{bi} v_{im}, \qquad z_{bm} = \frac{T_{bm} - \bar T_m}{s_m}, \qquad
              p^{\mathrm{FWE}}_m = \frac{\#\{b : \max_k t_{bk} \ge t_{0m}\}}{B + 1}

    over the labels as they are, b = 0, and B relabellings, with mean and standard deviation over
    all of them. The statistic t is z, or its magnitude for two-sided tests. Clusters are connected
    components of edges with t above a threshold; their mass is the sum of t beyond it
    (network-based statistic: Zalesky et al., NeuroImage 2010).

    Args:
        values: Value of each subject at each place, ``[n, M]``; they must not depend on the labels
            that are permuted.
        weights: Weight of each subject, ``[B + 1, n]``, the labels as they are first.
        two_sided: Whether low sums count as much as high ones.
        edges: Both ends of each place, for clusters. Default: no clusters.
        threshold: z that starts a cluster, above 0.

    Raises:
        ValueError: If shapes differ, or there is no relabelling.

    Example:
        >>> from pyg_siamex.metric.map_test import map_statistics
        >>> rng = np.random.default_rng(0)
        >>> values, signs = rng.standard_normal((12, 3)), rng.choice([-1, 1], (200, 12))
        >>> values[:, 1] += signs[0]
        >>> int(map_statistics(values, signs).p.argmin())
        1
    """
    if values.ndim != 2 or weights.ndim != 2 or weights.shape[1] != len(values):
        raise ValueError(f"values {values.shape} and weights {weights.shape} do not fit")
    if len(weights) < 2:
        raise ValueError("a permutation test needs at least one relabelling")
    scale = _Scale.of(values, weights, two_sided)
    nobody = np.flatnonzero(scale.sd == 0)
    first = scale.moved(values, weights[:1])[0]
    above, maximal, mass = np.zeros(len(first)), np.zeros(len(first)), []
    clusters = _clusters(first, edges, threshold)
    for rows in _chunks(weights):
        found = scale.moved(values, rows)
        above += (found >= first - _ROUNDING).sum(0)
        maximal += (found.max(1, keepdims=True) >= first - _ROUNDING).sum(0)
        if edges is not None:
            mass += [_clusters(row, edges, threshold).largest for row in found]
    p = above / len(weights)
    p[nobody] = 1.0
    p_cluster = np.ones(len(first))
    inside = clusters.number >= 0
    p_cluster[inside] = [
        np.mean(np.array(mass) >= own - _ROUNDING) for own in clusters.mass[clusters.number[inside]]
    ]
    effect = weights[0] @ values
    z = np.where(scale.sd > 0, (effect - scale.mean) / np.where(scale.sd > 0, scale.sd, 1), 0)
    q = false_discovery_control(p)
    return MapTest(effect, z, p, maximal / len(weights), q, clusters.number, p_cluster)


@dataclass(frozen=True)
class _Scale:
    """Mean and standard deviation of the sums over relabellings."""

    mean: np.ndarray
    sd: np.ndarray
    two_sided: bool

    @classmethod
    def of(cls, values: np.ndarray, weights: np.ndarray, two_sided: bool) -> "_Scale":
        mean = weights.mean(0) @ values
        square = sum((((rows @ values) - mean) ** 2).sum(0) for rows in _chunks(weights))
        sd = np.sqrt(square / len(weights))
        size = np.abs(weights).sum(1).max() * np.abs(values).max(0)
        return cls(mean, np.where(sd > _ROUNDING * np.maximum(size, 1e-300), sd, 0.0), two_sided)

    def moved(self, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """The statistic of each relabelling, ``[b, M]``; low where nothing varies."""
        found = np.where(self.sd > 0, weights @ values - self.mean, 0.0)
        found = found / np.where(self.sd > 0, self.sd, 1.0)
        return np.abs(found) if self.two_sided else found


@dataclass(frozen=True)
class _Clusters:
    number: np.ndarray
    mass: np.ndarray

    @property
    def largest(self) -> float:
        return float(self.mass.max(initial=0.0))


def _clusters(
    z: np.ndarray, edges: tuple[np.ndarray, np.ndarray] | None, threshold: float
) -> _Clusters:
    number, strong = np.full(len(z), -1), np.flatnonzero(z > threshold)
    if edges is None or not len(strong):
        return _Clusters(number, np.zeros(0))
    row, col = edges[0][strong], edges[1][strong]
    size = int(max(edges[0].max(), edges[1].max())) + 1
    graph = coo_matrix((np.ones(len(strong)), (row, col)), shape=(size, size))
    _, of_node = connected_components(graph, directed=False)
    _, number[strong] = np.unique(of_node[row], return_inverse=True)
    return _Clusters(number, np.bincount(number[strong], weights=z[strong] - threshold))


def _chunks(weights: np.ndarray) -> Iterator[np.ndarray]:
    return (weights[start : start + _CHUNK] for start in range(0, len(weights), _CHUNK))
