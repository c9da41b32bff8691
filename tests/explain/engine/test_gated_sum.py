"""The sparse product against the layer's own gather, scale and scatter."""

import pytest
import torch
from graphs import ENCODERS, FEATURES, random_graph
from torch_geometric.data import Batch
from torch_geometric.nn import GATConv, GATv2Conv, GCNConv, GINConv, GraphConv, SAGEConv

from pyg_siamex.explain.engine.gated_sum import GatedPropagate, fused_sums, is_weighted_sum
from pyg_siamex.explain.engine.gates import message_gates

LAYERS = {
    "GCN": lambda: GCNConv(FEATURES, 20),
    "GCN without loops": lambda: GCNConv(FEATURES, 20, add_self_loops=False, normalize=False),
    "GIN": lambda: GINConv(torch.nn.Linear(FEATURES, 20), train_eps=True),
    "SAGE": lambda: SAGEConv(FEATURES, 20),
    "SAGE sum": lambda: SAGEConv(FEATURES, 20, aggr="sum", root_weight=False),
    "SAGE project": lambda: SAGEConv(FEATURES, 20, project=True, normalize=True),
    "Graph": lambda: GraphConv(FEATURES, 20),
    "Graph mean": lambda: GraphConv(FEATURES, 20, aggr="mean"),
    "GAT": lambda: GATConv(FEATURES, 20),
    "GATv2": lambda: GATv2Conv(FEATURES, 20, share_weights=True),
}


def both_ways(layer, graph, gate):
    """Output and gradients with the sparse product and with message hooks."""
    out = []
    for fused in (True, False):
        x, g = graph.x.clone().requires_grad_(), gate.clone().requires_grad_()
        with message_gates(layer, fused=fused) as gates:
            assert ("propagate" in vars(layer)) == fused
            h = gates.run(graph.edge_index, g, lambda x=x: layer(x, graph.edge_index))
        out.append((h, *torch.autograd.grad(h.sin().sum(), (x, g))))
    assert "propagate" not in vars(layer) and not layer._message_forward_hooks
    return zip(*out, strict=True)


@pytest.mark.parametrize("name", list(LAYERS))
def test_values_and_gradients_equal_message_hooks(name):
    layer = LAYERS[name]().double()
    assert is_weighted_sum(layer)
    graphs = [random_graph(9, 1, torch.double), random_graph(6, 2, torch.double)]
    graph = Batch.from_data_list(graphs)
    graph.edge_index = torch.cat([graph.edge_index, graph.edge_index[:, 3:5]], dim=1)  # duplicates
    gate = torch.rand(graph.edge_index.size(1), dtype=torch.double)
    for fused, usual in both_ways(layer, graph, gate):
        assert torch.allclose(fused, usual, atol=1e-12)


def test_layers_are_found_as_they_were():
    layer, own = GINConv(torch.nn.Identity()), GINConv(torch.nn.Identity())
    own.propagate = usual = own.propagate
    x, edges = torch.randn(4, 20), torch.tensor([[0, 1, 1], [1, 2, 0]])
    expected = layer(x, edges)
    with pytest.raises(KeyError), fused_sums([layer, own, torch.nn.ReLU()]):
        assert isinstance(layer.propagate, GatedPropagate)
        torch.testing.assert_close(layer(x, edges), expected)
        raise KeyError
    assert "propagate" not in vars(layer) and own.propagate == usual


def test_means_are_in_full_precision():
    layer, x = SAGEConv(20, 3).double(), torch.randn(4, 20, dtype=torch.double)
    edges = torch.tensor([[0, 1, 2], [3, 3, 3]])
    expected = layer(x, edges)
    with fused_sums([layer]):
        torch.testing.assert_close(layer(x, edges), expected, rtol=1e-14, atol=1e-14)


def test_a_changed_edge_index_is_noticed():
    layer = GINConv(torch.nn.Identity())
    x = torch.randn(4, 20)
    one, other = torch.tensor([[0, 1], [1, 2]]), torch.tensor([[3, 1], [1, 2]])
    with message_gates(layer) as gates:
        gates.run(one, torch.ones(2), lambda: layer(x, one))
        h = gates.run(other, torch.ones(2), lambda: layer(x, other))
        assert torch.allclose(h[1], x[1] + x[3])


def test_layers_share_what_is_sorted_and_keep_their_own_edges():
    graph, other = random_graph(6, 1), random_graph(6, 2)
    layers = [GraphConv(FEATURES, FEATURES) for _ in range(3)]
    edges = [graph.edge_index, other.edge_index, graph.edge_index.clone()]
    expected = [layer(graph.x, e) for layer, e in zip(layers, edges, strict=True)]
    with fused_sums(layers):
        for _ in range(2):
            found = [layer(graph.x, e) for layer, e in zip(layers, edges, strict=True)]
            structures = layers[0].propagate.structures
            assert structures[layers[0]] is structures[layers[2]] is not structures[layers[1]]
            for a, b in zip(found, expected, strict=True):
                torch.testing.assert_close(a, b)


def test_what_is_no_weighted_sum_takes_the_usual_way():
    class Louder(GCNConv):
        def message(self, x_j, edge_weight):
            return 2 * x_j

    hooked = GCNConv(FEATURES, 4)
    hooked.register_message_forward_hook(lambda layer, inputs, out: 2 * out)
    for layer in (
        Louder(FEATURES, 4),
        hooked,
        GATConv(FEATURES, 4, heads=2),
        SAGEConv(FEATURES, 4, aggr="max"),
        GCNConv(FEATURES, 4, flow="target_to_source"),
        GCNConv(FEATURES, 4, decomposed_layers=2),
        GCNConv(FEATURES, 4).half(),
        GCNConv(FEATURES, 4).to("meta"),
        *ENCODERS["PNA"]().convs,
    ):
        assert not is_weighted_sum(layer)


def test_nothing_is_left_on_a_layer_that_an_error_hit():
    layer = GCNConv(FEATURES, 4)
    before = dict(vars(layer))
    with pytest.raises(RuntimeError), message_gates(layer):
        raise RuntimeError
    assert vars(layer).keys() == before.keys()
