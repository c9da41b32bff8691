"""Labels of subjects follow the rules of every table."""

import numpy as np
import pytest

from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.datasets.connectome.label_cells import read_values, without_label
from pyg_siamex.datasets.label import read_labels

CELLS = ["8.5", "-9999", "7,1", "n.d.", "12.25", ""]


def test_subjects_and_molecules_read_the_same_values():
    table = read_labels(CELLS[:2] + CELLS[3:], "measured")
    values, missing = read_values(CELLS[:2] + CELLS[3:], list("abcde"))
    assert np.allclose(values, table.values, equal_nan=True)
    assert missing == sorted(table.refused) == [1, 2, 4]


def test_a_cell_that_is_no_value_names_its_subject():
    with pytest.raises(ValueError, match="subject 'c': '> 7' is a bound"):
        read_values(["1.5", "2.5", "> 7"], list("abc"))


@pytest.mark.parametrize("code", ["-9", "-9999", "999"])
def test_codes_are_no_class_and_no_value(code, caplog):
    labels = ["0", "1", code, "1", "0", "0"]
    found = Subjects(np.random.default_rng(0).random((6, 3, 3)), labels=labels)
    assert found.class_names == ["0", "1"] and found.unlabelled == [2]
    assert found.labels.tolist() == [0, 1, -1, 1, 0, 0]
    assert f"1 subjects have the label {code}" in caplog.text
    assert read_labels(labels).class_names == ["0", "1"] and 2 in read_labels(labels).refused


def test_among_words_a_code_is_a_word():
    assert without_label(["a", "-9", "", "b"], list("stuv")) == [False, False, True, False]


def test_codes_of_values_are_missing_whether_or_not_it_is_said_that_they_are_measured():
    found = Subjects(np.random.default_rng(0).random((5, 3, 3)), labels=[8.5, 9.25, 7.5, -9999, 8])
    assert found.class_names is None and found.unlabelled == [3] and found.labels[3].isnan()
