"""Planted reasons for links, and scores that know them."""

import pytest
import torch
from links.measure import auroc_of
from links.sets import SETS


@pytest.fixture(params=SETS)
def planted(request):
    return SETS[request.param](60, 200, 0)


def test_a_pair_is_a_link_exactly_if_it_has_reasons(planted):
    for pair, linked in enumerate(planted.linked.tolist()):
        assert bool(planted.reasons(pair)) == linked


def test_reasons_are_edges_from_both_ends_to_things_with_a_common_key(planted):
    edges = {tuple(edge) for edge in planted.graph.edge_index.T.tolist()}
    people = len(planted.has)
    for pair in planted.linked.nonzero().flatten().tolist():
        reasons = planted.reasons(pair)
        assert reasons <= edges and {(b, a) for a, b in reasons} <= edges
        keys = [
            {int(planted.key[thing - people]) for person, thing in reasons if person == end}
            for end in planted.pairs[pair].tolist()
        ]
        assert keys[0] == keys[1] != set()


def test_links_are_no_edges_that_tell(planted):
    assert not planted.graph.x[: len(planted.has), :-2].any()  # people differ by what they have
    assert planted.linked.float().mean() == pytest.approx(0.5, abs=0.1)
    assert (planted.pairs[:, 0] != planted.pairs[:, 1]).all()


@pytest.mark.parametrize("within", [1, 2])
def test_the_truth_has_auroc_1_and_the_rest_0(planted, within):
    pair = int(planted.linked.nonzero()[0])
    reasons = planted.reasons(pair)
    edges = planted.graph.edge_index.T.tolist()
    truth = torch.tensor([float((min(e), max(e)) in reasons) for e in edges])
    assert auroc_of(planted, pair, truth, within) == 1
    assert auroc_of(planted, pair, -truth, within) == 0
