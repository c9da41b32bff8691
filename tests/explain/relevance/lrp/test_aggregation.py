import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import relative
from explain.relevance.lrp.test_linear_messages import Own
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import (
    GAT,
    GCN,
    GIN,
    ARMAConv,
    ChebConv,
    GATv2Conv,
    GCNConv,
    GINConv,
    GraphConv,
    GraphSAGE,
    SAGEConv,
    SuperGATConv,
    TransformerConv,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors


def each(gamma=0.25, epsilon=1e-12, kind="generalised"):
    return GammaRule(gamma, epsilon, kind, neighbours="each")


class OneOf(nn.Module):
    def __init__(self, conv):
        super().__init__()
        self.conv = conv

    def forward(self, x, edge_index):
        return self.conv(x, edge_index)


def test_neighbours_that_cancel_are_told_apart():
    """Inputs 1 and -1/2 under a weight of 1: (5/6, -1/3) at gamma 1/4, and (1, -1/2) if summed."""
    conv = SAGEConv(1, 1, aggr="sum", root_weight=False, bias=False)
    model = siamese(OneOf(conv), "add", "dot")
    nn.init.ones_(conv.lin_l.weight)
    edge_index = torch.tensor([[0, 1], [2, 2]])
    graph = Data(x=torch.tensor([[1.0], [-0.5], [0.0]]).double(), edge_index=edge_index)
    found, _ = lrp_factors(model, model.inputs(graph), each())
    torch.testing.assert_close(found[0][0], torch.tensor([5 / 6, -1 / 3, 0.0]).double())
    summed, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.25, 1e-12))
    torch.testing.assert_close(summed[0][0], torch.tensor([1, -0.5, 0.0]).double())


def loopless(seed):
    graph = random_graph(seed)
    graph.edge_index = graph.edge_index[:, graph.edge_index[0] != graph.edge_index[1]]
    return Data(x=graph.x, edge_index=graph.edge_index)


