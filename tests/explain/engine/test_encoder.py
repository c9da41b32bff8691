"""Explanations of encoders as people write them are of these encoders, or say why not."""

import copy

import pytest
import torch
import torch_geometric.nn as pyg
import torch_geometric.transforms as T
from explain.engine.encoders import (
    REARRANGED,
    AlwaysDrops,
    Around,
    Centred,
    Checkpointed,
    Counts,
    DenseAdjacency,
    Filtered,
    NearestNeighbours,
    OwnScatter,
    PassedOn,
    Pooled,
    PoolsBlindly,
    Relational,
    Remembers,
    Rooted,
    Sparse,
    Typed,
    WithGraphFeatures,
)
from graphs import FEATURES, random_graph
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.explain import CaptumExplainer, GNNExplainer

from pyg_siamex import (
    BiLRP,
    FromPyG,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    RandomExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import GradCAM, GroupOcclusion, ShapleySampling

ALGORITHMS = {
    "occlusion": Occlusion,
    "input_x_gradient": InputXGradient,
    "saliency": Saliency,
    "integrated_gradients": lambda: IntegratedGradients(4),
    "mask_optimization": lambda: MaskOptimization(5),
    "gda": lambda: SelfLearned("gda"),
    "kl": lambda: SelfLearned("kl"),
    "shapley": lambda: ShapleySampling(1),
    "bilrp": BiLRP,
    "integrated_jacobians": lambda: IntegratedJacobians(4, path="both"),
    "gnn_explainer": lambda: FromPyG(GNNExplainer(epochs=3)),
    "captum": lambda: FromPyG(CaptumExplainer("Saliency")),
}
EXACT = ("occlusion", "input_x_gradient", "mask_optimization", "bilrp", "gnn_explainer")


def graph(nodes, seed, **further):
    made = random_graph(nodes, seed, torch.double)
    del made.edge_attr
    order = torch.randperm(made.num_edges, generator=torch.Generator().manual_seed(seed))
    made.edge_index = made.edge_index[:, order]
    for name, value in further.items():
        made[name] = value
    return made


def siamese(encoder, pool="add", seed=0):
    torch.manual_seed(seed)
    for module in encoder.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    return SiameseGNN(encoder, pool).double()


def explain(model, algorithm, query, reference, **kinds):
    return PairExplainer(model, algorithm, **kinds or {"edge_mask_type": "object"})(
        query, reference
    )


def deleted(graph, edge):
    keep = torch.arange(graph.num_edges) != edge
    without = graph.clone()
    for name in graph.keys():  # noqa: SIM118
        if graph.is_edge_attr(name):
            value = graph[name]
            without[name] = value[:, keep] if name == "edge_index" else value[keep]
    return without


def assert_occlusion_is_deletion(model, query, reference, **kinds):
    """For layers that add messages up, leaving a message out is deleting its edge."""
    found = explain(model, Occlusion(), query, reference, **kinds)
    whole = model.eval()(query, reference)
    assert found.prediction == pytest.approx(whole.item(), abs=1e-12)
    for edge in range(query.num_edges):
        lost = whole - model(deleted(query, edge), reference)
        assert found.query.edge_mask[edge].item() == pytest.approx(lost.item(), abs=1e-10)
    for edge in range(reference.num_edges):
        lost = whole - model(query, deleted(reference, edge))
        assert found.reference.edge_mask[edge].item() == pytest.approx(lost.item(), abs=1e-10)


@pytest.mark.parametrize("name", list(ALGORITHMS))
@pytest.mark.parametrize("change", list(REARRANGED))
def test_masks_of_rearranged_edges_are_those_of_the_plain_encoder(change, name):
    gnn = pyg.GIN(FEATURES, 8, 2)
    plain, around = siamese(gnn), siamese(Around(REARRANGED[change], gnn))
    query, reference = graph(6, 1), graph(5, 2)
    one, other = (explain(m, ALGORITHMS[name](), query, reference) for m in (plain, around))
    assert one.query.edge_mask.abs().max() > 0
    assert torch.allclose(one.query.edge_mask, other.query.edge_mask, atol=1e-6)
    assert torch.allclose(one.reference.edge_mask, other.reference.edge_mask, atol=1e-6)


@pytest.mark.parametrize("layer", ["GCN", "GAT", "GraphSAGE"])
def test_layers_with_loops_or_means_follow_too(layer):
    gnn = getattr(pyg, layer)(FEATURES, 8, 2)
    plain, around = siamese(gnn), siamese(Around(REARRANGED["sorted by target"], gnn))
    query, reference = graph(6, 1), graph(5, 2)
    loops = torch.tensor([[2, 0], [2, 0]])
    query.edge_index = torch.cat([query.edge_index[:, :3], loops, query.edge_index[:, 3:]], dim=1)
    for name in EXACT:
        one, other = (explain(m, ALGORITHMS[name](), query, reference) for m in (plain, around))
        assert torch.allclose(one.query.edge_mask, other.query.edge_mask, atol=1e-8), name
        assert (other.query.edge_mask[3:5] == 0).all()


def test_filtered_edges_get_nothing_and_the_others_their_own():
    weights = [torch.rand(graph(n, n).num_edges, dtype=torch.double) for n in (6, 5)]
    query, reference = (graph(n, n, edge_weight=w) for n, w in zip((6, 5), weights, strict=True))
    model = siamese(Filtered())
    assert_occlusion_is_deletion(model, query, reference)
    mask = explain(model, InputXGradient(), query, reference).query.edge_mask
    assert (mask[weights[0] <= 0.3] == 0).all() and (mask[weights[0] > 0.3] != 0).all()


def test_relations_and_parallel_edges_of_different_types():
    def typed(nodes, seed):
        made = graph(nodes, seed)
        made.edge_index = torch.cat([made.edge_index, made.edge_index[:, :4]], dim=1)
        types = torch.arange(made.num_edges) % 2
        types[-4:] = 1 - types[:4]
        made.edge_type = types
        return made

    assert_occlusion_is_deletion(siamese(Relational()), typed(6, 1), typed(5, 2))


def test_parallel_edges_that_an_encoder_merges_are_refused():
    query = graph(6, 1)
    query.edge_index = torch.cat([query.edge_index, query.edge_index[:, :2]], dim=1)
    model = siamese(Around(REARRANGED["coalesced"]))
    with pytest.raises(ValueError, match=r"merges parallel edges.*coalesce the graph"):
        explain(model, Occlusion(), query, graph(5, 2))


def test_a_directed_graph_that_the_encoder_makes_undirected():
    from torch_geometric.utils import to_undirected

    query, reference = (
        Data(x=g.x, edge_index=g.edge_index[:, g.edge_index[0] < g.edge_index[1]])
        for g in (graph(6, 1), graph(5, 2))
    )
    assert_occlusion_is_deletion(siamese(Around(to_undirected)), query, reference)


@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_index_valued_inputs_point_at_their_own_graph(side):
    query = graph(6, 1, root_index=torch.tensor([3]))
    reference = graph(5, 2, root_index=torch.tensor([1]))
    model = siamese(Rooted(), None)
    both = explain(model, InputXGradient(), query, reference)
    one = explain(model, InputXGradient(), query, reference, side=side, edge_mask_type="object")
    for name in ("query", "reference"):
        if side in ("both", name):
            assert getattr(one, name).edge_mask.abs().max() > 0
            assert torch.allclose(
                getattr(one, name).edge_mask, getattr(both, name).edge_mask, atol=1e-12
            )
    assert_occlusion_is_deletion(model, query, reference)


def test_rules_of_a_data_class_of_ones_own_hold_for_masks_and_measures():
    from pyg_siamex.metric import fidelity

    class Anchored(Data):
        def __inc__(self, key, value, *args, **kwargs):
            if key == "anchor":
                return self.num_nodes
            return super().__inc__(key, value, *args, **kwargs)

    class AtAnchor(Rooted):
        def forward(self, x, edge_index, anchor):
            return self.gnn(x, edge_index)[anchor]

    def anchored(nodes, seed, anchor):
        made = graph(nodes, seed)
        return Anchored(x=made.x, edge_index=made.edge_index, anchor=torch.tensor([anchor]))

    query, reference = anchored(6, 1, 3), anchored(5, 2, 1)
    model = siamese(AtAnchor(), None)
    assert_occlusion_is_deletion(model, query, reference)
    found = explain(model, Occlusion(), query, reference)
    assert isinstance(found.query, Anchored)
    pairs = explain(
        model,
        Occlusion(),
        Batch.from_data_list([query, reference]),
        Batch.from_data_list([reference, query]),
    )
    assert torch.allclose(pairs[0].query.edge_mask, found.query.edge_mask, atol=1e-12)
    one, two = fidelity(model, [found]), fidelity(model, pairs)
    assert torch.allclose(one.plus, two.plus[:1], atol=1e-9, equal_nan=True)


def test_graph_level_inputs():
    query = graph(6, 1, u=torch.randn(1, 3, dtype=torch.double))
    reference = graph(5, 2, u=torch.randn(1, 3, dtype=torch.double))
    assert_occlusion_is_deletion(siamese(WithGraphFeatures()), query, reference)


def test_inputs_behind_keyword_arguments_and_wrappers_arrive():
    gcn = pyg.GCN(FEATURES, 8, 2).double()
    query = graph(6, 1, edge_weight=torch.rand(graph(6, 1).num_edges, dtype=torch.double))
    reference = graph(5, 2, edge_weight=torch.rand(graph(5, 2).num_edges, dtype=torch.double))
    right = SiameseGNN(gcn)(query, reference)
    expected = explain(SiameseGNN(gcn), Occlusion(), query, reference)
    wrappers = (PassedOn(gcn), nn.DataParallel(gcn), torch.compile(gcn, backend="eager"))
    for encoder in (*wrappers, PassedOn(wrappers[2])):
        model = SiameseGNN(encoder)
        modules = list(model.modules())
        assert torch.allclose(model(query, reference), right, atol=1e-12)
        for algorithm in (Occlusion(), IntegratedGradients(4), BiLRP()):
            found = explain(model, algorithm, query, reference)
            if isinstance(algorithm, Occlusion):
                assert torch.allclose(found.query.edge_mask, expected.query.edge_mask, atol=1e-12)
            assert found.query.edge_mask.abs().max() > 0
        assert [id(m) for m in model.modules()] == [id(m) for m in modules]


def test_a_module_that_is_compiled_in_place_runs_eagerly_meanwhile():
    gnn = pyg.GIN(FEATURES, 8, 2).double()
    expected = explain(SiameseGNN(gnn), BiLRP(), graph(6, 1), graph(5, 2)).query.edge_mask
    compiled = copy.deepcopy(gnn)
    compiled.compile(backend="eager")
    call = compiled._compiled_call_impl
    found = explain(SiameseGNN(compiled), BiLRP(), graph(6, 1), graph(5, 2)).query.edge_mask
    assert torch.allclose(found, expected, atol=1e-12) and found.abs().max() > 0
    assert compiled._compiled_call_impl is call


def test_edge_features_of_one_layer_of_several():
    class Mixed(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = pyg.GATConv(FEATURES, 8)
            self.second = pyg.GINEConv(pyg.MLP([8, 8], norm=None), edge_dim=2)

        def forward(self, x, edge_index, edge_attr=None):
            h = self.first(x, edge_index)
            return h if edge_attr is None else self.second(h, edge_index, edge_attr)

    encoder = Mixed().double()
    query, reference = (
        graph(n, n, edge_attr=torch.randn(graph(n, n).num_edges, 2, dtype=torch.double))
        for n in (6, 5)
    )
    own = [encoder(g.x, g.edge_index, g.edge_attr).mean(0) for g in (query, reference)]
    right = torch.cosine_similarity(*own, dim=0)
    assert torch.allclose(SiameseGNN(encoder)(query, reference), right)
    plain = SiameseGNN(pyg.GAT(FEATURES, 8, 2).double())
    assert "edge_attr" not in plain.extra_inputs  # no layer was built to take it


@pytest.mark.parametrize("weights", [None, "edge_weight"])
def test_a_sparse_adjacency_is_explained_by_its_edges(weights):
    query, reference = graph(6, 1), graph(5, 2)
    for made in (query, reference):
        made.x = made.x.float()
        if weights:
            made.edge_weight = torch.rand(made.num_edges)
    model = siamese(pyg.GCN(FEATURES, 8, 2)).float()
    keep = {"attr": weights}
    sparse = [T.ToSparseTensor(**keep)(g.clone()) for g in (query, reference)]
    own = [model.encoder(g.x, g.adj_t).sum(0) for g in sparse]
    right = torch.cosine_similarity(*own, dim=0)
    assert torch.allclose(model(*sparse), right, atol=1e-6)
    found = explain(model, Occlusion(), *sparse)
    assert found.prediction == pytest.approx(right.item(), abs=1e-6)
    assert found.query.edge_index.size(1) == query.num_edges
    assert found.query.edge_mask.abs().max() > 0


def test_an_encoder_that_makes_something_else_of_the_adjacency_is_refused():
    class TwoWays(nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = pyg.GCN(FEATURES, 8, 2)

        def forward(self, x, edge_index):
            twice = 2.0 if edge_index.layout is not torch.strided else 1.0
            return self.gnn(twice * x, edge_index)

    sparse = [T.ToSparseTensor()(g) for g in (graph(6, 1), graph(5, 2))]
    for made in sparse:
        made.x = made.x.float()
    with pytest.raises(ValueError, match=r"something else from data.adj_t.*give data.edge_index"):
        explain(siamese(TwoWays()).float(), Occlusion(), *sparse)


MIXING = {
    "graph norm": lambda: pyg.GIN(FEATURES, 8, 2, norm="GraphNorm"),
    "centred": Centred,
    "pair norm": lambda: Around(lambda e: e, pyg.GCN(FEATURES, 8, 2, norm="PairNorm")),
    "batch statistics": lambda: pyg.GIN(
        FEATURES, 8, 2, norm=nn.BatchNorm1d(8, track_running_stats=False)
    ),
}


@pytest.mark.parametrize("name", [n for n in ALGORITHMS if n != "shapley"])
@pytest.mark.parametrize("encoder", list(MIXING))
def test_graphs_that_an_encoder_would_mix_are_explained_as_if_alone(encoder, name):
    model = siamese(MIXING[encoder]())
    queries, references = [graph(6, 1), graph(4, 3)], [graph(5, 2), graph(7, 4)]
    explainer = PairExplainer(model, ALGORITHMS[name](), edge_mask_type="object")
    try:
        together = explainer.explain(queries, references)
    except ValueError as error:
        assert name == "bilrp" and "has no relevance rule" in str(error)
        return
    model.eval()
    for found, query, reference in zip(together, queries, references, strict=True):
        assert found.prediction == pytest.approx(model(query, reference).item(), abs=1e-12)
        alone = explainer(query, reference)
        assert torch.allclose(found.query.edge_mask, alone.query.edge_mask, atol=1e-8)
        if found.terms and "similarity" in found.terms:
            assert found.terms["similarity"] == pytest.approx(found.prediction, abs=1e-9)
    if name == "occlusion" and encoder == "graph norm":
        assert_occlusion_is_deletion(model, queries[0], references[0])


def test_an_encoder_that_pools_whatever_it_sees():
    model = siamese(PoolsBlindly(), None)
    assert_occlusion_is_deletion(model, graph(6, 1), graph(5, 2))


BY_ITSELF = r"collects node values along the edges where no edge mask acts"
REFUSED = {
    "nearest neighbours": (NearestNeighbours, "add", r"'gnn.convs.0' receives edges that cannot"),
    "pooled": (Pooled, None, r"layer 'second'.*explain = False"),
    "sparse": (Sparse, "add", r"layer 'conv' receives a sparse adjacency"),
    "own scatter": (
        OwnScatter,
        "add",
        BY_ITSELF,
    ),
    "dense adjacency": (
        DenseAdjacency,
        "add",
        BY_ITSELF,
    ),
    "drops": (AlwaysDrops, "add", r"two embeddings for one graph.*'encoder' \(AlwaysDrops\)"),
    "remembers": (Remembers, "add", r"remembers graphs.*Remembers.shift"),
}


@pytest.mark.parametrize("name", list(ALGORITHMS))
@pytest.mark.parametrize("case", list(REFUSED))
def test_what_cannot_be_explained_is_refused_by_name(case, name):
    build, pool, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        explain(siamese(build(), pool), ALGORITHMS[name](), graph(6, 1), graph(5, 2))


def test_a_layer_that_is_left_unmasked_by_choice():
    model = siamese(Pooled(), None)
    model.encoder.second.explain = False
    found = explain(model, Occlusion(), graph(6, 1), graph(5, 2))
    assert found.query.edge_mask.abs().max() > 0


@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing_refuses_gradients_and_nothing_else(reentrant):
    model = siamese(Checkpointed(reentrant))
    plain = SiameseGNN(model.encoder.gnn, "add")
    query, reference = graph(6, 1), graph(5, 2)
    one, other = (explain(m, Occlusion(), query, reference) for m in (plain, model))
    assert torch.allclose(one.query.edge_mask, other.query.edge_mask, atol=1e-12)
    for name in ("input_x_gradient", "integrated_gradients", "mask_optimization", "gda"):
        with pytest.raises(ValueError, match=r"runs again in the backward pass.*Occlusion"):
            explain(model, ALGORITHMS[name](), query, reference)


@pytest.mark.parametrize("name", [*ALGORITHMS, "grad_cam", "random", "groups"])
@pytest.mark.parametrize("kind", ["column", "flat", "float", "sum of tables", "alone"])
def test_types_are_masked_where_they_are_looked_up(kind, name):
    algorithm = {
        **ALGORITHMS,
        "grad_cam": lambda: GradCAM(signed=True),
        "random": RandomExplainer,
        "groups": lambda: GroupOcclusion(lambda g: [k % 2 for k in range(g.num_nodes)]),
    }[name]()
    columns = 2 if kind in ("sum of tables", "alone") else 1
    model = siamese(Typed(columns, "GraphNorm" if kind == "alone" else None))
    shape = (6,) if kind == "flat" else (6, columns)
    query, reference = (
        Data(
            x=torch.randint(0, 9, shape, generator=torch.Generator().manual_seed(seed)),
            edge_index=graph(6, seed).edge_index,
        )
        for seed in (1, 2)
    )
    if kind == "float":
        query.x, reference.x = query.x.double(), reference.x.double()
    if name in ("gnn_explainer", "captum"):
        with pytest.raises(ValueError, match="masks float features"):
            explain(model, algorithm, query, reference, node_mask_type="object")
        return
    found = explain(model, algorithm, query, reference, node_mask_type="object")
    assert found.query.node_mask.shape == (6, 1) and found.query.node_mask.abs().max() > 0
    assert found.query.node_mask.dtype is torch.double
    assert found.info["node_mask_on"] == [f"tables.{k}" for k in range(columns)]
    assert found.prediction == pytest.approx(model.eval()(query, reference).item(), abs=1e-12)
    if name == "occlusion":
        for node in range(6):
            _assert_faded(model, query, reference, node, found)
    if name == "grad_cam":
        return
    edges = explain(model, algorithm, query, reference, edge_mask_type="object", **_nodes(name))
    assert edges.query.edge_mask.dtype is torch.double and edges.query.edge_mask.abs().max() > 0


def _nodes(name):
    return {"node_mask_type": "object"} if name == "groups" else {}


def _assert_faded(model, query, reference, node, found):
    """Leaving a node out is looking zeros up for it."""

    def zeros(table, inputs, output):
        if len(output) == query.num_nodes and torch.equal(inputs[0], current[table]):
            output = output.clone()
            output[node] = 0
        return output

    columns = query.x.long().view(6, -1).unbind(1)
    current = dict(zip(model.encoder.tables, columns, strict=True))
    whole = model(query, reference)
    handles = [table.register_forward_hook(zeros) for table in model.encoder.tables]
    lost = whole - torch.cosine_similarity(model.embed(query), _clean(model, handles, reference))
    assert found.query.node_mask[node].item() == pytest.approx(lost.item(), abs=1e-10)


def _clean(model, handles, reference):
    for handle in handles:
        handle.remove()
    return model.embed(reference)


def test_types_have_one_value_a_node():
    data = Data(x=torch.randint(0, 9, (6, 1)), edge_index=graph(6, 1).edge_index)
    for kind in ("attributes", "common_attributes"):
        with pytest.raises(ValueError, match=r"use node_mask_type='object'"):
            explain(siamese(Typed()), Occlusion(), data, data, node_mask_type=kind)


def test_features_that_matter_only_far_from_these_are_explained():
    class Shifted(nn.Module):
        """A unit that is off at the features of all nodes, and on without them."""

        def __init__(self):
            super().__init__()
            self.gnn = pyg.GIN(FEATURES, 8, 2)

        def forward(self, x, edge_index):
            on = (0.5 - x.abs().sum(1, keepdim=True)).relu()
            return self.gnn(torch.ones_like(x), edge_index) + on

    pair = graph(6, 1), graph(5, 2)
    for one in pair:
        one.x = one.x.abs() + 1
    model = siamese(Shifted())
    mask = explain(model, Occlusion(), *pair, node_mask_type="object").query.node_mask.flatten()
    without = []
    for node in range(6):
        faded = pair[0].clone()
        faded.x[node] = 0
        without.append(float(model(*pair)) - float(model(faded, pair[1])))
    assert mask.tolist() == pytest.approx(without, abs=1e-5) and mask.abs().max() > 0


def test_masks_of_what_an_encoder_does_not_read_are_refused():
    class NoFeatures(nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = pyg.GIN(FEATURES, 8, 2)

        def forward(self, x, edge_index):
            return self.gnn(torch.ones_like(x), edge_index)

    class NoEdges(NoFeatures):
        def forward(self, x, edge_index):
            return self.gnn(x, edge_index[:, :0])

    pair = graph(6, 1), graph(5, 2)
    assert explain(siamese(NoFeatures()), Occlusion(), *pair).query.edge_mask.abs().max() > 0
    with pytest.raises(ValueError, match="does not depend on x"):
        explain(siamese(NoFeatures()), Occlusion(), *pair, node_mask_type="object")
    assert explain(siamese(NoEdges()), Occlusion(), *pair, node_mask_type="object")
    with pytest.raises(ValueError, match="the same without any edge"):
        explain(siamese(NoEdges()), Occlusion(), *pair)


def test_state_of_an_encoder_is_as_it_was():
    model = siamese(Counts())
    model(graph(6, 1), graph(5, 2))
    before = (model.encoder.calls, model.encoder.total.clone(), list(model.encoder.seen))
    for algorithm in (Occlusion(), MaskOptimization(2), BiLRP(), FromPyG(GNNExplainer(epochs=2))):
        explain(model, algorithm, graph(6, 1), graph(5, 2))
        assert (model.encoder.calls, model.encoder.seen) == (before[0], before[2])
        assert torch.equal(model.encoder.total, before[1])
