"""Ways around the masks, cut gradients, and contracts that no longer hold are noticed."""

from collections import deque
from types import MethodType, SimpleNamespace

import numpy as np
import pytest
import torch
import torch_geometric.nn as pyg
from explain.engine.test_encoder import (
    ALGORITHMS,
    assert_occlusion_is_deletion,
    explain,
    graph,
    siamese,
)
from graphs import FEATURES, random_graph
from torch import nn
from torch_geometric.data import Data
from torch_geometric.utils import coalesce, degree

from pyg_siamex import IntegratedGradients, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.engine.contract.known import contract_of

BY_ITSELF = "collects node values along the edges where no edge mask acts"


class Sum(pyg.MessagePassing):
    """A sum of neighbours and a linear map."""

    def __init__(self, channels, out=8):
        super().__init__()
        self.lin = nn.Linear(channels, out)

    def forward(self, x, edge_index):
        return self.lin(x + self.propagate(edge_index, x=x)).tanh()


class Two(nn.Module):
    """Two layers, the second one given."""

    def __init__(self, second=None):
        super().__init__()
        self.first, self.second = Sum(FEATURES), second or Sum(8)

    def forward(self, x, edge_index):
        return self.second(self.first(x, edge_index), edge_index)


class NeverPropagates(Sum):
    def forward(self, x, edge_index):
        row, col = edge_index
        return self.lin(x + torch.zeros_like(x).index_add(0, col, x[row])).tanh()


class OwnPropagation(Sum):
    def propagate(self, edge_index, x):
        row, col = edge_index
        return torch.zeros_like(x).index_add(0, col, x[row])


class WrittenMatrix(Sum):
    def forward(self, x, edge_index):
        matrix = x.new_zeros(len(x), len(x))
        matrix[edge_index[1], edge_index[0]] = 1.0
        return self.lin(x + matrix @ x).tanh()


class ByList(Sum):
    def forward(self, x, edge_index):
        row, col = edge_index
        return self.lin(x + torch.zeros_like(x).index_add(0, col, x[row.tolist()])).tanh()


@pytest.mark.parametrize("layer", [NeverPropagates, OwnPropagation, WrittenMatrix, ByList])
@pytest.mark.parametrize("name", ["occlusion", "bilrp", "gnn_explainer", "integrated_jacobians"])
def test_a_way_along_edges_that_no_gate_closes_is_named(layer, name):
    with pytest.raises(ValueError, match=rf"'second[.\w]*' {BY_ITSELF}"):
        explain(siamese(Two(layer(8))), ALGORITHMS[name](), graph(6, 1), graph(5, 2))


@pytest.mark.parametrize(
    "encoder",
    [pyg.GAT, pyg.GCN, pyg.GraphSAGE, pyg.PNA, pyg.EdgeCNN],
    ids=lambda kind: kind.__name__,
)
def test_stock_layers_have_no_such_way(encoder):
    further = {}
    if encoder is pyg.PNA:
        further = {
            "aggregators": ["mean", "std"],
            "scalers": ["identity", "amplification"],
            "deg": torch.tensor([1, 2, 3]),
        }
    model = siamese(encoder(FEATURES, 8, 2, **further))
    assert explain(model, Occlusion(), graph(6, 1), graph(5, 2)).query.edge_mask.abs().max() > 0


def test_functions_put_on_a_layer_are_what_runs():
    def louder(self, x_j, edge_weight=None):
        return (3 * x_j).tanh()

    encoder = pyg.GraphConv(FEATURES, 8)
    encoder.message = MethodType(louder, encoder)
    assert_occlusion_is_deletion(siamese(encoder), graph(6, 1), graph(5, 2))
    hooked = pyg.GraphConv(FEATURES, 8)
    hooked.aggr_module.register_forward_hook(lambda _, __, output: output.sigmoid())
    query, reference = graph(6, 1), graph(5, 2)
    model = siamese(hooked)
    found = explain(model, Occlusion(), query, reference)
    usual = SiameseGNN(hooked, "add")
    usual.encoder.register_message_forward_hook(lambda *_: None)  # takes the usual way
    expected = explain(usual, Occlusion(), query, reference)
    assert torch.allclose(found.query.edge_mask, expected.query.edge_mask, atol=1e-12)


def test_a_compiled_forward_runs_eagerly_meanwhile():
    model = siamese(Two())
    expected = explain(model, Occlusion(), graph(6, 1), graph(5, 2)).query.edge_mask
    compiled = torch.compile(model.encoder.first.forward, backend="eager")
    model.encoder.first.forward = compiled
    found = explain(model, Occlusion(), graph(6, 1), graph(5, 2)).query.edge_mask
    assert torch.allclose(found, expected, atol=1e-12)
    assert model.encoder.first.forward is compiled


