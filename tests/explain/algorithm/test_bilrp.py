import copy

import pytest
import torch
from explain.relevance.biased import dense_gin
from explain.relevance.models import random_graph, siamese
from graphs import ENCODERS, odd_graphs
from regions import REGIONS, subject
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.explain import Explainer
from torch_geometric.nn import GAT, GCN, GIN, FiLMConv, GINConv, Linear, global_add_pool
from torch_geometric.utils import to_dense_adj

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.nn import GINE, RoiGCN, RoiReadout, Similarity, WeightedGCN

HEADS = ["dot", "cosine", "euclidean", "rbf", "bilinear", "mlp"]
PARTS = ("explained",)


def explain(model, algorithm, query, reference, **kwargs):
    kwargs = {"node_mask_type": "object", **kwargs}
    return PairExplainer(model, algorithm, **kwargs)(query, reference)


def bias_free(encoder, similarity="dot", pool="mean"):
    model = siamese(encoder, pool, similarity, bias=False)
    for name, parameter in model.encoder.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
    return model


@pytest.mark.parametrize("rule", ["generalised", "source"])
@pytest.mark.parametrize("similarity", HEADS)
def test_terms_sum_to_what_is_explained(similarity, rule):
    model = siamese(GIN(5, 8, 2), "mean", similarity)
    explanation = explain(model, BiLRP(rule=rule), random_graph(0), random_graph(1, 4, 7))
    terms = dict(explanation.terms)
    explained = terms.pop("explained")
    expected = explanation.prediction
    if similarity == "rbf":
        expected = torch.tensor(expected, dtype=torch.float64).log().item()
    assert explained == pytest.approx(expected, rel=1e-9)
    scale = max(abs(value) for value in terms.values())
    assert sum(terms.values()) == pytest.approx(explained, abs=1e-12 * max(scale, 1))
    assert abs(terms["remainder"]) < 1e-9 * max(scale, 1)
    total = float(explanation.relevance.sum())
    assert terms["nodes"] == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("similarity", ["dot", "cosine", "bilinear"])
def test_without_biases_the_matrix_sums_to_the_similarity(similarity, gamma):
    model = bias_free(GCN(5, 8, 3), similarity)
    explanation = explain(model, BiLRP(gamma), random_graph(0), random_graph(1, 4, 7))
    assert float(explanation.relevance.sum()) == pytest.approx(explanation.prediction, rel=1e-6)
    assert explanation.completeness_error < 1e-6
    assert abs(explanation.terms["biases"]) < 1e-12


@pytest.mark.parametrize("similarity", ["euclidean", "rbf"])
def test_distances_are_a_pair_matrix_and_two_self_matrices(similarity):
    model = bias_free(GIN(5, 8, 2), similarity)
    explanation = explain(model, BiLRP(), random_graph(0), random_graph(1, 4, 7))
    blocks = (
        explanation.relevance,
        explanation.info["self_query"],
        explanation.info["self_reference"],
    )
    total = sum(float(block.sum()) for block in blocks)
    assert total == pytest.approx(explanation.terms["explained"], rel=1e-6)
    assert explanation.completeness_error < 1e-5


def test_a_learned_head_is_pairs_single_nodes_and_its_biases():
    model = bias_free(GIN(5, 8, 2), "mlp")
    explanation = explain(model, BiLRP(), random_graph(0), random_graph(1, 4, 7))
    info, terms = explanation.info, explanation.terms
    parts = (explanation.relevance, info["query_alone"], info["reference_alone"])
    total = sum(float(part.sum()) for part in parts) + terms["head"]
    assert total == pytest.approx(explanation.prediction, rel=1e-6)


@pytest.mark.parametrize("similarity", HEADS)
def test_swapping_query_and_reference_transposes(similarity):
    model = siamese(GCN(5, 8, 2), "mean", similarity)
    q, r = random_graph(0), random_graph(1, 4, 7)
    forth, back = explain(model, BiLRP(), q, r), explain(model, BiLRP(), r, q)
    torch.testing.assert_close(forth.relevance, back.relevance.T)
    torch.testing.assert_close(forth.query.node_mask, back.reference.node_mask)


