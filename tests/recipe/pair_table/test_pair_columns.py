"""Which columns are the pairs."""

import pytest

from pyg_siamex.recipe import PairColumns


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["id", "query", "reference"], ("query", "reference")),
        (["reference", "y", "query"], ("query", "reference")),
        (["SMILES 1", "smiles_2", "note"], ("SMILES 1", "smiles_2")),
        (["Subject A", "Subject B", "site"], ("Subject A", "Subject B")),
        (["rank", "one", "other", "difference"], ("one", "other")),
        (["left", "right"], ("left", "right")),
    ],
)
def test_columns_are_found_by_their_names_or_number(columns, found):
    assert PairColumns().found(columns, "t.csv") == found


def test_named_columns_are_taken():
    assert PairColumns("a", "c").found(["a", "b", "c"], "t.csv") == ("a", "c")
    with pytest.raises(ValueError, match=r"t.csv has no column 'd': it has a, b"):
        PairColumns("a", "d").found(["a", "b"], "t.csv")


def test_columns_that_cannot_be_told_are_asked_for():
    with pytest.raises(ValueError, match=r"name `query_column` and `reference_column`, of x, y, z"):
        PairColumns().found(["x", "y", "z"], "t.csv")


@pytest.mark.parametrize("named", [("a", None), (None, "a"), ("a", "a")])
def test_one_column_is_not_enough(named):
    with pytest.raises(ValueError, match="two different columns"):
        PairColumns(*named).check()
