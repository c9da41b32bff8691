import copy
import itertools

import pytest
import torch
from graphs import ENCODERS, FEATURES, edgeless_graph, odd_graphs, random_graph
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch_geometric.data import Batch, Data
from torch_geometric.explain import CaptumExplainer, Explainer, GNNExplainer
from torch_geometric.nn import GAT, GCN, GIN, MessagePassing
from torch_geometric.utils import to_undirected

from pyg_siamex import (
    BiLRP,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    PairExplanation,
    RandomExplainer,
    Saliency,
    SelfLearned,
    ShapleySampling,
    SiameseGNN,
)
from pyg_siamex.explain import KLDescent

ALGORITHMS = {
    "random": RandomExplainer,
    "saliency": Saliency,
    "input_x_gradient": InputXGradient,
    "occlusion": Occlusion,
    "mask_optimization": lambda: MaskOptimization(epochs=20),
}
REFERENCES = [random_graph(6, 11), random_graph(3, 12), edgeless_graph(3), random_graph(8, 13)]


@pytest.fixture(params=list(ALGORITHMS))
def algorithm(request):
    return ALGORITHMS[request.param]()


def references(dtype=torch.double):
    out = [graph.clone() for graph in REFERENCES]
    for graph in out:
        graph.x, graph.edge_attr = graph.x.to(dtype), graph.edge_attr.to(dtype)
    return out


def masks(explanation):
    for side in (explanation.query, explanation.reference):
        for name in ("edge_mask", "node_mask"):
            if side.get(name) is not None:
                yield side[name]


def assert_same(one, other, tolerance):
    pairs = list(zip(masks(one), masks(other), strict=True))
    assert pairs
    for a, b in pairs:
        assert a.shape == b.shape
        assert torch.allclose(a, b, atol=tolerance, rtol=0)


@pytest.mark.parametrize("node", [None, "object", "attributes", "common_attributes"])
@pytest.mark.parametrize("undirected", [False, True])
@pytest.mark.parametrize("side", ["both", "query", "reference"])
@pytest.mark.parametrize("encoder", ["GCN", "GIN", "GraphSAGE"])
def test_batched_equals_one_by_one(encoder, algorithm, node, undirected, side):
    model = SiameseGNN(ENCODERS[encoder]().double(), "add").double()
    explainer = PairExplainer(
        model,
        algorithm,
        node_mask_type=node,
        edge_mask_type="object",
        undirected=undirected,
        side=side,
    )
    queries, others = odd_graphs(torch.double), references()
    batched = explainer(Batch.from_data_list(queries), Batch.from_data_list(others))
    for k in range(4):
        assert_same(batched[k], explainer(queries[k], others[k]), 1e-10)


def test_every_encoder_and_similarity_can_be_explained(encoder):
    for similarity, algorithm in itertools.product(
        ["cosine", "dot", "euclidean", "rbf", "bilinear", "mlp"], [Occlusion(), MaskOptimization(5)]
    ):
        model = SiameseGNN(copy.deepcopy(encoder), "mean", similarity)
        explainer = PairExplainer(
            model, algorithm, node_mask_type="object", edge_mask_type="object", undirected=True
        )
        for explanation in explainer.explain(odd_graphs(), references(torch.float)):
            assert all(mask.isfinite().all() for mask in masks(explanation))


@pytest.mark.parametrize("encoder", ["GCN", "GIN", "GAT"])
def test_float32_batches_agree_after_a_hundred_epochs(encoder):
    torch.manual_seed(1)
    model = SiameseGNN(ENCODERS[encoder](), "mean")
    queries = [random_graph(10 + k, k) for k in range(6)]
    others = [random_graph(12 - k, 50 + k) for k in range(6)]
    explainer = PairExplainer(model, MaskOptimization(epochs=100), edge_mask_type="object")
    together = explainer.explain(queries, others)
    for k in range(6):
        assert_same(together[k], explainer(queries[k], others[k]), 1e-3)