@pytest.mark.parametrize("name", list(ENCODERS))
def test_batched_pairs_equal_single_pairs_on_odd_graphs(name):
    model = siamese(ENCODERS[name]())
    queries, references = odd_graphs(torch.double), odd_graphs(torch.double)[::-1]
    kwargs = {"edge_mask_type": "object"}
    together = explain(
        model,
        BiLRP(),
        Batch.from_data_list(queries),
        Batch.from_data_list(references),
        **kwargs,
    )
    for found, q, r in zip(together, queries, references, strict=True):
        alone = explain(model, BiLRP(), q, r, **kwargs)
        assert found.relevance.shape == (q.num_nodes, r.num_nodes)
        torch.testing.assert_close(found.relevance, alone.relevance)
        torch.testing.assert_close(found.query.edge_mask, alone.query.edge_mask)
        assert found.terms == pytest.approx(alone.terms, rel=1e-6, abs=1e-9)
        assert abs(found.terms["remainder"]) < 1e-9
        masks = ((found.query, 1), (found.reference, 0))
        for side, axis in masks:
            torch.testing.assert_close(side.node_mask[:, 0], found.relevance.sum(axis))
            edges = found.info["edge_relevance"].sum(axis)
            torch.testing.assert_close(side.edge_mask, edges)


def test_unsupported_convolutions_are_refused():
    model = siamese(FiLMConv(5, 5))
    with pytest.raises(ValueError, match="FiLMConv"):
        explain(model, BiLRP(), random_graph(0), random_graph(1))


def test_relevance_of_attention_is_a_choice():
    model = siamese(GAT(5, 8, 2, heads=2))
    graphs = random_graph(0), random_graph(1, 4, 7)
    constant, followed = (
        explain(model, BiLRP(attention=name), *graphs) for name in ("constant", "attnlrp")
    )
    for found in (constant, followed):
        assert abs(found.terms["remainder"]) < 1e-9
    assert not torch.allclose(constant.relevance, followed.relevance, rtol=1e-2)
    assert torch.equal(constant.relevance, explain(model, BiLRP(), *graphs).relevance)
    with pytest.raises(ValueError, match="'constant' or 'attnlrp'"):
        BiLRP(attention="both")


def test_masks_by_feature_sum_to_masks_by_node():
    model = siamese(GIN(5, 8, 2))
    q, r = random_graph(0), random_graph(1, 4, 7)
    by_node = explain(model, BiLRP(features=True), q, r)
    by_feature = explain(model, BiLRP(), q, r, node_mask_type="attributes")
    common = explain(model, BiLRP(), q, r, node_mask_type="common_attributes")
    torch.testing.assert_close(by_feature.query.node_mask.sum(1), by_node.query.node_mask[:, 0])
    total = by_feature.reference.node_mask.sum(0, keepdim=True)
    torch.testing.assert_close(common.reference.node_mask, total)
    pairs = by_node.info["feature_relevance"]
    assert pairs.shape == (6, 5, 4, 5)
    torch.testing.assert_close(pairs.sum((1, 3)), by_node.relevance)
    torch.testing.assert_close(pairs.sum((2, 3)), by_feature.query.node_mask)


def test_edge_features_have_their_share():
    model = bias_free(GINE(5, 8, 2, edge_dim=3), "cosine")
    q, r = random_graph(0), random_graph(1, 4, 7)
    features = BiLRP(edges="features")
    explanation = explain(model, features, q, r, edge_mask_type="object")
    terms = explanation.terms
    assert terms["nodes"] + terms["edges"] == pytest.approx(explanation.prediction, rel=1e-6)
    assert explanation.completeness_error < 1e-6
    assert abs(terms["edges"]) > 0.05 * abs(explanation.prediction)
    both = float(explanation.info["edge_relevance"].sum())
    assert float(explanation.query.edge_mask.sum()) == pytest.approx(both)
    plain = explain(model, BiLRP(), q, r)
    assert plain.terms == pytest.approx(terms)
    with pytest.raises(ValueError, match="no float edge features"):
        explain(siamese(GIN(5, 8, 2)), features, q, r, edge_mask_type="object")


