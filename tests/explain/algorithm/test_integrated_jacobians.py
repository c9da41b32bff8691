import numpy as np
import pytest
import torch
from explain.relevance.biased import dense_gin
from explain.relevance.direct import direct
from explain.relevance.models import random_graph, siamese
from graphs import ENCODERS, odd_graphs
from regions import REGIONS, subject
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GAT, GCN, GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.relevance import mean_features, quadrature
from pyg_siamex.nn import RoiGCN, RoiReadout, Similarity, similarity_resolver

HEADS = ["dot", "cosine", "euclidean", "rbf", "bilinear", "mlp"]


def explain(model, algorithm, query, reference, **kwargs):
    kwargs = {"node_mask_type": "object", **kwargs}
    return PairExplainer(model, algorithm, **kwargs)(query, reference)


def corner(model, similarity, q, r, norms):
    """A corner's value from its definition, constant norms for cosine."""
    if similarity == "cosine":
        return float((q * r).sum() / norms)
    with torch.no_grad():
        return float(model.similarity(q, r))


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("similarity", HEADS)
def test_the_four_terms_and_completeness(similarity, exact):
    model = siamese(GIN(5, 8, 2, act="gelu"), "mean", similarity)
    q, r = random_graph(0), random_graph(1, 4, 7)
    explanation = explain(model, IntegratedJacobians(24, exact=exact), q, r)
    zeros = [graph.clone() for graph in (q, r)]
    for graph in zeros:
        graph.x = graph.x * 0
    with torch.no_grad():
        hq, hr, hq0, hr0 = (model.embed(graph)[0] for graph in (q, r, *zeros))
    if exact:
        hq, hr, hq0, hr0 = hq - hq0, hr - hr0, hq0 * 0, hr0 * 0
    norms = hq.norm() * hr.norm()
    terms = explanation.terms
    for name, (a, b) in {
        "f_qr": (hq, hr),
        "f_0r": (hq0, hr),
        "f_q0": (hq, hr0),
        "f_00": (hq0, hr0),
    }.items():
        assert terms[name] == pytest.approx(corner(model, similarity, a, b, norms), abs=1e-12)
    if not exact:
        assert terms["f_qr"] == pytest.approx(explanation.prediction)
    right = terms["f_qr"] - terms["f_0r"] - terms["f_q0"] + terms["f_00"]
    total = float(explanation.relevance.sum())
    assert total == pytest.approx(right, rel=1e-8, abs=1e-12)
    assert explanation.completeness_error == pytest.approx(
        abs(total - right) / abs(right), abs=1e-10
    )


def test_exact_cosine_explains_the_whole_similarity():
    model = siamese(GCN(5, 8, 2, act="tanh"), "mean", "cosine")
    q, r = random_graph(0), random_graph(1, 4, 7)
    terms = explain(model, IntegratedJacobians(exact=True), q, r).terms
    assert terms["f_0r"] == terms["f_q0"] == terms["f_00"] == 0
    assert terms["sum"] == pytest.approx(terms["f_qr"], rel=1e-8)


