import pytest

from pyg_siamex.datasets.connectome import AtLeast, Density, NearestNeighbours, Nonzero
from pyg_siamex.recipe import Edges
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe


@pytest.mark.parametrize(
    ("edges", "threshold"),
    [
        (Edges(), Nonzero()),
        (Edges(density=0.2), Density(0.2)),
        (Edges(at_least=0.4), AtLeast(0.4)),
        (Edges(neighbours=3), NearestNeighbours(3)),
    ],
)
def test_each_number_is_a_threshold(edges, threshold):
    assert GraphRecipe.of(edges).chosen_threshold() == threshold


def test_only_one_threshold_may_be_given():
    with pytest.raises(ValueError, match="`density` and `at_least` are both thresholds"):
        GraphRecipe.of(Edges(density=0.1, at_least=0.4))


def test_names_and_numbers_out_of_range_are_refused_before_anything_is_read():
    with pytest.raises(ValueError, match="`sign` must be one of weight, positive"):
        GraphRecipe.of(Edges(sign="negative"))
    with pytest.raises(ValueError, match="`asymmetric` must be one of raise, mean"):
        GraphRecipe.of(Edges(asymmetric="median"))
    with pytest.raises(ValueError, match="density"):
        GraphRecipe.of(Edges(density=7))


def test_a_recipe_survives_a_model_file():
    recipe = GraphRecipe.of(Edges(density=0.2, sign="positive", asymmetric="mean"))
    assert GraphRecipe.from_dict(recipe.to_dict()) == recipe