def test_undirected_masks_give_both_directions_one_value():
    model = siamese(GCN(5, 8, 2))
    graphs = odd_graphs(torch.double)[:2]
    explanation = explain(model, BiLRP(), *graphs, edge_mask_type="object", undirected=True)
    values = {}
    for (u, v), value in zip(
        graphs[0].edge_index.T.tolist(), explanation.query.edge_mask.tolist(), strict=True
    ):
        assert values.setdefault(frozenset((u, v)), value) == value


def test_gamma_zero_equals_integrated_jacobians_without_biases():
    model = bias_free(GIN(5, 8, 3), "cosine")
    q, r = random_graph(0), random_graph(1, 4, 7)
    lrp, jacobians = explain(model, BiLRP(0.0), q, r), explain(model, IntegratedJacobians(2), q, r)
    torch.testing.assert_close(lrp.relevance, jacobians.relevance, rtol=1e-6, atol=1e-10)


def test_rules_differ_and_schedules_are_taken():
    model = siamese(GCN(5, 8, 3))
    q, r = random_graph(0), random_graph(1, 4, 7)
    found = [
        explain(model, algorithm, q, r).relevance
        for algorithm in (
            BiLRP(0.25),
            BiLRP([0.25, 0.25, 0.25]),
            BiLRP(rule="source"),
            BiLRP((0.5, 0.25, 0.0)),
            BiLRP(0.0),
            BiLRP(0.0, rule="source"),
        )
    ]
    torch.testing.assert_close(found[0], found[1])
    torch.testing.assert_close(found[4], found[5])
    assert not torch.allclose(found[0], found[2])
    assert not torch.allclose(found[0], found[3])


def test_plain_gamma_warns_of_signed_inputs(caplog):
    model = siamese(GCN(5, 8, 2))
    explain(model, BiLRP(), random_graph(0), random_graph(1))
    assert not caplog.records
    explain(model, BiLRP(rule="source"), random_graph(0), random_graph(1))
    assert "negative inputs" in caplog.text


def test_users_modules_of_known_layers():
    class Mixed(nn.Module):
        def __init__(self):
            super().__init__()
            network = nn.Sequential(Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), Linear(8, 5))
            self.gin, self.gcn = GINConv(network, train_eps=True), GCN(5, 8, 2, jk="cat")
            self.norm, self.act = nn.LayerNorm(5), nn.LeakyReLU()

        def forward(self, x, edge_index):
            x = x + self.act(self.norm(self.gin(x, edge_index)))
            return torch.cat([self.gcn(x, edge_index), x.relu()], dim=1)

    model = siamese(Mixed(), "max")
    explanation = explain(model, BiLRP(), random_graph(0), random_graph(1, 4, 7))
    assert abs(explanation.terms["remainder"]) < 1e-10


def test_heads_without_a_rule_are_refused():
    class Absolute(Similarity):
        def forward(self, a, b):
            return -(a - b).abs().sum(-1)

    model = SiameseGNN(GCN(5, 8, 2), similarity=Absolute()).double()
    with pytest.raises(ValueError, match="head Absolute"):
        explain(model, BiLRP(), random_graph(0), random_graph(1))


def test_the_model_is_found_unchanged():
    model = siamese(GCN(5, 8, 2, dropout=0.5, norm="batch_norm"), "mean", "mlp").train()
    before = copy.deepcopy(model.state_dict())
    explain(model, BiLRP(), random_graph(0), random_graph(1), edge_mask_type="object")
    assert model.training and all(p.requires_grad and p.grad is None for p in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    for module in model.modules():
        assert not module._forward_hooks and not module._forward_pre_hooks
        assert not getattr(module, "_message_forward_hooks", None)


def test_inside_the_stock_explainer():
    model = siamese(GCN(5, 8, 2))
    q, r = random_graph(0), random_graph(1, 4, 7)
    explainer = Explainer(
        model.against(r),
        algorithm=BiLRP(),
        explanation_type="model",
        node_mask_type="object",
        model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
    )
    mask = explainer(q.x, q.edge_index).node_mask
    torch.testing.assert_close(mask, explain(model, BiLRP(), q, r).query.node_mask)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"gamma": -1.0}, "gamma"),
        ({"gamma": []}, "gamma"),
        ({"epsilon": -1e-3}, "epsilon"),
        ({"rule": "alpha-beta"}, "rule"),
        ({"edges": "bonds"}, "edges"),
    ],
)
def test_wrong_arguments_are_named(arguments, word):
    with pytest.raises(ValueError, match=word):
        BiLRP(**arguments)


