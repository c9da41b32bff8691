import pytest
import torch
from explain.relevance.models import random_graph, siamese
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Batch
from torch_geometric.nn import GCN

from pyg_siamex.explain.relevance.copies import Copies

MODEL = siamese(GCN(5, 8, 2))


def union_of(seeds):
    graphs = [random_graph(seed, 2 + seed, seed) for seed in seeds]
    return MODEL.inputs(Batch.from_data_list(graphs))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 5))
def test_each_graph_is_served_once_by_an_equal_copy(seeds, most):
    whole = union_of(seeds)
    copies = Copies.of(whole, most)
    served = list(zip(copies.which.tolist(), copies.turn.tolist(), strict=True))
    assert len(set(served)) == len(seeds) and copies.turns <= most
    assert all(seeds[copies.chosen[c]] == seed for c, seed in zip(copies.which, seeds, strict=True))
    wanted = sum(-(-seeds.count(seed) // most) for seed in set(seeds))
    assert copies.union.num_graphs == len(copies.chosen) == wanted


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(1, 5))
def test_seeds_go_to_copies_and_rows_come_back(seeds, most):
    whole = union_of(seeds)
    copies = Copies.of(whole, most)
    rows = torch.arange(1.0, len(seeds) + 1).unsqueeze(1)
    by_turn = [copies.seeds(rows, turn)[:, 0] for turn in range(copies.turns)]
    nodes = [own[copies.union.batch] for own in by_turn]
    edges = [own[copies.union.edge_graph] for own in by_turn]
    assert torch.equal(copies.spread_nodes(nodes), rows[whole.batch, 0])
    assert torch.equal(copies.spread_edges(edges), rows[whole.edge_graph, 0])


def test_nodes_keep_their_order():
    whole = union_of([1, 3, 1])
    copies = Copies.of(whole, 2)
    assert copies.turns == 2
    assert torch.equal(copies.spread_nodes([copies.union.x] * copies.turns), whole.x)


@pytest.mark.parametrize(
    ("seeds", "copies"), [([0, 1, 2, 3, 0], 5), ([0, 1] * 6, 2), ([0] * 9, 3), ([0], 1)]
)
def test_copies_are_shared_where_it_saves_work(seeds, copies):
    assert Copies.of(union_of(seeds)).union.num_graphs == copies
