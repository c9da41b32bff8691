"""Edges are followed through what rearranges them, and lost where numbers change."""

import pytest
import torch

from pyg_siamex.explain.engine.follow import NOWHERE, Follow

EDGES = torch.tensor([[0, 3, 2, 1, 4], [1, 2, 0, 3, 4]])
ORDER = torch.tensor([4, 2, 0, 3, 1])
CASES = {
    "order": lambda e: e[:, ORDER],
    "mask": lambda e: e[:, e[0] != e[1]],
    "turned": lambda e: e.flip(0),
    "stacked": lambda e: torch.stack([e[1], e[0]]),
    "joined": lambda e: torch.cat([e[:, 2:], e[:, :2]], dim=1),
    "twice": lambda e: e.repeat(1, 2),
    "transposed": lambda e: e.t()[ORDER].t(),
    "selected": lambda e: e.index_select(1, ORDER).contiguous().clone(),
}


@pytest.mark.parametrize("name", CASES)
def test_places_are_those_of_the_columns(name):
    with Follow() as follow:
        edges = EDGES.clone()
        follow.start(edges)
        out = CASES[name](edges)
        places = follow.edges_of(out)
    ends = [tuple(sorted(column)) for column in EDGES.T.tolist()]
    assert [ends[place] for place in places.tolist()] == [
        tuple(sorted(column)) for column in out.T.tolist()
    ]


def test_added_columns_come_from_nowhere():
    with Follow() as follow:
        edges = EDGES.clone()
        follow.start(edges)
        places = follow.edges_of(torch.cat([edges, torch.tensor([[7], [7]])], dim=1))
        mixed = follow.edges_of(torch.stack([edges[0], edges[1].flip(0)]))
    assert places.tolist() == [0, 1, 2, 3, 4, NOWHERE]
    assert mixed.tolist() == [NOWHERE, NOWHERE, 2, NOWHERE, NOWHERE]


def test_arithmetic_and_writing_end_the_trace():
    with Follow() as follow:
        edges = EDGES.clone()
        follow.start(edges)
        assert follow.edges_of(edges + 1) is None
        other = edges.clone()
        assert follow.edges_of(other) is not None
        other[0, 0] = 2
        assert follow.edges_of(other) is None
        assert follow.edges_of(EDGES) is None
