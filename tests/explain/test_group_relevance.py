"""Partitions of nodes as names and membership, and as they are refused."""

import json

import pytest
import torch

from pyg_siamex.explain import GroupRelevance
from pyg_siamex.explain.group_relevance import membership
from pyg_siamex.visualize import draw_group_relevance


def members(groups, size):
    names, member = membership(groups, size, "groups")
    assert (member.sum(0) == 1).all()  # each node is in one group
    return {name: row.nonzero().flatten().tolist() for name, row in zip(names, member, strict=True)}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["a", "b", "a", "b"], {"a": [0, 2], "b": [1, 3]}),
        (torch.tensor([7, 3, 3, 7]), {"7": [0, 3], "3": [1, 2]}),
        ({"ring": [1, 2]}, {"ring": [1, 2], "rest": [0, 3]}),
        ({"rest": [0], "x": []}, {"rest": [0, 1, 2, 3], "x": []}),
        (["a", "None", "a", "rest"], {"a": [0, 2], "None": [1], "rest": [3]}),
    ],
)
def test_every_node_is_in_one_group(groups, expected):
    assert members(groups, 4) == expected


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (["a"], r"groups has 1 entries for 4 nodes"),
        ({"a": [4]}, r"groups\['a'\] names node 4 of 4"),
        ({"a": [0], "b": [0]}, "node 0 is in 'a' and in 'b'"),
    ],
)
def test_what_is_no_partition_is_named(groups, message):
    with pytest.raises(ValueError, match=message):
        membership(groups, 4, "groups")


def test_text_is_json_by_names():
    found = GroupRelevance(torch.tensor([[1.0, 2.0]]), ["q"], ["r", "s"])
    assert json.loads(str(found)) == {"q": {"r": 1.0, "s": 2.0}}


def test_the_matrix_has_a_row_and_a_column_for_each_name():
    with pytest.raises(ValueError, match=r"`matrix` is \[3, 2\], and must be \[2, 2\]"):
        GroupRelevance(torch.ones(3, 2), ["a", "b"], ["a", "b"])


@pytest.mark.parametrize(
    "names", [-1, "ab", None, [1.5, 2.5]], ids=["number", "text", "none", "halves"]
)
def test_names_are_a_list_of_texts(names):
    with pytest.raises(TypeError, match="`query_groups` must be a list, each a text"):
        GroupRelevance(torch.ones(2, 2), names, ["a", "b"])
    found = GroupRelevance(torch.ones(2, 2), ["a", "b"], ["a", "b"])
    found.query_groups = names
    with pytest.raises(TypeError, match="query_groups` must be a list, each a text"):
        str(found)
    with pytest.raises(TypeError, match=r"`relevance\.query_groups` must be a list, each a text"):
        draw_group_relevance(found)


@pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]], ids=["fewer", "more"])
def test_edited_names_fit_the_matrix(names):
    found = GroupRelevance(torch.ones(2, 2), ["a", "b"], ["a", "b"])
    found.reference_groups = names
    with pytest.raises(ValueError, match=r"the matrix of `relevance` is \[2, 2\], and must be"):
        draw_group_relevance(found)


@pytest.mark.parametrize("side", ["query", "reference"])
def test_a_name_has_one_row_or_column(side):
    names = {f"{one}_groups": ["a", "b"] for one in ("query", "reference")}
    names[f"{side}_groups"] = ["a", "a"]
    with pytest.raises(ValueError, match=f"{side}_groups names 'a' twice"):
        GroupRelevance(torch.ones(2, 2), **names)


def test_a_name_stands_for_one_group():
    with pytest.raises(ValueError, match="`groups` has '1' twice"):
        membership({1: [0], "1": [1]}, 2, "groups")


@pytest.mark.parametrize("nodes", ["01", 5, [0.5], [True], {0: 1}], ids=repr)
def test_groups_are_positions_of_nodes(nodes):
    with pytest.raises(TypeError, match=r"groups\['a'\] must be"):
        membership({"a": nodes}, 2, "groups")
