"""Partial orders against their closure by networkx."""

import networkx as nx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.explain.self_learned.invariance import Order, joined
from pyg_siamex.explain.self_learned.invariance.levels import Levels
from pyg_siamex.explain.self_learned.invariance.order import partial_order


def certain(levels):
    """Confidence 1 in every relation."""
    return lambda i, j: torch.ones(levels)[i]


def relations(order):
    return {tuple(row) for row in order.between_elements()[0].tolist()}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=12), st.integers(0, 5))
def test_relations_follow_the_scores_and_imply_all_that_are_sure(scores, seed):
    score = torch.tensor(scores, dtype=torch.double)
    graph = torch.zeros(len(scores), dtype=torch.long)
    levels = Levels.of_score(score, graph)
    sure = torch.rand(len(levels), len(levels), generator=torch.Generator().manual_seed(seed))
    place = torch.arange(len(levels))
    order = partial_order(levels, 0.5, lambda i, j: sure[place[i], place[j]])
    found = nx.DiGraph(list(zip(order.upper.tolist(), order.lower.tolist(), strict=True)))
    found.add_nodes_from(range(len(levels)))
    closure = set(nx.transitive_closure(found).edges)
    # what holds at a distance of a power of two is a relation, or follows from others
    for step in (1, 2, 4, 8):
        for i in range(len(levels) - step):
            if sure[i, i + step] >= 0.5:
                assert (i, i + step) in closure
    for i, j, confidence in zip(order.upper, order.lower, order.confidence, strict=True):
        assert i < j and confidence == sure[i, j] and confidence >= 0.5 - 1e-6
    for i, j in relations(order):
        assert score[i] > score[j]


def test_relations_of_levels_are_relations_of_their_elements():
    level = torch.tensor([1, 0, 1, 2])
    order = Order(level, torch.tensor([0, 1]), torch.tensor([1, 2]), torch.tensor([0.9, 0.8]))
    rows, relation = order.between_elements()
    assert dict(zip(map(tuple, rows.tolist()), relation.tolist(), strict=True)) == {
        (1, 0): 0,
        (1, 2): 0,
        (0, 3): 1,
        (2, 3): 1,
    }


def test_graphs_have_no_relations_with_each_other():
    score, graph = torch.tensor([3.0, 2.0, 1.0, 0.0]), torch.tensor([0, 0, 1, 1])
    sure = partial_order(Levels.of_score(score, graph), 0.0, certain(4))
    assert relations(sure) == {(0, 1), (2, 3)}


def test_joined_orders_are_the_parts_side_by_side():
    score, graph = torch.tensor([3.0, 2.0, 2.0]), torch.tensor([0, 0, 0])
    one = partial_order(Levels.of_score(score, graph), 0.0, certain(2))
    both = joined([one, one])
    shifted = {(i + 3, j + 3) for i, j in relations(one)}
    assert relations(both) == relations(one) | shifted and len(both) == 2 * len(one)


@pytest.mark.parametrize("orders", [[1], [None], None, "ab"], ids=["number", "none", "no", "text"])
def test_what_is_no_order_is_not_joined(orders):
    with pytest.raises(TypeError, match="`orders` must be a list, each an Order"):
        joined(orders)


def test_no_orders_are_not_joined():
    with pytest.raises(ValueError, match="there are no orders to join"):
        joined([])
