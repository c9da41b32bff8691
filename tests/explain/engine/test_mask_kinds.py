"""Which masks are asked for."""

import pytest
from torch_geometric.explain.config import MaskType

from pyg_siamex.explain import MaskKinds


def test_names_become_pygs_types_and_back():
    kinds = MaskKinds("attributes", "object", undirected=True, mask_mode="weight")
    assert kinds.node_mask_type is MaskType.attributes
    assert kinds.edge_mask_type is MaskType.object
    assert MaskKinds(**kinds.plain()) == kinds


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
