"""Every trap of the stock explainers, set and not stepped into."""

import copy

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.data import Data
from torch_geometric.explain import (
    AttentionExplainer,
    CaptumExplainer,
    Explainer,
    GNNExplainer,
    GraphMaskExplainer,
    PGExplainer,
)
from torch_geometric.nn import GAT, GCN, GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.explain import FromPyG
from pyg_siamex.nn import GINE

RAW = {"mode": "regression", "task_level": "graph", "return_type": "raw"}


def snapshot(model):
    """Everything that an explainer may change."""
    return (
        {name: value.clone() for name, value in model.state_dict().items()},
        {
            name: {
                key: copy.copy(value) if isinstance(value, dict | set) else value
                for key, value in vars(module).items()
            }
            for name, module in model.named_modules()
        },
        {name: (p.requires_grad, p.grad) for name, p in model.named_parameters()},
        torch.random.get_rng_state(),
    )


def assert_untouched(model, before):
    state, attributes, parameters, random_state = snapshot(model)
    assert list(state) == list(before[0])
    assert all(torch.equal(value, before[0][name]) for name, value in state.items())
    assert attributes == before[1]
    assert parameters == before[2]
    assert torch.equal(random_state, before[3])


def mixed_model():
    model = SiameseGNN(GAT(FEATURES, 8, 2, norm="batch_norm", dropout=0.3)).train()
    model.encoder.norms[0].eval()
    model.encoder.convs[0].bias.requires_grad_(False)
    return model


ALGORITHMS = {
    "gnn": lambda: FromPyG(GNNExplainer(3)),
    "joint": lambda: FromPyG(GNNExplainer(3), adapter="joint"),
    "attention": lambda: FromPyG(AttentionExplainer()),
    "graph_mask": lambda: FromPyG(GraphMaskExplainer(2, epochs=2, log=False)),
    "saliency": lambda: FromPyG(CaptumExplainer("Saliency")),
    "guided": lambda: FromPyG(CaptumExplainer("GuidedBackprop")),
    "shapley": lambda: FromPyG(CaptumExplainer("ShapleyValueSampling", n_samples=1)),
}


def pair():
    graphs = random_graph(6, 1), random_graph(5, 2)
    for graph in graphs:
        del graph.edge_attr
    return graphs


@pytest.mark.parametrize("name", ALGORITHMS)
def test_model_and_random_state_are_as_before(name):
    model, algorithm = mixed_model(), ALGORITHMS[name]()
    before = snapshot(model)
    PairExplainer(model, algorithm, edge_mask_type="object")(*pair())
    assert_untouched(model, before)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_model_and_random_state_are_as_before_after_an_exception(name, monkeypatch):
    model, algorithm = mixed_model(), ALGORITHMS[name]()
    model.encoder.act.register_forward_hook(lambda *_: None)  # a user's hook stays
    before = snapshot(model)

    def failing(*_):
        if len(calls) > 4:  # prediction and embeddings come first
            raise RuntimeError("out of memory")
        calls.append(1)

    calls = []
    handle = model.encoder.convs[1].register_forward_hook(failing)
    with pytest.raises(RuntimeError, match="out of memory"):
        PairExplainer(model, algorithm, edge_mask_type="object").explain(
            [pair()[0]] * 3, [pair()[1]] * 3
        )
    handle.remove()
    assert_untouched(model, before)


def test_a_users_hook_can_still_be_removed():
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    calls = []
    handle = model.encoder.convs[0].register_forward_hook(lambda *_: calls.append(1))
    PairExplainer(model, FromPyG(GNNExplainer(2)), edge_mask_type="object")(*pair())
    handle.remove()
    calls.clear()
    model(*pair())
    assert not calls


