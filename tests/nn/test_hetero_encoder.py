"""Heterogeneous encoders: masks by type against the graph without each part, links, refusals."""

import pytest
import torch
from torch import nn
from torch_geometric.data import Batch, HeteroData
from torch_geometric.explain import HeteroExplanation
from torch_geometric.nn import (
    GraphConv,
    GraphSAGE,
    HeteroConv,
    HGTConv,
    NNConv,
    RGCNConv,
    SAGEConv,
    to_hetero,
)

from pyg_siamex import (
    BiLRP,
    IntegratedGradients,
    IntegratedJacobians,
    NodePairs,
    Occlusion,
    PairExplainer,
    SiameseGNN,
    explain_link,
)
from pyg_siamex.nn import HeteroEncoder, find_hops

pytestmark = pytest.mark.filterwarnings("ignore:There exist node types")

COLUMNS = {"user": 3, "movie": 5, "tag": 2}
EDGES = [
    ("user", "rates", "movie"),
    ("movie", "rev_rates", "user"),
    ("user", "knows", "user"),
    ("tag", "on", "movie"),
]
MASKS = {"edge_mask_type": "object", "node_mask_type": "attributes"}


def hetero(seed, users=5, movies=6, tags=4):
    """Graphs in which nodes of two types have the same numbers and are joined."""
    generator = torch.Generator().manual_seed(seed)
    counts = {"user": users, "movie": movies, "tag": tags}
    data = HeteroData()
    for kind, count in counts.items():
        data[kind].x = torch.randn(count, COLUMNS[kind], generator=generator).double()
    for source, name, target in EDGES[:1] + EDGES[2:]:
        ends = [torch.randint(counts[k], (9,), generator=generator) for k in (source, target)]
        edges = torch.stack(ends).unique(dim=1)
        if source != target:
            edges = torch.cat([edges, torch.tensor([[0, 2], [0, 2]])], dim=1).unique(dim=1)
        else:
            edges = edges[:, edges[0] != edges[1]]
        data[source, name, target].edge_index = edges
    data["movie", "rev_rates", "user"].edge_index = data[EDGES[0]].edge_index.flip(0)
    return data


class Net(nn.Module):
    """Sums over neighbours of all types."""

    def __init__(self, layer=GraphConv, act=torch.tanh, layers=2):
        super().__init__()
        self.act = act
        self.lins = nn.ModuleDict({kind: nn.Linear(n, 8) for kind, n in COLUMNS.items()})
        self.convs = nn.ModuleList(
            HeteroConv({kind: layer((8, 8), 8) for kind in EDGES}, aggr="sum")
            for _ in range(layers)
        )

    def forward(self, x_dict, edge_index_dict):
        h = {kind: self.lins[kind](x) for kind, x in x_dict.items()}
        for conv in self.convs:
            new = conv(h, edge_index_dict)
            h = {kind: self.act(value + new.get(kind, 0)) for kind, value in h.items()}
        return h


def model_of(net, readout="add", **options):
    encoder = HeteroEncoder(net.double(), hetero(0), **options)
    return encoder, SiameseGNN(encoder, readout, "dot")


def built(make):
    torch.manual_seed(0)
    return make()


def score(net, query, reference, kinds=tuple(COLUMNS)):
    """The user's own score: a dot product of sums over the nodes of some types."""
    found = [net(data.x_dict, data.edge_index_dict) for data in (query, reference)]
    a, b = (torch.cat([h[kind] for kind in kinds]).sum(0) for h in found)
    return float((a @ b).detach())


def without(data, kind, e):
    out = data.clone()
    edges = data[kind].edge_index
    out[kind].edge_index = edges[:, torch.arange(edges.size(1)) != e]
    return out


@pytest.mark.parametrize("kinds", [None, ["movie"]])
def test_masks_by_type_are_what_the_graph_loses(kinds):
    net = built(Net)
    options = {} if kinds is None else {"node_types": kinds, "pool": "add"}
    encoder, model = model_of(net, "add" if kinds is None else None, **options)
    query, reference = hetero(1), hetero(2, 6, 5, 3)
    graphs = [encoder.to_homogeneous(data) for data in (query, reference)]
    found = PairExplainer(model, Occlusion(), **MASKS)(*graphs)
    whole = score(net, query, reference, kinds or tuple(COLUMNS))
    assert found.prediction == pytest.approx(whole, abs=1e-10)
    typed = encoder.to_hetero(found.query)
    assert isinstance(typed, HeteroExplanation)
    for kind in EDGES:
        assert torch.equal(typed[kind].edge_index, query[kind].edge_index)
        for e, value in enumerate(typed[kind].edge_mask.tolist()):
            less = score(net, without(query, kind, e), reference, kinds or tuple(COLUMNS))
            assert value == pytest.approx(whole - less, abs=1e-10)
    for kind, columns in COLUMNS.items():
        assert typed[kind].node_mask.shape == (query[kind].num_nodes, columns)
        for column in range(columns):
            part = query.clone()
            part[kind].x[1, column] = 0
            less = score(net, part, reference, kinds or tuple(COLUMNS))
            value = float(typed[kind].node_mask[1, column])
            assert value == pytest.approx(whole - less, abs=1e-10)


