"""Methods that are measured: explainers, functions of a seed, finished explanations."""

import pytest
import torch
from graphs import random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, RandomExplainer, SiameseGNN
from pyg_siamex.metric import EvaluationProtocol
from pyg_siamex.metric.methods import (
    elements_of,
    explain_by_seed,
    methods_by_name,
    model_of,
    pairs_of,
)

GRAPHS = [random_graph(4 + k, k) for k in range(4)]
QUERIES, REFERENCES = GRAPHS[:2], GRAPHS[2:]


@pytest.fixture(scope="module")
def explainer():
    model = SiameseGNN(GIN(5, 4, 1), "add").eval()
    return PairExplainer(model, Occlusion(), edge_mask_type="object")


def seeded(explainer):
    return lambda seed: PairExplainer(
        explainer.model, RandomExplainer(seed), edge_mask_type="object"
    )


def test_a_single_method_takes_the_name_of_its_algorithm(explainer):
    finished = explainer.explain(QUERIES, REFERENCES)
    assert (
        list(methods_by_name(explainer))
        == list(methods_by_name(finished))
        == list(methods_by_name({3: finished}))
    )
    assert list(methods_by_name(explainer)) == ["Occlusion"]
    assert list(methods_by_name({"mine": explainer, "kept": finished})) == ["mine", "kept"]
    with pytest.raises(ValueError, match="'random' is measured in any case"):
        methods_by_name({"random": explainer}, ["random"])
    with pytest.raises(ValueError, match="there are no methods"):
        methods_by_name({})


def test_every_seed_explains_and_finished_ones_count_for_the_first(explainer):
    state = torch.random.get_rng_state()
    found = explain_by_seed(seeded(explainer), QUERIES, REFERENCES, [1, 2])
    assert torch.equal(state, torch.random.get_rng_state())
    assert list(found) == [1, 2]
    one, two = (found[seed][0].query.edge_mask for seed in (1, 2))
    expected = seeded(explainer)(2)(QUERIES[0], REFERENCES[0]).query.edge_mask
    assert not torch.equal(one, two) and torch.equal(two, expected)
    finished = found[1]
    assert explain_by_seed(finished, QUERIES, REFERENCES, [5, 6]) == {5: finished}
    assert explain_by_seed({7: finished}, QUERIES, REFERENCES, [5]) == {7: finished}
    with pytest.raises(TypeError, match="a method must make a PairExplainer, got int"):
        explain_by_seed(lambda seed: seed, QUERIES, REFERENCES, [0])


def test_pairs_come_from_finished_explanations_alone(explainer):
    finished = explainer.explain(QUERIES, REFERENCES)
    queries, references = pairs_of({"kept": finished}, None, None)
    assert all(torch.equal(q.x, own.x) for q, own in zip(queries, QUERIES, strict=True))
    assert len(references) == 2
    with pytest.raises(ValueError, match="give queries and references"):
        pairs_of({"kept": finished, "mine": explainer}, None, None)
    with pytest.raises(ValueError, match="references has 1 entries for 2 pairs"):
        pairs_of({"mine": explainer}, QUERIES, REFERENCES[:1])


def test_elements_are_those_that_the_method_masks_edges_first(explainer):
    model = explainer.model
    both = PairExplainer(model, Occlusion(), edge_mask_type="object", node_mask_type="object")
    nodes = PairExplainer(model, Occlusion(), node_mask_type="attributes")
    found = [
        elements_of(method, 0, EvaluationProtocol()) for method in (both, nodes, lambda seed: nodes)
    ]
    assert found == ["edge", "feature", "feature"]
    assert elements_of(both, 0, EvaluationProtocol(elements="node")) == "node"
    assert elements_of(nodes.explain(QUERIES, REFERENCES), 0, EvaluationProtocol()) == "feature"


def test_the_model_is_that_of_the_first_explainer(explainer):
    finished = explainer.explain(QUERIES, REFERENCES)
    assert model_of({"kept": finished, "mine": explainer}, 0) is explainer.model
    assert model_of({"mine": seeded(explainer)}, 0) is explainer.model
    with pytest.raises(ValueError, match="only finished explanations"):
        model_of({"kept": finished}, 0)


@pytest.mark.parametrize("name", [None, "mine"])
def test_algorithms_without_a_model_are_refused_with_the_way_out(name):
    given = Occlusion() if name is None else {name: Occlusion()}
    with pytest.raises(TypeError, match=r"the algorithm Occlusion: give .* PairExplainer\(model"):
        methods_by_name(given)
