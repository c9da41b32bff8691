"""Sums of attributions against the effect of all masked parts."""

import pytest
import torch
from graphs import random_graph
from torch_geometric.data import Batch
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import MaskedPairs, MaskKinds, PairProblem
from pyg_siamex.explain.engine.one_sided import against_whole, terms_and_errors

GRAPHS = [random_graph(4 + k, k, torch.double) for k in range(4)]


@pytest.fixture
def model():
    return SiameseGNN(GIN(5, 6, 2).double(), "add").eval()


def pairs_of(model, side):
    query, reference = (
        model.inputs(Batch.from_data_list(part)) for part in (GRAPHS[:2], GRAPHS[2:])
    )
    return MaskedPairs(PairProblem(model, query, reference, MaskKinds("object"), side))


def without_features(graph):
    graph = graph.clone()
    graph.x = torch.zeros_like(graph.x)
    return graph


@pytest.mark.parametrize("side", ["query", "reference", "both"])
def test_one_graph_is_masked_and_the_other_whole(model, side):
    pairs = pairs_of(model, side)
    nothing = {name: torch.zeros_like(mask) for name, mask in pairs.ones().items()}
    with torch.no_grad(), pairs.encoding() as encode:
        found = against_whole(pairs, encode(nothing), encode(pairs.ones()))[0]
    expected = []
    for place in ["query", "reference"] if side == "both" else [side]:
        for query, reference in zip(GRAPHS[:2], GRAPHS[2:], strict=True):
            pair = [query, reference]
            pair[place == "reference"] = without_features(pair[place == "reference"])
            expected.append(model(*pair))
    assert torch.allclose(found, torch.cat(expected))


@pytest.mark.parametrize("side", ["query", "both"])
def test_the_error_is_the_share_of_the_effect_that_is_missing(model, side):
    pairs = pairs_of(model, side)
    values = {"node": torch.zeros_like(pairs.ones()["node"])}
    sides = ["query", "reference"] if side == "both" else [side]
    terms, errors = terms_and_errors(pairs, values)
    assert errors == pytest.approx([1.0, 1.0])  # nothing is attributed
    graph = pairs.spaces["node"].graph
    for number in range(2 * len(sides)):
        term, place = terms[number % 2], sides[number // 2]
        effect = term["similarity"] - term[f"empty_{place}"]
        values["node"][(graph == number).nonzero()[0]] = effect / 2
    terms, errors = terms_and_errors(pairs, values)
    assert errors == pytest.approx([0.5, 0.5])
    for place in sides:
        whole = [term["similarity"] - term[f"empty_{place}"] for term in terms]
        assert [term[f"sum_{place}"] for term in terms] == pytest.approx([x / 2 for x in whole])
