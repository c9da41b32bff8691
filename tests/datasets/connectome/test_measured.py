import numpy as np
import pytest

from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.datasets.connectome.measured import as_measured


def subjects(labels):
    return Subjects(np.random.default_rng(0).random((len(labels), 3, 3)), labels=labels)


def test_whole_numbers_are_values_and_codes_are_missing(caplog):
    found = as_measured(subjects(["31", "45", "-9999", "62", "", "45"]))
    assert found.class_names is None and found.unlabelled == [2, 4]
    values = found.labels.tolist()
    assert [values[k] for k in (0, 1, 3, 5)] == [31, 45, 62, 45]
    assert np.isnan(values[2]) and np.isnan(values[4])
    assert "1 subjects have the label -9999" in caplog.text


def test_fractions_are_read_as_well():
    found = as_measured(subjects([20.5, 31.25, float("nan"), 999]))
    assert found.labels[:2].tolist() == [20.5, 31.25] and found.unlabelled == [2, 3]


def test_words_and_equal_values_are_refused():
    with pytest.raises(ValueError, match="the label of subject '2': 'old' is not a number"):
        as_measured(subjects(["31", "old", "45"]))
    with pytest.raises(ValueError, match="must differ"):
        as_measured(subjects(["31", "31"]))