def test_bias_free_relu_needs_one_point():
    model = siamese(GIN(5, 8, 3), "add", "cosine", bias=False)
    q, r = random_graph(0), random_graph(1, 4, 7)
    explanation = explain(model, IntegratedJacobians(1), q, r)
    assert float(explanation.relevance.sum()) == pytest.approx(explanation.prediction, rel=1e-9)
    many = explain(model, IntegratedJacobians(20, quadrature="trapezoid"), q, r)
    torch.testing.assert_close(explanation.relevance, many.relevance, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", list(ENCODERS))
def test_batched_pairs_equal_single_pairs_on_odd_graphs(name):
    model = siamese(ENCODERS[name]())
    queries, references = odd_graphs(torch.double), odd_graphs(torch.double)[::-1]
    path = "features" if name == "PNA" else "both"
    kwargs = {} if name == "PNA" else {"edge_mask_type": "object"}
    algorithm = IntegratedJacobians(4, path=path)
    batches = Batch.from_data_list(queries), Batch.from_data_list(references)
    for found, q, r in zip(
        explain(model, algorithm, *batches, **kwargs), queries, references, strict=True
    ):
        alone = explain(model, algorithm, q, r, **kwargs)
        torch.testing.assert_close(found.relevance, alone.relevance)
        assert found.terms == pytest.approx(alone.terms, rel=1e-6, abs=1e-9)
        torch.testing.assert_close(found.query.node_mask[:, 0], found.relevance.sum(1))
        if kwargs:
            edges = found.info["edge_relevance"].sum(0)
            torch.testing.assert_close(found.reference.edge_mask, edges)


@pytest.mark.parametrize("similarity", HEADS)
def test_swapping_query_and_reference_transposes(similarity):
    model = siamese(GCN(5, 8, 2), "mean", similarity)
    q, r = random_graph(0), random_graph(1, 4, 7)
    for algorithm in (IntegratedJacobians(6), IntegratedJacobians(6, path="both")):
        forth, back = explain(model, algorithm, q, r), explain(model, algorithm, r, q)
        torch.testing.assert_close(forth.relevance, back.relevance.T)


@pytest.mark.parametrize("similarity", ["cosine", "rbf", "mlp"])
@pytest.mark.parametrize("path", ["edges", "both"])
def test_edge_paths_are_complete(path, similarity):
    model = siamese(GCN(5, 8, 2, act="tanh"), "mean", similarity)
    q, r = random_graph(0), random_graph(1, 4, 7)
    nodes = None if path == "edges" else "object"
    algorithm = IntegratedJacobians(24, path=path)
    for mode in ("message", "weight"):
        explanation = explain(
            model, algorithm, q, r, node_mask_type=nodes, edge_mask_type="object", mask_mode=mode
        )
        assert explanation.completeness_error < 1e-6
        assert (explanation.relevance is None) == (path == "edges")
        assert explanation.info["edge_relevance"].shape == (q.num_edges, r.num_edges)


def test_points_are_doubled_up_to_the_tolerance():
    q, r = random_graph(0), random_graph(1, 4, 7)
    for similarity in ("dot", "rbf"):
        model = siamese(GIN(5, 8, 2), "mean", similarity)
        rough = explain(model, IntegratedJacobians(2), q, r)
        fine = explain(model, IntegratedJacobians(2, tolerance=0.01), q, r)
        assert fine.info["steps_query"] > 2
        assert fine.completeness_error < max(rough.completeness_error, 0.05)


def test_masks_by_feature_sum_to_masks_by_node():
    model = siamese(GAT(5, 8, 2, heads=2))
    q, r = random_graph(0), random_graph(1, 4, 7)
    by_node = explain(model, IntegratedJacobians(4, features=True), q, r)
    by_feature = explain(model, IntegratedJacobians(4), q, r, node_mask_type="attributes")
    torch.testing.assert_close(by_feature.query.node_mask.sum(1), by_node.query.node_mask[:, 0])
    pairs = by_node.info["feature_relevance"]
    torch.testing.assert_close(pairs.sum((2, 3)), by_feature.query.node_mask)


def test_reference_inputs_of_every_kind():
    model = siamese(GCN(5, 8, 2, act="tanh"))
    q, r = random_graph(0), random_graph(1, 4, 7)
    pool = mean_features([random_graph(k) for k in range(5)])
    for start in ("zero", "own", pool, lambda inputs: inputs.x.flip(1)):
        explanation = explain(model, IntegratedJacobians(32, reference=start), q, r)
        assert explanation.completeness_error < 1e-6
    mean = explain(model, IntegratedJacobians(8, reference=pool), q, r)
    zero = explain(model, IntegratedJacobians(8), q, r)
    assert not torch.allclose(mean.relevance, zero.relevance)


@pytest.mark.parametrize("similarity", ["cosine", "rbf"])
def test_a_function_for_the_reference_input_is_what_it_returns(similarity):
    model = siamese(GCN(5, 8, 2, act="tanh"), "mean", similarity)
    queries = Batch.from_data_list([random_graph(0), random_graph(1, 4, 7)])
    references = Batch.from_data_list([random_graph(2, 3, 5), random_graph(3, 8, 9)])

    def start(inputs):
        return inputs.x.flip(1) / 2

    found = explain(model, IntegratedJacobians(8, reference=start), queries, references)
    for k, explanation in enumerate(found):
        q, r = queries[k], references[k]
        (points, weights), paths = quadrature(8), []
        for graph in (q, r):
            x0 = start(graph)
            h, factor = [], []
            for t in points:
                x = (x0 + t * (graph.x - x0)).requires_grad_()
                out = model.encoder(x, graph.edge_index).mean(0)
                rows = [torch.autograd.grad(v, x, retain_graph=True)[0] for v in out]
                h.append(out.detach())
                factor.append(torch.stack([(row * (graph.x - x0)).sum(1) for row in rows]))
            paths.append((torch.stack(h), torch.stack(factor)))
        (hq, fq), (hr, fr) = paths
        expected = 0
        for a, wa, one in zip(hq, weights, fq, strict=True):
            for b, wb, other in zip(hr, weights, fr, strict=True):
                if similarity == "rbf":
                    hessian = derivative_of(model.similarity, a, b)
                else:
                    norms = [model.embed(graph)[0].detach().norm() for graph in (q, r)]
                    hessian = torch.eye(len(a), dtype=a.dtype) / norms[0] / norms[1]
                expected = expected + wa * wb * one.T @ hessian @ other
        torch.testing.assert_close(explanation.relevance, expected)


def derivative_of(head, a, b):
    """Second derivatives of a head by both embeddings, ``[D, D]``."""
    whole = torch.autograd.functional.hessian(
        lambda h: head(*h.view(2, 1, -1)).sum(), torch.cat([a, b])
    )
    return whole[: len(a), len(a) :]


@pytest.mark.parametrize("similarity", ["cosine", "rbf"])
@pytest.mark.parametrize("side", ["query", "reference"])
def test_masks_of_one_side_are_those_of_both(side, similarity):
    model = siamese(GCN(5, 8, 2, act="tanh"), "mean", similarity)
    q, r = random_graph(0), random_graph(1, 4, 7)
    algorithm = IntegratedJacobians(6, path="both")
    both = explain(model, algorithm, q, r, edge_mask_type="object")
    one = explain(model, algorithm, q, r, edge_mask_type="object", side=side)
    for name in ("node_mask", "edge_mask"):
        expected = getattr(getattr(both, side), name)
        torch.testing.assert_close(getattr(getattr(one, side), name), expected)
    other = one.reference if side == "query" else one.query
    assert other is None or other.get("node_mask") is None


@pytest.mark.parametrize("similarity", ["dot", "cosine", "bilinear"])
@pytest.mark.parametrize("exact", [False, True])
def test_factors_give_the_pair_matrices_of_the_explainer(exact, similarity):
    model = siamese(GIN(5, 8, 2, act="gelu"), "mean", similarity)
    graphs = [random_graph(0), random_graph(1, 4, 7), random_graph(2, 3, 4)]
    algorithm = IntegratedJacobians(6, exact=exact)
    factors = algorithm.factors(model, graphs)
    assert (float(factors.parts["start"].abs().max()) == 0) == exact
    for i, j in ((0, 1), (2, 0), (1, 1)):
        expected = explain(model, algorithm, graphs[i], graphs[j]).relevance
        torch.testing.assert_close(direct(factors, model.similarity, i, j), expected)


def test_heads_without_a_mixed_derivative_are_refused():
    class Absolute(Similarity):
        def forward(self, a, b):
            return -(a - b).abs().sum(-1)

    model = SiameseGNN(GCN(5, 8, 2, act="tanh"), similarity=Absolute()).double()
    with pytest.raises(ValueError, match=r"Absolute.*mixed second derivative"):
        explain(model, IntegratedJacobians(8), random_graph(0), random_graph(1))


def test_any_smooth_head_is_explained():
    class Quartic(Similarity):
        def forward(self, a, b):
            return (a * b).sum(-1) ** 2

    model = siamese(GCN(5, 8, 2, act="tanh"))
    model.similarity = Quartic()
    explanation = explain(model, IntegratedJacobians(24), random_graph(0), random_graph(1, 4, 7))
    assert explanation.completeness_error < 1e-6


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"steps": 0}, "steps"),
        ({"path": "nodes"}, "path"),
        ({"reference": "one"}, "^reference must"),
    ],
)
def test_wrong_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        IntegratedJacobians(**arguments)


