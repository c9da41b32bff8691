"""Hops that give a node the embedding it has in the whole graph."""

import pytest
import torch
from linked_graphs import ENCODERS, LINKS, large_graph, scores
from torch_geometric.loader import DataLoader
from torch_geometric.nn import APPNP, GCN, GIN, ChebConv, GraphNorm, SGConv, TAGConv

from pyg_siamex import SiameseGNN
from pyg_siamex.data import NodePairs
from pyg_siamex.nn import check_hops, find_hops
from pyg_siamex.nn import hops as module


class Deep(torch.nn.Module):
    """An encoder of one layer that takes several hops."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, edge_index):
        return self.layer(x, edge_index)


KNOWN = {
    "GCN": (ENCODERS["GCN"], 3),  # one more for the degrees of the outermost neighbours
    "GIN": (ENCODERS["GIN"], 2),
    "GAT": (ENCODERS["GAT"], 2),
    "GraphSAGE": (ENCODERS["GraphSAGE"], 3),
    "SG": (lambda: Deep(SGConv(5, 4, K=3)), 4),
    "TAG": (lambda: Deep(TAGConv(5, 4, K=2, normalize=False)), 2),
    "Cheb": (lambda: Deep(ChebConv(5, 4, K=3)), 3),
    "APPNP": (lambda: Deep(APPNP(K=3, alpha=0.1)), 4),
}


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("dtype", [torch.float, torch.double])
def test_embeddings_equal_those_in_the_whole_graph(name, dtype):
    torch.manual_seed(0)
    make, _ = KNOWN[name]
    model = SiameseGNN(make().to(dtype), pool="root", similarity="dot").eval()
    data = large_graph(dtype=dtype)
    pairs = NodePairs(data, LINKS, find_hops(model, data, LINKS))
    query, reference, _ = next(iter(DataLoader(pairs, batch_size=len(LINKS))))
    tolerance = 1e-6 if dtype is torch.float else 1e-13
    wanted = scores(model, data)
    with torch.no_grad():
        gap = (model(query, reference) - wanted).abs().max()
    assert gap <= tolerance * max(1, float(wanted.abs().max()))


@pytest.mark.parametrize("name", KNOWN)
def test_hops_are_found_and_one_less_is_refused(name):
    torch.manual_seed(0)
    make, hops = KNOWN[name]
    model, data = SiameseGNN(make(), pool="root"), large_graph(200, 3.0)
    assert find_hops(model, data, LINKS) == hops
    check_hops(model, data, NodePairs(data, LINKS, hops))
    with pytest.raises(ValueError, match=f"num_hops={hops - 1} is too small"):
        check_hops(model, data, NodePairs(data, LINKS, hops - 1))


def test_modes_and_weights_stay():
    model, data = SiameseGNN(GCN(5, 8, 2, dropout=0.5), pool="root").train(), large_graph()
    find_hops(model, data, LINKS)
    assert model.training and next(model.parameters()).dtype is torch.float


@pytest.mark.parametrize("name", ["GIN", "GCN", "GraphSAGE"])
def test_encoders_that_take_single_precision_alone(name):
    class Single(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = KNOWN[name][0]()

        def forward(self, x, edge_index):
            return self.gnn(x.float(), edge_index)

    torch.manual_seed(0)
    model, data = SiameseGNN(Single(), pool="root"), large_graph()
    hops = KNOWN[name][1]
    assert find_hops(model, data, LINKS) == hops
    check_hops(model, data, NodePairs(data, LINKS, hops))
    with pytest.raises(ValueError, match=f"num_hops={hops - 1} is too small"):
        check_hops(model, data, NodePairs(data, LINKS, hops - 1))


@pytest.mark.parametrize("budget", [1, 60, 2**17])
def test_unions_of_limited_size_hold_each_node_once(monkeypatch, budget):
    torch.manual_seed(0)
    monkeypatch.setattr(module, "_BUDGET", budget)
    model, data = SiameseGNN(KNOWN["GCN"][0](), pool="root").eval(), large_graph(200, 3.0)
    nodes = torch.arange(0, 150, 2)
    unions = list(module._unions(model, data, nodes, 3))
    assert torch.cat([some for some, _ in unions]).tolist() == nodes.tolist()
    assert (len(unions) == len(nodes)) == (budget == 1)
    whole = model.node_embeddings(model.inputs(data))
    for some, union in unions:
        torch.testing.assert_close(model.encode(union), whole[some])
        cost = len(union.x) + union.edge_index.size(1)
        assert union.num_graphs == len(some) and (cost <= budget or len(some) == 1)
    assert find_hops(model, data, LINKS) == 3


def test_what_no_neighbourhood_covers_is_refused():
    class Normed(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn, self.norm = GIN(5, 8, 1), GraphNorm(8)

        def forward(self, x, edge_index):
            return self.norm(self.gnn(x, edge_index))

    with pytest.raises(ValueError, match="norm over all nodes"):
        find_hops(SiameseGNN(Normed(), pool="root"), large_graph(), LINKS)


def test_isolated_nodes():
    model, data = SiameseGNN(GCN(5, 8, 2), pool="root"), large_graph()
    assert find_hops(model, data, [(59, 59)]) == 1


def test_other_pools_are_refused():
    data = large_graph()
    with pytest.raises(ValueError, match="pool='root'"):
        find_hops(SiameseGNN(GIN(5, 8, 2)), data, LINKS)
