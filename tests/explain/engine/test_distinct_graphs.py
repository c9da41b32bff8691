"""Distinct graphs of a union and the places of their items."""

import torch
from graphs import FEATURES, odd_graphs
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs, items_of
from pyg_siamex.explain.engine.guard import untouched


def test_every_item_is_found_in_its_distinct_graph() -> None:
    a, b, c, d = odd_graphs()
    graphs = [b, a, b, d, c, a, b]
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    with untouched(model):
        union = model.inputs_of(graphs)
        first, which = distinct_graphs(union)
        distinct = union.select_graphs(first)
    assert first.tolist() == [0, 1, 3, 4]
    assert which.tolist() == [0, 1, 0, 2, 3, 1, 0]
    rows = items_of(distinct.batch, which, union.batch)
    assert torch.equal(distinct.x[rows], union.x)


def test_items_may_be_in_any_order_of_graphs() -> None:
    home = torch.tensor([1, 0, 1, 0, 0])  # distinct graph 0 has items 1, 3, 4
    which = torch.tensor([1, 0, 1])
    graph = torch.tensor([2, 1, 0, 1, 0, 2, 1])
    assert items_of(home, which, graph).tolist() == [0, 1, 0, 3, 2, 2, 4]


def test_no_items_have_no_places() -> None:
    none = torch.empty(0, dtype=torch.long)
    assert items_of(none, torch.tensor([0, 0]), none).shape == (0,)