def test_masks_of_what_does_not_move_are_refused():
    model = siamese(GCN(5, 8, 2))
    q, r = random_graph(0), random_graph(1)
    with pytest.raises(ValueError, match="edge mask"):
        explain(model, IntegratedJacobians(), q, r, edge_mask_type="object")
    with pytest.raises(ValueError, match="node mask"):
        explain(model, IntegratedJacobians(path="edges"), q, r)


@pytest.mark.parametrize("similarity", ["rbf", "mlp"])
def test_factors_of_heads_without_a_product_form_are_refused(similarity):
    model = siamese(GIN(5, 8, 2), "mean", similarity)
    with pytest.raises(ValueError, match="not products of factors"):
        IntegratedJacobians(4).factors(model, [random_graph(0), random_graph(1)])


def mixed_derivative(model, query, reference, hold_norms=False):
    """Hessian x product by differentiating twice by a factor on each node."""
    norms = [model.embed(graph).norm().detach() for graph in (query, reference)]

    def similarity(a, b):
        scaled = [
            Data(x=g.x * (1 + factor)[:, None], edge_index=g.edge_index)
            for g, factor in ((query, a), (reference, b))
        ]
        if not hold_norms:
            return model(*scaled)[0]
        h, other = (model.embed(graph)[0] for graph in scaled)
        return h @ other / (norms[0] * norms[1])

    zeros = [g.x.new_zeros(g.num_nodes) for g in (query, reference)]
    return torch.func.jacrev(torch.func.jacrev(similarity, 0), 1)(*zeros).detach()