def test_equal_edge_lists_are_not_taken_for_the_same_edges():
    class Turned(Two):
        def forward(self, x, edge_index):
            return super().forward(x, coalesce(edge_index.flip(0)))

    query, reference = graph(6, 1), graph(5, 2)
    for made in (query, reference):
        made.edge_index = coalesce(made.edge_index)
        assert torch.equal(coalesce(made.edge_index.flip(0)), made.edge_index)
    assert_occlusion_is_deletion(siamese(Turned()), query, reference)


def test_parallel_edges_that_change_places():
    class ByTime(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = pyg.GraphConv(FEATURES, 8)

        def forward(self, x, edge_index, edge_time):
            order = (edge_index[0] * 100 + edge_time).argsort()
            weight = torch.arange(len(order), dtype=x.dtype) / len(order)
            return self.conv(x, edge_index[:, order], weight.flip(0)).tanh()

    def timed(nodes, seed):
        edges = torch.tensor([[0, 0, 1, 2, 2], [1, 1, 0, 1, 1]])
        made = Data(x=graph(nodes, seed).x, edge_index=edges)
        made.edge_time = torch.tensor([5, 2, 3, 9, 4])
        return made

    model, query, reference = siamese(ByTime()), timed(4, 1), timed(4, 2)
    found = explain(model, Occlusion(), query, reference).query.edge_mask
    swapped = query.clone()
    swapped.edge_time = torch.tensor([2, 5, 3, 4, 9])
    other = explain(model, Occlusion(), swapped, reference).query.edge_mask
    assert torch.allclose(found[[1, 0, 2, 4, 3]], other, atol=1e-12)
    assert not torch.allclose(found, other, atol=1e-4)


def test_edges_that_are_changed_in_place_are_refused():
    class Sorts(Two):
        def forward(self, x, edge_index):
            edge_index.copy_(edge_index[:, edge_index[1].argsort(stable=True)])
            return super().forward(x, edge_index)

    with pytest.raises(ValueError, match="changed in place"):
        explain(siamese(Sorts()), Occlusion(), graph(6, 1), graph(5, 2))


class Frozen(Two):
    """A backbone without gradients."""

    def forward(self, x, edge_index):
        with torch.no_grad():
            h = self.first(x, edge_index)
        return self.second(h, edge_index)


class HalfDetached(Two):
    def forward(self, x, edge_index):
        h = self.first(x, edge_index)
        return self.second(h + h.detach(), edge_index)


class NoGradients(Two):
    @torch.no_grad()
    def forward(self, x, edge_index):
        return super().forward(x, edge_index)


@pytest.mark.parametrize("encoder", [Frozen, HalfDetached, NoGradients])
def test_cut_gradients_are_noticed_by_methods_that_take_them(encoder):
    model, query, reference = siamese(encoder()), graph(6, 1), graph(5, 2)
    assert_occlusion_is_deletion(model, query, reference)
    for name in ("input_x_gradient", "integrated_gradients", "mask_optimization", "gda"):
        with pytest.raises(ValueError, match=r"gradient .* by the messages of layer 'first'"):
            explain(model, ALGORITHMS[name](), query, reference)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", ["GIN", "GCN", "GAT", "GraphSAGE"])
def test_gradients_of_stock_encoders_are_true(name, seed):
    model = siamese(getattr(pyg, name)(FEATURES, 16, 3), seed=seed)
    assert explain(model, IntegratedGradients(2), graph(6, seed), graph(5, seed + 1))


def test_types_among_numbers_are_noticed():
    class Mixed(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.gnn = nn.Embedding(9, FEATURES - 1), pyg.GIN(FEATURES - 1, 8, 2)

        def forward(self, x, edge_index):
            return self.gnn(self.table(x[:, 0].long()) + x[:, 1:], edge_index)

    pair = graph(6, 1), graph(5, 2)
    for made in pair:
        made.x[:, 0] = torch.arange(made.num_nodes) % 4
    for kind in ("object", "attributes"):
        with pytest.raises(ValueError, match="column 0 of x into integers"):
            explain(siamese(Mixed()), IntegratedGradients(4), *pair, node_mask_type=kind)
    assert explain(siamese(Mixed()), IntegratedGradients(4), *pair)


@pytest.mark.parametrize("shared", ["edge_type", "degree"])
def test_a_table_that_other_things_look_up_too_is_faded_for_x_alone(shared):
    class Shared(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.conv = nn.Embedding(9, FEATURES), pyg.GINEConv(nn.Linear(FEATURES, 8))

        def forward(self, x, edge_index, edge_type):
            h = self.table(x[:, 0])
            if shared == "degree":
                h = h + self.table(degree(edge_index[1], len(x)).long())
            return self.conv(h, edge_index, self.table(edge_type)).tanh()

    def typed(seed):
        generator = torch.Generator().manual_seed(seed)
        made = Data(x=torch.randint(0, 9, (4, 1), generator=generator))
        made.edge_index = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 0]])
        made.edge_type = torch.randint(0, 9, (4,), generator=generator)
        return made

    query, reference = typed(1), typed(2)
    model = siamese(Shared())
    mask = explain(model, Occlusion(), query, reference, node_mask_type="object").query.node_mask
    net, whole = model.encoder.eval(), model(query, reference)
    for node in range(4):
        h = net.table(query.x[:, 0])
        h = h * (torch.arange(4) != node)[:, None]
        if shared == "degree":
            h = h + net.table(degree(query.edge_index[1], 4).long())
        h = net.conv(h, query.edge_index, net.table(query.edge_type)).tanh().sum(0)
        lost = whole - torch.cosine_similarity(h, model.embed(reference)[0], dim=0)
        assert mask[node].item() == pytest.approx(lost.item(), abs=1e-12)


