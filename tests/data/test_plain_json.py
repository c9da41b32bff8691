import pytest

from pyg_siamex.data.plain_json import from_json


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
