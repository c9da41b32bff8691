"""Models of pairs written elsewhere: masks of both graphs against the model without each part."""

import pytest
import torch
from graphs import odd_graphs, random_graph
from pair_models import GMN, OnePair, SimGNN, Triplet, distance
from torch_geometric.data import Batch, Data
from torch_geometric.explain import GNNExplainer
from torch_geometric.nn import GCNConv, GINConv, GraphConv

from pyg_siamex import (
    BiLRP,
    GradCAM,
    GroupOcclusion,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    NeighbourhoodOcclusion,
    Occlusion,
    PairExplainer,
    RandomExplainer,
    Saliency,
    SelfLearned,
)
from pyg_siamex.explain import FromPyG, ShapleySampling
from pyg_siamex.nn import Library, adapt
from pyg_siamex.nn.renumber import renumbered

MODELS = {
    "SimGNN": lambda: (SimGNN(), None),
    "GMN": lambda: (GMN(), None),
    "OnePair": lambda: (OnePair(), None),
    "Triplet": lambda: (Triplet(), distance),
}
ALGORITHMS = {
    "Occlusion": Occlusion,
    "NeighbourhoodOcclusion": NeighbourhoodOcclusion,
    "IntegratedGradients": IntegratedGradients,
    "InputXGradient": InputXGradient,
    "Saliency": Saliency,
    "MaskOptimization": lambda: MaskOptimization(epochs=5),
    "ShapleySampling": lambda: ShapleySampling(2),
    "RandomExplainer": RandomExplainer,
}
EDGES, NODES = {"edge_mask_type": "object"}, {"node_mask_type": "object"}


def adapted(name):
    torch.manual_seed(0)
    net, score = MODELS[name]()
    return adapt(net.double(), score)


def pairs():
    torch.manual_seed(0)
    queries = [random_graph(n, k, torch.double) for n, k in ((7, 3), (5, 4), (6, 9))]
    references = [random_graph(n, k, torch.double) for n, k in ((7, 3), (9, 6), (6, 7))]
    for graph in (*queries, *references):
        graph.u = torch.randn(1, 1).double()
    return queries, references  # the first query equals the first reference, but for u


def without(graph, e):
    keep = torch.arange(graph.num_edges) != e
    return Data(x=graph.x, edge_index=graph.edge_index[:, keep], u=graph.u)


def emptied(graph, node):
    out = graph.clone()
    out.x[node] = 0
    return out


@pytest.mark.parametrize("name", ["GMN", "OnePair", "Triplet"])
@torch.no_grad()
def test_edge_masks_are_what_the_model_loses_without_an_edge(name):
    model, (queries, references) = adapted(name), pairs()
    batches = Batch.from_data_list(queries), Batch.from_data_list(references)
    for k, found in enumerate(PairExplainer(model, Occlusion(), **EDGES)(*batches)):
        query, reference = queries[k], references[k]
        score = model(query, reference)
        assert found.prediction == pytest.approx(float(score), abs=1e-12)
        of_query = [score - model(without(query, e), reference) for e in range(query.num_edges)]
        of_other = [score - model(query, without(reference, e)) for e in range(reference.num_edges)]
        torch.testing.assert_close(found.query.edge_mask, torch.cat(of_query))
        torch.testing.assert_close(found.reference.edge_mask, torch.cat(of_other))


@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_node_masks_are_what_the_model_loses_without_a_node_s_features(name):
    model, (queries, references) = adapted(name), pairs()
    query, reference = queries[0], references[0]
    found = PairExplainer(model, Occlusion(), **NODES)(query, reference)
    score = model(query, reference)
    of_query = [score - model(emptied(query, node), reference) for node in range(7)]
    of_other = [score - model(query, emptied(reference, node)) for node in range(7)]
    torch.testing.assert_close(found.query.node_mask[:, 0], torch.cat(of_query))
    torch.testing.assert_close(found.reference.node_mask[:, 0], torch.cat(of_other))


@torch.no_grad()
def test_layers_that_normalise_keep_their_norm():
    """GCN under a mask, by hand: the message of one edge is taken from the sum."""

    class ByHand(SimGNN):
        left_out = None

        def embed(self, data):
            h = data.x
            for conv in self.convs:
                whole = conv(h, data.edge_index)
                if self.left_out is not None and data is self.marked:
                    source, target = data.edge_index[:, self.left_out]
                    degree = data.edge_index[1].bincount(minlength=len(h)).double() + 1
                    norm = (degree[source] * degree[target]).rsqrt()
                    whole[target] -= norm * conv.lin(h[source])
                h = whole.tanh()
            return self.readout(h, data.batch)

    torch.manual_seed(0)
    net = ByHand().double()
    queries, references = pairs()
    query, reference = (Batch.from_data_list([g[1]]) for g in (queries, references))
    found = PairExplainer(adapt(net), Occlusion(), **EDGES)(query[0], reference[0])
    score = net(query, reference)
    for side, marked in ((found.query, query), (found.reference, reference)):
        net.marked = marked
        for e in range(marked.num_edges):
            net.left_out = e
            loss = float(score - net(query, reference))
            assert float(side.edge_mask[e]) == pytest.approx(loss, abs=1e-12)
        net.left_out = None


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_batches_equal_single_pairs(name, algorithm):
    model, (queries, references) = adapted(name), pairs()
    batches = Batch.from_data_list(queries), Batch.from_data_list(references)
    explainer = PairExplainer(model, ALGORITHMS[algorithm](), **EDGES, node_mask_type="attributes")
    for k, together in enumerate(explainer(*batches)):
        alone = explainer(queries[k], references[k])
        assert alone.model is model
        for side in ("query", "reference"):
            for mask in ("edge_mask", "node_mask"):
                one, other = getattr(together, side)[mask], getattr(alone, side)[mask]
                torch.testing.assert_close(one, other, atol=1e-9, rtol=0)


