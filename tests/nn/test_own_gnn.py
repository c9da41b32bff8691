"""Encoders of the library check sizes and names before they take memory."""

import pytest

from pyg_siamex.nn import GINE, HigherOrderGCN, RoiGCN, WeightedGCN, WeightedGIN

ENCODERS = [GINE, WeightedGCN, WeightedGIN, HigherOrderGCN]


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"in_channels": "4"}, "`in_channels` must be a whole number"),
        ({"hidden_channels": True}, r"`hidden_channels` must be a whole number \(got True\)"),
        ({"hidden_channels": 0}, "hidden_channels must be at least 1"),
        ({"hidden_channels": 10**9}, "weights of these sizes would take"),
        ({"num_layers": 10**9}, "num_layers must be at most 1,000"),
        ({"num_layers": 2.0}, "`num_layers` must be a whole number"),
        ({"dropout": "a"}, "`dropout` must be a number"),
        ({"dropout": float("nan")}, r"`dropout` must be in \[0, 1\]"),
        ({"norm": "nothing"}, "norm='nothing' cannot be built: the norms that can be built"),
        ({"act": "nothing"}, "cannot be built: Could not resolve 'nothing'"),
        ({"act": 3}, "`act` must be a text or a function or None"),
        ({"jk": "nothing"}, "jk must be None or one of last, cat, max, lstm"),
    ],
    ids=lambda one: "" if isinstance(one, str) else f"{one}",
)
def test_wrong_sizes_and_names_are_refused(encoder, given, message):
    sizes = {"in_channels": 4, "hidden_channels": 8, "num_layers": 2}
    if encoder is GINE:
        sizes["edge_dim"] = 3
    assert encoder(**sizes).out_channels == 8
    with pytest.raises((TypeError, ValueError), match=message):
        encoder(**{**sizes, **given})


def test_regions_are_counted():
    with pytest.raises(ValueError, match="num_rois must be at least 1"):
        RoiGCN(0)
    with pytest.raises(ValueError, match="weights of these sizes would take"):
        RoiGCN(10**7)
