"""Batches with a sparse adjacency are taken apart."""

import pytest
import torch
import torch_geometric.transforms as T
from graphs import random_graph
from torch_geometric.data import Batch
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN, check_model
from pyg_siamex.data.sparse_blocks import sparse_blocks
from pyg_siamex.data.taken_apart import taken_apart

LAYOUTS = {"coo": torch.sparse_coo, "csr": torch.sparse_csr}


def graphs(layout, removed=False):
    sparse = T.ToSparseTensor(remove_edge_index=removed, layout=LAYOUTS[layout])
    return [sparse(random_graph(size, size)) for size in (4, 3, 6)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("removed", [False, True])
def test_each_graph_gets_its_own_adjacency(layout, removed):
    given = graphs(layout, removed)
    found = taken_apart(Batch.from_data_list(given))
    for one, other in zip(given, found, strict=True):
        assert set(one.keys()) == set(other.keys())
        assert one.adj_t.layout == other.adj_t.layout
        assert torch.equal(one.adj_t.to_dense(), other.adj_t.to_dense())


@pytest.mark.parametrize("layout", ["coo", "csr"])
@pytest.mark.parametrize("removed", [False, True])
def test_batches_of_a_loader_are_explained_as_their_graphs(layout, removed):
    given = graphs(layout, removed)
    model = SiameseGNN(GIN(given[0].num_features, 8, 2)).eval()
    batch = next(iter(DataLoader(given, batch_size=3)))
    assert check_model(model, batch).ok
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    for graph, found in zip(given, explainer(batch, batch), strict=True):
        alone = explainer(graph, graph)
        torch.testing.assert_close(found.query.edge_mask, alone.query.edge_mask)
        assert torch.equal(found.query.edge_index, alone.query.edge_index)


def test_other_sizes_and_edges_between_graphs_are_refused():
    whole, batch = torch.ones(3, 3).to_sparse_coo(), torch.tensor([0, 0, 1])
    with pytest.raises(ValueError, match="graph 1 has an edge to another graph of the batch"):
        sparse_blocks(whole, batch, 2)
    with pytest.raises(ValueError, match=r"is \[3, 3\], and the batch has 2 nodes"):
        sparse_blocks(whole, batch[:2], 1)