@pytest.mark.parametrize("name", MODELS)
def test_integrated_gradients_sum_to_the_effect_of_what_is_masked(name):
    model, (queries, references) = adapted(name), pairs()
    query, reference = queries[1], references[1]
    bare_query, bare_reference = (
        Data(x=0 * g.x, edge_index=g.edge_index, u=g.u) for g in (query, reference)
    )
    for side, empty in {
        "both": (bare_query, bare_reference),
        "query": (bare_query, reference),
        "reference": (query, bare_reference),
    }.items():
        explainer = PairExplainer(model, IntegratedGradients(64), side=side, **NODES)
        found = explainer(query, reference)
        with torch.no_grad():
            effect = float(model(query, reference) - model(*empty))
        masks = [found.query.get("node_mask"), found.reference.get("node_mask")]
        assert [mask is None for mask in masks] == [side == "reference", side == "query"]
        total = sum(float(mask.sum()) for mask in masks if mask is not None)
        assert total == pytest.approx(effect, abs=1e-4)
        assert found.terms["similarity"] - found.terms["empty"] == pytest.approx(effect)


def test_a_side_that_is_not_masked_stays_whole():
    model, (queries, references) = adapted("GMN"), pairs()
    both = PairExplainer(model, Occlusion(), **EDGES, **NODES)(queries[1], references[1])
    for side in ("query", "reference"):
        explainer = PairExplainer(model, Occlusion(), side=side, **EDGES, **NODES)
        found = explainer(queries[1], references[1])
        other = {"query": "reference", "reference": "query"}[side]
        assert "edge_mask" not in getattr(found, other) and "node_mask" not in getattr(found, other)
        for mask in ("edge_mask", "node_mask"):
            torch.testing.assert_close(getattr(found, side)[mask], getattr(both, side)[mask])


def test_odd_graphs():
    model, graphs = adapted("GMN"), odd_graphs(torch.double)
    queries = Batch.from_data_list(graphs)
    references = Batch.from_data_list(graphs[1:] + graphs[:1])
    for found in PairExplainer(model, IntegratedGradients(), **EDGES, **NODES)(queries, references):
        for side in (found.query, found.reference):
            assert side.edge_mask.shape == (side.num_edges,)
            loops = side.edge_index[0] == side.edge_index[1]
            assert not side.edge_mask[loops].any()


class DrugTarget(torch.nn.Module):
    """Graphs of two kinds, with other features, and edge features on one side alone."""

    def __init__(self):
        super().__init__()
        self.drug = GINConv(torch.nn.Linear(5, 8))
        self.target, self.lin = GraphConv(2, 8), torch.nn.Linear(3, 1)

    def forward(self, drug, target):
        weight = self.lin(drug.edge_attr).sigmoid()
        one = (self.drug(drug.x, drug.edge_index).tanh() * (1 + weight.mean())).sum(0)
        return one @ self.target(target.x, target.edge_index).tanh().sum(0)


@torch.no_grad()
def test_graphs_may_differ_in_their_features():
    torch.manual_seed(0)
    model = adapt(DrugTarget().double())
    drug = random_graph(6, 1, torch.double)
    other = random_graph(9, 2, torch.double)
    target = Data(x=other.x[:, :2], edge_index=other.edge_index)
    masks = {"node_mask_type": "attributes", **EDGES}
    found = PairExplainer(model, Occlusion(), **masks)(drug, target)
    assert found.query.node_mask.shape == (6, 5) and found.reference.node_mask.shape == (9, 2)
    score = model(drug, target)
    for e in range(target.num_edges):
        part = Data(
            x=target.x, edge_index=target.edge_index[:, torch.arange(target.num_edges) != e]
        )
        loss = float(score - model(drug, part))
        assert float(found.reference.edge_mask[e]) == pytest.approx(loss, abs=1e-12)
    for node, feature in ((0, 0), (8, 1)):
        part = target.clone()
        part.x[node, feature] = 0
        loss = float(score - model(drug, part))
        assert float(found.reference.node_mask[node, feature]) == pytest.approx(loss, abs=1e-12)