@pytest.mark.parametrize("after", ["IntegratedGradients", "Saliency"])
def test_captum_after_gnn_explainer_finds_its_gradient(after):
    """Stock GNNExplainer leaves a parameter's name that turns later masks into dead leaves."""
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    query, reference = pair()
    steps = {"n_steps": 3} if after == "IntegratedGradients" else {}
    captum = FromPyG(CaptumExplainer(after, **steps))
    explainer = PairExplainer(model, captum, edge_mask_type="object")
    clean = explainer(query, reference)
    for algorithm in (FromPyG(GNNExplainer(2)), GNNExplainer(2)):
        if isinstance(algorithm, FromPyG):
            PairExplainer(model, algorithm, edge_mask_type="object")(query, reference)
        else:  # the stock explainer itself, residue and all
            stock = Explainer(model.against(reference), algorithm, "model", RAW, None, "object")
            stock(query.x, query.edge_index)
            model.eval()
            assert "_edge_mask" in model.encoder.convs[0]._parameters
        again = explainer(query, reference)
        assert torch.equal(clean.query.edge_mask, again.query.edge_mask)


def test_pg_explainer_after_gnn_explainer_learns_the_same():
    """The residue takes the prediction's gradient from PGExplainer without a word."""
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    query, reference = pair()

    def mask():
        algorithm = FromPyG(PGExplainer(epochs=2), seed=1).fit(model, [(query, reference, 1)])
        explainer = PairExplainer(model, algorithm, edge_mask_type="object")
        return explainer(query, reference).query.edge_mask

    clean = mask()
    stock = Explainer(model.against(reference), GNNExplainer(2), "model", RAW, None, "object")
    stock(query.x, query.edge_index)
    assert "_edge_mask" in model.encoder.convs[0]._parameters
    assert torch.equal(clean, mask())


def test_a_mask_of_the_query_does_not_touch_a_reference_with_as_many_edges():
    query = random_graph(6, 1)
    order = torch.randperm(6)
    reference = Data(x=query.x * 2, edge_index=order[query.edge_index])
    query = Data(x=query.x, edge_index=query.edge_index)
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").double().eval()
    query.x, reference.x = query.x.double(), reference.x.double()
    algorithm = FromPyG(CaptumExplainer("Saliency"))
    mask = PairExplainer(model, algorithm, edge_mask_type="object")(query, reference)
    with torch.no_grad():
        other = model.embed(reference)
    gate = torch.ones(query.num_edges, dtype=torch.double, requires_grad=True)

    def gated(layer, inputs, messages):
        return messages * gate.view(-1, 1)

    handles = [conv.register_message_forward_hook(gated) for conv in model.encoder.convs]
    (gradient,) = torch.autograd.grad(model.similarity(model.embed(query), other).sum(), gate)
    for handle in handles:
        handle.remove()
    assert torch.allclose(mask.query.edge_mask, gradient.abs(), atol=1e-6)


@pytest.mark.parametrize(
    ("encoder", "name"),
    [(encoder, name) for encoder in (GCN, GAT, GIN) for name in ("gnn", "IntegratedGradients")]
    + [(GAT, "attention")],
)
def test_the_place_of_self_loops_does_not_matter(encoder, name):
    """With as many loops as nodes, stock masks fall on the wrong edges of layers that add loops."""
    graph, reference = pair()
    n = graph.num_nodes
    loops = torch.arange(n).repeat(2, 1)
    layouts = [
        torch.cat([loops, graph.edge_index], dim=1),
        torch.cat([graph.edge_index, loops], dim=1),
        torch.cat([graph.edge_index[:, :3], loops, graph.edge_index[:, 3:]], dim=1),
    ]
    proper = [edges[0] != edges[1] for edges in layouts]
    algorithms = {
        "gnn": GNNExplainer(3),
        "attention": AttentionExplainer(),
        "IntegratedGradients": CaptumExplainer("IntegratedGradients", n_steps=5),
    }
    model = SiameseGNN(encoder(FEATURES, 8, 2), "add").eval()
    explainer = PairExplainer(model, FromPyG(algorithms[name]), edge_mask_type="object")
    masks = [explainer(Data(x=graph.x, edge_index=e), reference).query.edge_mask for e in layouts]
    for mask, keep in zip(masks, proper, strict=True):
        assert (mask[~keep] == 0).all()
        assert torch.allclose(mask[keep], masks[0][proper[0]], atol=1e-6)
    # GCN and GAT have these loops anyway; GNNExplainer's start depends on the number of edges.
    if encoder is not GIN and name != "gnn":
        plain = explainer(graph, reference).query.edge_mask
        assert torch.allclose(masks[0][proper[0]], plain, atol=1e-6)


