import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.datasets.connectome.measured import as_measured, missing_code


def subjects(labels):
    return Subjects(np.random.default_rng(0).random((len(labels), 3, 3)), labels=labels)


def test_whole_numbers_are_values_and_codes_are_missing(caplog):
    found = as_measured(subjects(["31", "45", "-9999", "62", "", "45"]))
    assert found.class_names is None and found.unlabelled == [2, 4]
    values = found.labels.tolist()
    assert [values[k] for k in (0, 1, 3, 5)] == [31, 45, 62, 45]
    assert np.isnan(values[2]) and np.isnan(values[4])
    assert "1 subjects have the value -9999" in caplog.text


def test_fractions_are_read_as_well():
    found = as_measured(subjects([20.5, 31.25, float("nan"), 999]))
    assert found.labels[:2].tolist() == [20.5, 31.25] and found.unlabelled == [2, 3]


def test_words_and_equal_values_are_refused():
    with pytest.raises(ValueError, match="subject '2' has the label 'old'"):
        as_measured(subjects(["31", "old", "45"]))
    with pytest.raises(ValueError, match="must differ"):
        as_measured(subjects(["31", "31"]))


@given(st.lists(st.integers(18, 99), min_size=3, max_size=40), st.sampled_from([-9999, -999, 9999]))
def test_codes_are_found_among_ages_and_ages_are_no_codes(ages, code):
    assert missing_code(ages) in (None, 99.0, 88.0, 77.0)
    assert missing_code([*ages, code]) == code


@pytest.mark.parametrize("values", [[-120, -99, -80, -60], [900, 950, 999, 1020], [1, 2, 3]])
def test_usual_numbers_stay(values):
    assert missing_code(values) is None
