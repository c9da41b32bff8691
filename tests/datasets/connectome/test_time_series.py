import warnings

import numpy as np
import pytest
import torch
from connectomes import series
from sklearn.covariance import ledoit_wolf

from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import Subjects, connectivity
from pyg_siamex.datasets.connectome.time_series import tangent_mean


def test_long_series_have_the_correlations_of_numpy():
    rng = np.random.default_rng(0)
    long = [rng.standard_normal((20000, 4)) @ rng.standard_normal((4, 4)) for _ in range(2)]
    found = connectivity(Subjects(long))
    for matrix, array in zip(found.arrays, long, strict=True):
        # The shrinkage of the covariance vanishes with the number of time points.
        assert np.allclose(matrix, np.corrcoef(array.T), atol=5e-3)


def test_partial_correlation_of_a_chain_skips_the_middle():
    rng = np.random.default_rng(0)
    first = rng.standard_normal(20000)
    middle = first + rng.standard_normal(20000)
    last = middle + rng.standard_normal(20000)
    chain = Subjects([np.stack([first, middle, last], 1)])
    full = connectivity(chain).arrays[0]
    partial = connectivity(chain, "partial").arrays[0]
    assert full[0, 2] > 0.5 and abs(partial[0, 2]) < 0.02 and partial[0, 1] > 0.4


def test_tangent_of_the_training_subjects_does_not_know_the_others():
    subjects = Subjects(series(6), labels=list("ababab"))
    one = connectivity(subjects, "tangent", fit_on=[0, 1, 2, 3])
    changed = Subjects([*series(4), *(10 * array**3 for array in series(6)[4:])])
    other = connectivity(changed, "tangent", fit_on=[0, 1, 2, 3])
    assert np.allclose(one.arrays[:4], other.arrays[:4])
    assert not np.allclose(one.arrays[5], other.arrays[5])
    assert not np.allclose(
        one.arrays[:4], connectivity(subjects, "tangent", range(6)).arrays[:4], atol=1e-3
    )
    assert one.labels.tolist() == [0, 1] * 3 and len(Connectomes(one, sign="weight")) == 6


def test_no_warning_reaches_the_user():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        connectivity(Subjects(series(3)), "tangent", fit_on=[0, 1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a[:, :4], r"subject '2' has a time series of shape \[41, 4\]"),
        (lambda a: a[:1], "two time points or more"),
        (lambda a: np.where(a == a[3, 2], np.nan, a), "1 values .* time point 3 of region 2"),
        (lambda a: a * [1, 0, 1, 1, 0], "'2' has a constant signal in region 1, 4"),
    ],
)
def test_bad_series_are_named(change, message):
    arrays = series(3)
    arrays[1] = change(arrays[1])
    with pytest.raises(ValueError, match=message):
        connectivity(Subjects(arrays))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "coherence"}, "kind must be one of correlation, partial"),
        ({"kind": "tangent"}, "fitted on the training subjects: give their positions"),
        ({"kind": "correlation", "fit_on": [0, 1]}, "looks at one subject at a time"),
        ({"kind": "tangent", "fit_on": [0]}, "two positions or more from 0 to 2"),
        ({"kind": "tangent", "fit_on": [0, 3]}, "from 0 to 2"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        connectivity(Subjects(series(3)), **arguments)


@pytest.mark.parametrize("kind", ["correlation", "partial", "tangent", "covariance", "precision"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a[:, :4], r"subject '2' has a time series of shape \[41, 4\]"),
        (lambda a: np.where(a == a[3, 2], np.nan, a), "subject '2' has 1 values that are NaN"),
        (lambda a: a * 1e300, r"subject '2' has values up to .*e\+300, too large for a cov"),
        (lambda a: a * [1, 0, 1, 1, 0], "subject '2' has a constant signal in region 1, 4"),
        (lambda a: a[:2], "subject '2' has a time series of 2 time points .*no inverse"),
    ],
    ids=["narrow", "NaN", "large", "constant", "short"],
)
def test_every_kind_and_the_mean_of_tangent_space_check_their_series(kind, change, message):
    arrays = series(3)
    arrays[1] = change(arrays[1])
    fit_on = [0, 1] if kind == "tangent" else None
    if len(arrays[1]) == 2 and kind in ("correlation", "covariance"):
        assert len(connectivity(Subjects(arrays), kind, fit_on)) == 3
        return
    with pytest.raises(ValueError, match=message):
        connectivity(Subjects(arrays), kind, fit_on)
    with pytest.raises(ValueError, match=message):
        tangent_mean(Subjects(arrays))


def test_long_series_whose_covariance_has_no_inverse_are_named():
    square = np.tile([[1.0], [-1.0]], (20, 5))
    for kind in ("partial", "precision"):
        with pytest.raises(ValueError, match=r"subject '2' has a time series of 40 .*no inverse"):
            connectivity(Subjects([series(1)[0], square]), kind)


def test_series_of_any_unit_have_the_same_correlations():
    arrays = series(3)
    expected = connectivity(Subjects(arrays)).arrays
    for unit in (1e-3, 1e60):
        found = connectivity(Subjects([unit * array for array in arrays])).arrays
        assert np.allclose(found, expected)


def test_correlations_do_not_depend_on_the_units_of_regions():
    """Ledoit-Wolf shrinks all correlations of standardised signals by one factor."""
    arrays = series(3)
    units = np.array([1, 10, 0.1, 3, 100])
    expected = connectivity(Subjects(arrays)).arrays
    found = connectivity(Subjects([units * array for array in arrays])).arrays
    for array, one, other in zip(arrays, expected, found, strict=True):
        np.testing.assert_allclose(one, other)
        signals = (array - array.mean(0)) / array.std(0)
        covariance, _ = ledoit_wolf(signals)
        np.testing.assert_allclose(one, covariance / covariance[0, 0], atol=1e-12)


def of_one_kind(kind):
    return [0, 1] if kind == "tangent" else None


@pytest.mark.parametrize("kind", ["correlation", "partial", "tangent", "covariance", "precision"])
@pytest.mark.parametrize("place", [0, 2])
def test_matrices_are_no_time_series(kind, place):
    arrays = [array[:5] for array in series(3)]
    assert len(connectivity(Subjects(arrays))) == 3, "as many time points as regions are fine"
    arrays[place] = np.corrcoef(series(1)[0].T)
    with pytest.raises(ValueError, match=f"'{place + 1}' has a matrix, symmetric, of 5 regions"):
        connectivity(Subjects(arrays), kind, of_one_kind(kind))


@pytest.mark.parametrize("kind", ["correlation", "partial", "tangent", "covariance", "precision"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a: a + 1j, "'2' has complex values: use their magnitude"),
        (lambda a: a.astype(complex), "'2' has complex values"),
        (lambda a: np.full(a.shape, "x"), "'2' has a time series that is not of numbers"),
    ],
    ids=["complex", "complex without imaginary part", "text"],
)
def test_series_are_of_real_numbers(kind, change, message):
    arrays = series(3)
    arrays[1] = change(arrays[1])
    with pytest.raises(ValueError, match=message):
        connectivity(Subjects(arrays), kind, of_one_kind(kind))


@pytest.mark.parametrize(
    ("fit_on", "words"),
    [([0, 0, 1], "`fit_on` has '0' twice"), (torch.tensor([[0], [1]]), "one row of positions")],
    ids=["twice", "rows"],
)
def test_subjects_that_are_fitted_on_are_listed_once(fit_on, words):
    with pytest.raises(ValueError, match=words):
        connectivity(Subjects(series(3)), "tangent", fit_on)
