"""Which masks are asked for."""

import pytest
from torch_geometric.explain.config import MaskType

from pyg_siamex.explain import MaskKinds


def test_names_become_pygs_types_and_back():
    kinds = MaskKinds("attributes", "object", undirected=True, mask_mode="weight")
    assert kinds.node_mask_type is MaskType.attributes
    assert kinds.edge_mask_type is MaskType.object
    assert MaskKinds.from_plain(kinds.plain()) == kinds
    assert kinds.names == ["edge", "node"]
    assert MaskKinds(node_mask_type="object").names == ["node"]


def test_edges_are_masked_if_nothing_is_named():
    assert MaskKinds.of({}) == MaskKinds(edge_mask_type="object")
    assert MaskKinds.of({"node_mask_type": "object"}).edge_mask_type is None
    kinds, rest = MaskKinds.split({"undirected": True, "steps": 3})
    assert kinds == MaskKinds(edge_mask_type="object", undirected=True) and rest == {"steps": 3}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "ask for a node_mask_type, an edge_mask_type or both"),
        ({"edge_mask_type": "attributes"}, "edge_mask_type must be None or 'object'"),
        ({"node_mask_type": "colour"}, "colour"),
        ({"edge_mask_type": "object", "mask_mode": "gate"}, "one of 'message', 'weight'"),
    ],
)
def test_other_kinds_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        MaskKinds(**options)


def test_plain_values_must_be_whole_and_of_their_type():
    plain = MaskKinds("object").plain()
    for name in plain:
        with pytest.raises(KeyError, match=name):
            MaskKinds.from_plain({key: value for key, value in plain.items() if key != name})
    with pytest.raises(ValueError, match="undirected must be True or False"):
        MaskKinds.from_plain({**plain, "undirected": "yes"})


def test_edges_have_masks_of_one_kind():
    with pytest.raises(
        ValueError, match=r"edge_mask_type must be None or 'object' \(got ' object'"
    ):
        MaskKinds(edge_mask_type=" object")
