"""Atlases by name, from a table, and back from plain values."""

import json

import pytest
import torch

from pyg_siamex.datasets.connectome import Atlas, desikan_68, dosenbach_160, power_264
from pyg_siamex.recipe.connectomes.atlas_choice import (
    atlas_from_dict,
    atlas_to_dict,
    chosen_atlas,
    named_by,
)


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
    with pytest.raises(ValueError, match=r"`atlas` must be aal, desikan, .*schaefer-100"):
        chosen_atlas("yeo")


def test_the_model_keeps_its_regions_under_another_atlas():
    kept = desikan_68().subset([3, 40, 1])
    places = torch.arange(204.0).view(68, 3)
    order = torch.randperm(68, generator=torch.Generator().manual_seed(0)).tolist()
    whole = Atlas("placed", [f"ctx-{name}" for name in desikan_68().names], places).subset(order)
    assert torch.equal(named_by(kept, whole).coordinates, places[[3, 40, 1]])
    numbered = Atlas.numbered(68)
    by_place = named_by(numbered.subset([5, 2]), whole, numbered.names)
    assert by_place.names == [whole.names[5], whole.names[2]]
    with pytest.raises(ValueError, match="no region 'lh_cuneus', which the model has"):
        named_by(kept, whole.subset([k for k in range(68) if "lh_cuneus" not in whole.names[k]]))
    with pytest.raises(ValueError, match="68 regions, and the model's matrices have 70"):
        named_by(Atlas.numbered(70), whole)


@pytest.mark.parametrize("make", [dosenbach_160, desikan_68, lambda: Atlas.numbered(4)])
def test_an_atlas_comes_back_from_plain_values(make):
    assert_same(atlas_from_dict(json.loads(json.dumps(atlas_to_dict(make())))), make())
