"""Pairs measured in chunks are measured as one by one."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.metric import over_pairs as module
from pyg_siamex.metric.over_pairs import over_pairs, ranked_importances
from pyg_siamex.metric.protocol import EvaluationProtocol


@pytest.fixture
def explained():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    queries, references = ([random_graph(4 + k, k + s) for k in range(5)] for s in (0, 9))
    return model, explainer.explain(queries, references)


@pytest.mark.parametrize("size", [1, 60, 10**6])
def test_chunks_change_nothing(explained, size, monkeypatch):
    model, explanations = explained
    monkeypatch.setattr(module, "CHUNK_SIZE", size)
    calls = []

    def measure(pairs):
        calls.append(pairs.pairs.num_pairs)
        return {"whole": pairs.whole, "empty": pairs.empty}

    found = over_pairs(model, explanations, EvaluationProtocol(), measure)
    assert sum(calls) == 5 and (len(calls) == 5) == (size == 1) and (len(calls) == 1) == (size > 60)
    expected = torch.tensor([e.prediction for e in explanations])
    torch.testing.assert_close(found["whole"].float(), expected, rtol=1e-5, atol=1e-6)


def test_importances_are_magnitudes_or_follow_the_sign_of_the_effect(explained):
    model, explanations = explained
    sizes = ranked_importances(model, explanations, EvaluationProtocol(ranking="magnitude"))
    signed = ranked_importances(model, explanations, EvaluationProtocol(ranking="signed"))
    found = over_pairs(
        model, explanations, EvaluationProtocol(), lambda p: {"effect": p.whole - p.empty}
    )
    for explanation, size, one, effect in zip(
        explanations, sizes, signed, found["effect"], strict=True
    ):
        mask = explanation.query.edge_mask
        torch.testing.assert_close(size, mask.abs(), check_dtype=False)
        flipped = mask * effect.sign() if (mask < 0).any() else mask
        torch.testing.assert_close(one, flipped, check_dtype=False)


def test_what_is_not_measurable_is_refused(explained):
    model, explanations = explained
    with pytest.raises(TypeError, match="must be a SiameseGNN, got GIN"):
        ranked_importances(model.encoder, explanations, EvaluationProtocol())
    with pytest.raises(ValueError, match="no explanations"):
        ranked_importances(model, [], EvaluationProtocol())
