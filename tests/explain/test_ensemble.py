"""Means of explanations over models."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.data import Batch
from torch_geometric.explain import Explanation
from torch_geometric.nn import GIN

from pyg_siamex import (
    BiLRP,
    IntegratedGradients,
    IntegratedJacobians,
    Occlusion,
    PairExplainer,
    PairExplanation,
    RandomExplainer,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import EnsembleExplainer, PairAlgorithm, mean_explanation

PAIRS = [random_graph(6, 1), random_graph(4, 3)], [random_graph(5, 2), random_graph(6, 4)]


def explainers(algorithm: PairAlgorithm, count: int = 3, **masks: object) -> list[PairExplainer]:
    out = []
    for seed in range(count):
        torch.manual_seed(seed)
        model = SiameseGNN(GIN(FEATURES, 8, 2), "add", "dot").double()
        out.append(PairExplainer(model, algorithm, **masks))
    return out


@pytest.fixture
def pairs():
    return [[graph.clone() for graph in part] for part in PAIRS]


def doubled(graphs):
    for graph in graphs:
        graph.x = graph.x.double()
    return graphs


def test_masks_are_the_mean_and_the_deviation_of_the_models_masks(pairs) -> None:
    queries, references = map(doubled, pairs)
    every = explainers(IntegratedGradients(8), node_mask_type="attributes", edge_mask_type="object")
    ensemble = EnsembleExplainer(every)
    each = [explainer.explain(queries, references) for explainer in every]
    for number, found in enumerate(ensemble.explain(queries, references)):
        for side in ("query", "reference"):
            for name in ("node_mask", "edge_mask"):
                masks = torch.stack([getattr(one[number], side)[name] for one in each])
                torch.testing.assert_close(getattr(found, side)[name], masks.mean(0))
                spread = getattr(found, side)[f"{name}_spread"]
                torch.testing.assert_close(spread, masks.std(0))
        predictions = [one[number].prediction for one in each]
        assert found.prediction == pytest.approx(sum(predictions) / 3)
        assert found.info["predictions"] == predictions
        assert found.model is None
        assert found.algorithm.endswith("mean of 3 models")


def test_relevance_sums_to_the_mean_of_the_terms(pairs) -> None:
    queries, references = map(doubled, pairs)
    every = explainers(BiLRP(), node_mask_type="object")
    for number, found in enumerate(EnsembleExplainer(every).explain(queries, references)):
        each = [explainer.explain(queries, references)[number] for explainer in every]
        torch.testing.assert_close(
            found.relevance, torch.stack([one.relevance for one in each]).mean(0)
        )
        assert sum(found.terms.values()) == pytest.approx(
            sum(sum(one.terms.values()) for one in each) / 3
        )


def test_one_pair_and_batches_give_the_same(pairs) -> None:
    queries, references = map(doubled, pairs)
    ensemble = EnsembleExplainer(explainers(IntegratedGradients(4), edge_mask_type="object"))
    single = ensemble(queries[0], references[0])
    first, _ = ensemble(Batch.from_data_list(queries), Batch.from_data_list(references))
    torch.testing.assert_close(single.query.edge_mask, first.query.edge_mask)


def test_it_can_be_saved(pairs, tmp_path) -> None:
    queries, references = map(doubled, pairs)
    ensemble = EnsembleExplainer(explainers(IntegratedGradients(4), edge_mask_type="object"))
    found = ensemble(queries[0], references[0])
    found.save(tmp_path / "mean.pt")
    loaded = type(found).load(tmp_path / "mean.pt")
    assert torch.equal(loaded.query.edge_mask_spread, found.query.edge_mask_spread)


def test_less_than_two_are_refused() -> None:
    one = explainers(IntegratedGradients(4), count=1, edge_mask_type="object")
    with pytest.raises(ValueError, match=r"at least 2 explainers \(got 1\)"):
        EnsembleExplainer(one)
    with pytest.raises(ValueError, match=r"at least 2 explanations \(got 0\)"):
        mean_explanation([])


@pytest.mark.parametrize(
    "other", [{"node_mask_type": "object"}, {"edge_mask_type": "object", "side": "query"}]
)
def test_other_masks_are_refused(other: dict) -> None:
    edges = explainers(IntegratedGradients(4), edge_mask_type="object")
    others = explainers(IntegratedGradients(4), **other)
    with pytest.raises(ValueError, match="explainer 1 masks other parts"):
        EnsembleExplainer([edges[0], others[0]])


def test_other_pairs_are_refused(pairs) -> None:
    queries, references = map(doubled, pairs)
    explainer = explainers(IntegratedGradients(4), edge_mask_type="object")[0]
    found = explainer.explain(queries, references)
    with pytest.raises(ValueError, match="query's nodes, edges or kinds of masks"):
        mean_explanation(found)


@pytest.mark.parametrize(
    "other",
    [Occlusion(), IntegratedGradients(8), BiLRP()],
    ids=["algorithm", "setting", "relevance"],
)
def test_other_algorithms_and_settings_are_refused(other) -> None:
    first = explainers(IntegratedGradients(4), edge_mask_type="object", node_mask_type="object")
    second = explainers(other, edge_mask_type="object", node_mask_type="object")
    with pytest.raises(ValueError, match="give all the same algorithm and settings"):
        EnsembleExplainer([first[0], second[1]])


def test_seeds_and_learned_invariances_may_differ() -> None:
    for algorithms in ([RandomExplainer(seed=k) for k in (1, 2)], [SelfLearned(), SelfLearned()]):
        pair = zip(explainers(algorithms[0], 2, edge_mask_type="object"), algorithms, strict=True)
        each = [PairExplainer(one.model, alg, edge_mask_type="object") for one, alg in pair]
        assert len(EnsembleExplainer(each).explainers) == 2


def test_explanations_by_other_algorithms_are_refused(pairs) -> None:
    queries, references = map(doubled, pairs)
    found = [
        explainers(algorithm, 1, edge_mask_type="object")[0].explain(queries, references)[0]
        for algorithm in (IntegratedGradients(4), Occlusion())
    ]
    with pytest.raises(ValueError, match="by IntegratedGradients, Occlusion: give those of one"):
        mean_explanation(found)
    assert mean_explanation([mean_explanation(found[:1] * 2), found[0]]).query.edge_mask is not None


IG = IntegratedGradients


@pytest.mark.parametrize(
    ("one", "other", "named"),
    [
        ((IG(2), {}), (IG(4), {}), "steps=4, .* steps=2"),
        ((IG(2), {}), (IG(2), {"undirected": True}), "undirected=True"),
        ((IG(2), {}), (IG(2), {"threshold_config": ("topk", 2)}), "threshold='topk 2'"),
    ],
    ids=["steps", "undirected", "threshold"],
)
def test_means_are_over_models_alone(pairs, one, other, named) -> None:
    queries, references = map(doubled, pairs)
    made = [
        PairExplainer(explainer.model, algorithm, edge_mask_type="object", **options)
        for explainer, (algorithm, options) in zip(
            explainers(IG(2), 2, edge_mask_type="object"), (one, other), strict=True
        )
    ]
    found = [explainer(queries[0], references[0]) for explainer in made]
    with pytest.raises(ValueError, match=f"explanation 1 is with {named}"):
        mean_explanation(found)
    with pytest.raises(ValueError, match="explainer 1 "):
        EnsembleExplainer(made)
    for unknown in found:
        unknown.settings = {}
    assert mean_explanation(found).info["predictions"] == [e.prediction for e in found]


def test_seeds_may_differ(pairs) -> None:
    queries, references = map(doubled, pairs)
    every = explainers(RandomExplainer(seed=1), 2, edge_mask_type="object")
    every[1] = PairExplainer(every[1].model, RandomExplainer(seed=2), edge_mask_type="object")
    found = [explainer(queries[0], references[0]) for explainer in every]
    assert mean_explanation(found).query.edge_mask_spread.any()


def _siamese(head="cosine", biases="apart", seed=0):
    torch.manual_seed(seed)
    return SiameseGNN(GIN(FEATURES, 8, 2), "add", head, biases=biases).double().eval()


@pytest.mark.parametrize(
    ("algorithm", "other", "named"),
    [
        (Occlusion(), {"head": "dot"}, "similarity='DotSimilarity'"),
        (BiLRP(), {"head": "dot"}, "similarity='DotSimilarity'"),
        (BiLRP(), {"biases": "nodes"}, "biases='nodes'"),
        (IntegratedJacobians(2), {"biases": "nodes"}, "biases='nodes'"),
    ],
)
def test_models_of_other_kinds_are_refused(pairs, algorithm, other, named) -> None:
    queries, references = map(doubled, pairs)
    both = [
        PairExplainer(model, algorithm, node_mask_type="object")
        for model in (_siamese(), _siamese(seed=1, **other))
    ]
    with pytest.raises(ValueError, match=f"explainer 1 is of a model with {named}"):
        EnsembleExplainer(both)
    with pytest.raises(ValueError, match=f"explanation 1 is of a model with {named}"):
        mean_explanation([one(queries[0], references[0]) for one in both])


@pytest.mark.parametrize("algorithm", [Occlusion(), BiLRP(biases="nodes")])
def test_biases_of_models_that_are_not_read_may_differ(pairs, algorithm) -> None:
    queries, references = map(doubled, pairs)
    both = [
        PairExplainer(_siamese(seed=k, biases=biases), algorithm, node_mask_type="object")
        for k, biases in enumerate(("apart", "nodes"))
    ]
    assert len(EnsembleExplainer(both).explain(queries, references)) == 2


def test_thresholds_are_settings(pairs) -> None:
    queries, references = map(doubled, pairs)
    explainer = PairExplainer(_siamese(), Occlusion(), node_mask_type="object")
    plain = explainer(queries[0], references[0])
    few, fewer = plain.threshold("topk", 3), plain.threshold("topk", 2)
    for one, other in ((plain, few), (few, fewer), (few, few.threshold("topk", 2))):
        with pytest.raises(ValueError, match="with threshold="):
            mean_explanation([one, other])
    early = PairExplainer(
        _siamese(), Occlusion(), node_mask_type="object", threshold_config=("topk", 3)
    )(queries[0], references[0])
    assert early.settings == few.settings and plain.settings["explainer"]["threshold"] is None
    torch.testing.assert_close(mean_explanation([early, few]).query.node_mask, few.query.node_mask)


def test_signs_of_a_mean_say_where_a_part_pulls(pairs):
    query, reference = (graph[0] for graph in pairs)
    masks = [torch.linspace(-1, 1, graph.num_edges) for graph in (query, reference)]
    turns = [{"query": -1.0, "reference": 1.0}, {"query": 1.0, "reference": -1.0}]
    each = [
        PairExplanation(
            *(Explanation(**g.to_dict(), edge_mask=m) for g, m in zip(pair, masks, strict=True)),
            0.5,
            info={"orientation": turn},
        )
        for pair, turn in zip([(query, reference)] * 2, turns, strict=True)
    ]
    for some in (each, each[:1] * 2, each[1:] * 2):
        found = mean_explanation(some)
        assert found.pulls() is found
        for side in ("query", "reference"):
            own = [getattr(one.pulls(), side).edge_mask for one in some]
            torch.testing.assert_close(getattr(found, side).edge_mask, sum(own) / 2)


@pytest.mark.parametrize("key", ["edge_type", "edge_weight", "edge_attr", "node_type"])
def test_graphs_that_differ_in_what_encoders_read_are_no_one_pair(pairs, key):
    query, reference = (graph[0] for graph in pairs)
    rows = query.num_nodes if key == "node_type" else query.num_edges
    each = []
    for value in (0, 1):
        one = Explanation(**{**query.to_dict(), key: torch.full([rows], value)})
        one.edge_mask = torch.ones(query.num_edges)
        each.append(PairExplanation(one, Explanation(**reference.to_dict()), 0.5))
    with pytest.raises(ValueError, match="differ in the query's"):
        mean_explanation(each)
    assert mean_explanation(each[:1] * 2).prediction == 0.5