def test_batches_equal_single_pairs():
    encoder, model = model_of(built(Net))
    queries = [encoder.to_homogeneous(hetero(k, 4 + k)) for k in range(3)]
    references = [encoder.to_homogeneous(hetero(k + 3, 5, 4 + k)) for k in range(3)]
    explainer = PairExplainer(model, IntegratedGradients(), **MASKS)
    together = explainer.explain(queries, references)
    for found, query, reference in zip(together, queries, references, strict=True):
        alone = explainer(query, reference)
        torch.testing.assert_close(found.query.edge_mask, alone.query.edge_mask)
        torch.testing.assert_close(found.reference.node_mask, alone.reference.node_mask)


def test_batches_of_heterogeneous_graphs_stay_batches():
    encoder, model = model_of(built(Net))
    graphs = [hetero(1), hetero(2, 6, 5, 3)]
    batch = encoder.to_homogeneous(Batch.from_data_list(graphs))
    alone = torch.cat([model.embed(encoder.to_homogeneous(graph)) for graph in graphs])
    torch.testing.assert_close(model.embed(batch), alone)


@pytest.mark.parametrize("layer", [GraphConv, SAGEConv])
def test_relevance_of_a_linear_encoder_is_exact(layer):
    """Without activations and biases, LRP-0 and integrated Jacobians are the same products."""
    net = built(lambda: Net(layer, act=lambda h: h))
    for name, parameter in net.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
    encoder, model = model_of(net)
    graphs = [encoder.to_homogeneous(hetero(k)) for k in (1, 2)]
    nodes = {"node_mask_type": "object"}
    jacobians = PairExplainer(model, IntegratedJacobians(), **nodes)(*graphs)
    relevance = PairExplainer(model, BiLRP(gamma=0), **nodes)(*graphs)
    assert jacobians.completeness_error < 1e-9
    torch.testing.assert_close(relevance.relevance, jacobians.relevance, atol=1e-6, rtol=1e-5)
    grouped = relevance.group(*(encoder.types_of(graph) for graph in graphs))
    assert float(grouped.matrix.sum()) == pytest.approx(relevance.prediction)
    of_types = [graph.node_type for graph in graphs]
    for i, one in enumerate(grouped.query_groups):
        for j, other in enumerate(grouped.reference_groups):
            rows = of_types[0] == encoder.all_types.index(one)
            columns = of_types[1] == encoder.all_types.index(other)
            block = relevance.relevance[rows][:, columns].sum()
            assert float(grouped.matrix[i, j]) == pytest.approx(float(block))


def test_to_hetero_models():
    torch.manual_seed(0)
    data = hetero(0)
    data["movie", "on_tag", "tag"].edge_index = data["tag", "on", "movie"].edge_index.flip(0)
    other = hetero(1)
    other["movie", "on_tag", "tag"].edge_index = other["tag", "on", "movie"].edge_index.flip(0)
    net = to_hetero(GraphSAGE((-1, -1), 8, 2, aggr="sum"), data.metadata()).double()
    net(data.x_dict, data.edge_index_dict)  # lazy layers
    encoder = HeteroEncoder(net, data)
    model = SiameseGNN(encoder, "add", "dot")
    found = PairExplainer(model, Occlusion(), edge_mask_type="object")(
        encoder.to_homogeneous(data), encoder.to_homogeneous(other)
    )
    assert found.prediction == pytest.approx(score(net, data, other))
    typed = encoder.to_hetero(found.query)
    kind = ("user", "rates", "movie")
    for e, value in enumerate(typed[kind].edge_mask.tolist()):
        less = score(net, without(data, kind, e), other)
        assert value == pytest.approx(found.prediction - less, abs=1e-9)


