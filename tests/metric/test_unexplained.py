"""Graphs are measured without the masks of their explanation, and stay as they are."""

import torch
from graphs import FEATURES, random_graph
from torch_geometric.explain import Explanation
from torch_geometric.nn import GIN
from torch_geometric.transforms import ToSparseTensor

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.metric import evaluate
from pyg_siamex.metric.unexplained import unexplained, union


def test_masks_are_left_out_and_all_else_stays():
    model, plain = SiameseGNN(GIN(FEATURES, 8, 2), "add"), random_graph(5)
    graph = Explanation(
        x=plain.x, edge_index=plain.edge_index, edge_mask=torch.rand(plain.num_edges), note="a"
    )
    found = unexplained(graph, model)
    assert type(found) is Explanation and "edge_mask" in graph
    assert set(found.keys()) == {"x", "edge_index", "note"}
    joined = union([graph, graph], model)
    assert joined.num_graphs == 2 and torch.equal(joined.x, torch.cat([plain.x, plain.x]))


def test_a_graph_without_edges_gets_an_empty_list():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add")
    found = unexplained(Explanation(x=torch.ones(1, FEATURES)), model)
    assert found.edge_index.shape == (2, 0) and found.edge_index.dtype == torch.long


def test_a_sparse_adjacency_is_read_as_the_model_reads_it():
    plain = random_graph(5)
    graph = ToSparseTensor(remove_edge_index=True)(plain.clone())
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    found = unexplained(graph, model)
    assert {*zip(*found.edge_index.tolist(), strict=True)} == {
        *zip(*plain.edge_index.tolist(), strict=True)
    }
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    rows = [evaluate(explainer, [one], [plain], model=model) for one in (graph, plain)]
    control = [row[row["method"] == "random"]["value"].notna().sum() for row in rows]
    assert control[0] == control[1] > 0


def test_a_mask_that_the_encoder_reads_stays():
    class Reads(torch.nn.Module):
        def forward(self, x, edge_index, edge_mask):
            return x

    graph = Explanation(x=torch.ones(2, 1), edge_mask=torch.ones(0), node_mask=torch.ones(2, 1))
    found = unexplained(graph, SiameseGNN(Reads(), "add"))
    assert "edge_mask" in found and "node_mask" not in found