def test_chunking_changes_nothing():
    model = SiameseGNN(ENCODERS["GIN"]().double())
    queries, others = odd_graphs(torch.double), references()
    whole, pieces = (
        PairExplainer(model, Occlusion(), edge_mask_type="object", chunk_size=size).explain(
            queries, others
        )
        for size in (10**6, 1)
    )
    for a, b in zip(whole, pieces, strict=True):
        assert_same(a, b, 1e-12)


def reads_features(model, graph):
    """Whether any path through the ReLUs of an untrained model is open."""
    x = graph.x.clone().requires_grad_()
    h = model.encode(model.inputs(Data(x=x, edge_index=graph.edge_index)))
    return h.requires_grad and bool(torch.autograd.grad(h.sum(), x)[0].any())


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_permuting_nodes_permutes_masks(seed):
    torch.manual_seed(seed)
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").double()
    query, reference = random_graph(6, seed, torch.double), random_graph(5, seed + 1, torch.double)
    order, edges = torch.randperm(6), torch.randperm(query.num_edges)
    permuted = Data(x=query.x[order], edge_index=order.argsort()[query.edge_index][:, edges])
    plain = Data(x=query.x, edge_index=query.edge_index)
    assume(all(reads_features(model, graph) for graph in (query, reference)))
    for algorithm in (Saliency(), InputXGradient(), Occlusion(), MaskOptimization(20)):
        explainer = PairExplainer(
            model, algorithm, node_mask_type="attributes", edge_mask_type="object"
        )
        del reference.edge_attr
        one, other = explainer(plain, reference), explainer(permuted, reference)
        assert torch.allclose(one.query.node_mask[order], other.query.node_mask, atol=1e-8)
        assert torch.allclose(one.query.edge_mask[edges], other.query.edge_mask, atol=1e-8)
        assert torch.allclose(one.reference.edge_mask, other.reference.edge_mask, atol=1e-8)


def test_swapping_query_and_reference_swaps_masks(algorithm):
    model = SiameseGNN(ENCODERS["GCN"]().double(), "add").double()
    explainer = PairExplainer(
        model, algorithm, node_mask_type="attributes", edge_mask_type="object"
    )
    a, b = random_graph(7, 1, torch.double), random_graph(5, 2, torch.double)
    one, other = explainer(a, b), explainer(b, a)
    assert torch.allclose(one.query.edge_mask, other.reference.edge_mask, atol=1e-9)
    assert torch.allclose(one.reference.node_mask, other.query.node_mask, atol=1e-9)


def snapshot(model):
    return (
        copy.deepcopy(model.state_dict()),
        {name: module.training for name, module in model.named_modules()},
        {name: parameter.requires_grad for name, parameter in model.named_parameters()},
        {name: parameter.grad for name, parameter in model.named_parameters()},
        {
            name: (dict(vars(module)) if isinstance(module, MessagePassing) else None)
            for name, module in model.named_modules()
        },
        torch.random.get_rng_state(),
    )


def assert_untouched(model, before):
    state, modes, wanted, grads, variables, random_state = before
    now = snapshot(model)
    assert list(state) == list(now[0])
    assert all(torch.equal(value, now[0][key]) for key, value in state.items())
    assert (modes, wanted, grads) == now[1:4]
    for name, values in variables.items():
        if values is not None:
            assert values.keys() == now[4][name].keys()
            for key in ("_explain", "_edge_mask", "_loop_mask", "_apply_sigmoid"):
                assert values.get(key) is now[4][name].get(key)
            assert not values["_message_forward_hooks"]
    assert torch.equal(random_state, now[5])


def mixed_model():
    model = SiameseGNN(GCN(FEATURES, 8, 2, norm="batch_norm", dropout=0.3)).train()
    model.encoder.norms[0].eval()
    model.encoder.convs[0].bias.requires_grad_(False)
    return model


def test_model_is_as_before_after_success(algorithm):
    model = mixed_model()
    before = snapshot(model)
    explainer = PairExplainer(model, algorithm, node_mask_type="object", edge_mask_type="object")
    explainer(random_graph(5, 1), random_graph(6, 2))
    assert_untouched(model, before)