@pytest.mark.parametrize("pool", ["LSTMAggregation", "GRUAggregation"])
def test_pools_that_pad_a_batch(pool):
    torch.manual_seed(0)
    model = SiameseGNN(Two(), getattr(pyg, pool)(8, 8)).double()
    queries, references = [graph(6, 1), graph(6, 1)], [graph(6, 2), graph(9, 3)]
    found = PairExplainer(model, Occlusion(), edge_mask_type="object").explain(queries, references)
    model.eval()
    for one, query, reference in zip(found, queries, references, strict=True):
        assert one.prediction == pytest.approx(model(query, reference).item(), abs=1e-12)


def test_an_encoder_that_knows_one_number_of_nodes():
    class Fixed(Two):
        def forward(self, x, edge_index, num_graphs):
            return super().forward(x, edge_index).view(num_graphs, 6 * 8)

    model = SiameseGNN(Fixed(), None).double()
    assert_occlusion_is_deletion(model, graph(6, 1), graph(6, 2))


def change_attribute(encoder):
    encoder.centre = True


def change_data(encoder):
    encoder.amount.data.fill_(1.0)


@pytest.mark.parametrize("change", [change_attribute, change_data])
def test_a_model_that_was_changed_is_tried_again(change):
    class Centres(Two):
        def __init__(self):
            super().__init__()
            self.centre, self.amount = False, nn.Parameter(torch.zeros(()))

        def forward(self, x, edge_index):
            h = super().forward(x, edge_index)
            return h - h.mean(0) * (1.0 if self.centre else self.amount)

    model, pairs = siamese(Centres(), "max"), ([graph(6, 1)] * 2, [graph(5, 2), graph(9, 3)])
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    explainer.explain(*pairs)
    change(model.encoder)
    found = explainer.explain(*pairs)
    model.eval()
    for one, query, reference in zip(found, *pairs, strict=True):
        assert one.prediction == pytest.approx(model(query, reference).item(), abs=1e-12)