@pytest.mark.parametrize("norm", [None, "batch_norm"])
def test_biases_of_nodes_are_their_gradients_times_themselves(norm):
    """LRP-0 of a ReLU encoder whose every node has its own copy of each bias."""
    model = siamese(GIN(5, 8, 3, norm=norm), "add", "dot")
    graphs = [random_graph(0), random_graph(1, 4, 7)]
    factors = BiLRP(0.0, 1e-12, biases="nodes").factors(model, graphs)
    for k, graph in enumerate(graphs):
        x = graph.x.clone().requires_grad_()
        scale = torch.ones(len(x), dtype=x.dtype, requires_grad=True)
        h = dense_gin(model.encoder, graph, x, scale)
        torch.testing.assert_close(h, model.embed(graph)[0])
        for row, coordinate in zip(factors[k], h, strict=True):
            by_x, by_scale = torch.autograd.grad(coordinate, [x, scale], retain_graph=True)
            torch.testing.assert_close(row, (by_x * x).sum(1) + by_scale)


@pytest.mark.parametrize("gamma", [0.0, 0.25])
@pytest.mark.parametrize("rule", ["generalised", "source"])
@pytest.mark.parametrize("name", [name for name in ENCODERS if name not in ("PNA",)])
def test_relevance_sums_to_the_similarity_where_biases_are_of_nodes(name, rule, gamma):
    model = siamese(ENCODERS[name](), "mean", "cosine")
    model.biases = "nodes"
    graphs = odd_graphs(torch.double)
    algorithm = BiLRP(gamma, 1e-12, rule=rule)
    for explanation in PairExplainer(model, algorithm, node_mask_type="object").explain(
        graphs, graphs[1:] + graphs[:1]
    ):
        terms = explanation.terms
        assert terms["biases"] == 0
        assert terms["nodes"] + terms["edges"] == pytest.approx(explanation.prediction, abs=1e-7)
        assert float(explanation.relevance.sum()) == pytest.approx(terms["nodes"], abs=1e-9)
        masks = explanation.query.node_mask, explanation.reference.node_mask
        assert [float(m.sum()) for m in masks] == pytest.approx([terms["nodes"]] * 2, abs=1e-9)


def test_features_share_the_constant_of_their_node():
    model = siamese(GIN(5, 8, 2, norm="batch_norm"), "add", "cosine")
    q, r = random_graph(0), random_graph(1, 4, 7)
    q.x[0, 1] = 0.0
    by_feature = explain(
        model, BiLRP(features=True, biases="nodes"), q, r, node_mask_type="attributes"
    )
    by_node = explain(model, BiLRP(biases="nodes"), q, r)
    torch.testing.assert_close(by_feature.query.node_mask.sum(1), by_node.query.node_mask[:, 0])
    matrix = by_feature.info["feature_relevance"]
    torch.testing.assert_close(matrix.sum((1, 3)), by_node.relevance)
    torch.testing.assert_close(matrix.sum((2, 3)), by_feature.query.node_mask)
    assert by_feature.query.node_mask[0, 1] == 0


def test_biases_are_as_the_model_says_unless_told():
    q, r = random_graph(0), random_graph(1, 4, 7)
    model = siamese(GIN(5, 8, 2), "add", "cosine")
    apart = explain(model, BiLRP(), q, r)
    told = explain(model, BiLRP(biases="nodes"), q, r)
    model.biases = "nodes"
    torch.testing.assert_close(explain(model, BiLRP(), q, r).relevance, told.relevance)
    again = explain(model, BiLRP(biases="apart"), q, r)
    torch.testing.assert_close(again.relevance, apart.relevance)
    assert abs(apart.terms["biases"]) > 0.01
    with pytest.raises(ValueError, match="biases must be 'apart' or 'nodes'"):
        BiLRP(biases="none")


def test_biases_of_nodes_do_not_depend_on_the_batch():
    model = siamese(GIN(5, 8, 2, norm="batch_norm"), "add", "cosine")
    graphs = [random_graph(k, n, e) for k, (n, e) in enumerate(((6, 10), (3, 3), (2, 2), (1, 0)))]
    explainer = PairExplainer(model, BiLRP(biases="nodes"), node_mask_type="object")
    for one, q, r in zip(
        explainer.explain(graphs, graphs[::-1]), graphs, graphs[::-1], strict=True
    ):
        torch.testing.assert_close(explainer(q, r).relevance, one.relevance)