def test_model_is_as_before_after_an_exception(algorithm, monkeypatch):
    model = mixed_model()
    before = snapshot(model)
    calls = itertools.count()
    forward = model.encoder.forward

    def failing(*args, **kwargs):
        if next(calls) >= 2:
            raise RuntimeError("out of memory")
        return forward(*args, **kwargs)

    failing.__signature__ = __import__("inspect").signature(forward)
    monkeypatch.setattr(model.encoder, "forward", failing)
    explainer = PairExplainer(model, algorithm, node_mask_type="object", edge_mask_type="object")
    with pytest.raises(RuntimeError, match="out of memory"):
        explainer(random_graph(5, 1), random_graph(6, 2))
    monkeypatch.undo()
    assert_untouched(model, before)


def stock(model, query, algorithm, **masks_wanted):
    explainer = Explainer(
        model,
        algorithm=algorithm,
        explanation_type="model",
        model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
        **masks_wanted,
    )
    return explainer(query.x, query.edge_index)


def test_stock_algorithms_before_and_after_change_nothing():
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    query, reference = random_graph(5, 1), random_graph(6, 2)
    explainer = PairExplainer(model, MaskOptimization(10), edge_mask_type="object")
    ours = explainer(query, reference)
    captum = stock(
        model.against(reference), query, CaptumExplainer("Saliency"), edge_mask_type="object"
    )
    stock(model.against(reference), query, GNNExplainer(epochs=3), edge_mask_type="object")
    assert_same(ours, explainer(query, reference), 0)
    # The gradient of an edge mask is what it was; stock PyG alone would fail here.
    fresh = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    fresh.load_state_dict({k: v for k, v in model.state_dict().items() if "_edge_mask" not in k})
    again = stock(
        fresh.against(reference), query, CaptumExplainer("Saliency"), edge_mask_type="object"
    )
    assert torch.equal(captum.edge_mask, again.edge_mask)


def test_a_mask_that_another_explainer_left_behind_is_not_used():
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    query, reference = random_graph(5, 1), random_graph(6, 2)
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    clean = explainer(query, reference)
    for layer in model.encoder.convs:  # what PyG leaves when an algorithm raises
        layer.explain = True
        layer._edge_mask = torch.zeros(query.num_edges + reference.num_edges)
        layer._loop_mask = torch.ones_like(layer._edge_mask, dtype=torch.bool)
    assert_same(clean, explainer(query, reference), 0)
    assert all(layer.explain is True for layer in model.encoder.convs)


def test_stock_explainer_runs_our_algorithms(algorithm):
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    query, reference = random_graph(5, 1), random_graph(6, 2)
    wanted = {"node_mask_type": "attributes", "edge_mask_type": "object"}
    explanation = stock(model.against(reference), query, algorithm, **wanted)
    pair = PairExplainer(model, algorithm, side="query", **wanted)(query, reference)
    assert torch.allclose(explanation.edge_mask, pair.query.edge_mask, atol=1e-6)
    assert torch.allclose(explanation.node_mask, pair.query.node_mask, atol=1e-6)
    assert explanation.prediction.item() == pytest.approx(pair.prediction, abs=1e-6)
    assert explanation.validate()
    assert explanation.get_explanation_subgraph().num_nodes <= 5


def test_stock_explainer_with_the_wrong_settings_is_refused():
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    with pytest.raises(ValueError, match="does not support"):
        Explainer(
            model.against(random_graph(4)),
            algorithm=Occlusion(),
            explanation_type="phenomenon",
            edge_mask_type="object",
            model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
        )
    with pytest.raises(TypeError, match=r"against\(reference\)"):
        stock(GIN(FEATURES, 8, 2), random_graph(4), Occlusion(), edge_mask_type="object")