def test_links_between_types():
    net = built(Net)
    encoder, model = model_of(net, "root")
    data = hetero(4, 30, 40, 10)
    graph = encoder.to_homogeneous(data)
    u, m = encoder.number(data, "user", 3), encoder.number(data, "movie", 7)
    assert find_hops(model, graph, [(u, m)]) <= 2
    embedded = net(data.x_dict, data.edge_index_dict)
    own = float((embedded["user"][3] @ embedded["movie"][7]).detach())
    pair = NodePairs(graph, [(u, m)], 2)[0]
    ends = PairExplainer(model, Occlusion(), edge_mask_type="object")(*pair[:2])
    assert ends.prediction == pytest.approx(own)
    shared = explain_link(model, graph, (u, m), Occlusion(), edge_mask_type="object")
    assert shared.prediction == pytest.approx(own)
    typed = encoder.to_hetero(shared.on(graph))
    for kind in EDGES:
        for e, value in enumerate(typed[kind].edge_mask.tolist()):
            part = without(data, kind, e)
            h = net(part.x_dict, part.edge_index_dict)
            less = float((h["user"][3] @ h["movie"][7]).detach())
            assert value == pytest.approx(own - less, abs=1e-9)


def test_nodes_of_types_that_are_not_read_have_embeddings_of_0():
    net = built(Net)
    encoder, model = model_of(net, "root", node_types=["movie", "user"])
    hetero_graphs = [hetero(1), hetero(2, 3, 4, 5)]
    graphs = [encoder.to_homogeneous(data) for data in hetero_graphs]
    found = [model.node_embeddings(model.inputs(graph)) for graph in graphs]
    for data, rows in zip(hetero_graphs, found, strict=True):
        own = net(data.x_dict, data.edge_index_dict)
        for kind in COLUMNS:
            numbers = [encoder.number(data, kind, k) for k in range(data[kind].num_nodes)]
            expected = torch.zeros(len(numbers), 8).double() if kind == "tag" else own[kind]
            torch.testing.assert_close(rows[numbers], expected)
    batch = Batch.from_data_list(graphs)
    torch.testing.assert_close(model.node_embeddings(model.inputs(batch)), torch.cat(found))


