from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch_geometric.explain import Explanation

from pyg_siamex.visualize.connectome.regions import NO_NETWORK, regions_of


def test_a_graph_brings_its_own_regions(brain):
    regions = regions_of(brain())
    assert regions.names == list("ABCDEF")
    assert regions.grouped("it") == ["front", "back", "front", "back", "middle", "back"]
    assert regions.placed("it")[1].tolist() == [-30.0, -60.0, 30.0]


def test_a_bare_graph_has_numbered_regions_and_says_what_it_lacks(brain):
    regions = regions_of(brain(pos=None, networks=None, roi_names=None))
    assert regions.names[:2] == ["region 0", "region 1"]
    with pytest.raises(ValueError, match=r"the query has no region coordinates: set data\.pos"):
        regions.placed("the query")
    with pytest.raises(ValueError, match="the query has no networks"):
        regions.grouped("the query")


@pytest.mark.parametrize("kind", [dict, SimpleNamespace])
def test_an_atlas_comes_first_and_the_graph_fills_its_gaps(kind, brain):
    regions = regions_of(brain(), kind(names=list("uvwxyz"), coordinates=np.ones((6, 3))))
    assert regions.names == list("uvwxyz")
    assert regions.placed("it").tolist() == np.ones((6, 3)).tolist()
    assert regions.grouped("it")[0] == "front"


def test_roi_numbers_say_which_regions_of_the_atlas_the_nodes_are(brain):
    atlas = {"names": [f"roi {k}" for k in range(9)], "networks": torch.arange(9)}
    regions = regions_of(brain(roi=torch.tensor([8, 7, 0, 1, 2, 3])), atlas)
    assert regions.names == ["roi 8", "roi 7", "roi 0", "roi 1", "roi 2", "roi 3"]
    assert regions.grouped("it") == ["8", "7", "0", "1", "2", "3"]


def test_the_projects_own_atlas_is_one(brain):
    from pyg_siamex.datasets.connectome import dosenbach_160

    regions = regions_of(brain(roi=torch.arange(6)), dosenbach_160())
    assert regions.names[0] == "inf cerebellum 155"
    assert regions.grouped("it")[0] == "cerebellum"
    assert regions.placed("it").shape == (6, 3)


def test_a_batch_of_one_is_its_one_graph(brain):
    assert regions_of(brain(roi_names=[list("ABCDEF")])).names == list("ABCDEF")


def test_regions_without_a_network_are_named_so(brain):
    networks = ["a", None, float("nan"), " ", "b", "a"]
    found = regions_of(brain(), {"networks": networks}).grouped("it")
    assert found == ["a", NO_NETWORK, NO_NETWORK, NO_NETWORK, "b", "a"]


@pytest.mark.parametrize(
    ("atlas", "words"),
    [
        ({"names": list("abc")}, "the atlas' names, for the query, has 3 entries for 6 nodes"),
        ({"coordinates": np.ones((6, 2))}, "three finite numbers each, MNI mm"),
        ({"coordinates": np.full((6, 3), np.nan)}, "three finite numbers each, MNI mm"),
        ({"coordinates": [[1, 2, 3]] * 5 + [[1, 2]]}, "of one length .got rows of 3 and 2"),
        ({"coordinates": [["a", "b", "c"]] * 6}, "cannot be an array of numbers: could not conv"),
        ({"labels": list("abcdef")}, "none of names, coordinates, networks"),
    ],
)
def test_what_does_not_fit_is_named(atlas, words, brain):
    with pytest.raises(ValueError, match=words):
        regions_of(brain(), atlas, "the query")


def test_wrong_attributes_of_the_graph_are_named(brain):
    with pytest.raises(ValueError, match="the graph's roi_names has 2 entries for 6 nodes"):
        regions_of(brain(roi_names=["a", "b"]))
    with pytest.raises(ValueError, match="numbers from 0 to 6, and the atlas' names 6 entries"):
        regions_of(brain(roi=torch.tensor([0, 1, 2, 3, 4, 6])), {"names": list("abcdef")})


def test_an_atlas_of_other_regions_is_told(brain, caplog):
    atlas = {"names": [f"roi {k}" for k in range(9)]}
    regions_of(brain(roi=torch.arange(6)), atlas, "the query")
    assert "the query has regions such as 'A', which the atlas calls 'roi 0'" in caplog.text
    caplog.clear()
    regions_of(brain(roi=torch.arange(6)), {"names": [*"ABCDEFG"]})
    regions_of(brain(roi=torch.arange(6), roi_names=None), atlas)
    assert not caplog.text


def test_a_text_is_no_atlas(brain):
    with pytest.raises(TypeError, match="`atlas` is a text"):
        regions_of(brain(), "foo", "the query")


NAMES = ["a", "b", "c"]


def graph(**known):
    return Explanation(x=torch.eye(3), edge_index=torch.empty(2, 0, dtype=torch.long), **known)


@pytest.mark.parametrize(
    ("roi", "told"),
    [
        ([0.5, 1, 2], "whole number for each node .got 0.5"),
        ([True, False, True], "whole number for each node .got True"),
        (["0", "1", "2"], "whole number for each node .got '0'"),
        ([0, 0, 1], "has '0' twice"),
    ],
    ids=["fraction", "truth", "text", "twice"],
)
def test_regions_are_numbered(roi, told):
    assert regions_of(graph(roi=torch.tensor([2.0, 0.0, 1.0])), {"names": NAMES}).names == [*"cab"]
    with pytest.raises((TypeError, ValueError), match=told):
        regions_of(graph(roi=roi), {"names": NAMES})


@pytest.mark.parametrize(
    ("atlas", "told"),
    [
        ({"names": NAMES[::-1]}, "in another order: node 0 is 'a' in the graph and 'c'"),
        ({"names": {*NAMES}}, "must be a list .got set"),
        ({"names": dict.fromkeys(NAMES)}, "must be a list .got dict"),
        ({"names": ["x", None, "y"]}, "node 1 of the graph has no name"),
        ({"names": ["x", float("nan"), "y"]}, "node 1 of the graph has no name"),
        ({"names": ["x", " ", "y"]}, "node 1 of the graph has no name"),
        ({"networks": [["x"], ["y"], ["z"]]}, "networks of the graph's regions must be texts"),
    ],
    ids=["order", "set", "dict", "none", "nan", "blank", "lists"],
)
def test_atlases_name_the_regions_of_the_graph(atlas, told):
    with pytest.raises((TypeError, ValueError), match=told):
        regions_of(graph(roi_names=NAMES), atlas)


@pytest.mark.parametrize("scale", [1e-3, 1e6])
def test_places_of_a_brain_are_in_mm(scale):
    regions = regions_of(graph(pos=torch.eye(3) * 40 * scale))
    assert len(regions.placed("the graph", in_mm=False)) == 3
    with pytest.raises(ValueError, match="give them in mm"):
        regions.placed("the graph")
