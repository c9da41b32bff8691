"""A decorated function is a measure with the columns that it names."""

import pytest

from pyg_siamex.metric import Column, Measured, measure
from pyg_siamex.metric.protocol import EvaluationProtocol


def test_a_function_becomes_a_measure():
    @measure("both", Column("one", "high", 0, 1), Column("two"))
    def both(measured):
        return {"one": measured.share}

    assert both.name == "both" and [c.name for c in both.columns] == ["one", "two"]
    assert (both.columns[1].better, both.columns[1].least) == ("", float("-inf"))
    measured = Measured(None, [], None, None, 0.3, 5, 2, {"side": "both", "seed": 7})
    assert both(measured) == {"one": 0.3}
    assert measured.protocol == EvaluationProtocol(side="both", seed=7)


def test_options_are_checked_when_they_are_read():
    measured = Measured(None, [], None, None, 0.3, 5, 2, {"side": "left"})
    with pytest.raises(ValueError, match="side must be one of"):
        _ = measured.protocol


@pytest.mark.parametrize(
    ("name", "columns", "told"),
    [
        (" ", ["a"], "a measure has a name"),
        ("m", [], "the measure 'm' has no columns"),
        ("m", ["a", "a"], "has 'a' twice"),
    ],
    ids=["name", "none", "twice"],
)
def test_measures_have_names_and_columns(name, columns, told):
    with pytest.raises(ValueError, match=told):
        measure(name, *map(Column, columns))