def test_undirected_ties_an_edge_and_its_reverse(algorithm):
    graph = random_graph(6, 1)
    explainer = PairExplainer(
        SiameseGNN(GIN(FEATURES, 8, 2)), algorithm, edge_mask_type="object", undirected=True
    )
    mask = explainer(graph, random_graph(5, 2)).query.edge_mask
    value = {(int(a), int(b)): float(m) for (a, b), m in zip(graph.edge_index.T, mask, strict=True)}
    assert all(value[a, b] == value[b, a] for a, b in value)
    assert len(set(value.values())) > 1


def test_self_loops_get_no_importance_and_their_place_does_not_matter():
    graph = random_graph(5, 1)
    loops = torch.arange(5).repeat(2, 1)
    first = Data(x=graph.x, edge_index=torch.cat([loops, graph.edge_index], dim=1))
    last = Data(x=graph.x, edge_index=torch.cat([graph.edge_index, loops], dim=1))
    reference = Data(x=graph.x, edge_index=graph.edge_index)
    for encoder in (GCN(FEATURES, 8, 2), GAT(FEATURES, 8, 2), GIN(FEATURES, 8, 2)):
        explainer = PairExplainer(SiameseGNN(encoder), Occlusion(), edge_mask_type="object")
        a = explainer(first, reference).query.edge_mask
        b = explainer(last, reference).query.edge_mask
        assert (a[:5] == 0).all() and (b[-5:] == 0).all()
        assert torch.allclose(a[5:], b[:-5], atol=1e-6)


def test_weight_mode_equals_deleting_edges():
    model = SiameseGNN(GCN(FEATURES, 8, 2), "add").double().eval()
    query, reference = random_graph(6, 1, torch.double), random_graph(5, 2, torch.double)
    explainer = PairExplainer(
        model, Occlusion(), edge_mask_type="object", undirected=True, mask_mode="weight"
    )
    explanation = explainer(query, reference)
    row, col = query.edge_index
    for edge in range(query.num_edges):
        a, b = int(row[edge]), int(col[edge])
        keep = ~(((row == a) & (col == b)) | ((row == b) & (col == a)))
        without = Data(x=query.x, edge_index=query.edge_index[:, keep])
        lost = model(query, reference) - model(without, reference)
        assert explanation.query.edge_mask[edge].item() == pytest.approx(lost.item(), abs=1e-12)


def test_messages_and_weights_differ_for_layers_that_normalise():
    model = SiameseGNN(GCN(FEATURES, 8, 2)).eval()
    pair = random_graph(6, 1), random_graph(5, 2)
    by_message, by_weight = (
        PairExplainer(model, Occlusion(), edge_mask_type="object", mask_mode=mode)(*pair)
        for mode in ("message", "weight")
    )
    assert not torch.allclose(by_message.query.edge_mask, by_weight.query.edge_mask, atol=1e-3)


def test_mask_shapes():
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    query, reference = random_graph(5, 1), random_graph(6, 2)
    shapes = {"object": (5, 1), "attributes": (5, FEATURES), "common_attributes": (1, FEATURES)}
    for kind, shape in shapes.items():
        explanation = PairExplainer(model, Occlusion(), node_mask_type=kind)(query, reference)
        assert isinstance(explanation, PairExplanation)
        assert explanation.query.node_mask.shape == shape
        assert explanation.query.get("edge_mask") is None
        assert explanation.query.validate() and explanation.reference.validate()
        assert torch.equal(explanation.query.x, query.x)


def test_threshold_keeps_the_largest_magnitudes():
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    pair = random_graph(6, 1), random_graph(6, 2)
    full = PairExplainer(model, Occlusion(), edge_mask_type="object")(*pair)
    kept = PairExplainer(model, Occlusion(), edge_mask_type="object", threshold_config=("topk", 3))(
        *pair
    )
    strongest = full.query.edge_mask.abs().topk(3).indices
    assert kept.query.edge_mask.count_nonzero() == 3
    assert torch.equal(kept.query.edge_mask[strongest], full.query.edge_mask[strongest])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "ask for a node_mask_type"),
        ({"edge_mask_type": "attributes"}, "edge_mask_type must be None or 'object'"),
        ({"node_mask_type": "nodes"}, "node_mask_type must be None or one of 'object'"),
        ({"edge_mask_type": "object", "side": "left"}, "side must be one of"),
        ({"edge_mask_type": "object", "mask_mode": "weight"}, "takes edge_weight"),
        ({"edge_mask_type": "object", "chunk_size": 0}, "chunk_size must be at least 1"),
    ],
)
def test_bad_settings_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2)), Occlusion(), **arguments)


