"""Masks of a union become explanations of its graphs."""

import torch
from graphs import edgeless_graph, random_graph
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explanation

from pyg_siamex.explain import Masks
from pyg_siamex.explain.unpack import explanations_of

GRAPHS = [random_graph(4, 0), edgeless_graph(2), random_graph(3, 1)]


def test_each_graph_gets_its_own_part_of_the_masks():
    batch = Batch.from_data_list(GRAPHS)
    masks = Masks(torch.rand(batch.num_nodes, 1), torch.rand(batch.num_edges))
    found = explanations_of(masks, GRAPHS)
    for name in ("node_mask", "edge_mask"):
        parts = torch.cat([explanation[name] for explanation in found])
        assert torch.equal(parts, masks.node if name == "node_mask" else masks.edge)
    for explanation, graph in zip(found, GRAPHS, strict=True):
        assert explanation.node_mask.shape == (graph.num_nodes, 1)
        assert explanation.edge_mask.shape == (graph.num_edges,)
        assert torch.equal(explanation.x, graph.x)


def test_masks_of_common_features_are_a_row_for_each_graph():
    masks = Masks(torch.rand(3, 5))
    found = explanations_of(masks, GRAPHS)
    assert all(e.node_mask.shape == (1, 5) and "edge_mask" not in e for e in found)
    assert torch.equal(torch.cat([e.node_mask for e in found]), masks.node)


def test_masks_that_a_graph_brings_along_are_replaced():
    graph = GRAPHS[0].clone()
    graph.node_mask, graph.edge_mask = torch.ones(4, 1), torch.ones(graph.num_edges)
    (found,) = explanations_of(Masks(edge=torch.zeros(graph.num_edges)), [graph])
    assert not found.edge_mask.any() and "node_mask" not in found


def test_explanations_keep_the_rules_of_the_users_class():
    class Anchored(Data):
        def __inc__(self, key, value, *args, **kwargs):
            return self.num_nodes if key == "anchor" else super().__inc__(key, value)

    graph = Anchored(**GRAPHS[0].to_dict(), anchor=torch.tensor([1]))
    found = explanations_of(Masks(torch.ones(8, 1)), [graph, graph])
    assert isinstance(found[0], Explanation) and isinstance(found[0], Anchored)
    assert Batch.from_data_list(found).anchor.tolist() == [1, 5]
