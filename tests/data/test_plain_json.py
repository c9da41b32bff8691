import numpy as np
import pytest

from pyg_siamex.data.plain_json import from_json, plain, to_json


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("{", "is not JSON"),
        ("", "is not JSON"),
        ('{"a": 1, "a": 2}', "has the key 'a' twice"),
        ('{"b": [{"a": 1, "c": 2, "a": 1}]}', "has the key 'a' twice"),
        ('{"a": 1, "a": 1}'.replace("a", "x" * 999), "has the key 'x+ "),
        ("[1]", "holds a list in place of a dict"),
        ("x" * 10_000_000, "is not JSON"),
    ],
)
def test_damage_is_told_in_few_words(text, message):
    with pytest.raises(ValueError, match=message) as error:
        from_json(text, dict)
    assert len(str(error.value)) < 100


def test_values_are_read():
    assert from_json('{"a": [1, null]}', dict) == {"a": [1, None]}
    assert from_json("3") == 3


@pytest.mark.parametrize(
    "value", [{1: 2, "1": 3}, [{None: 1}], {"a": {True: 1}}, np.int64(1), {"a": {1}}, b"a"]
)
def test_what_would_be_read_as_something_else_is_not_written(value):
    with pytest.raises(TypeError, match="metadata must be plain values"):
        to_json("metadata", value)


def test_what_is_written_is_read():
    value = {"a": [1, None, {"b": "c"}], "d": True}
    assert from_json(to_json("metadata", value)) == value


def test_numbers_of_numpy_become_plain():
    found = plain("heads", {"a": np.int64(3), "b": [np.float64(0.5), "x", None]})
    assert found == {"a": 3, "b": [0.5, "x", None]} and type(found["a"]) is int


@pytest.mark.parametrize(
    ("value", "error"), [(float("nan"), ValueError), ([object()], TypeError), ({1: 2}, TypeError)]
)
def test_settings_that_no_file_describes_are_refused(value, error):
    with pytest.raises(error, match="heads"):
        plain("heads", value)
