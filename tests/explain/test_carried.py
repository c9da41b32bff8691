"""How much of a similarity the parts of a pair matrix carry."""

import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.explain import Explanation
from torch_geometric.nn import GIN

from pyg_siamex import BiLRP, IntegratedJacobians, Occlusion, PairExplainer, PairExplanation
from pyg_siamex.explain.carried import Carried
from pyg_siamex.nn import ENCODERS, build_siamese

PAIR = random_graph(0), random_graph(1, 4, 7)


def explained(algorithm, similarity="cosine", biases="apart", **masks):
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 2), "add", similarity)
    model.biases = biases
    masks = masks or {"node_mask_type": "object"}
    return PairExplainer(model, algorithm, **masks)(*PAIR)


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("algorithm", [BiLRP(), IntegratedJacobians(64)])
def test_parts_of_every_encoder_by_name_carry_the_similarity(name, algorithm):
    more = {"edge_dim": 3} if name == "GINE" else {"norm": "batch_norm"}
    size = {"in_channels": 5, "hidden_channels": 8, "num_layers": 2}
    torch.manual_seed(0)
    model = build_siamese(name, "add", "cosine", "nodes", **size, **more).eval().double()
    for part in model.encoder.parameters():
        torch.nn.init.normal_(part)
    graphs = [graph.clone() for graph in PAIR]
    for graph in graphs:
        graph.edge_weight = torch.rand(graph.num_edges, dtype=torch.double)
    found = PairExplainer(model, algorithm, node_mask_type="object")(*graphs)
    if name == "GINE" and isinstance(algorithm, IntegratedJacobians):
        return  # edge features stay along a path of node features
    parts = found.carried.parts + found.terms.get("edges", 0.0)
    assert parts == pytest.approx(found.prediction, abs=2e-2 if name == "GAT" else 1e-6)


@pytest.mark.parametrize(
    ("parts", "whole", "agrees"),
    [
        (0.9, 0.9, True),
        (0.46, 0.9, True),
        (0.44, 0.9, False),
        (-0.9, 0.9, False),
        (1.3, 0.9, True),
        (1.4, 0.9, False),
        (-0.2, -0.3, True),
        (0.004, 0.0, True),
        (0.1, 0.0, False),
    ],
)
def test_parts_agree_by_sign_and_by_half(parts, whole, agrees):
    assert Carried(parts, whole).agrees is agrees


def test_a_sum_may_be_larger_than_any_cosine():
    assert Carried(0.99, 0.9, most=1.0).possible
    assert not Carried(-2.4, 0.9, most=1.0).possible
    assert Carried(-2.4, 0.9).possible


@pytest.mark.parametrize("algorithm", [BiLRP, IntegratedJacobians])
@pytest.mark.parametrize("similarity", ["cosine", "dot", "bilinear"])
def test_parts_are_the_sum_of_the_matrix_and_the_whole_is_the_similarity(algorithm, similarity):
    for biases in ("apart", "nodes"):
        found = explained(algorithm(), similarity, biases)
        known = found.carried
        assert known.parts == pytest.approx(float(found.relevance.sum()), abs=1e-6)
        assert known.whole == pytest.approx(found.prediction)
        assert not known.of_both and known.most == (1.0 if similarity == "cosine" else None)
        if biases == "nodes":
            assert known.agrees and known.parts == pytest.approx(known.whole, abs=1e-6)


@pytest.mark.parametrize("algorithm", [BiLRP, IntegratedJacobians])
def test_of_a_distance_they_carry_what_depends_on_both_graphs(algorithm):
    known = explained(algorithm(), "euclidean", "nodes").carried
    assert known.of_both and known.parts == pytest.approx(known.whole, abs=1e-6)
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 2), "add", "euclidean")
    q, r = (model.embed(graph)[0].detach() for graph in PAIR)
    assert known.whole == pytest.approx(float(2 * q @ r), rel=1e-6)


def test_masks_carry_nothing_that_should_add_up():
    assert explained(Occlusion()).carried is None


def test_a_path_of_edges_carries_its_sum():
    found = explained(IntegratedJacobians(path="edges"), edge_mask_type="object")
    assert found.relevance is None
    assert found.carried.parts == pytest.approx(float(found.query.edge_mask.sum()), abs=1e-5)


def test_a_matrix_without_terms_is_added_up():
    graphs = (Explanation(x=graph.x, edge_index=graph.edge_index) for graph in PAIR)
    found = PairExplanation(*graphs, 0.99, relevance=torch.full((6, 4), 0.43 / 24))
    assert found.carried.parts == pytest.approx(0.43) and not found.carried.agrees


def test_reading_it_computes_no_matrix():
    found = explained(BiLRP())
    assert found.carried is not None
    assert not isinstance(vars(found)["relevance"], torch.Tensor)


def test_groups_know_what_they_carry_together():
    found = explained(BiLRP())
    grouped = found.group([k % 2 for k in range(6)], [k % 2 for k in range(4)])
    assert grouped.carried == found.carried


@pytest.mark.parametrize("name", ["parts", "whole", "most", "slack"])
def test_numbers_that_are_none_are_refused(name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        Carried(**{"parts": 0.5, "whole": 0.5, name: float("nan")})
