"""Each member of a class against the other members."""

import numpy as np
import pytest

from pyg_siamex.metric.against_others import against_others, farthest_p


def test_it_is_the_distance_from_the_others_in_units_of_prediction():
    values = np.random.default_rng(0).standard_normal((7, 5))
    found = against_others(values)
    for k in range(7):
        others = np.delete(values, k, axis=0)
        unit = others.std(0, ddof=1) * np.sqrt(1 + 1 / 6)
        assert np.allclose(found[k], (values[k] - others.mean(0)) / unit)


def test_places_where_nobody_varies_say_nothing():
    values = np.random.default_rng(0).standard_normal((5, 3))
    values[:, 1], values[:, 2] = 0.1, [0, 0, 0, 0, 7]
    found = against_others(values)
    assert (found[:, 1] == 0).all() and found[4, 2] == 0 and np.isfinite(found).all()
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