@pytest.mark.parametrize("kind", [PGExplainer, GraphMaskExplainer])
def test_coefficients_do_not_leak_between_instances(kind, caplog):
    defaults = copy.deepcopy(kind.coeffs)
    name = next(iter(defaults))
    first = FromPyG(kind(2, **{name: 123.0}))
    assert f"{name}=123.0" in caplog.text
    assert kind.coeffs == defaults
    second = FromPyG(kind(2))
    assert first.algorithm.coeffs[name] == 123.0
    assert second.algorithm.coeffs == defaults
    kind(2, **{name: 7.0})
    try:
        assert second.algorithm.coeffs == defaults and first.algorithm.coeffs[name] == 123.0
    finally:
        kind.coeffs.update(defaults)


def test_the_users_algorithm_stays_as_it_is():
    algorithm = GNNExplainer(epochs=2)
    before = dict(vars(algorithm))
    PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2)), FromPyG(algorithm), edge_mask_type="object")(
        *pair()
    )
    assert dict(vars(algorithm)) == before


def test_edge_features_reach_captum_by_name():
    """PyG hands keyword arguments to Captum by position: edge_attr would become edge_weight."""
    query, reference = random_graph(6, 1), random_graph(5, 2)
    model = SiameseGNN(GINE(FEATURES, 8, 2, edge_dim=3), "add").double().eval()
    for graph in (query, reference):
        graph.x, graph.edge_attr = graph.x.double(), graph.edge_attr.double()
    algorithm = FromPyG(CaptumExplainer("InputXGradient"))
    mask = PairExplainer(model, algorithm, node_mask_type="attributes")(query, reference)
    x = query.x.clone().requires_grad_()
    changed = Data(x=x, edge_index=query.edge_index, edge_attr=query.edge_attr)
    (gradient,) = torch.autograd.grad(model(changed, reference).sum(), x)
    assert torch.allclose(mask.query.node_mask, gradient * query.x, atol=1e-10)


def test_cached_normalisation_is_refused_at_the_door():
    with pytest.raises(ValueError, match="cached=True"):
        SiameseGNN(GCN(FEATURES, 8, 2, cached=True))


def test_a_layer_whose_messages_fit_no_edge_is_named():
    class OwnEdges(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = GIN(FEATURES, 8, 1)

        def forward(self, x, edge_index):
            return self.conv(x, torch.combinations(torch.arange(len(x))).T)

    explainer = PairExplainer(
        SiameseGNN(OwnEdges()), FromPyG(GNNExplainer(2)), edge_mask_type="object"
    )
    with pytest.raises(ValueError, match=r"layer 'conv.convs.0' receives edges that cannot be"):
        explainer(*pair())


def test_graph_mask_leaves_the_prediction_alone():
    model = SiameseGNN(GCN(FEATURES, 8, 2), "add").eval()
    query, reference = pair()
    before = model(query, reference)
    algorithm = FromPyG(GraphMaskExplainer(2, epochs=3, log=False))
    PairExplainer(model, algorithm, edge_mask_type="object")(query, reference)
    assert torch.equal(before, model(query, reference))


def test_graph_mask_works_on_a_copy():
    model = SiameseGNN(GCN(FEATURES, 8, 2), "add")
    masked = []

    def seen(module, *_):
        masked.append((module.explain is True, module is model.encoder.convs[0]))

    model.encoder.convs[0].register_forward_hook(seen)
    algorithm = FromPyG(GraphMaskExplainer(2, epochs=2, log=False))
    PairExplainer(model, algorithm, edge_mask_type="object")(*pair())
    assert (True, False) in masked and (True, True) not in masked
