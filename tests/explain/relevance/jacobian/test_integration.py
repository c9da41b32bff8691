import pytest

from pyg_siamex.explain.relevance import Integration


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"steps": 0}, "steps"),
        ({"kind": "simpson"}, "quadrature"),
        ({"tolerance": -1}, "tolerance"),
        ({"tolerance": float("nan")}, "tolerance"),
    ],
)
def test_wrong_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        Integration(**arguments)


def test_all_rules_are_named():
    with pytest.raises(ValueError, match=r"'right', 'kinks' \(got 'MIDPOINT'\)"):
        Integration(kind="MIDPOINT")
