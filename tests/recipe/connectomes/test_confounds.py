import json

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from small_study import noise

from pyg_siamex.recipe.connectomes.confounds import ConfoundModel, Confounds, say_confounded
from pyg_siamex.recipe.connectomes.known_matrix import known_by

NAMES = ["a", "b", "c", "d"]


def test_numbers_stay_and_words_become_indicators():
    columns = {"age": ["20", "31.5", "40", "28"], "site": ["Oslo", "Rome", "Bonn", "Oslo"]}
    found = Confounds.of_columns(columns, ["age", "site"], NAMES)
    assert found.names == ["age", "site=Oslo", "site=Rome"]
    assert found.values.tolist() == [[20, 1, 0], [31.5, 0, 1], [40, 0, 0], [28, 1, 0]]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["1", "", "2", "3"], "subject 'b' has no entry in column 'age'"),
        (["1", "2", "x", "3"], "numbers and 'x' \\(subject 'c'\\)"),
        (["5"] * 4, "'5' for everybody"),
        (["20", "31", "-9999", "28"], "-9999 .*subject 'c'"),
        (["20", "31", "1e9", "28"], "1e\\+09 for subject 'c', far from all others"),
        (["20", "-1e200", "3", "28"], "-1e\\+200 for subject 'b', far from all others"),
        (["1e300", "-1e300", "1.1e300", "1e299"], "far from all others"),
    ],
)
def test_columns_that_cannot_be_used_are_refused(cells, words):
    with pytest.raises(ValueError, match=words):
        Confounds.of_columns({"age": cells}, ["age"], NAMES)


def test_a_missing_column_names_those_that_there_are():
    with pytest.raises(ValueError, match="'sex', and the columns are: age"):
        Confounds.of_columns({"age": ["1"] * 4}, ["sex"], NAMES)


def test_residuals_are_those_of_a_linear_regression():
    rng = np.random.default_rng(0)
    matrices, values = noise(30), rng.standard_normal((30, 2)) * [1, 100] + [0, 50]
    known, asked = slice(0, 20), slice(20, 30)
    model = ConfoundModel.learned(matrices[known], values[known], ["x", "y"])
    flat = matrices.reshape(30, -1)
    line = LinearRegression().fit(values[known], flat[known])
    middle = line.predict(values[known].mean(0)[None])
    expected = flat[asked] - line.predict(values[asked]) + middle
    found = model.take_out(matrices[asked], values[asked])
    assert np.allclose(found.reshape(10, -1), expected)


@pytest.mark.parametrize("unit", [1e-200, 1e-9, 1.0, 3e16, 1e90])
@pytest.mark.parametrize("origin", [0.0, 50.0])
def test_the_unit_of_a_confound_does_not_matter(unit, origin):
    rng = np.random.default_rng(0)
    matrices, values = noise(30), rng.normal([origin, 0], 1, (30, 2))
    plain = ConfoundModel.learned(matrices, values, ["date", "sex"])
    scaled = values * [unit, 1]
    model = ConfoundModel.learned(matrices, scaled, ["date", "sex"])
    expected = plain.take_out(matrices, values)
    assert np.allclose(model.take_out(matrices, scaled), expected, rtol=0, atol=1e-9)


def test_a_confound_that_differs_by_rounding_is_constant():
    matrices = noise(10)
    values = np.full((10, 1), 1.7e18) + np.arange(10)[:, None] % 2 * 256
    assert len(np.unique(values)) == 2
    model = ConfoundModel.learned(matrices, values, ["date"])
    assert np.array_equal(model.take_out(matrices, values), matrices)


def test_equal_numbers_but_one_are_a_confound():
    assert Confounds.of_columns({"x": ["0", "0", "1", "0"]}, ["x"], NAMES).names == ["x"]


def test_a_constant_confound_takes_nothing_out():
    matrices, values = noise(10), np.ones((10, 1))
    model = ConfoundModel.learned(matrices, values, ["site=Oslo"])
    assert np.allclose(model.take_out(matrices, values + 1), matrices)


def test_the_model_is_the_same_after_it_was_written_down():
    rng = np.random.default_rng(0)
    matrices, values = noise(10), rng.standard_normal((10, 1))
    model = ConfoundModel.learned(matrices, values, ["x"])
    model.known.update({known_by("s" * 64): [0.5], known_by("t" * 64): [-1.0]})
    again = ConfoundModel.from_dict(json.loads(json.dumps(model.to_dict())))
    rows = again.values_of(["T", "S"], ["t" * 64, "s" * 64])
    assert rows.tolist() == [[-1.0], [0.5]]
    assert np.allclose(again.take_out(matrices[:2], rows), model.take_out(matrices[:2], rows))
    with pytest.raises(ValueError, match="not known of the matrix of subject 'S'"):
        again.values_of(["S"], ["u" * 64])  # of the same name in another study


def test_more_confounds_than_subjects_are_refused():
    with pytest.raises(ValueError, match="too few"):
        ConfoundModel.learned(noise(3), np.zeros((3, 2)), ["x", "y"])


@pytest.mark.parametrize(
    ("cells", "labels", "kind", "told"),
    [
        (list("xyxyxyxy"), [0, 1] * 4, "classes", True),
        (list("xyzyxyzy"), [0, 1] * 4, "classes", True),
        (list("xyxyxyxx"), [0, 1] * 4, "classes", False),
        ([str(20 + k) for k in range(8)], [0, 1] * 4, "classes", False),
        ([str(20 + 3 * k) for k in range(8)], [0.1 * k for k in range(8)], "measured", True),
        ([str(20 + k * k) for k in range(8)], [0.1 * k for k in range(8)], "measured", False),
        (list("xyxyxyxy"), [0.1 * k for k in range(8)], "measured", False),
    ],
)
def test_confounds_that_tell_all_labels_are_told(cells, labels, kind, told, caplog):
    say_confounded({"dx": cells, "age": list("aabbaabb")}, ["dx"], labels, kind)
    assert ("the confound 'dx' tells the label of every subject" in caplog.text) == told
