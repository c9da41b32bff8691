"""Annotations as objects."""

import subprocess
import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any

from pyg_siamex._names import resolved

if TYPE_CHECKING:
    import pandas as pd
    from pandas.nowhere import Thing
    from pyg_siamex.nowhere import Place

    from pyg_siamex.data.pair import Pair


def written(frame: "pd.DataFrame", thing: "Thing | Pair | Place", count: "int") -> None:
    """Annotations as texts."""


def test_texts_are_read_where_they_were_written():
    assert resolved("int", written) is int and resolved("list[str]", written) == list[str]
    assert resolved(int, written) is int


def test_modules_that_are_imported_for_types_are_found_once_they_are_there():
    import pandas

    assert resolved("pd.DataFrame", written) is pandas.DataFrame


def test_no_object_is_of_a_module_that_is_not_there(monkeypatch):
    monkeypatch.delitem(__import__("sys").modules, "pandas")
    found = resolved("pd.DataFrame", written)
    assert isinstance(found, type) and not isinstance(3, found)


def test_classes_of_the_package_that_are_imported_for_types_alone_are_found():
    from pyg_siamex.data import pair

    own = FunctionType(written.__code__, {**globals(), "__name__": "pyg_siamex.here"})
    assert resolved("Pair | None", own) == pair.Pair | None
    assert resolved("Place", own) is Any and resolved("Pair", written) is Any


def test_what_cannot_be_read_may_be_anything():
    assert resolved("Thing", written) is Any and resolved("int[3]", written) is Any


def test_a_class_of_a_module_that_is_imported_later_is_known_then():
    code = """
import sys
from pyg_siamex._door import checked

@checked
def rows(table: "str | pd.DataFrame | None") -> int:
    return len(table)

assert "pandas" not in sys.modules
assert rows("abc") == 3
import pandas as pd
assert rows(pd.DataFrame({"a": [1, 2]})) == 2
try:
    rows(5)
except TypeError as error:
    assert "(got 5)" in str(error), error
"""
    subprocess.run([sys.executable, "-c", code], check=True)
