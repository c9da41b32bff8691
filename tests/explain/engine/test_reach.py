import warnings

import pytest
import torch
from linked_graphs import ENCODERS, FEATURES, LINKS, large_graph
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN, GINEConv, GraphSAGE

from pyg_siamex import NodePairs, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.engine.reach import reads_beyond
from pyg_siamex.nn import find_hops

D = torch.double
DEEPER = {
    "GCN 1": lambda: GCN(FEATURES, 8, 1),
    "GCN 3": lambda: GCN(FEATURES, 8, 3),
    "GIN 1": lambda: GIN(FEATURES, 8, 1),
    "GAT 3": lambda: GAT(FEATURES, 8, 3),
    "GraphSAGE 1, mean": lambda: GraphSAGE(FEATURES, 8, 1, aggr="mean"),
}


def _explainer(encoder):
    torch.manual_seed(1)
    model = SiameseGNN(encoder.to(D), pool="root", similarity="dot").eval()
    return PairExplainer(model, Occlusion(), edge_mask_type="object")


@pytest.mark.parametrize("name", [*ENCODERS, *DEEPER])
def test_one_hop_too_few_is_noticed_and_enough_is_not(name):
    explainer = _explainer((ENCODERS | DEEPER)[name]())
    data = large_graph(dtype=D)
    enough = find_hops(explainer.model, data, LINKS)
    for hops in range(enough + 2):
        pairs = NodePairs(data, LINKS, hops).__getitems__(range(len(LINKS)))
        graphs = [graph for pair in pairs for graph in pair[:2]]
        assert reads_beyond(explainer.model, graphs) == (hops < enough)


def test_an_explanation_of_a_part_says_so():
    explainer, data = _explainer(GIN(FEATURES, 8, 2)), large_graph(dtype=D)
    pair = NodePairs(data, LINKS, 1)[0]
    with pytest.warns(UserWarning, match="find_hops"):
        explanation = explainer(pair.query, pair.reference)
    assert explanation.info["partial_neighbourhood"] is True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pair = NodePairs(data, LINKS, 2)[0]
        whole = explainer(pair.query, pair.reference)
    assert "partial_neighbourhood" not in whole.info


def test_edge_features_of_edges_that_are_left_out():
    class WithEdges(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = (
                GINEConv(torch.nn.Linear(FEATURES, FEATURES), edge_dim=3) for _ in range(2)
            )

        def forward(self, x, edge_index, edge_attr):
            return self.second(self.first(x, edge_index, edge_attr).relu(), edge_index, edge_attr)

    explainer, data = _explainer(WithEdges()), large_graph(dtype=D)
    for hops in (1, 2):
        pairs = NodePairs(data, LINKS, hops)
        assert reads_beyond(explainer.model, pairs[0][:2]) == (hops < 2)


def test_graphs_without_roots_or_with_all_edges_are_passed_over():
    data = large_graph(dtype=D)
    model = SiameseGNN(GIN(FEATURES, 8, 2).to(D), "mean")
    assert not reads_beyond(model, [NodePairs(data, LINKS, 1)[0].query])
    rooted = SiameseGNN(GIN(FEATURES, 8, 2).to(D), "root")
    alone = Data(x=data.x, edge_index=data.edge_index, root_index=torch.tensor([0]))
    assert not reads_beyond(rooted, [alone])


def test_what_is_left_out_is_counted():
    edges = torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 3]])
    data = Data(x=torch.eye(5), edge_index=edges)
    part = NodePairs(data, [(3, 1)], 1, remove_link=True)[0].query
    assert part.n_id.tolist() == [2, 3, 4]
    assert part.left_out.tolist() == [1, 0, 0]
