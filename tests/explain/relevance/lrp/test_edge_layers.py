import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import CGConv, EdgeConv, GENConv, NNConv, PNAConv, ResGatedGraphConv
from torch_geometric.nn.models.schnet import CFConv

from pyg_siamex.explain.relevance import GammaRule, lrp_factors


class OnEdges(nn.Module):
    def __init__(self, *convs):
        super().__init__()
        self.convs = nn.ModuleList(convs)

    def forward(self, x, edge_index, edge_attr):
        for conv in self.convs:
            x = conv(x, edge_index, edge_attr).relu()
        return x


class Alone(OnEdges):
    def forward(self, x, edge_index):
        for conv in self.convs:
            x = conv(x, edge_index)
        return x


def ring(seed=0, nodes=5):
    """A graph without loops and parallel edges."""
    graph = random_graph(seed, nodes, 2 * nodes)
    step = torch.arange(nodes)
    edges = [torch.stack([step, (step + k) % nodes]) for k in (1, 2)]
    return Data(x=graph.x, edge_index=torch.cat(edges, 1), edge_attr=graph.edge_attr)


def expected_factor(graph, T, bias, rule):
    n, width = T.shape[:2]
    out = torch.einsum("nkjf,jf->nk", T, graph.x) + bias
    rows = []
    for k in range(width):
        R = torch.zeros_like(out)
        R[:, k] = out[:, k] / n
        args = (T, graph.x, bias, R, rule.gamma, 1e-12, rule.kind)
        rows.append(dense.full_step(*args).sum(1))
    return torch.stack(rows), out.mean(0)


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_gated_neighbours_are_one_step_of_the_whole_map(rule):
    torch.manual_seed(0)
    model, graph = siamese(Alone(ResGatedGraphConv(5, 4))), ring()
    conv, n = model.encoder.convs[0], graph.num_nodes
    with torch.no_grad():
        T, bias = torch.zeros(n, 4, n, 5).double(), torch.zeros(n, 4).double()
        for j, i in graph.edge_index.T.tolist():
            gate = (conv.lin_key(graph.x[i]) + conv.lin_query(graph.x[j])).sigmoid()
            T[i, :, j] += gate[:, None] * conv.lin_value.weight
            bias[i] += gate * conv.lin_value.bias
        for i in range(n):
            T[i, :, i] += conv.lin_skip.weight
        expected, h = expected_factor(graph, T, bias + conv.bias, rule)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(rule.gamma, 1e-12, rule.kind))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], expected) < 1e-8


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
@pytest.mark.parametrize("aggr", ["add", "mean"])
def test_matrices_of_edges_are_one_step_of_the_whole_map(aggr, rule):
    torch.manual_seed(0)
    conv = NNConv(5, 4, nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 20)), aggr=aggr)

    class First(OnEdges):
        def forward(self, x, edge_index, edge_attr):
            return self.convs[0](x, edge_index, edge_attr)

    model, graph = siamese(First(conv)), ring()
    n = graph.num_nodes
    with torch.no_grad():
        T = torch.zeros(n, 4, n, 5).double()
        for e, (j, i) in enumerate(graph.edge_index.T.tolist()):
            weight = conv.nn(graph.edge_attr[e]).view(5, 4).T
            T[i, :, j] += weight if aggr == "add" else weight / 2
        for i in range(n):
            T[i, :, i] += conv.lin.weight
        expected, h = expected_factor(graph, T, conv.bias.expand(n, 4), rule)
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(rule.gamma, 1e-12, rule.kind))
    assert relative(found.embedding[0], h) < 1e-12
    assert relative(found[0], expected) < 1e-8
    assert float(found.edges(0).abs().max()) == 0  # an edge's matrix is held constant


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_filters_of_schnet_are_held_constant(rule):
    """Filters have both signs. The first map and the sum are one step, the second map is one."""
    torch.manual_seed(0)

    class Filters(OnEdges):
        def forward(self, x, edge_index, edge_attr):
            return self.convs[0](x, edge_index, edge_attr.norm(dim=1), edge_attr)

    conv = CFConv(5, 4, 6, nn.Linear(3, 6), cutoff=3.0)
    model, graph = siamese(Filters(conv)), ring()
    n = graph.num_nodes
    with torch.no_grad():
        T = torch.zeros(n, 6, n, 5).double()
        for e, (j, i) in enumerate(graph.edge_index.T.tolist()):
            cutoff = 0.5 * ((graph.edge_attr[e].norm() * torch.pi / 3).cos() + 1)
            T[i, :, j] += (conv.nn(graph.edge_attr[e]) * cutoff)[:, None] * conv.lin1.weight
        assert bool((T < 0).any())
        inner = torch.einsum("nkji,ji->nk", T, graph.x)
        out = inner @ conv.lin2.weight.T + conv.lin2.bias
        last = dense.Layer([], conv.lin2.weight, conv.lin2.bias, False)
        expected, args = [], (rule.gamma, 1e-12, rule.kind)
        for k in range(4):
            R = torch.zeros_like(out)
            R[:, k] = out[:, k] / n
            R = dense.linear_back(inner, last, R, *args)
            expected.append(dense.full_step(T, graph.x, torch.zeros(n, 6), R, *args).sum(1))
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(rule.gamma, 1e-12, rule.kind))
    assert relative(found.embedding[0], out.mean(0)) < 1e-12
    assert relative(found[0], torch.stack(expected)) < 1e-8


