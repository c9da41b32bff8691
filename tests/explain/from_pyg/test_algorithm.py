"""``FromPyG`` gives what the stock algorithms give on a clean model, for both sides of pairs."""

import pytest
import torch
from graphs import ENCODERS, FEATURES, edgeless_graph, odd_graphs, random_graph
from torch_geometric.data import Data
from torch_geometric.explain import (
    AttentionExplainer,
    CaptumExplainer,
    Explainer,
    GNNExplainer,
    GraphMaskExplainer,
    PGExplainer,
)
from torch_geometric.explain.algorithm import DummyExplainer
from torch_geometric.nn import GAT, GCN, GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain import FromPyG

D = torch.double
RAW = {"mode": "regression", "task_level": "graph", "return_type": "raw"}


FAST = {"ShapleyValueSampling": {"n_samples": 1}, "IntegratedGradients": {"n_steps": 3}}


def captum(method):
    return CaptumExplainer(method, **FAST.get(method, {}))


ALGORITHMS = {
    "gnn": lambda: GNNExplainer(epochs=5),
    "attention": AttentionExplainer,
    "graph_mask": lambda: GraphMaskExplainer(3, epochs=2, log=False),
    "dummy": DummyExplainer,
    **{name: lambda name=name: captum(name) for name in CaptumExplainer.SUPPORTED_METHODS},
}


def plain_pair(dtype=torch.float):
    """A query and a reference without edge features, which GAT would read."""
    pair = random_graph(7, 1, dtype), random_graph(6, 2, dtype)
    for graph in pair:
        del graph.edge_attr
    return pair


def stock(model, graph, algorithm, seed=0, **wanted):
    explainer = Explainer(model, algorithm, "model", RAW, **wanted)
    torch.manual_seed(seed)
    return explainer(graph.x, graph.edge_index)


@pytest.mark.filterwarnings("ignore:.*(gradients|hooks)")
@pytest.mark.parametrize(
    ("name", "node"),
    [(name, "attributes") for name in ALGORITHMS if name != "attention"]
    # stock GraphMaskExplainer gives a node mask that was not asked for
    + [(name, None) for name in ALGORITHMS if name != "graph_mask"],
)
def test_each_side_equals_the_stock_explainer_on_a_fresh_model(name, node):
    query, reference = plain_pair()
    model = SiameseGNN(GAT(FEATURES, 8, 3), "add").eval()
    wanted = {"node_mask_type": node, "edge_mask_type": "object"}
    ours = PairExplainer(model, FromPyG(ALGORITHMS[name](), seed=3), **wanted)(query, reference)
    for one, other, mine in ((query, reference, ours.query), (reference, query, ours.reference)):
        fresh = SiameseGNN(GAT(FEATURES, 8, 3), "add").eval()
        fresh.load_state_dict(model.state_dict())
        theirs = stock(fresh.against(other).eval(), one, ALGORITHMS[name](), 3, **wanted)
        assert {*mine.available_explanations} == {*theirs.available_explanations}
        for mask in mine.available_explanations:
            assert torch.allclose(mine[mask], theirs[mask], atol=1e-6), mask


