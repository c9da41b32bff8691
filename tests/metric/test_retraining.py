"""Stability over retraining against Spearman's correlation by SciPy."""

import itertools

import numpy as np
import pytest
import torch
from graphs import FEATURES, random_graph
from scipy.stats import spearmanr
from torch_geometric.nn import GIN

from pyg_siamex import InputXGradient, Occlusion, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.metric import retraining_stability, stability


def explained(seeds: range, **options: object) -> list[PairExplanation]:
    out = []
    for seed in seeds:
        torch.manual_seed(seed)
        model = SiameseGNN(GIN(FEATURES, 8, 2))
        explainer = PairExplainer(model, InputXGradient(), edge_mask_type="object", **options)
        out.append(explainer(random_graph(6, 1), random_graph(5, 2)))
    return out


@pytest.mark.parametrize("side", ["query", "reference"])
def test_it_is_the_mean_correlation_between_models(side: str) -> None:
    explanations = explained(range(4))
    found = retraining_stability(explanations, side=side)  # type: ignore[arg-type]
    rows = [getattr(one, side).edge_mask.numpy() for one in explanations]
    pairs = list(itertools.combinations(rows, 2))
    assert found.spearman == pytest.approx(np.mean([spearmanr(a, b).statistic for a, b in pairs]))
    magnitudes = [spearmanr(abs(a), abs(b)).statistic for a, b in pairs]
    assert found.magnitude == pytest.approx(np.mean(magnitudes))
    assert found.models == 4
    assert 0 <= found.jaccard <= 1


def test_one_model_twice_agrees() -> None:
    found = retraining_stability(explained(range(1)) + explained(range(1)))
    assert found.spearman == pytest.approx(1)
    assert found.jaccard == pytest.approx(1)


def test_one_model_alone_is_refused() -> None:
    with pytest.raises(ValueError, match=r"at least 2 models \(got 1\)"):
        retraining_stability(explained(range(1)))


@pytest.mark.parametrize("side", ["query", "reference"])
def test_other_pairs_are_refused(side: str) -> None:
    first = explained(range(1))[0]
    explainer = PairExplainer(first.model, InputXGradient(), edge_mask_type="object")
    for other in (
        explainer(random_graph(6, 3), random_graph(5, 2)),
        explainer(random_graph(6, 1), random_graph(5, 3)),
    ):
        with pytest.raises(ValueError, match="differ"):
            retraining_stability([first, other], side=side)  # type: ignore[arg-type]


@pytest.mark.parametrize("measure", [retraining_stability, stability])
def test_explanations_by_other_algorithms_are_refused(measure) -> None:  # type: ignore[no-untyped-def]
    first = explained(range(1))[0]
    other = PairExplainer(first.model, Occlusion(), edge_mask_type="object")
    with pytest.raises(ValueError, match="are by InputXGradient, Occlusion: give those of one"):
        measure([first, other(random_graph(6, 1), random_graph(5, 2))])


def test_others_are_by_the_same_algorithm() -> None:
    first = explained(range(1))
    again = explained(range(1))
    other = PairExplainer(first[0].model, Occlusion(), edge_mask_type="object")
    by_other = other(random_graph(6, 1), random_graph(5, 2))
    with pytest.raises(ValueError, match="are by InputXGradient, Occlusion"):
        stability(first + again, others=[by_other])


@pytest.mark.parametrize("argument", ["explanations", "others", "reseeded"])
def test_an_explanation_is_not_compared_with_itself(argument: str) -> None:
    first, again = explained(range(1)), explained(range(1))
    given = {"explanations": first + again, argument: first + first}
    with pytest.raises(ValueError, match="again, and an explanation always agrees with itself"):
        stability(given.pop("explanations"), **given)
    with pytest.raises(ValueError, match=r"explanations\[1\] is explanations\[0\] again"):
        retraining_stability(first * 2)
