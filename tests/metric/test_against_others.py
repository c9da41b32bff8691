"""Each member of a class against the other members."""

import numpy as np
import pytest
from scipy.stats import spearmanr, zscore

from pyg_siamex.metric.against_others import against_others, farthest_p


def test_it_is_the_distance_from_the_mean_of_the_class():
    values = np.random.default_rng(0).standard_normal((7, 5))
    assert np.allclose(against_others(values), zscore(values, ddof=1))


def test_it_rises_with_the_distance_from_the_others_alone():
    values = np.random.default_rng(0).standard_normal((7, 50))
    z, others = against_others(values)[0], values[1:]
    alone = (values[0] - others.mean(0)) / others.std(0, ddof=1)
    assert np.allclose(spearmanr(z, alone).statistic, 1)


def test_places_where_nobody_varies_say_nothing_and_one_value_is_the_farthest():
    values = np.random.default_rng(0).standard_normal((5, 3))
    values[:, 1], values[:, 2] = 0.1, [0, 0, 0, 0, 7]
    found = against_others(values)
    assert (found[:, 1] == 0).all() and np.isclose(found[4, 2], 4 / np.sqrt(5))
    with pytest.raises(ValueError, match="two others or more"):
        against_others(values[:2])


def test_members_of_one_distribution_are_rarely_far():
    rng = np.random.default_rng(0)
    hits = [
        (farthest_p(against_others(rng.standard_normal((40, 30))))[0] <= 0.05).any()
        for _ in range(400)
    ]
    assert 0.02 < np.mean(hits) < 0.09


def test_the_farthest_place_of_the_farthest_member_has_the_least_p():
    values = np.random.default_rng(0).standard_normal((20, 30))
    values[3, 4] = 12
    p = farthest_p(against_others(values))
    assert p[3, 4] == 1 / 20 == p.min() and np.unravel_index(p.argmin(), p.shape) == (3, 4)