def test_bad_graphs_are_refused():
    explainer = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2)), Occlusion(), node_mask_type="object")
    good, bad = random_graph(4, 1), random_graph(4, 2)
    with pytest.raises(ValueError, match="query holds 1 graphs and reference 2"):
        explainer(good, Batch.from_data_list([good, good]))
    bad.x[1, 2] = float("nan")
    with pytest.raises(ValueError, match="reference has NaN or infinite values in 'x'"):
        explainer(good, bad)
    bad = random_graph(4, 2)
    bad.edge_index[0, 0] = 9
    with pytest.raises(ValueError, match="query has an edge to node 9, and 4 nodes"):
        explainer(bad, good)
    counts = Data(x=torch.ones(2, FEATURES, dtype=torch.long), edge_index=good.edge_index[:, :0])
    with pytest.raises(ValueError, match="needs float features"):
        explainer(counts, counts)


def test_an_encoder_without_message_passing_says_so():
    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = torch.nn.Linear(FEATURES, 4)

        def forward(self, x, edge_index):
            return self.lin(x)

    pair = random_graph(4, 1), random_graph(4, 2)
    with pytest.raises(ValueError, match="no MessagePassing layer"):
        PairExplainer(SiameseGNN(Plain()), Occlusion(), edge_mask_type="object")(*pair)
    assert PairExplainer(SiameseGNN(Plain()), Occlusion(), node_mask_type="object")(*pair)


def test_directed_graphs_keep_two_values():
    edges = torch.tensor([[0, 1, 2], [1, 2, 3]])
    query = Data(x=torch.randn(4, FEATURES), edge_index=edges)
    both = Data(x=query.x, edge_index=to_undirected(edges))
    mask = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 3)), Occlusion(), edge_mask_type="object")(
        both, query
    ).query.edge_mask
    assert len(mask) == 6 and len(mask.unique()) == 6


@pytest.mark.parametrize("name", ["size", "sufficiency", "beta"])
def test_masks_that_are_no_numbers_are_refused(name):
    torch.manual_seed(0)
    kl = KLDescent(steps=3)
    algorithm = SelfLearned(kl) if name == "beta" else MaskOptimization(epochs=3)
    setattr(kl if name == "beta" else algorithm, name, 1e300)  # refused when they are made
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    explainer = PairExplainer(model, algorithm, edge_mask_type="object")
    with pytest.raises(ValueError, match="gives NaN or infinite masks for this model: take smal"):
        explainer(random_graph(5, 1), random_graph(6, 2))


TIED = [
    *(Saliency(), Occlusion(), IntegratedJacobians(8, path="edges"), IntegratedGradients(8)),
    *(MaskOptimization(epochs=20), ShapleySampling(4), BiLRP()),
]


@pytest.mark.parametrize("head", ["cosine", "dot", "euclidean", "rbf", "mlp", "bilinear"])
@pytest.mark.parametrize("algorithm", TIED, ids=[one.name for one in TIED])
def test_undirected_masks_give_both_directions_one_value(algorithm, head):
    torch.manual_seed(0)
    model = SiameseGNN(GIN(FEATURES, 6, 2), "mean", head).eval()
    pair = random_graph(5, 1), random_graph(6, 2)
    explainer = PairExplainer(model, algorithm, edge_mask_type="object", undirected=True)
    found = explainer(*pair)
    for graph in (found.query, found.reference):
        values = {}
        for u, v, value in zip(*graph.edge_index.tolist(), graph.edge_mask.tolist(), strict=True):
            assert values.setdefault((min(u, v), max(u, v)), value) == pytest.approx(
                value, abs=1e-6
            )
        assert len(set(values.values())) > 1
