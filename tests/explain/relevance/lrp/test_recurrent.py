import pytest
import torch
from explain.relevance.lrp import dense
from explain.relevance.lrp.cases import RULES
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import GatedGraphConv

from pyg_siamex.explain.relevance import GammaRule, lrp_factors
from pyg_siamex.explain.relevance.lrp.propagation import Propagation
from pyg_siamex.explain.relevance.lrp.surrogate import surrogate


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def relevance(module, run, x, R, rule):
    """Relevance of ``x`` under the rules, and the output."""
    module = module.double().eval().requires_grad_(False)
    x = x.clone().requires_grad_()
    lrp = Propagation(rule, [rule.gamma] * 40)
    with surrogate(module, lrp):
        out = run(module, x)
    (slope,) = torch.autograd.grad((out * R / out.detach()).sum(), x)
    return (slope * x).detach(), out.detach()


def lstm_back(weights, xs, R, rule):
    """LRP through an LSTM from a zero state, step by step, for one sequence ``[T, I]``."""
    w_x, w_h, b_x, b_h = weights
    width = w_h.size(1)
    h, c, steps = torch.zeros(width).double(), torch.zeros(width).double(), []
    for x in xs:
        i, f, g, o = (w_x @ x + b_x + w_h @ h + b_h).chunk(4)
        new = i.sigmoid() * g.tanh()
        kept = f.sigmoid() * c
        steps.append((torch.cat([x, h]), g, kept, new))
        c = kept + new
        h = o.sigmoid() * c.tanh()
    own = slice(2 * width, 3 * width)
    layer = dense.Layer([], torch.cat([w_x[own], w_h[own]], 1), (b_x + b_h)[own], False)
    R_h, R_c, found = R, torch.zeros(width).double(), []
    for a, _, kept, new in reversed(steps):
        R_c = R_c + R_h  # through the output gate and tanh
        R_g, R_c = R_c * new / (kept + new), R_c * kept / (kept + new)
        args = (a.unsqueeze(0), layer, R_g.unsqueeze(0), rule.gamma, rule.epsilon, rule.kind)
        R_a = dense.linear_back(*args)[0]
        found.append(R_a[: len(xs[0])])
        R_h = R_a[len(xs[0]) :]
    return torch.stack(found[::-1]), h


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_an_lstm_equals_its_steps_by_hand(rule):
    torch.manual_seed(0)
    lstm, xs, R = nn.LSTM(5, 4).double(), drawn(3, 5), drawn(4, seed=1)
    weights = [w.detach() for w in lstm.parameters()]
    expected, h = lstm_back(weights, xs, R, rule)
    found, out = relevance(lstm, lambda m, x: m(x.unsqueeze(1))[0][-1, 0], xs, R, rule)
    torch.testing.assert_close(out, h)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_an_lstm_cell_equals_a_step_by_hand(rule):
    torch.manual_seed(0)
    cell, x, R = nn.LSTMCell(5, 4).double(), drawn(1, 5), drawn(4, seed=1)
    expected, _ = lstm_back([w.detach() for w in cell.parameters()], x, R, rule)
    found, _ = relevance(cell, lambda m, x: m(x)[0][0], x, R, rule)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_a_gru_cell_equals_a_step_by_hand(rule):
    torch.manual_seed(0)
    cell, x, h, R = nn.GRUCell(5, 4).double(), drawn(5), drawn(4, seed=2), drawn(4, seed=1)
    w_x, w_h, b_x, b_h = (w.detach() for w in cell.parameters())
    (r, z, _), (r_h, z_h, _) = (w_x @ x + b_x).chunk(3), (w_h @ h + b_h).chunk(3)
    r, z, own = (r + r_h).sigmoid(), (z + z_h).sigmoid(), slice(8, 12)
    weight = torch.cat([w_x[own], r[:, None] * w_h[own]], 1)
    layer = dense.Layer([], weight, b_x[own] + r * b_h[own], False)
    a = torch.cat([x, h])
    g = weight @ a + layer.bias
    out = (1 - z) * g.tanh() + z * h
    args = (a[None], layer, (R * (1 - z) * g.tanh() / out)[None], rule.gamma, rule.epsilon)
    expected = dense.linear_back(*args, rule.kind)[0]
    expected[5:] += R * z * h / out
    found, value = relevance(cell, lambda m, a: m(a[None, :5], a[None, 5:])[0], a, R, rule)
    torch.testing.assert_close(value, out)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU])
