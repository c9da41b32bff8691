import pytest

from pyg_siamex.datasets.connectome import AtLeast, Density, NearestNeighbours, Nonzero
from pyg_siamex.recipe import Connections
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe


@pytest.mark.parametrize(
    ("connections", "rule"),
    [
        (Connections(), Nonzero()),
        (Connections(density=0.2), Density(0.2)),
        (Connections(at_least=0.4), AtLeast(0.4)),
        (Connections(neighbours=3), NearestNeighbours(3)),
    ],
)
def test_each_number_is_a_rule(connections, rule):
    assert GraphRecipe.of(connections).connection_rule() == rule


def test_only_one_rule_may_be_given():
    with pytest.raises(ValueError, match="`density` and `at_least` both say"):
        GraphRecipe.of(Connections(density=0.1, at_least=0.4))


def test_names_and_numbers_out_of_range_are_refused_before_anything_is_read():
    with pytest.raises(ValueError, match="`sign` must be one of weight, positive"):
        GraphRecipe.of(Connections(sign="negative"))
    with pytest.raises(ValueError, match="`asymmetric` must be one of raise, mean"):
        GraphRecipe.of(Connections(asymmetric="median"))
    with pytest.raises(ValueError, match="density"):
        GraphRecipe.of(Connections(density=7))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"neighbours": 0}, "`neighbours` must be"),
        ({"neighbours": 1.5}, "`neighbours` must be"),
        ({"at_least": float("nan")}, "`at_least` must be"),
        ({"at_least": -0.1}, "`at_least` must be"),
        ({"density": 0.0}, "`density` must be"),
    ],
)
def test_numbers_out_of_range_are_called_by_their_own_names(wrong, words):
    with pytest.raises((TypeError, ValueError), match=words):
        Connections(**wrong).check()
    with pytest.raises((TypeError, ValueError), match=words):
        GraphRecipe.of(Connections(**wrong))


def test_a_recipe_survives_a_model_file():
    recipe = GraphRecipe.of(Connections(density=0.2, sign="positive", asymmetric="mean"))
    assert GraphRecipe.from_dict(recipe.to_dict()) == recipe
