"""Integrated gradients against Captum's, a closed form, and their own completeness."""

import pytest
import torch
from graphs import ENCODERS, FEATURES, edgeless_graph, odd_graphs, random_graph
from torch_geometric.explain import CaptumExplainer, Explainer
from torch_geometric.nn import GCN, GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.explain import IntegratedGradients

D = torch.double
RAW = {"mode": "regression", "task_level": "graph", "return_type": "raw"}


@pytest.mark.parametrize("encoder", ["GCN", "GIN", "GAT", "PNA"])
@pytest.mark.parametrize(
    "masks", [("attributes", None), (None, "object"), ("attributes", "object")]
)
def test_equals_captum_along_the_same_points(encoder, masks):
    node, edge = masks
    model = SiameseGNN(ENCODERS[encoder]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    wanted = {"node_mask_type": node, "edge_mask_type": edge}
    ours = PairExplainer(model, IntegratedGradients(20), **wanted)(query, reference)
    for one, other, mine in ((query, reference, ours.query), (reference, query, ours.reference)):
        stock = Explainer(
            model.against(other),
            CaptumExplainer("IntegratedGradients", n_steps=20, method="gausslegendre"),
            "model",
            RAW,
            **wanted,
        )(one.x, one.edge_index)
        for name in ("node_mask", "edge_mask"):
            if mine.get(name) is not None:
                # Captum's edge masks are in single precision.
                assert torch.allclose(mine[name], stock[name].to(D), atol=1e-6)


def test_a_linear_model_has_a_closed_form():
    encoder = GIN(FEATURES, 4, 1, act=None, norm=None).double()
    encoder.convs[0].nn = torch.nn.Linear(FEATURES, 4, bias=False).double()
    model = SiameseGNN(encoder, "add", "dot")
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    explanation = PairExplainer(model, IntegratedGradients(1), edge_mask_type="object")(
        query, reference
    )
    with torch.no_grad():
        weight = encoder.convs[0].nn.weight
        h = model.embed(reference)[0]
        expected = query.x[query.edge_index[0]] @ weight.T @ h
    assert torch.allclose(explanation.query.edge_mask, expected, atol=1e-12)
    assert explanation.completeness_error == 0


@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_attributions_sum_to_what_the_masked_parts_are_worth(side):
    model = SiameseGNN(GCN(FEATURES, 8, 2, act="tanh").double(), "mean", "rbf").eval()
    query, reference = random_graph(6, 1, D), random_graph(5, 2, D)
    explanation = PairExplainer(model, IntegratedGradients(64), node_mask_type="object", side=side)(
        query, reference
    )
    assert explanation.completeness_error < 1e-8
    whole = model(query, reference).item()
    sides = {"query": (query, reference), "reference": (reference, query)}
    for name in [side] if side != "both" else list(sides):
        graph, other = (part.clone() for part in sides[name])
        total = getattr(explanation, name).node_mask.sum().item()
        graph.x = torch.zeros_like(graph.x)
        empty = model(graph, other).item()
        assert total == pytest.approx(whole - empty, abs=1e-8)
        assert explanation.terms[f"sum_{name}"] == pytest.approx(total, abs=1e-12)
        assert explanation.terms[f"empty_{name}"] == pytest.approx(empty, abs=1e-12)
    assert explanation.terms["similarity"] == pytest.approx(whole, abs=1e-12)


def test_more_steps_of_a_relu_encoder_leave_a_smaller_error():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add")
    pair = random_graph(8, 1, D), random_graph(7, 2, D)
    errors = [
        PairExplainer(model, IntegratedGradients(steps), node_mask_type="object")(
            *pair
        ).completeness_error
        for steps in (4, 512)
    ]
    assert errors[1] < 1e-3 < errors[0]


def test_the_jump_of_the_cosine_at_zero_is_reported():
    encoder = GCN(FEATURES, 8, 2, bias=False).double()
    model = SiameseGNN(encoder, "add")
    explanation = PairExplainer(model, IntegratedGradients(), node_mask_type="object")(
        random_graph(6, 1, D), random_graph(5, 2, D)
    )
    assert explanation.completeness_error == pytest.approx(1)


@pytest.mark.parametrize("node", [None, "object", "attributes", "common_attributes"])
@pytest.mark.parametrize("undirected", [False, True])
@pytest.mark.parametrize("side", ["both", "query"])
def test_batched_equals_one_by_one(node, undirected, side):
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add")
    explainer = PairExplainer(
        model,
        IntegratedGradients(5),
        node_mask_type=node,
        edge_mask_type="object",
        undirected=undirected,
        side=side,
    )
    queries, others = odd_graphs(D), [*odd_graphs(D)[1:], random_graph(6, 9, D)]
    for k, together in enumerate(explainer.explain(queries, others)):
        alone = explainer(queries[k], others[k])
        assert together.completeness_error == pytest.approx(alone.completeness_error, abs=1e-9)
        assert together.terms.keys() == alone.terms.keys()
        assert torch.allclose(together.query.edge_mask, alone.query.edge_mask, atol=1e-10)
        if node is not None:
            assert torch.allclose(together.query.node_mask, alone.query.node_mask, atol=1e-10)


def test_an_undirected_edge_is_worth_its_two_directions():
    model = SiameseGNN(ENCODERS["GCN"]().double(), "add")
    pair = random_graph(6, 1, D), random_graph(5, 2, D)
    one, two = (
        PairExplainer(model, IntegratedGradients(), edge_mask_type="object", undirected=undirected)(
            *pair
        )
        for undirected in (False, True)
    )
    row, col = pair[0].edge_index.tolist()
    value = dict(zip(zip(row, col, strict=True), one.query.edge_mask.tolist(), strict=True))
    tied = [value[a, b] + value[b, a] for a, b in zip(row, col, strict=True)]
    assert two.query.edge_mask.tolist() == pytest.approx(tied, abs=1e-12)
    assert two.terms["sum_query"] == pytest.approx(one.terms["sum_query"], abs=1e-12)


def test_by_weights_it_sums_to_the_deletion_of_all_edges():
    model = SiameseGNN(GCN(FEATURES, 8, 2, act="tanh").double(), "mean", "rbf").eval()
    query, reference = random_graph(6, 1, D), random_graph(5, 2, D)
    explanation = PairExplainer(
        model, IntegratedGradients(64), edge_mask_type="object", mask_mode="weight"
    )(query, reference)
    bare = query.clone()
    bare.edge_index = bare.edge_index[:, :0]
    worth = (model(query, reference) - model(bare, reference)).item()
    assert explanation.query.edge_mask.sum().item() == pytest.approx(worth, abs=1e-8)


def test_nothing_to_explain_has_no_error():
    graph = edgeless_graph(3)
    explainer = PairExplainer(
        SiameseGNN(ENCODERS["GIN"]()), IntegratedGradients(), edge_mask_type="object"
    )
    explanation = explainer(graph, graph)
    assert explanation.query.edge_mask.numel() == 0
    assert explanation.completeness_error == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((0,), "steps must be at least 1"), ((5, "simpson"), "quadrature must be one of")],
)
def test_bad_options_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        IntegratedGradients(*arguments)
