"""Masks of relevance against the sums of pair matrices, which take another way."""

import pytest
import torch
from explain.relevance.lrp.test_lrp_factors import CONSERVING
from explain.relevance.models import random_graph, siamese
from graphs import ENCODERS, odd_graphs
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Batch
from torch_geometric.nn import GAT, GCN, GIN, GraphSAGE

from pyg_siamex import BiLRP, IntegratedJacobians, PairExplainer
from pyg_siamex.explain.relevance import GammaRule
from pyg_siamex.nn import Similarity
from pyg_siamex.nn.similarity import ProductForm

HEADS = ["dot", "cosine", "euclidean", "rbf", "bilinear", "mlp"]
RULES = [BiLRP(0.0), BiLRP(), BiLRP(0.5, 1e-3, "source"), BiLRP([0.5, 0.0])]
PATHS = [
    IntegratedJacobians(3),
    IntegratedJacobians(3, path="both"),
    IntegratedJacobians(24, exact=True),
    IntegratedJacobians(4, tolerance=0.05),
    IntegratedJacobians(3, reference="own", quadrature="trapezoid"),
]


def explained(model, algorithm, queries, references, **kwargs):
    explainer = PairExplainer(model, algorithm, **{"node_mask_type": "object", **kwargs})
    return explainer(Batch.from_data_list(queries), Batch.from_data_list(references))


def agree(found):
    """Masks are the row and column sums of the matrices."""
    for explanation in found:
        for side, axis in ((explanation.query, 1), (explanation.reference, 0)):
            if "node_mask" in side:
                node = side.node_mask.sum(1)
                expected = explanation.relevance.sum(axis)
                torch.testing.assert_close(node, expected, rtol=1e-6, atol=1e-9)
            if "edge_mask" in side:
                expected = explanation.info["edge_relevance"].sum(axis)
                torch.testing.assert_close(side.edge_mask, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("algorithm", [*RULES, *PATHS], ids=lambda a: a.name)
@pytest.mark.parametrize("similarity", HEADS)
def test_masks_are_sums_of_pair_matrices_for_every_head(similarity, algorithm):
    graphs = odd_graphs(torch.double)
    kwargs = (
        {} if getattr(algorithm, "path", "both") == "features" else {"edge_mask_type": "object"}
    )
    model = siamese(GIN(graphs[0].num_features, 8, 2), "mean", similarity)
    agree(explained(model, algorithm, graphs, graphs[::-1], **kwargs))


@pytest.mark.parametrize("name", [name for name in ENCODERS if name != "PNA"])
@pytest.mark.parametrize("act", ["relu", "gelu"])
def test_masks_are_sums_of_pair_matrices_for_every_encoder(name, act):
    graphs = odd_graphs(torch.double)
    encoder = ENCODERS[name]()
    encoder.act = torch.nn.GELU() if act == "gelu" else encoder.act
    model = siamese(encoder)
    for algorithm in (BiLRP(), IntegratedJacobians(5, path="both")):
        agree(explained(model, algorithm, graphs, graphs[::-1], edge_mask_type="object"))
    agree(explained(model, IntegratedJacobians(24), graphs, graphs[::-1]))


@pytest.mark.parametrize("name", CONSERVING)
@pytest.mark.parametrize("pool", ["mean", "max"])
def test_relevance_is_linear_in_its_seed_by_every_rule(name, pool):
    torch.manual_seed(0)
    model = siamese(CONSERVING[name](), pool, "dot")
    graphs = [random_graph(1), random_graph(2, 4, 4), random_graph(3, 1, 0), random_graph(4, 5, 5)]
    for rule in (BiLRP(0.5), BiLRP(1.0, 1e-2, "source")):
        agree(explained(model, rule, graphs, graphs[::-1], edge_mask_type="object"))


SIZES = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 6)), min_size=1, max_size=5)


@settings(max_examples=25, deadline=None)
@given(SIZES, SIZES, st.sampled_from([GCN, GraphSAGE, GAT]), st.sampled_from(HEADS[:4]), st.data())
def test_any_pairs_with_repeated_graphs(queries, references, kind, similarity, data):
    """Graphs repeat, are isolated nodes or have no edges at all."""
    count = max(len(queries), len(references))
    queries, references = (
        [random_graph(k % 2, *(s * count)[k]) for k in range(count)] for s in (queries, references)
    )
    torch.manual_seed(0)
    model = siamese(kind(5, 6, 2), data.draw(st.sampled_from(["mean", "add", "max"])), similarity)
    agree(explained(model, BiLRP(), queries, references, edge_mask_type="object"))
    if similarity != "rbf":
        agree(explained(model, IntegratedJacobians(2), queries, references))


