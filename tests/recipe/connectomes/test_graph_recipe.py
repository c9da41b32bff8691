"""A recipe makes the graphs that ``Connectomes`` makes, also after it was written down."""

import json
import logging

import pytest
import torch
from connectomes import matrices

from pyg_siamex.datasets.connectome import Atlas, Connectomes, Density, Subjects
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe, as_list

SUBJECTS = Subjects(matrices(3), names=["a", "b", "c"])


@pytest.mark.parametrize("atlas", [None, Atlas.numbered(6)])
def test_graphs_are_those_of_the_settings(atlas):
    recipe = GraphRecipe(("density", 0.3), "positive", "mean", atlas)
    again = GraphRecipe.from_dict(json.loads(json.dumps(recipe.to_dict())))
    expected = Connectomes(SUBJECTS, connections=Density(0.3), sign="positive", features="identity")
    for one, other in zip(as_list(again.graphs(SUBJECTS)), as_list(expected), strict=True):
        for name in ("x", "edge_index", "edge_weight"):
            assert torch.equal(one[name], other[name])
    assert again.connections == ("density", 0.3) and again.sign == "positive"


def test_subjects_without_a_connection_are_left_out_or_refused():
    given = Subjects([*matrices(2), matrices(3)[2] * 0], names=["a", "b", "c"])
    assert [g.name for g in as_list(GraphRecipe().graphs(given))] == ["a", "b"]
    with pytest.raises(ValueError, match="subject 'c'"):
        GraphRecipe().graphs(given, strict=True)


def test_another_atlas_replaces_the_recipes_own():
    recipe, atlas = GraphRecipe(), Atlas.numbered(6)
    assert recipe.with_atlas(None) is recipe and recipe.with_atlas(atlas).atlas is atlas
    for bad in ({"sign": "both"}, {"asymmetric": "max"}):
        with pytest.raises(ValueError, match="must be one of"):
            GraphRecipe(**bad)


def test_matrices_without_names_are_taken_in_the_training_order_and_that_is_said(caplog):
    named = Subjects(matrices(3), names=["a", "b", "c"], regions=list("uvwxyz"))
    recipe, subjects = GraphRecipe().learned(named, None)
    with caplog.at_level(logging.WARNING):
        bare = recipe.graphs(SUBJECTS)
    assert "no names of regions" in caplog.text and bare[0].roi_names == list("uvwxyz")
    caplog.clear()
    assert torch.equal(recipe.graphs(subjects).matrices, bare.matrices) and not caplog.text
    with pytest.raises(ValueError, match="have no region 'z'"):
        recipe.graphs(Subjects(matrices(2, 5), regions=list("uvwxy")))