def test_edge_features_by_type():
    class Rated(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(3, 8)
            self.conv = NNConv((8, 5), 8, nn.Linear(2, 64))

        def forward(self, x_dict, edge_index_dict, edge_attr_dict):
            kind = ("user", "rates", "movie")
            h = self.lin(x_dict["user"])
            pair = (h, x_dict["movie"])
            return {"movie": self.conv(pair, edge_index_dict[kind], edge_attr_dict[kind])}

    torch.manual_seed(0)
    query, reference = hetero(1), hetero(2)
    for data in (query, reference):
        edges = data["user", "rates", "movie"]
        edges.edge_attr = torch.randn(edges.edge_index.size(1), 2).double()
    net = Rated().double()
    encoder = HeteroEncoder(net, query, node_types=["movie"], pool="add")
    model = SiameseGNN(encoder, None, "dot")
    graphs = [encoder.to_homogeneous(data) for data in (query, reference)]
    a, b = (
        net(d.x_dict, d.edge_index_dict, d.collect("edge_attr", allow_empty=True))["movie"].sum(0)
        for d in (query, reference)
    )
    found = PairExplainer(model, IntegratedGradients(), edge_mask_type="object")(*graphs)
    assert found.prediction == pytest.approx(float((a @ b).detach()))
    typed = encoder.to_hetero(found.query)
    del reference["user", "rates", "movie"].edge_attr
    with pytest.raises(ValueError, match="need 2 features"):
        encoder.to_homogeneous(reference)
    assert typed["user", "rates", "movie"].edge_mask.any()
    assert not typed["tag", "on", "movie"].edge_mask.any()


def test_layers_with_edges_of_their_own_are_refused_by_name():
    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.lins = nn.ModuleDict({kind: nn.Linear(n, 8) for kind, n in COLUMNS.items()})
            self.conv = HGTConv(8, 8, hetero(0).metadata(), heads=2)

        def forward(self, x_dict, edge_index_dict):
            h = {kind: self.lins[kind](x) for kind, x in x_dict.items()}
            return {
                **h,
                **{k: v for k, v in self.conv(h, edge_index_dict).items() if v is not None},
            }

    encoder, model = model_of(built(Transformer))
    graphs = [encoder.to_homogeneous(hetero(k)) for k in (1, 2)]
    with pytest.raises(ValueError, match=r"layer 'encoder\.conv'"):
        PairExplainer(model, Occlusion(), edge_mask_type="object")(*graphs)
    found = PairExplainer(model, Occlusion(), node_mask_type="object")(*graphs)
    assert encoder.to_hetero(found.query)["user"].node_mask.any()


def test_relations_on_homogenised_data_need_no_adapter():
    data, other = (hetero(k) for k in (1, 2))
    encoder = HeteroEncoder(built(Net).double(), data)
    graphs = [encoder.to_homogeneous(g) for g in (data, other)]

    class Relational(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = RGCNConv(5, 8, num_relations=4, aggr="add")

        def forward(self, x, edge_index, edge_type):
            return self.conv(x, edge_index, edge_type).tanh()

    model = SiameseGNN(built(Relational).double(), "add", "dot")
    found = PairExplainer(model, Occlusion(), edge_mask_type="object")(*graphs)
    assert all(encoder.to_hetero(found.query)[kind].edge_mask.any() for kind in EDGES)


def test_what_does_not_fit_is_refused_by_name():
    net, data = built(Net).double(), hetero(0)
    with pytest.raises(TypeError, match="HeteroData"):
        HeteroEncoder(net, data["user"])
    with pytest.raises(ValueError, match="no nodes of type 'item'"):
        HeteroEncoder(net, data, node_types=["item"])
    encoder = HeteroEncoder(net, data)
    other = hetero(1)
    other["user"].x = other["user"].x[:, :2]
    with pytest.raises(ValueError, match="type 'user' need 3 features"):
        encoder.to_homogeneous(other)
    del other["tag", "on", "movie"]
    with pytest.raises(ValueError, match="has the types"):
        encoder.to_homogeneous(other)
    bare = hetero(1)
    del bare["tag"].x
    with pytest.raises(ValueError, match="'tag' have no features"):
        HeteroEncoder(net, bare)
    with pytest.raises(ValueError, match="no node 99"):
        encoder.number(data, "user", 99)

    class Movies(Net):
        def forward(self, x_dict, edge_index_dict):
            return {"movie": super().forward(x_dict, edge_index_dict)["movie"]}

    only = HeteroEncoder(built(Movies).double(), data)
    with pytest.raises(ValueError, match=r"node_types=\['movie'\]"):
        SiameseGNN(only, "add").embed(only.to_homogeneous(data))


def test_graphs_of_several_types_are_refused_with_the_way_to_give_them():
    data = hetero(0)
    encoder, _ = model_of(built(lambda: Net(GraphConv)))
    plain = SiameseGNN(encoder.encoder, "mean")
    explainer = PairExplainer(plain, Occlusion(), edge_mask_type="object")
    for use in (
        lambda: plain(data, data),
        lambda: explainer(data, data),
        lambda: NodePairs(data, [(0, 1)], 1),
    ):
        with pytest.raises(TypeError, match=r"HeteroEncoder\(encoder, data\)"):
            use()


@pytest.mark.parametrize("kind", EDGES)
def test_ends_that_are_no_nodes_of_their_type_are_refused(kind):
    encoder = HeteroEncoder(HeteroConv({e: SAGEConv((-1, -1), 4) for e in EDGES}), hetero(0))
    for end, of in ((0, kind[0]), (1, kind[2])):
        for node in (-1, 6):
            data = hetero(0, users=6, tags=6)
            data[kind].edge_index[end, 0] = node
            with pytest.raises(ValueError, match=f"has the node {node} of type '{of}', of which"):
                encoder.to_homogeneous(data)


def test_edges_that_are_no_integers_and_changed_batches_are_refused():
    data = hetero(0)
    encoder = HeteroEncoder(HeteroConv({e: SAGEConv((-1, -1), 4) for e in EDGES}), data)
    kind = EDGES[0]
    batch = Batch.from_data_list([hetero(0), hetero(1)])
    assert encoder.to_homogeneous(batch).num_graphs == 2
    batch[kind].edge_index = batch[kind].edge_index[:, 1:]
    with pytest.raises(ValueError, match=r"'edge_index' of .*rates.* was changed since the batch"):
        encoder.to_homogeneous(batch)
    data[kind].edge_index = data[kind].edge_index.double()
    with pytest.raises(TypeError, match=r"must be a tensor of torch\.long \(got torch\.float64"):
        encoder.to_homogeneous(data)
    data[kind].edge_index = torch.zeros(3, 2, dtype=torch.long)
    with pytest.raises(ValueError, match=r"must be \[2, E\] \(got \[3, 2\]\)"):
        encoder.to_homogeneous(data)


def test_features_that_are_no_tensor_are_named():
    data = hetero(0)
    encoder = HeteroEncoder(HeteroConv({e: SAGEConv((-1, -1), 4) for e in EDGES}), data)
    kind = data.node_types[0]
    for wrong in (data[kind].x.tolist(), data[kind].x.numpy()):
        other = hetero(0)
        other[kind].x = wrong
        with pytest.raises(TypeError, match=f"x of '{kind}' must be a tensor"):
            encoder.to_homogeneous(other)
