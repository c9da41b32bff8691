import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from pyg_siamex.metric.map_test import map_statistics


def sign_flips(n, count, seed=0):
    rng = np.random.default_rng(seed)
    return np.concatenate([np.ones((1, n)), rng.choice([-1.0, 1.0], (count, n))])


def by_hand(values, weights, two_sided):
    t = weights @ values
    sd = t.std(0)
    stat = (t - t.mean(0)) / sd
    stat = np.abs(stat) if two_sided else stat
    p = [np.mean(stat[:, k] >= stat[0, k] - 1e-9) for k in range(values.shape[1])]
    fwe = [np.mean(stat.max(1) >= stat[0, k] - 1e-9) for k in range(values.shape[1])]
    return np.array(p), np.array(fwe), (t[0] - t.mean(0)) / sd


@pytest.mark.parametrize("two_sided", [False, True])
def test_p_values_are_counts_over_relabellings(two_sided):
    rng = np.random.default_rng(1)
    values = rng.standard_normal((12, 7)) * np.arange(1, 8) + 0.4
    weights = sign_flips(12, 599)  # more than one chunk
    found = map_statistics(values, weights, two_sided=two_sided)
    p, fwe, z = by_hand(values, weights, two_sided)
    assert np.allclose(found.p, p) and np.allclose(found.p_fwe, fwe) and np.allclose(found.z, z)
    assert np.allclose(found.q, false_discovery_control(p))
    assert np.allclose(found.effect, values.sum(0))
    assert (found.p_fwe >= found.p - 1e-12).all() and (found.cluster == -1).all()


def test_clusters_are_connected_components_and_their_mass_is_tested():
    rng = np.random.default_rng(2)
    ends = np.triu_indices(7, 1)
    values = rng.standard_normal((16, 21)) * 0.8
    strong = [k for k in range(21) if ends[0][k] < 3 and ends[1][k] < 3]
    values[:, strong] += 1.0
    weights = sign_flips(16, 300)
    found = map_statistics(values, weights, edges=ends, threshold=1.5)
    t = weights @ values
    z = (t - t.mean(0)) / t.std(0)

    def masses(row):
        graph = nx.Graph()
        for i, j, value in zip(*ends, row, strict=True):
            if value > 1.5:
                graph.add_edge(i, j, mass=value - 1.5)
        parts = list(nx.connected_components(graph))
        return [(part, graph.subgraph(part).size("mass")) for part in parts]

    null = np.array([max([mass for _, mass in masses(row)], default=0.0) for row in z])
    for part, mass in masses(z[0]):
        rows = [k for k in range(21) if z[0, k] > 1.5 and ends[0][k] in part]
        assert len(set(found.cluster[rows])) == 1
        assert found.p_cluster[rows] == pytest.approx(np.mean(null >= mass - 1e-9))
    assert (found.p_cluster[z[0] <= 1.5] == 1).all()
    assert found.p_cluster[strong].max() < 0.05


def test_what_never_varies_says_nothing():
    values = np.random.default_rng(0).standard_normal((10, 3))
    values[:, 1] = 0
    found = map_statistics(values, sign_flips(10, 99))
    assert found.z[1] == 0 and found.p[1] == 1 and found.p_fwe[1] > 0.5


@given(st.integers(0, 40))
def test_order_of_places_and_units_change_nothing(seed):
    rng = np.random.default_rng(seed)
    values, weights = rng.standard_normal((8, 6)), sign_flips(8, 60, seed)
    order = rng.permutation(6)
    one, other = map_statistics(values, weights), map_statistics(1000 * values[:, order], weights)
    assert np.allclose(one.z[order], other.z) and np.allclose(one.p_fwe[order], other.p_fwe)


@pytest.mark.slow
def test_family_wise_errors_of_independent_noise_are_five_in_a_hundred():
    hits = 0
    for seed in range(400):
        values = np.random.default_rng(seed).standard_normal((20, 30))
        hits += bool((map_statistics(values, sign_flips(20, 99, seed)).p_fwe <= 0.05).any())
    assert 10 <= hits <= 31


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        map_statistics(np.zeros((3, 2)), np.zeros((5, 4)))
    with pytest.raises(ValueError, match="at least one relabelling"):
        map_statistics(np.zeros((3, 2)), np.zeros((1, 3)))