def whole(layer):
    """The whole map of a layer, ``[n, K, n, I]``, and its bias."""
    blocks = layer.weight.split(layer.weight.size(1) // len(layer.mixing), dim=1)
    T = sum(torch.einsum("nj,ki->nkji", M, w) for M, w in zip(layer.mixing, blocks, strict=True))
    return T, layer.bias.expand(T.shape[:2])


LAYERS = {
    "gcn": (lambda: GCN(5, 4, 1), lambda e, g: dense.gcn_layers(e, g.edge_index, 6)[0]),
    "sage": (lambda: GraphSAGE(5, 4, 1), lambda e, g: dense.sage_layers(e, g.edge_index, 6)[0]),
    "gat": (
        lambda: GAT(5, 4, 1, heads=2),
        lambda e, g: dense.gat_layers(e, g.x, g.edge_index, 6)[0],
    ),
    "transformer": (
        lambda: OneOf(TransformerConv(5, 2, heads=2)),
        lambda e, g: dense.transformer_layer(e.conv, g.x, g.edge_index, 6),
    ),
}


@pytest.mark.parametrize("gamma", [0.25, 2.0])
@pytest.mark.parametrize("name", LAYERS)
def test_each_contribution_is_one_step_of_the_whole_map(name, gamma):
    torch.manual_seed(0)
    make, layer_of = LAYERS[name]
    model = siamese(make())
    for seed in range(3):
        graph = loopless(seed)
        with torch.no_grad():
            T, bias = whole(layer_of(model.encoder, graph))
            out = torch.einsum("nkji,ji->nk", T, graph.x) + bias
            expected = []
            for k in range(4):
                R = torch.zeros_like(out)
                R[:, k] = out[:, k] / 6
                step = dense.full_step(T, graph.x, bias, R, gamma, 1e-12, "generalised")
                expected.append(step.sum(1))
        found, _ = lrp_factors(model, model.inputs(graph), each(gamma))
        assert relative(found.embedding[0], out.mean(0)) < 1e-12
        assert relative(found[0], torch.stack(expected)) < 1e-8
        summed, _ = lrp_factors(model, model.inputs(graph), GammaRule(gamma, 1e-12))
        assert relative(summed[0], found[0]) > 1e-3


ENCODERS = {
    "gcn": lambda: GCN(5, 6, 2, norm="batch_norm"),
    "batch norm first": lambda: nn_first(GCNConv(5, 4)),
    "gin": lambda: GIN(5, 6, 2),
    "sage": lambda: GraphSAGE(5, 6, 2),
    "sage_max": lambda: GraphSAGE(5, 6, 2, aggr="max"),
    "graph_conv": lambda: OneOf(GraphConv(5, 6, aggr="mean")),
    "gat": lambda: GAT(5, 6, 2, heads=2, residual=True),
    "gatv2": lambda: OneOf(GATv2Conv(5, 6, heads=2, concat=False)),
    "arma": lambda: OneOf(ARMAConv(5, 6, num_stacks=2, num_layers=2)),
    "transformer": lambda: OneOf(TransformerConv(5, 6, heads=2, concat=False)),
    "supergat": lambda: OneOf(SuperGATConv(5, 6, heads=2)),
    "attention": lambda: Attends(),
}


class Attends(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin, self.attn = nn.Linear(5, 6), nn.MultiheadAttention(6, 2)

    def forward(self, x, edge_index):
        x = self.lin(x).unsqueeze(1)
        return self.attn(x, x, x)[0].squeeze(1)


def nn_first(conv):
    class First(OneOf):
        def __init__(self):
            super().__init__(conv)
            self.norm = nn.BatchNorm1d(5)

        def forward(self, x, edge_index):
            return self.conv(self.norm(x), edge_index)

    return First()


@pytest.mark.parametrize("name", ENCODERS)
def test_terms_close_the_sum_and_both_agree_at_gamma_0(name):
    torch.manual_seed(0)
    model = siamese(ENCODERS[name]())
    graphs = [random_graph(1), random_graph(2, 4, 4), random_graph(3, 1, 0)]
    graphs = graphs[:1] if name == "attention" else graphs
    inputs = model.inputs(Batch.from_data_list(graphs))
    for rule in (each(), each(1.0, 0.01)):
        factors, _ = lrp_factors(model, inputs, rule, messages=name != "attention")
        total = factors.sums() + sum(factors.parts.values())
        torch.testing.assert_close(total, factors.embedding, rtol=1e-9, atol=1e-9)
        if name != "attention":
            nodes, _ = lrp_factors(model, inputs, rule)
            torch.testing.assert_close(factors.node, nodes.node)
    found, expected = (lrp_factors(model, inputs, rule)[0] for rule in (each(0.0), GammaRule(0.0)))
    assert relative(found.node, expected.node) < 1e-6


def test_layers_that_do_not_say_what_each_neighbour_contributes_are_refused():
    for conv, name in ((ChebConv(5, 4, 2), "ChebConv"), (Own(5, 4), "Own")):
        model = siamese(OneOf(conv))
        with pytest.raises(ValueError, match=rf"encoder\.conv' \({name}\).*neighbours='each'"):
            lrp_factors(model, model.inputs(random_graph(0)), each())


def test_attention_that_takes_relevance_maps_before_it_sums():
    model = siamese(OneOf(GATv2Conv(5, 4)))
    rule = GammaRule(attention="attnlrp", neighbours="each")
    with pytest.raises(ValueError, match="neighbours='each'"):
        lrp_factors(model, model.inputs(random_graph(0)), rule)


def test_negative_edge_weights_are_refused():
    class Weighted(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = GraphConv(5, 4)

        def forward(self, x, edge_index, edge_weight):
            return self.conv(x, edge_index, edge_weight)

    model, graph = siamese(Weighted()), random_graph(0)
    graph.edge_weight = torch.linspace(-1, 1, graph.num_edges).double()
    lrp_factors(model, model.inputs(graph))
    with pytest.raises(ValueError, match="negative edge weights"):
        lrp_factors(model, model.inputs(graph), each())


def test_a_gin_whose_network_starts_otherwise_is_the_same_under_both():
    torch.manual_seed(0)
    model = siamese(OneOf(GINConv(nn.Sequential(nn.ReLU(), nn.Linear(5, 4)))))
    inputs = model.inputs(random_graph(0))
    found, expected = (lrp_factors(model, inputs, rule)[0] for rule in (each(), GammaRule()))
    torch.testing.assert_close(found.node, expected.node, rtol=1e-6, atol=1e-8)


def test_an_unknown_way_with_neighbours_is_refused():
    with pytest.raises(ValueError, match="'summed' or 'each'"):
        GammaRule(neighbours="first")
