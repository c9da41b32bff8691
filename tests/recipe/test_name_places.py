"""Graphs are found by name, and what is not there is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.recipe.name_places import NamePlaces


@given(st.lists(st.text(max_size=3), max_size=8))
def test_names_that_stand_once_are_found(names):
    places = NamePlaces(iter(names), "row", "the table")
    for name in names:
        assert name in places
        if names.count(name) == 1:
            assert places.find(name) == names.index(name)
        else:
            with pytest.raises(ValueError, match=f"the table has {names.count(name)} rows named"):
                places.find(name)


def test_similar_names_are_told():
    places = NamePlaces(["ring", "rod", "rod"], "graph", "a.xyz")
    with pytest.raises(ValueError, match=r"no graph 'rings' among the 3 of a.xyz: did you mean r"):
        places.find("rings")
    with pytest.raises(ValueError, match=r"such as ring, rod$"):
        places.find("777")
    assert "777" not in places


def test_letters_with_accents_are_the_same_however_they_are_written():
    for stored, asked in (("Zo\u00eb", "Zoe\u0308"), ("Zoe\u0308", "Zo\u00eb")):
        places = NamePlaces(["a", stored], "row", "the table")
        assert asked in places and places.find(asked) == 1
