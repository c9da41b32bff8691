from statistics import fmean

import pytest
import torch
from hypothesis import given
from masked_graphs import columns_of, masked_graphs
from torch_geometric.explain import Explanation

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.elements import unordered_pairs
from pyg_siamex.explain.engine.mask_space import edge_space, tied


@given(masked_graphs())
def test_tied_edges_share_the_mean_or_the_sum_of_their_columns(graph: Explanation) -> None:
    columns = columns_of(graph)
    for how, reduce in (("mean", fmean), ("sum", sum)):
        found = tied(graph.edge_index, graph.edge_mask, how).tolist()
        for (u, v), old, new in zip(
            graph.edge_index.T.tolist(), graph.edge_mask.tolist(), found, strict=True
        ):
            own = [value for ends, value in columns if sorted(ends) == sorted((u, v))]
            assert new == pytest.approx(old if u == v else reduce(own))


@given(masked_graphs())
def test_elements_of_undirected_masks_are_the_pairs_of_nodes(graph: Explanation) -> None:
    space = edge_space(GraphInputs.from_data(graph), undirected=True)
    pairs = unordered_pairs(graph.edge_index)
    assert torch.equal(space.index, pairs.number) and len(space) == pairs.ends.size(1)


@given(masked_graphs())
def test_elements_of_directed_masks_are_the_columns_without_self_loops(graph: Explanation) -> None:
    space = edge_space(GraphInputs.from_data(graph), undirected=False)
    proper = graph.edge_index[0] != graph.edge_index[1]
    assert space.index[proper].tolist() == list(range(int(proper.sum())))
    assert (space.index[~proper] == -1).all()