def test_weights_of_one_must_be_no_weights():
    class Weighted(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = pyg.GCNConv(FEATURES, 8)

        def forward(self, x, edge_index, edge_weight=None):
            if edge_weight is None:
                edge_weight = x.new_full((edge_index.size(1),), 0.1)
            return self.conv(x, edge_index, edge_weight)

    pair = graph(6, 1), graph(5, 2)
    with pytest.raises(ValueError, match="differently with weights of 1"):
        explain(
            siamese(Weighted()), Occlusion(), *pair, edge_mask_type="object", mask_mode="weight"
        )


def test_state_of_any_depth_is_as_it_was():
    class Remembers(Two):
        def __init__(self):
            super().__init__()
            self.tensor, self.array = torch.zeros(2), np.zeros(2)
            self.nested, self.recent = {"seen": [], "by": {"size": 0}}, deque([1], maxlen=3)
            self.space = SimpleNamespace(calls=0)

        def forward(self, x, edge_index):
            self.tensor += 1
            self.array += 1
            self.nested["seen"].append(len(x))
            self.nested["by"]["size"] += 1
            self.recent.append(len(x))
            self.space.calls += 1
            return super().forward(x, edge_index)

    model = siamese(Remembers())
    explain(model, ALGORITHMS["mask_optimization"](), graph(6, 1), graph(5, 2))
    net = model.encoder
    assert net.tensor.tolist() == [0, 0] and net.array.tolist() == [0, 0]
    assert net.nested == {"seen": [], "by": {"size": 0}} and list(net.recent) == [1]
    assert net.space.calls == 0


def test_an_encoder_that_writes_into_its_input():
    class Writes(Two):
        def forward(self, x, edge_index):
            return super().forward(torch.relu_(x), edge_index)

    class Plain(Two):
        def forward(self, x, edge_index):
            return super().forward(x.relu(), edge_index)

    query, reference = graph(6, 1), graph(5, 2)
    kept = query.x.clone()
    expected = explain(siamese(Plain()), Occlusion(), query, reference).query.edge_mask
    found = explain(siamese(Writes()), Occlusion(), query, reference).query.edge_mask
    assert torch.allclose(found, expected, atol=1e-12) and torch.equal(query.x, kept)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (lambda a, b: (a * b).sum(-1).softmax(0), "another similarity in a batch than alone"),
        (lambda a, b: (a * b).sum(-1) > 0, "it must return real numbers"),
        (lambda a, b: (a, b), "it must return a number for each row"),
        (lambda a, b: a @ b.T, "it must return a number for each row"),
    ],
)
def test_heads_that_are_none(head, message):
    model = SiameseGNN(Two(), "add", head).double()
    with pytest.raises(ValueError, match=message):
        PairExplainer(model, Occlusion(), edge_mask_type="object").explain(
            [graph(6, 1)] * 2, [graph(5, 2), graph(4, 3)]
        )


def test_an_asymmetric_head_and_one_that_does_not_broadcast():
    torch.manual_seed(0)
    for head in (nn.Bilinear(8, 8, 1), nn.CosineSimilarity(), lambda a, b: (a - 2 * b).norm(dim=1)):
        model = SiameseGNN(Two(), "add", head).double()
        assert_occlusion_is_deletion(model, graph(6, 1), graph(5, 2))


@pytest.mark.parametrize("seed", range(40))
def test_units_that_are_off_on_small_graphs_are_no_types(seed):
    """Narrow ReLU encoders are often off on the few nodes that are tried."""
    torch.manual_seed(seed)
    model = SiameseGNN(pyg.GIN(FEATURES, 2, 2).double(), "add").eval()
    graphs = [random_graph(6, seed, torch.double), random_graph(5, seed + 1, torch.double)]
    contract = contract_of(model, model.inputs_of(graphs))
    assert not contract.discrete
    assert not contract.types


def test_graphs_without_nodes_say_nothing_of_an_encoder():
    model = siamese(pyg.GIN(FEATURES, 8, 2))
    whole = model.inputs_of([random_graph(5, 1), random_graph(6, 2)])
    nothing = whole.select_nodes(whole.batch < 0)
    assert contract_of(model, nothing).apart
    known = contract_of(model, whole)
    assert not known.apart and known.reads_x and known.graph is not None and len(known.graph.x)
    assert contract_of(model, nothing).apart and contract_of(model, whole) is known


class Between(nn.Module):
    """Two layers of PyG with a norm of all nodes between them."""

    def __init__(self, first, norm):
        super().__init__()
        self.first, self.norm = first(FEATURES), norm
        self.second = pyg.SAGEConv(8, 8)

    def forward(self, x, edge_index):
        return self.second(self.norm(self.first(x, edge_index)).relu(), edge_index)


@pytest.mark.parametrize("norm", [pyg.GraphNorm(8), pyg.PairNorm(), pyg.LayerNorm(8)], ids=str)
@pytest.mark.parametrize("aggr", ["median", "mean", "max"])
def test_a_norm_of_all_nodes_is_no_way_along_edges(aggr, norm):
    model = siamese(Between(lambda width: pyg.SAGEConv(width, 8, aggr=aggr), norm))
    found = explain(model, Occlusion(), graph(6, 1), graph(5, 2))
    assert found.query.edge_mask.abs().max() > 0
    leaks = siamese(Between(lambda width: NeverPropagates(width), norm))
    with pytest.raises(ValueError, match=BY_ITSELF):
        explain(leaks, Occlusion(), graph(6, 1), graph(5, 2))


@pytest.mark.parametrize("layer", [NeverPropagates, OwnPropagation])
def test_a_way_along_edges_is_seen_beside_a_median(layer):
    model = siamese(Two(layer(8)))
    model.encoder.first = pyg.SAGEConv(FEATURES, 8, aggr="median").double()
    with pytest.raises(ValueError, match=BY_ITSELF):
        explain(model, Occlusion(), graph(6, 1), graph(5, 2))