@pytest.mark.parametrize(
    "algorithm",
    [
        BiLRP(),
        IntegratedJacobians(),
        GradCAM(),
        SelfLearned(),
        GroupOcclusion("x"),
        FromPyG(GNNExplainer(epochs=2)),
    ],
    ids=lambda algorithm: algorithm.name,
)
def test_what_needs_separate_embeddings_is_refused_by_name(algorithm):
    with pytest.raises(ValueError, match="SimGNN compares two graphs at once"):
        PairExplainer(adapted("SimGNN"), algorithm, **NODES)


def test_libraries_and_fixed_references_are_refused_by_name():
    model, (queries, references) = adapted("GMN"), pairs()
    for use in (
        lambda: Library.embed(model, queries),
        lambda: model.embed(queries[0]),
        lambda: model.against(references[0]),
    ):
        with pytest.raises(ValueError, match="GMN compares two graphs at once"):
            use()


def test_other_masks_are_refused():
    model, (queries, references) = adapted("GMN"), pairs()
    for options, text in (
        ({"node_mask_type": "common_attributes"}, "common attributes"),
        ({"edge_mask_type": "object", "mask_mode": "weight"}, "mask_mode='message'"),
    ):
        with pytest.raises(ValueError, match=text):
            PairExplainer(model, Occlusion(), **options)(queries[0], references[0])


def test_a_model_that_reads_something_else_is_refused():
    class Reads(OnePair):
        def forward(self, data1, data2):
            return super().forward(data1, data2) * (getattr(data1, "scale", None) or 1.0)

    queries, references = pairs()
    queries[0].scale = 3.0  # a plain number
    with pytest.raises(ValueError, match="reads something else of the graphs"):
        PairExplainer(adapt(Reads().double()), Occlusion(), **EDGES)(queries[0], references[0])


def test_attributes_that_cannot_be_joined_do_not_matter():
    model, (queries, references) = adapted("OnePair"), pairs()
    plain = PairExplainer(model, Occlusion(), **EDGES).explain(queries, references)
    for k, graph in enumerate((*queries, *references)):
        graph.shape_of_its_own = torch.zeros(2, k + 1)
        graph.name, graph.mapping_index = f"graph {k}", torch.tensor([k])
    found = PairExplainer(model, Occlusion(), **EDGES).explain(queries, references)
    for one, other in zip(found, plain, strict=True):
        torch.testing.assert_close(one.query.edge_mask, other.query.edge_mask)


def test_scores_of_another_form_need_a_score():
    queries, references = pairs()
    with pytest.raises(ValueError, match="score=lambda"):
        adapt(Triplet().double(), lambda net, a, b: net(a, b, b))(queries[0], references[0])
    with pytest.raises(TypeError, match="Module"):
        adapt(distance)
    with pytest.raises(ValueError, match="cached=True"):
        adapt(GCNConv(5, 8, cached=True))


def test_renumbered_edges_that_are_pooled_after_are_still_refused():
    class Pooled(OnePair):
        def forward(self, data1, data2):
            data1 = data1.clone()
            data1.edge_index = data1.edge_index.flip(0).flip(0) // 2  # numbers of other nodes
            return super().forward(data1, data2)

    queries, references = pairs()
    with pytest.raises(ValueError, match="no edge mask fits"):
        PairExplainer(adapt(Pooled().double()), Occlusion(), **EDGES)(queries[1], references[1])


def test_the_users_model_is_shared_and_stays():
    model, (queries, references) = adapted("GMN").train(), pairs()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    PairExplainer(model, MaskOptimization(epochs=2), **EDGES)(queries[0], references[0])
    assert model.training and model.encoder.training
    assert all(p.requires_grad for p in model.parameters())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_models_that_change_are_tested_again():
    model, (queries, references) = adapted("OnePair"), pairs()
    explainer = PairExplainer(model, Occlusion(), **EDGES)
    explainer(queries[1], references[1])
    with torch.no_grad():
        model.encoder.lin.weight.mul_(2)
    again = explainer(queries[1], references[1])
    assert again.prediction == pytest.approx(model(queries[1], references[1]).item())


def test_renumbering_is_plain_indexing_outside():
    edges = torch.tensor([[2, 3], [3, 2]])
    assert renumbered(edges, torch.tensor([0, 0, 0, 1])).tolist() == [[0, 1], [1, 0]]


def _of_an_attribute(net, a, b):
    return a.lacks


def _of_a_key(net, a, b):
    raise KeyError("k")


@pytest.mark.parametrize(
    ("score", "kind"),
    [
        (_of_an_attribute, "AttributeError"),
        (_of_a_key, "KeyError"),
        (lambda a, b: a, r"TypeError: <lambda>\(\) takes 2 positional arguments but 3"),
    ],
    ids=["attribute", "key", "arguments"],
)
def test_a_score_that_fails_is_named(score, kind):
    queries, references = pairs()
    model = adapt(Triplet().double(), score)
    for use in (
        lambda: model(queries[0], references[0]),
        lambda: PairExplainer(model, Occlusion(), **EDGES)(queries[0], references[0]),
    ):
        with pytest.raises(ValueError, match=f"`score` failed with {kind}"):
            use()
