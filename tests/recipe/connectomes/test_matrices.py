"""Matrices of subjects that lack regions, against those of the other regions alone."""

import numpy as np
import pytest
from connectomes import series

from pyg_siamex.datasets.connectome import Subjects, complete_regions, connectivity
from pyg_siamex.recipe.connectomes.matrices import SeriesConnectivity, fit_mean


def lacking(regions, count=3):
    """Series of which the second lacks regions, by NaN and by a constant signal."""
    arrays = series(count)
    for place, region in enumerate(regions):
        arrays[1][:, region] = np.nan if place % 2 == 0 else 7.0
    return Subjects(arrays)


@pytest.mark.parametrize("kind", ["correlation", "partial"])
@pytest.mark.parametrize("regions", [[2], [0, 4], [0, 1, 2], [0, 1, 2, 3, 4]], ids=str)
def test_regions_without_a_signal_have_no_connection(regions, kind):
    given = lacking(regions)
    found = SeriesConnectivity(kind).matrices(given)
    whole = SeriesConnectivity(kind).matrices(Subjects(series(3)))
    for k in (0, 2):
        np.testing.assert_allclose(found.arrays[k], whole.arrays[k])
    kept = [k for k in range(5) if k not in regions]
    expected = np.zeros((5, 5))
    if len(kept) > 1:
        alone = Subjects([given.arrays[1][:, kept]])
        expected[np.ix_(kept, kept)] = connectivity(alone, kind).arrays[0]
    np.testing.assert_allclose(found.arrays[1], expected)
    assert found.names == given.names


def test_correlations_of_the_other_regions_are_those_of_the_whole_subject():
    """Shrunk by Ledoit-Wolf, each in proportion to the plain one."""
    given = lacking([1])
    found = SeriesConnectivity("correlation").matrices(given).arrays[1]
    kept, upper = [0, 2, 3, 4], np.triu_indices(4, 1)
    plain = np.corrcoef(series(3)[1][:, kept].T)[upper]
    ratio = found[np.ix_(kept, kept)][upper] / plain
    np.testing.assert_allclose(ratio, ratio[0])
    assert 0.5 < ratio[0] <= 1


def test_filled_series_give_what_their_regions_give():
    given = lacking([0, 4])
    filled = complete_regions(given, drop=False)
    assert np.isnan(filled.arrays[1][:, [0, 4]]).all()
    for array, own in zip(filled.arrays, given.arrays, strict=True):
        np.testing.assert_array_equal(array[:, 1:4], own[:, 1:4])
    for kind in ("correlation", "partial"):
        one, other = (SeriesConnectivity(kind).matrices(each) for each in (given, filled))
        np.testing.assert_allclose(np.stack(one.arrays), np.stack(other.arrays))


def test_tangent_space_refuses_subjects_that_lack_regions():
    given = lacking([2])
    mean = fit_mean(Subjects(series(3)), range(3))
    with pytest.raises(ValueError, match=r"lacks regions, which tangent space cannot fill"):
        SeriesConnectivity("tangent", mean).matrices(given)
    with pytest.raises(ValueError, match=r"lacks regions, which tangent space cannot fill"):
        fit_mean(given, range(3))


def test_the_mean_of_tangent_space_has_no_deviation_on_average():
    """It is the geometric mean: its subjects' deviations sum to 0."""
    given = Subjects(series(6))
    found = SeriesConnectivity("tangent", fit_mean(given, range(6))).matrices(given)
    np.testing.assert_allclose(np.mean(found.arrays, 0), np.zeros((5, 5)), atol=1e-5)