def test_what_biases_do_after_the_readout_is_all_nodes_in_equal_parts():
    class Projected(nn.Module):
        def __init__(self):
            super().__init__()
            self.gin, self.last, self.out_channels = GIN(5, 8, 1), nn.Linear(8, 4), 4

        def forward(self, x, edge_index, batch):
            return self.last(global_add_pool(self.gin(x, edge_index), batch))

    model = siamese(Projected(), None, "dot")
    graphs = [random_graph(0), random_graph(1, 4, 7)]
    whole = BiLRP(0.0, 1e-12, biases="nodes").factors(model, graphs)
    model.encoder.last.bias.requires_grad_(False).zero_()
    without = BiLRP(0.0, 1e-12, biases="nodes").factors(model, graphs)
    for k, graph in enumerate(graphs):
        gap = whole[k] - without[k]
        torch.testing.assert_close(gap, gap[:, :1].expand(-1, len(graph.x)))
        torch.testing.assert_close(whole[k].sum(1), whole.embedding[k])


def test_the_mean_of_a_connection_is_where_the_connection_is():
    """One layer of profiles: what each region sends, less what it sends on average."""
    graphs = [subject(k) for k in range(2)]
    readout = RoiReadout(REGIONS, REGIONS, 4)
    model = siamese(RoiGCN(REGIONS), readout, "dot")
    model.biases = "nodes"
    nn.init.zeros_(model.encoder.convs[0].lin_root.weight)
    readout.norm.running_mean.uniform_(-1, 1)
    readout.norm.running_var.uniform_(0.5, 1)
    factors = BiLRP(0.0, 1e-13, biases="nodes").factors(model, graphs)
    conv = model.encoder.convs[0]
    weight = readout.lin.weight.view(4, REGIONS, REGIONS)
    scale = (readout.norm.running_var + readout.norm.eps).rsqrt().view(REGIONS, REGIONS)
    mean = readout.norm.running_mean.view(REGIONS, REGIONS)
    for k, graph in enumerate(graphs):
        matrix = to_dense_adj(graph.edge_index, edge_attr=graph.edge_weight)[0]  # [j, i]
        sent = torch.einsum("drf,rf,fj,jr->dj", weight, scale, conv.lin_rel.weight, matrix)
        own = torch.einsum("drf,rf,f->dr", weight, scale, conv.lin_rel.bias)
        usual = torch.einsum("drf,rf,rf->df", weight, scale, mean)
        expected = sent + own - usual + readout.lin.bias[:, None] / REGIONS
        torch.testing.assert_close(factors[k], expected)
        torch.testing.assert_close(factors[k].sum(1), model.embed(graph)[0])


def test_the_shift_of_a_regions_features_is_the_regions():
    graphs = [subject(k) for k in range(2)]
    readout = RoiReadout(REGIONS, 3, 4)
    model = siamese(WeightedGCN(REGIONS, 3, 1), readout, "dot")
    readout.norm.running_mean.uniform_(-1, 1)
    algorithm = BiLRP(0.0, 1e-13, biases="nodes")
    whole = algorithm.factors(model, graphs)
    mean = readout.norm.running_mean.view(REGIONS, 3).clone()
    readout.norm.running_mean.zero_()
    without = algorithm.factors(model, graphs)
    scale = (readout.norm.running_var + readout.norm.eps).rsqrt().view(REGIONS, 3)
    expected = torch.einsum("drf,rf,rf->dr", readout.lin.weight.view(4, REGIONS, 3), scale, mean)
    for k in range(2):
        torch.testing.assert_close(without[k] - whole[k], expected)


@pytest.mark.parametrize("given", ["edge", "", "node"])
def test_factors_are_of_nodes_or_of_edges(given):
    model = siamese(GIN(5, 6, 2))
    with pytest.raises(ValueError, match="features_of must be 'nodes' or 'edges'"):
        BiLRP().factors(model, [random_graph(4, 1)], features_of=given)