@pytest.mark.parametrize("name", ["gnn", "IntegratedGradients", "attention"])
def test_joint_masks_are_those_of_both_graphs_as_one(name):
    query, reference = plain_pair()
    model = SiameseGNN(GAT(FEATURES, 8, 3), "add").eval()

    class Joint(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder, self.head = model.encoder, model.similarity

        def forward(self, x, edge_index):
            h = self.encoder(x, edge_index)
            return self.head(h[:7].sum(0, keepdim=True), h[7:].sum(0, keepdim=True))

    algorithm = FromPyG(ALGORITHMS[name](), adapter="joint", seed=1)
    ours = PairExplainer(model, algorithm, edge_mask_type="object")(query, reference)
    both = Data(
        x=torch.cat([query.x, reference.x]),
        edge_index=torch.cat([query.edge_index, reference.edge_index + 7], dim=1),
    )
    theirs = stock(Joint().eval(), both, ALGORITHMS[name](), 1, edge_mask_type="object")
    mask = torch.cat([ours.query.edge_mask, ours.reference.edge_mask])
    assert torch.allclose(mask, theirs.edge_mask, atol=1e-6)


@pytest.mark.parametrize("adapter", ["cached", "joint"])
@pytest.mark.parametrize("encoder", ["GCN", "GATedge"])
@pytest.mark.parametrize("name", ["gnn", "IntegratedGradients"])
def test_a_pair_is_explained_alike_alone_and_in_a_batch(name, encoder, adapter):
    model = SiameseGNN(ENCODERS[encoder](), "add")
    explainer = PairExplainer(
        model,
        FromPyG(ALGORITHMS[name](), adapter=adapter),
        node_mask_type="attributes",
        edge_mask_type="object",
    )
    queries, others = odd_graphs(), [random_graph(6, 9), *odd_graphs()[:3]]
    for k, together in enumerate(explainer.explain(queries, others)):
        alone = explainer(queries[k], others[k])
        for side in ("query", "reference"):
            for mask in ("node_mask", "edge_mask"):
                a, b = getattr(together, side)[mask], getattr(alone, side)[mask]
                assert torch.equal(a, b)
                assert a.isfinite().all()
        assert together.query.validate_masks() and together.reference.validate_masks()


@pytest.mark.parametrize("side", ["query", "reference"])
def test_one_side_alone_is_explained_as_in_both(side):
    pair = plain_pair()
    model = SiameseGNN(GCN(FEATURES, 8, 2), "add")
    both, one = (
        PairExplainer(model, FromPyG(GNNExplainer(5)), edge_mask_type="object", side=s)(*pair)
        for s in ("both", side)
    )
    assert torch.equal(getattr(both, side).edge_mask, getattr(one, side).edge_mask)
    other = {"query": "reference", "reference": "query"}[side]
    assert "edge_mask" not in getattr(one, other)


def test_swapping_query_and_reference_swaps_masks():
    a, b = plain_pair()
    for adapter in ("cached", "joint"):
        algorithm = FromPyG(captum("Saliency"), adapter=adapter)
        explainer = PairExplainer(
            SiameseGNN(GIN(FEATURES, 8, 2)), algorithm, edge_mask_type="object"
        )
        one, other = explainer(a, b), explainer(b, a)
        assert torch.allclose(one.query.edge_mask, other.reference.edge_mask, atol=1e-6)


def test_a_seed_repeats_and_another_seed_differs():
    pair = plain_pair()
    model = SiameseGNN(GCN(FEATURES, 8, 2), "add")
    masks = [
        PairExplainer(model, FromPyG(GNNExplainer(3), seed=seed), edge_mask_type="object")(
            *pair
        ).query.edge_mask
        for seed in (0, 0, 1)
    ]
    assert torch.equal(masks[0], masks[1])
    assert not torch.allclose(masks[0], masks[2])


def test_captum_masks_of_nodes_and_of_columns_are_sums_over_attributes():
    pair = plain_pair(D)
    model = SiameseGNN(GCN(FEATURES, 8, 2).double(), "add")
    full, by_node, by_column = (
        PairExplainer(model, FromPyG(captum("InputXGradient")), node_mask_type=kind)(
            *pair
        ).query.node_mask
        for kind in ("attributes", "object", "common_attributes")
    )
    assert torch.allclose(by_node, full.sum(1, keepdim=True))
    assert torch.allclose(by_column, full.sum(0, keepdim=True))


@pytest.mark.parametrize(("name", "reduce"), [("gnn", lambda a, b: (a + b) / 2), ("Saliency", sum)])
def test_undirected_ties_both_directions(name, reduce):
    pair = plain_pair()
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add")
    one, tied = (
        PairExplainer(
            model, FromPyG(ALGORITHMS[name]()), edge_mask_type="object", undirected=undirected
        )(*pair).query.edge_mask
        for undirected in (False, True)
    )
    edges = [tuple(edge) for edge in pair[0].edge_index.T.tolist()]
    value = dict(zip(edges, one.tolist(), strict=True))
    for (a, b), mask in zip(edges, tied.tolist(), strict=True):
        both = (value[a, b], value[b, a])
        assert mask == pytest.approx(sum(both) if name == "Saliency" else sum(both) / 2, abs=1e-6)


def test_graphs_without_edges_get_empty_masks():
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    for name in ("gnn", "IntegratedGradients"):
        explainer = PairExplainer(
            model, FromPyG(ALGORITHMS[name]()), node_mask_type="object", edge_mask_type="object"
        )
        explanation = explainer(edgeless_graph(3), random_graph(4, 1))
        assert explanation.query.edge_mask.shape == (0,)
        assert explanation.query.node_mask.shape == (3, 1)
        assert explanation.query.node_mask.isfinite().all()


def test_integer_features_get_edge_masks():
    class Embedded(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.gnn = torch.nn.Embedding(4, 8), GIN(8, 8, 2)

        def forward(self, x, edge_index):
            return self.gnn(self.table(x[:, 0]), edge_index)

    graphs = plain_pair()
    for graph in graphs:
        graph.x = torch.arange(graph.num_nodes).view(-1, 1) % 4
    for algorithm in (GNNExplainer(3), captum("Saliency")):
        explainer = PairExplainer(
            SiameseGNN(Embedded(), "add"), FromPyG(algorithm), edge_mask_type="object"
        )
        mask = explainer(*graphs).query.edge_mask
        assert mask.is_floating_point() and mask.abs().sum() > 0


def test_results_carry_name_and_seed():
    explainer = PairExplainer(
        SiameseGNN(GIN(FEATURES, 8, 2)),
        FromPyG(captum("Saliency"), adapter="joint", seed=4),
        edge_mask_type="object",
    )
    explanation = explainer(*plain_pair())
    assert explanation.algorithm == "joint CaptumExplainer(Saliency)"
    assert explanation.info == {"adapter": "joint", "seed": 4}


@pytest.mark.parametrize(
    ("algorithm", "options", "message"),
    [
        (GNNExplainer(3), {"mask_mode": "weight"}, "use mask_mode='message'"),
        (AttentionExplainer(), {"node_mask_type": "object"}, "explains only edges"),
        (PGExplainer(3), {}, r"fit\(model, pairs\)"),
        (GraphMaskExplainer(2, log=False), {}, r"GraphMaskExplainer\(num_layers=3\)"),
    ],
)
def test_what_an_algorithm_cannot_do_is_refused(algorithm, options, message):
    model = SiameseGNN(GCN(FEATURES, 8, 3))
    explainer = PairExplainer(model, FromPyG(algorithm), **{"edge_mask_type": "object", **options})
    with pytest.raises(ValueError, match=message):
        explainer(*plain_pair())


@pytest.mark.parametrize("options", [{"side": "query"}, {"node_mask_type": "common_attributes"}])
def test_what_the_joint_adapter_cannot_do_is_refused(options):
    explainer = PairExplainer(
        SiameseGNN(GCN(FEATURES, 8, 2)),
        FromPyG(GNNExplainer(3), adapter="joint"),
        edge_mask_type="object",
        **options,
    )
    with pytest.raises(ValueError, match="adapter='cached'"):
        explainer(*plain_pair())


def test_an_encoder_without_message_passing_is_refused():
    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = torch.nn.Linear(FEATURES, 4)

        def forward(self, x, edge_index):
            return self.lin(x)

    explainer = PairExplainer(
        SiameseGNN(Plain()), FromPyG(captum("Saliency")), edge_mask_type="object"
    )
    with pytest.raises(ValueError, match="no MessagePassing layer"):
        explainer(*plain_pair())
    nodes = PairExplainer(SiameseGNN(Plain()), FromPyG(captum("Saliency")), node_mask_type="object")
    assert nodes(*plain_pair()).query.node_mask.abs().sum() > 0


def test_graph_mask_says_which_graphs_it_cannot_take():
    algorithm = FromPyG(GraphMaskExplainer(2, log=False))
    explainer = PairExplainer(SiameseGNN(GCN(FEATURES, 8, 2)), algorithm, node_mask_type="object")
    with pytest.raises(ValueError, match="needs edges"):
        explainer(edgeless_graph(3), random_graph(4))


def test_graph_mask_says_which_layers_it_cannot_take():
    algorithm = FromPyG(GraphMaskExplainer(2, log=False))
    explainer = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2)), algorithm, edge_mask_type="object")
    with pytest.raises(ValueError, match="GINConv has none"):
        explainer(*plain_pair())