@pytest.mark.parametrize("algorithm", [BiLRP(), IntegratedJacobians(3)], ids=lambda a: a.name)
def test_a_query_of_many_pairs_is_explained_as_alone(algorithm):
    model, query = siamese(GCN(5, 8, 2)), random_graph(0)
    references = [random_graph(k, 3 + k % 4) for k in range(11)]
    together = explained(model, algorithm, [query] * 11, references)
    agree(together)
    for found, reference in zip(together, references, strict=True):
        [alone] = explained(model, algorithm, [query], [reference])
        torch.testing.assert_close(found.query.node_mask, alone.query.node_mask)
        torch.testing.assert_close(found.reference.node_mask, alone.reference.node_mask)
        assert found.terms == pytest.approx(alone.terms)


@pytest.mark.parametrize("side", ["query", "reference"])
@pytest.mark.parametrize(
    "algorithm", [BiLRP(), IntegratedJacobians(3), IntegratedJacobians(24)], ids=lambda a: a.name
)
def test_one_side_has_the_masks_of_both(algorithm, side):
    model = siamese(GIN(5, 8, 2, act="tanh"))
    graphs = [random_graph(k, 3 + k) for k in range(4)]
    both = explained(model, algorithm, graphs, graphs[::-1])
    one = explained(model, algorithm, graphs, graphs[::-1], side=side)
    for found, whole in zip(one, both, strict=True):
        other = "reference" if side == "query" else "query"
        assert "node_mask" not in getattr(found, other)
        expected = getattr(whole, side).node_mask
        torch.testing.assert_close(getattr(found, side).node_mask, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    "algorithm",
    [BiLRP(features=True), IntegratedJacobians(3, features=True)],
    ids=lambda a: a.name,
)
def test_masks_by_feature_are_sums_of_the_matrix_by_feature(algorithm):
    model = siamese(GCN(5, 8, 2))
    graphs = [random_graph(k, 3 + k) for k in range(3)]
    for found in explained(model, algorithm, graphs, graphs[::-1], node_mask_type="attributes"):
        pairs = found.info["feature_relevance"]
        torch.testing.assert_close(found.query.node_mask, pairs.sum((2, 3)))
        torch.testing.assert_close(found.reference.node_mask, pairs.sum((0, 1)))
        torch.testing.assert_close(found.relevance, pairs.sum((1, 3)))


def test_a_form_that_is_not_symmetric_has_column_sums_on_the_reference():
    class Directed(Similarity):
        def forward(self, a, b):
            return ((a @ METRIC) * b).sum(-1)

        def product_form(self):
            return ProductForm(metric=METRIC)

    METRIC = torch.randn(8, 8, generator=torch.Generator().manual_seed(3), dtype=torch.double)
    model = siamese(GCN(5, 8, 2), similarity=Directed())
    graphs = [random_graph(k, 3 + k) for k in range(3)]
    for algorithm in (BiLRP(), IntegratedJacobians(3)):
        agree(explained(model, algorithm, graphs, graphs[::-1]))


@pytest.mark.parametrize("rule", [GammaRule(), GammaRule(0.0)])
def test_an_encoder_that_mixes_graphs_is_run_graph_by_graph(rule):
    class Centred(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gcn = GCN(5, 8, 2)

        def forward(self, x, edge_index):
            return self.gcn(x, edge_index) / (1 + len(x))

    model = siamese(Centred())
    graphs = [random_graph(k, 3 + k) for k in range(3)]
    agree(explained(model, BiLRP(rule.gamma), graphs, graphs[::-1], edge_mask_type="object"))
    agree(explained(model, IntegratedJacobians(3), graphs, graphs[::-1]))


@pytest.mark.parametrize("similarity", ["cosine", "bilinear", "rbf"])
def test_blocks_of_nodes_and_edges_sum_to_the_whole(similarity):
    model = siamese(GCN(5, 8, 2, act="tanh"), similarity=similarity)
    graphs = [random_graph(k, 3 + k) for k in range(3)]
    algorithm = IntegratedJacobians(8, path="both")
    for found in explained(model, algorithm, graphs, graphs[::-1], edge_mask_type="object"):
        q, r = found.query, found.reference
        names = ("edge_relevance", "node_edge_relevance", "edge_node_relevance")
        blocks = [found.relevance, *(found.info[name] for name in names)]
        assert blocks[2].shape == (q.num_nodes, r.num_edges)
        assert blocks[3].shape == (q.num_edges, r.num_nodes)
        total = sum(float(block.sum()) for block in blocks)
        assert total == pytest.approx(found.terms["sum"])