@pytest.mark.parametrize(
    "options",
    [{}, {"num_layers": 2}, {"bidirectional": True}, {"batch_first": True}, {"bias": False}],
    ids=str,
)
def test_unrolled_layers_compute_what_pytorch_computes(kind, options):
    torch.manual_seed(0)
    module = kind(5, 4, **options).double().eval().requires_grad_(False)
    x = drawn(3, 2, 5).requires_grad_()
    expected, state = module(x)
    with surrogate(module, Propagation(GammaRule(), [0.25] * 40)):
        out, last = module(x)
        one, _ = module(x[0])
    torch.testing.assert_close(out, expected)
    torch.testing.assert_close(last, state)
    torch.testing.assert_close(one, module(x[0])[0])


def test_a_state_that_is_given_is_read():
    torch.manual_seed(0)
    module = nn.GRU(5, 4).double().eval().requires_grad_(False)
    x, h = drawn(3, 2, 5).requires_grad_(), drawn(1, 2, 4)
    with surrogate(module, Propagation(GammaRule(), [0.25] * 40)):
        out, _ = module(x, h)
    torch.testing.assert_close(out, module(x, h)[0])


def test_projected_states_are_refused():
    module = nn.LSTM(5, 4, proj_size=2).double().eval().requires_grad_(False)
    with (
        surrogate(module, Propagation(GammaRule(), [0.25] * 40)),
        pytest.raises(ValueError, match="proj_size"),
    ):
        module(drawn(3, 2, 5).requires_grad_())


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = GatedGraphConv(5, 1)

    def forward(self, x, edge_index):
        return self.conv(x, edge_index)


@pytest.mark.parametrize("rule", RULES[:3], ids=str)
def test_gated_graph_convolutions_equal_their_step_by_hand(rule):
    """Neighbours are summed before their map, and a GRU joins them with the node itself."""
    torch.manual_seed(0)
    model, graph = siamese(Gated()), random_graph(1)
    conv, x, n = model.encoder.conv, graph.x, graph.num_nodes
    A, rule = dense.adjacency(graph.edge_index, n), GammaRule(rule.gamma, 1e-12, rule.kind)
    w_x, w_h, b_x, b_h = (w.detach() for w in conv.rnn.parameters())
    summed, own = A @ x, slice(10, 15)
    first = dense.Layer([], conv.weight[0].detach().T, torch.zeros(5).double(), False)
    m = summed @ first.weight.T
    both = m @ w_x.T + b_x + x @ w_h.T + b_h
    r, z = both[:, :5].sigmoid(), both[:, 5:10].sigmoid()
    expected = torch.zeros(5, n).double()
    joined = torch.cat([m, x], 1)
    out = torch.zeros_like(x)
    for i in range(n):
        weight = torch.cat([w_x[own], r[i][:, None] * w_h[own]], 1)
        layer = dense.Layer([], weight, b_x[own] + r[i] * b_h[own], False)
        new = (1 - z[i]) * (weight @ joined[i] + layer.bias).tanh()
        out[i] = new + z[i] * x[i]
        for k in range(5):
            R = torch.zeros(1, 5).double()
            R[0, k] = new[k] / n
            args = (rule.gamma, 1e-12, rule.kind)
            back = dense.linear_back(joined[i : i + 1], layer, R, *args)[0]
            expected[k, i] += back[5:].sum() + z[i, k] * x[i, k] / n
            R_m = torch.zeros(n, 5).double()
            R_m[i] = back[:5]
            R_sum = dense.linear_back(summed, first, R_m, *args)
            expected[k] += dense.mixing_back(x, A, R_sum).sum(1)
    found, _ = lrp_factors(model, model.inputs(graph), rule)
    torch.testing.assert_close(found.embedding[0], out.mean(0))
    torch.testing.assert_close(found[0], expected, rtol=1e-6, atol=1e-8)