@pytest.mark.parametrize("aggr", ["mean", "sum", "max"])
def test_messages_of_edge_convolutions_are_propagated_one_by_one(aggr):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 5))
    model, graph = siamese(Alone(EdgeConv(network, aggr=aggr))), random_graph(1)
    inputs = model.inputs(graph)
    inputs.x.requires_grad_()
    h = model.encode(inputs)[0]
    rows = [torch.autograd.grad(value, inputs.x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(row * inputs.x).sum(1) for row in rows]).detach()
    inputs.x.requires_grad_(False)
    found, _ = lrp_factors(model, inputs, GammaRule(0.0))
    assert relative(found[0], expected) < 1e-6
    boosted, _ = lrp_factors(model, inputs, GammaRule(0.25))
    total = boosted.sums() + sum(boosted.parts.values())
    torch.testing.assert_close(total, boosted.embedding)


DEGREES = torch.tensor([0, 3, 4, 2])
PNA = {"scalers": ["identity", "amplification", "attenuation"], "deg": DEGREES}
LAYERS = {
    "res_gated": lambda: ResGatedGraphConv(5, 5, edge_dim=3),
    "nn_conv": lambda: NNConv(5, 5, nn.Linear(3, 25)),
    "cg": lambda: CGConv(5, dim=3, batch_norm=True),
    "gen": lambda: GENConv(5, 5, edge_dim=3, learn_t=True, norm="layer"),
    "gen_norm": lambda: GENConv(5, 5, edge_dim=3, msg_norm=True, learn_msg_scale=True),
    "pna": lambda: PNAConv(5, 5, ["mean", "sum", "max", "min"], edge_dim=3, **PNA),
}


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("name", LAYERS)
def test_terms_close_the_sum(name, rule):
    torch.manual_seed(0)
    model = siamese(OnEdges(LAYERS[name](), LAYERS[name]()))
    graphs = [random_graph(1), random_graph(2, 4, 4), random_graph(3, 1, 0), random_graph(4, 5, 5)]
    inputs = model.inputs(Batch.from_data_list(graphs))
    factors, _ = lrp_factors(model, inputs, rule)
    total = factors.sums() + sum(factors.parts.values())
    scale = max(float(part.abs().max()) for part in (factors.embedding, *factors.parts.values()))
    assert float((total - factors.embedding).abs().max()) < 1e-10 * max(scale, 1)
    gated, _ = lrp_factors(model, inputs, rule, messages=True)
    torch.testing.assert_close(gated.node, factors.node)


