import numpy as np
import pytest

from pyg_siamex.metric.effect_size import hedges_g, paired_g


def test_g_is_the_corrected_difference_in_pooled_deviations():
    rng = np.random.default_rng(0)
    values, member = rng.standard_normal((30, 4)), np.arange(30) < 12
    a, b = values[member], values[~member]
    pooled = np.sqrt((11 * a.var(0, ddof=1) + 17 * b.var(0, ddof=1)) / 28)
    expected = (1 - 3 / (4 * 28 - 1)) * (a.mean(0) - b.mean(0)) / pooled
    found = hedges_g(values, member)
    assert np.allclose(found.g, expected)
    assert np.allclose(hedges_g(values, ~member).g, -expected)


def test_intervals_cover_the_true_effect():
    rng, inside = np.random.default_rng(1), 0
    member = np.arange(60) < 30
    values = rng.standard_normal((60, 2000)) + 0.7 * member[:, None]
    found = hedges_g(values, member)
    inside = ((found.low < 0.7) & (found.high > 0.7)).mean()
    assert inside == pytest.approx(0.95, abs=0.015)


def test_equal_values_have_no_effect_and_single_members_none_at_all():
    assert hedges_g(np.ones((6, 1)), np.arange(6) < 3).g[0] == 0
    with pytest.raises(ValueError, match="two members"):
        hedges_g(np.ones((3, 1)), np.array([True, False, False]))


def test_intervals_of_paired_changes_cover_the_true_effect():
    rng = np.random.default_rng(2)
    found = paired_g(rng.standard_normal((40, 2000)) + 0.5)
    inside = ((found.low < 0.5) & (found.high > 0.5)).mean()
    assert inside == pytest.approx(0.95, abs=0.015)
    assert np.allclose(paired_g(-np.ones((3, 1))).g, 0)
    with pytest.raises(ValueError, match="two persons"):
        paired_g(np.ones((1, 1)))