@pytest.mark.parametrize("similarity", ["dot", "cosine", "euclidean", "rbf", "bilinear", "mlp"])
@pytest.mark.parametrize("act", ["tanh", "relu"])
def test_one_point_at_the_end_is_hessian_times_product(similarity, act):
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 2, act=act), "mean", similarity_resolver(similarity, 8))
    query, reference = random_graph(0), random_graph(1, 4)
    algorithm = IntegratedJacobians(steps=1, quadrature="right")
    found = PairExplainer(model, algorithm, node_mask_type="object")(query, reference)
    expected = mixed_derivative(model, query, reference, similarity == "cosine")
    torch.testing.assert_close(found.relevance, expected)


@pytest.mark.parametrize("act", ["relu", "gelu"])
def test_biases_of_nodes_fade_in_with_their_features(act):
    """The dense encoder's derivatives along t (x, biases), integrated by 64 points."""
    model = siamese(GIN(5, 8, 3, norm="batch_norm", act=act), "add", "dot")
    graphs = [random_graph(0), random_graph(1, 4, 7)]
    factors = IntegratedJacobians(biases="nodes").factors(model, graphs)
    times, weights = (torch.from_numpy(part) for part in np.polynomial.legendre.leggauss(64))
    for k, graph in enumerate(graphs):
        expected = torch.zeros(8, len(graph.x), dtype=torch.double)
        for t, w in zip((times + 1) / 2, weights / 2, strict=True):
            x = (t * graph.x).requires_grad_()
            scale = (t * torch.ones(len(x), dtype=x.dtype)).requires_grad_()
            for d, coordinate in enumerate(dense_gin(model.encoder, graph, x, scale)):
                by_x, by_scale = torch.autograd.grad(coordinate, [x, scale], retain_graph=True)
                expected[d] += w * ((by_x * graph.x).sum(1) + by_scale)
        torch.testing.assert_close(factors[k], expected, rtol=1e-7, atol=1e-9)
        assert float(factors.parts["start"].abs().max()) == 0


