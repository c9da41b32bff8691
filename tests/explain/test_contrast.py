import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.explain import Explanation
from torch_geometric.nn import GCN, GIN

from pyg_siamex import PairExplainer, PairExplanation, RandomExplainer
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.contrast import Contrast, contrast


@pytest.fixture
def graphs():
    return random_graph(0), random_graph(1, 4, 7), random_graph(2, 8, 9)


@pytest.mark.parametrize("similarity", ["dot", "cosine", "bilinear"])
def test_without_biases_it_sums_to_the_difference_of_similarities(graphs, similarity):
    q, a, b = graphs
    model = siamese(GIN(5, 8, 2), "mean", similarity, bias=False)
    for algorithm in (BiLRP(), IntegratedJacobians(4)):
        why = contrast(PairExplainer(model, algorithm, node_mask_type="object"), q, a, b)
        with torch.no_grad():
            difference = float(model(q, a) - model(q, b))
        assert why.difference == pytest.approx(difference)
        assert float(why.node.sum()) == pytest.approx(difference, rel=1e-4)
        assert abs(why.terms["remainder"]) < 1e-4 * abs(difference)
        torch.testing.assert_close(why.query.x, q.x)


def test_with_biases_the_remainder_closes_the_sum(graphs):
    q, a, b = graphs
    model = siamese(GCN(5, 8, 2), "mean", "euclidean")
    why = contrast(PairExplainer(model, BiLRP(), node_mask_type="object"), q, a, b)
    terms = why.terms
    assert terms["query"] + terms["remainder"] == pytest.approx(terms["difference"])
    expected = why.preferred.prediction - why.other.prediction
    assert terms["difference"] == pytest.approx(expected)


def test_swapping_the_references_changes_the_sign(graphs):
    q, a, b = graphs
    explainer = PairExplainer(siamese(GCN(5, 8, 2)), BiLRP(), node_mask_type="object")
    one, other = contrast(explainer, q, a, b), contrast(explainer, q, b, a)
    torch.testing.assert_close(one.node, -other.node)
    (node, value), *_ = one.top_nodes(2)
    assert abs(value) == float(one.node.abs().max()) and float(one.node[node]) == value


def test_the_number_of_nodes_is_at_least_one(graphs):
    explainer = PairExplainer(siamese(GCN(5, 8, 2)), BiLRP(), node_mask_type="object")
    with pytest.raises(ValueError, match="k must be at least 1"):
        contrast(explainer, *graphs).top_nodes(-1)


def test_masks_have_no_contrast(graphs):
    explainer = PairExplainer(siamese(GCN(5, 8, 2)), RandomExplainer(), node_mask_type="object")
    with pytest.raises(ValueError, match="does not give a pair matrix"):
        contrast(explainer, *graphs)


def test_nodes_carry_the_difference_where_biases_are_theirs(graphs):
    q, a, b = graphs
    model = siamese(GIN(5, 8, 2, norm="batch_norm"), "add", "cosine")
    for algorithm in (BiLRP, IntegratedJacobians):
        apart, nodes = (
            contrast(
                PairExplainer(model, algorithm(biases=biases), node_mask_type="object"), q, a, b
            )
            for biases in ("apart", "nodes")
        )
        assert nodes.carried.agrees and abs(nodes.terms["remainder"]) < 1e-7
        assert nodes.difference == pytest.approx(apart.difference)
        assert not apart.carried.agrees


def test_a_small_difference_is_not_carried_by_just_anything():
    found = Contrast(None, 2e-5, {"difference": 2e-5, "query": -2e-3}, *[_made(0.9)] * 2)
    assert not found.carried.agrees


def _made(prediction):
    return PairExplanation(Explanation(), Explanation(), prediction)


@pytest.mark.parametrize("similarity", ["dot", "cosine", "rbf"])
def test_what_masks_leave_out_is_in_the_contrast(graphs, similarity):
    """It is read from the pair matrices where the masks are cut, or of the references."""
    model = siamese(GIN(5, 8, 2, act="tanh"), "mean", similarity)
    algorithm = IntegratedJacobians(4)
    whole = contrast(PairExplainer(model, algorithm, node_mask_type="object"), *graphs)
    for options in (
        {"threshold_config": ("topk", 2)},
        {"side": "reference"},
        {"node_mask_type": "common_attributes"},
    ):
        if options.get("node_mask_type") and similarity == "rbf":
            continue
        explainer = PairExplainer(model, algorithm, **{"node_mask_type": "object", **options})
        found = contrast(explainer, *graphs)
        torch.testing.assert_close(found.node, whole.node)
        assert found.terms == pytest.approx(whole.terms, rel=1e-6, abs=1e-9)


def test_in_one_line_it_says_the_difference_and_the_strongest_nodes(graphs):
    explainer = PairExplainer(siamese(GCN(5, 8, 2)), BiLRP(), node_mask_type="object")
    why = contrast(explainer, *graphs)
    node = int(why.node.abs().argmax())
    assert repr(why).startswith(
        f"Contrast(difference={why.difference:.4g}, strongest nodes={{{node}: "
    )
    assert f"{node}: {float(why.node[node]):+.3g}" in repr(why)
    assert repr(why).count(":") == 3


def _wider(graph):
    graph.x = torch.cat([graph.x, graph.x], 1)


def _single(graph):
    graph.x = graph.x.float()


def _out_of_range(graph):
    graph.edge_index = graph.edge_index + 3


def _not_finite(graph):
    graph.x[0] = torch.nan


@pytest.mark.parametrize("change", [_wider, _single, _out_of_range, _not_finite])
@pytest.mark.parametrize("position", [1, 2])
def test_a_graph_that_cannot_be_read_is_called_by_its_argument(graphs, change, position):
    graphs = [graph.clone() for graph in graphs]
    change(graphs[position])
    explainer = PairExplainer(siamese(GCN(5, 8, 2)), BiLRP(), node_mask_type="object")
    with pytest.raises(ValueError, match=f"^(other|{('preferred', 'other')[position - 1]}) has "):
        contrast(explainer, *graphs)


@pytest.mark.parametrize("chunk_size", [1, 10_000])
def test_graphs_of_a_list_are_called_by_their_place_in_it(graphs, chunk_size):
    graphs = [*graphs, graphs[0].clone()]
    graphs[3].x = graphs[3].x.float()
    model = siamese(GCN(5, 8, 2))
    explainer = PairExplainer(model, BiLRP(), node_mask_type="object", chunk_size=chunk_size)
    with pytest.raises(ValueError, match=r"^reference 3 has .* and reference 0 has"):
        explainer.explain([graphs[0]] * 4, graphs)


def test_masks_that_the_query_brings_along_are_left_out(graphs):
    explainer = PairExplainer(siamese(GIN(5, 8, 2)), BiLRP(), node_mask_type="object")
    query = graphs[0].clone()
    query.edge_mask = torch.ones(query.num_edges)
    found = contrast(explainer, query, graphs[1], graphs[2])
    assert "edge_mask" not in found.query
    torch.testing.assert_close(found.node, contrast(explainer, graphs[0], *graphs[1:3]).node)
