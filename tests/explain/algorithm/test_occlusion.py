"""Occlusion against leaving out one element after the other."""

import pytest
import torch
from explain.algorithm.by_pygs_hooks import similarity_with_mask
from graphs import ENCODERS, FEATURES, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN

D = torch.double


@pytest.mark.parametrize("encoder", ["GCN", "GIN", "GraphSAGE", "GAT", "GATv2", "GINE"])
def test_edge_occlusion_equals_stock_masks_one_at_a_time(encoder):
    model = SiameseGNN(ENCODERS[encoder]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    mask = PairExplainer(model, Occlusion(), edge_mask_type="object")(query, reference)
    whole = model(query, reference).item()
    for edge in range(query.num_edges):
        ones = torch.ones(query.num_edges, dtype=D)
        ones[edge] = 0
        lost = whole - similarity_with_mask(model, query, reference, ones)
        assert mask.query.edge_mask[edge].item() == pytest.approx(lost, abs=1e-10)


def test_node_and_feature_occlusion_by_hand():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    query.x[2, 3] = 0
    whole = model(query, reference).item()
    for kind in ("object", "attributes", "common_attributes"):
        explainer = PairExplainer(model, Occlusion(), node_mask_type=kind)
        mask = explainer(query, reference).query.node_mask
        for i in range(5):
            for f in range(FEATURES):
                changed = query.clone()
                rows = slice(None) if kind == "common_attributes" else i
                columns = slice(None) if kind == "object" else f
                changed.x[rows, columns] = 0
                lost = whole - model(changed, reference).item()
                row = 0 if kind == "common_attributes" else i
                column = 0 if kind == "object" else f
                assert mask[row, column].item() == pytest.approx(lost, abs=1e-10)
    explainer = PairExplainer(model, Occlusion(), node_mask_type="attributes")
    assert explainer(query, reference).query.node_mask[2, 3] == 0


def test_common_attributes_of_a_row():
    row = Data(x=torch.tensor([[1.0, 0.0, 2.0, 0.0, 1.0]]))
    other = Data(x=torch.ones(1, FEATURES))
    explainer = PairExplainer(
        SiameseGNN(GIN(FEATURES, 8, 2)), Occlusion(), node_mask_type="attributes"
    )
    mask = explainer(row, other).query.node_mask
    assert mask.shape == (1, FEATURES)
    assert (mask[0, [1, 3]] == 0).all() and (mask[0, [0, 2, 4]] != 0).all()


@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_occlusion_of_repeated_graphs_is_that_of_each_pair(side):
    model = SiameseGNN(ENCODERS["GCN"](), "mean").eval()
    a, b, c = random_graph(8, 1), random_graph(7, 2), random_graph(6, 3)
    masks = {"edge_mask_type": "object", "node_mask_type": "attributes", "undirected": True}
    explainer = PairExplainer(model, Occlusion(), side=side, **masks)
    queries, references = [a, a, b, a], [b, c, a, b]
    for found, query, reference in zip(
        explainer.explain(queries, references), queries, references, strict=True
    ):
        alone = explainer(query, reference)
        for one, other in ((found.query, alone.query), (found.reference, alone.reference)):
            for name in ("edge_mask", "node_mask"):
                if name in other:
                    assert torch.allclose(one[name], other[name], atol=1e-6)