def test_other_things_are_refused():
    with pytest.raises(TypeError, match="must be an ExplainerAlgorithm"):
        FromPyG(GNNExplainer)
    with pytest.raises(TypeError, match="Occlusion explains pairs already"):
        FromPyG(Occlusion())
    with pytest.raises(ValueError, match="adapter must be one of"):
        FromPyG(GNNExplainer(), adapter="both")


@pytest.mark.parametrize("pair", [1, (1,), ("a", "b", "c", "d"), None, "ab"], ids=str)
def test_what_is_no_pair_to_train_with_is_named(pair):
    model, (query, reference) = SiameseGNN(GIN(FEATURES, 8, 2)), plain_pair()
    with pytest.raises(TypeError, match=r"`pairs` must hold pairs of graphs, .* and entry 1 is"):
        FromPyG(PGExplainer(epochs=1)).fit(model, [(query, reference), pair])


def test_pairs_to_train_with_need_no_target():
    model, (query, reference) = SiameseGNN(GIN(FEATURES, 8, 2)), plain_pair()
    with_target = FromPyG(PGExplainer(epochs=1)).fit(model, [(query, reference, torch.ones(1))])
    without = FromPyG(PGExplainer(epochs=1)).fit(model, [(query, reference)])
    masks = [
        PairExplainer(model, one, edge_mask_type="object")(query, reference).query.edge_mask
        for one in (with_target, without)
    ]
    assert torch.equal(*masks)
