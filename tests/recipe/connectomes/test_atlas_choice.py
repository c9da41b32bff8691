"""Atlases by name, from a table, and back from plain values."""

import json

import pytest
import torch

from pyg_siamex.datasets.connectome import Atlas, dosenbach_160, power_264
from pyg_siamex.recipe.connectomes.atlas_choice import atlas_from_dict, atlas_to_dict, chosen_atlas


def assert_same(one, other):
    assert (one.name, list(one.names)) == (other.name, list(other.names))
    assert (one.networks is None) == (other.networks is None)
    assert one.networks is None or list(one.networks) == list(other.networks)
    assert (one.coordinates is None) == (other.coordinates is None)
    if one.coordinates is not None:
        torch.testing.assert_close(one.coordinates, other.coordinates)


def test_atlases_are_found_by_name_or_file(tmp_path):
    assert chosen_atlas(None) is None
    assert_same(chosen_atlas("dosenbach"), dosenbach_160())
    assert_same(chosen_atlas("power"), power_264())
    path = tmp_path / "mine.csv"
    path.write_text("name,x,y,z,network\nleft,-1,2,3,one\nright,1,2,3,two\n")
    found = chosen_atlas(str(path))
    assert list(found.names) == ["left", "right"] and list(found.networks) == ["one", "two"]
    assert found.coordinates.tolist() == [[-1, 2, 3], [1, 2, 3]]
    with pytest.raises(ValueError, match="`atlas` must be dosenbach, power or a CSV file"):
        chosen_atlas("yeo")


@pytest.mark.parametrize("make", [dosenbach_160, lambda: Atlas.numbered(4)])
def test_an_atlas_comes_back_from_plain_values(make):
    assert_same(atlas_from_dict(json.loads(json.dumps(atlas_to_dict(make())))), make())