@pytest.mark.parametrize("aggregators", [["mean", "max"], ["sum", "min"]])
def test_pna_at_gamma_0_is_gradient_times_input(aggregators):
    torch.manual_seed(0)
    model = siamese(Alone(*(PNAConv(5, 5, aggregators, **PNA) for _ in range(2))))
    inputs = model.inputs(random_graph(5))
    inputs.x.requires_grad_()
    h = model.encode(inputs)[0]
    rows = [torch.autograd.grad(value, inputs.x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(row * inputs.x).sum(1) for row in rows]).detach()
    inputs.x.requires_grad_(False)
    found, _ = lrp_factors(model, inputs, GammaRule(0.0))
    assert relative(found[0], expected) < 1e-6


def test_a_standard_deviation_of_messages_is_refused_with_the_reason():
    model = siamese(Alone(PNAConv(5, 5, ["mean", "std"], **PNA)))
    with pytest.raises(ValueError, match=r"StdAggregation.*variance is a product of two inputs"):
        lrp_factors(model, model.inputs(random_graph(0)))


def test_cgconv_at_gamma_0_holds_its_gate():
    """Relevance of :math:`\\sigma(f)\\,(s(g) - s(0))` is that of g, and s(0) is a bias."""
    torch.manual_seed(0)
    model, graph = siamese(Alone(CGConv(5))), random_graph(1)
    conv, (row, col) = model.encoder.convs[0], graph.edge_index
    x = graph.x.clone().requires_grad_()
    z = torch.cat([x[col], x[row]], 1)
    gate, pre = conv.lin_f(z).sigmoid().detach(), conv.lin_s(z)
    soft = nn.functional.softplus(pre.detach())
    slope = (soft - torch.log(torch.tensor(2.0).double())) / pre.detach()
    h = x + torch.zeros_like(x).index_add(0, col, gate * slope * pre)
    rows = [torch.autograd.grad(v, x, retain_graph=True)[0] for v in h.mean(0)]
    expected = torch.stack([(r * x).sum(1) for r in rows]).detach()
    found, _ = lrp_factors(model, model.inputs(graph), GammaRule(0.0))
    assert relative(found[0], expected) < 1e-7


class NormFirst(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.norm, self.conv = norm, ResGatedGraphConv(5, 4, edge_dim=3)

    def forward(self, x, edge_index, edge_attr):
        return self.conv(x if self.norm is None else self.norm(x), edge_index, edge_attr)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_batch_norm_before_gated_neighbours_folds_into_their_maps(rule):
    """Also where its factors are negative, and beside features of edges."""
    torch.manual_seed(0)
    model, folded = siamese(NormFirst(nn.BatchNorm1d(5))), siamese(NormFirst(None))
    norm, conv = model.encoder.norm, folded.encoder.conv
    conv.load_state_dict(model.encoder.conv.state_dict())
    with torch.no_grad():
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        assert bool((scale < 0).any()) and bool((scale > 0).any())
        shift = norm.bias - norm.running_mean * scale
        for lin in (conv.lin_key, conv.lin_query, conv.lin_value):
            lin.bias += lin.weight[:, :5] @ shift
            lin.weight[:, :5] *= scale
        conv.bias += conv.lin_skip.weight @ shift
        conv.lin_skip.weight *= scale
    inputs = model.inputs(random_graph(1))
    torch.testing.assert_close(model.encode(inputs), folded.encode(inputs))
    found, expected = lrp_factors(model, inputs, rule)[0], lrp_factors(folded, inputs, rule)[0]
    torch.testing.assert_close(found.node, expected.node, rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(found.parts["bias"], expected.parts["bias"], rtol=1e-6, atol=1e-8)
