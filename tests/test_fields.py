from dataclasses import dataclass, field, replace
from typing import Literal

import pytest

from pyg_siamex._door import checked
from pyg_siamex._fields import field_kinds, holds_fields


@dataclass
class Inner:
    names: list[str]


@dataclass
class Result:
    size: int
    share: float | None
    inner: Inner
    others: list[Inner] = field(default_factory=list)
    anything: object = None
    rule: Literal["class", "value"] = "class"


for one in (Inner, Result):
    one.__module__ = "pyg_siamex.made_for_tests"


@checked
def read(result: Result) -> int:
    return result.size


@checked
def read_all(results: list[Result]) -> int:
    return len(results)


RESULT = Result(3, 0.5, Inner(["a"]), [Inner(["b"])])


def test_data_classes_of_the_library_have_fields():
    assert holds_fields(Result) and not holds_fields(int)
    assert {name: kind.words for name, kind in field_kinds(Result).items()} == {
        "size": "a whole number",
        "share": "a number or None",
        "inner": "an Inner",
        "others": "a list, each an Inner",
        "rule": "one of class, value",
    }


@dataclass
class Foreign:
    size: int


def test_data_classes_of_others_are_left_alone():
    assert not holds_fields(Foreign)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"size": "3"}, r"`result\.size` must be a whole number \(got '3'\): it was changed after"),
        ({"share": []}, r"`result\.share` must be a number or None \(got list\)"),
        ({"inner": 1}, r"`result\.inner` must be an Inner \(got 1\)"),
        ({"inner": Inner([None])}, r"`result\.inner\.names` must be a list, each a text"),
        ({"others": [Inner("a")]}, r"`result\.others\[0\]\.names` must be a list, each a text"),
        ({"inner": Inner(["a", 5])}, r"`result\.inner\.names` .* each a text \(entry 1 is 5\)"),
        ({"rule": "other"}, r"`result\.rule` must be one of class, value \(got 'other'\)"),
        ({"rule": 5}, r"`result\.rule` must be one of class, value \(got 5\)"),
        ({"others": [Inner(["a"]), 2]}, r"`result\.others` must be a list, each an Inner"),
    ],
    ids=[
        *("whole", "number", "inner", "of inner", "of entry"),
        *("number as text", "choice", "no choice", "entry"),
    ],
)
def test_a_part_that_was_changed_to_another_kind_is_named(changes, message):
    with pytest.raises(TypeError, match=message):
        read(replace(RESULT, **changes))
    with pytest.raises(TypeError, match=message.replace("result", r"results\[1\]")):
        read_all([RESULT, replace(RESULT, **changes)])


def test_parts_as_they_should_be_and_missing_ones_are_read():
    assert read(RESULT) == 3 and read_all([RESULT, RESULT]) == 2
    bare = replace(RESULT)
    del bare.share
    assert read(bare) == 3
