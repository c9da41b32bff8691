"""Readings of results whose tables were edited name the table, instead of pandas' words."""

from dataclasses import dataclass
from typing import Annotated

import pandas as pd
import pytest

from pyg_siamex._edited import names_edits
from pyg_siamex._tables import Columns
from pyg_siamex.explain import Overview
from pyg_siamex.explain.cliffs import Cliffs
from pyg_siamex.recipe.connectomes.group_inference import GroupFound
from pyg_siamex.recipe.connectomes.longitudinal import Longitudinal


@names_edits
@dataclass
class Result:
    """A table that is read."""

    table: Annotated[pd.DataFrame, Columns(["name"], numbers=["mean"])]

    def __repr__(self):
        return f"Result({self.table['name'].iloc[0]})"

    @property
    def top(self):
        """The largest mean."""
        return self.table["mean"].max()

    @property
    def fails(self):
        """Fails by itself."""
        raise KeyError("own")


def result():
    return Result(pd.DataFrame({"name": ["a", "b"], "mean": [1.0, 2.0]}))


def test_what_is_whole_is_read():
    assert result().top == 2 and repr(result()) == "Result(a)"
    assert Result.top.__doc__ == "The largest mean."


@pytest.mark.parametrize("read", [repr, lambda one: one.top], ids=["repr", "property"])
@pytest.mark.parametrize("column", ["name", "mean"])
def test_a_table_without_a_column_is_named(read, column):
    found = result()
    del found.table[column]
    if column == ("name" if read is repr else "mean"):
        with pytest.raises(TypeError, match=rf"`Result.table` must be .*it has no '{column}'"):
            read(found)
    else:
        read(found)


def test_failures_of_right_parts_are_left_as_they_are():
    with pytest.raises(KeyError, match="own"):
        _ = result().fails


EMPTY = pd.DataFrame({"nothing": [1]})
READ = [
    (Overview, "table classes drivers outliers", "carried agrees num_pairs suspicious"),
    (GroupFound, "subjects", "significant"),
]


@pytest.mark.parametrize(
    ("kind", "tables", "read"),
    [(kind, tables, one) for kind, tables, reads in READ for one in reads.split()],
)
def test_results_of_the_library_name_their_table(kind, tables, read):
    found = object.__new__(kind)
    vars(found).update(dict.fromkeys(tables.split(), EMPTY))
    vars(found).update({"tables": {"connections": EMPTY}, "names": ("a", "b"), "most": None})
    for reading in (lambda: getattr(found, read), lambda: repr(found)):
        with pytest.raises(TypeError, match=rf"`{kind.__name__}\.\w+` must be a .*it has no '"):
            reading()


@pytest.mark.parametrize("kind", [Overview, GroupFound, Cliffs, Longitudinal])
def test_results_with_tables_name_edits(kind):
    assert hasattr(kind.__repr__, "__wrapped__")