@pytest.mark.parametrize("name", [name for name in ENCODERS if "GAT" not in name and name != "PNA"])
def test_biases_of_nodes_give_the_relevance_of_lrp_0_for_relu(name):
    """Encoders are homogeneous in features and biases together, so that one point is exact."""
    if name == "GINE":
        pytest.skip("edge features stay along a path of node features")
    model = siamese(ENCODERS[name](), "mean", "cosine")
    model.biases = "nodes"
    graphs = odd_graphs(torch.double)
    pairs = graphs, graphs[1:] + graphs[:1]
    jacobians, lrp = (
        PairExplainer(model, algorithm, node_mask_type="object").explain(*pairs)
        for algorithm in (IntegratedJacobians(), BiLRP(0.0, 1e-13))
    )
    for one, other in zip(jacobians, lrp, strict=True):
        torch.testing.assert_close(one.relevance, other.relevance, rtol=1e-7, atol=1e-9)
        assert float(one.relevance.sum()) == pytest.approx(one.prediction, abs=1e-9)
        assert one.completeness_error < 1e-9


def test_features_share_the_constant_of_their_node():
    model = siamese(GIN(5, 8, 2, norm="batch_norm"), "add", "cosine")
    q, r = random_graph(0), random_graph(1, 4, 7)
    q.x[0, 1] = 0.0
    found = [
        explain(model, algorithm, q, r, node_mask_type="attributes")
        for algorithm in (
            IntegratedJacobians(features=True, biases="nodes"),
            BiLRP(0.0, 1e-13, features=True, biases="nodes"),
        )
    ]
    torch.testing.assert_close(found[0].query.node_mask, found[1].query.node_mask)
    torch.testing.assert_close(*[one.info["feature_relevance"] for one in found])


def test_biases_move_only_where_features_move_from_zero():
    q, r = random_graph(0), random_graph(1, 4, 7)
    model = siamese(GIN(5, 8, 2), "add", "cosine")
    model.biases = "nodes"
    for options in ({"reference": "own"}, {"reference": torch.ones(5)}):
        found = explain(model, IntegratedJacobians(**options), q, r)
        apart = explain(model, IntegratedJacobians(**options, biases="apart"), q, r)
        torch.testing.assert_close(found.relevance, apart.relevance)
        with pytest.raises(ValueError, match="biases fade in with features"):
            IntegratedJacobians(**options, biases="nodes")
    with pytest.raises(ValueError, match="biases fade in with features"):
        IntegratedJacobians(path="edges", biases="nodes")


def test_kinks_are_none_where_biases_fade_in_with_features():
    model = siamese(GIN(5, 8, 2), "add", "cosine")
    model.biases = "nodes"
    found = explain(
        model, IntegratedJacobians(quadrature="kinks"), random_graph(0), random_graph(1)
    )
    assert found.info["steps_query"] == found.info["steps_reference"] == 1
    assert float(found.relevance.sum()) == pytest.approx(found.prediction, abs=1e-9)


def test_connectomes_have_the_relevance_of_lrp_0():
    graphs = [subject(k) for k in range(3)]
    model = siamese(RoiGCN(REGIONS), RoiReadout(REGIONS, REGIONS, 4), "cosine")
    model.pool.norm.running_mean.uniform_(-1, 1)
    model.biases = "nodes"
    pairs = graphs, graphs[1:] + graphs[:1]
    jacobians, lrp = (
        PairExplainer(model, algorithm, node_mask_type="object").explain(*pairs)
        for algorithm in (IntegratedJacobians(), BiLRP(0.0, 1e-13))
    )
    for one, other in zip(jacobians, lrp, strict=True):
        torch.testing.assert_close(one.relevance, other.relevance)
        assert float(one.relevance.sum()) == pytest.approx(one.prediction, abs=1e-9)
