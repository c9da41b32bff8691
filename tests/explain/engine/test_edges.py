"""Edges are recognised wherever an encoder puts them, and nothing else is."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.utils import (
    add_remaining_self_loops,
    add_self_loops,
    coalesce,
    remove_self_loops,
    sort_edge_index,
    to_undirected,
)

from pyg_siamex.explain.engine.edges import (
    AS_GIVEN,
    LOOPS_ADDED,
    REARRANGED,
    EdgeTrace,
    UntraceableError,
)
from pyg_siamex.explain.engine.follow import Follow
from pyg_siamex.nn.renumber import renumbered, unmasked

NODES = 6


def graph(seed, parallel=True):
    generator = torch.Generator().manual_seed(seed)
    edges = torch.randint(0, NODES, (2, 9), generator=generator)
    return edges if parallel else coalesce(edges, num_nodes=NODES)[:, torch.randperm(9) % 5]


def followed(edge_index, change):
    """Place of what ``change`` makes of the edges, and what it made."""
    follow, trace = Follow(), EdgeTrace(edge_index)
    follow.start(edge_index)
    with follow:
        changed = change(edge_index)
    return trace.place(changed, follow), changed


CHANGES = {
    "order": lambda e: e[:, torch.arange(e.size(1)).flip(0)],
    "rows": lambda e: torch.stack([e[0][2:], e[1][2:]]),
    "unpacked": lambda e: torch.stack(list(e)),
    "filter": lambda e: e[:, e[0] < e[1]],
    "index_select": lambda e: e.index_select(1, torch.arange(e.size(1) - 1, -1, -1)),
    "masked": lambda e: e.t()[e[0] != 2].t().contiguous(),
    "groups": lambda e: torch.cat([e[:, e[0] % 2 == k] for k in range(2)], dim=1),
    "sorted": lambda e: sort_edge_index(e, num_nodes=NODES, sort_by_row=False),
    "loops dropped": lambda e: remove_self_loops(e)[0].flip(1),
    "loops first": lambda e: torch.cat([torch.arange(NODES).repeat(2, 1), e], dim=1),
    "split": lambda e: torch.cat(e.split(4, dim=1)[::-1], dim=1),
    "cloned": lambda e: e.clone().contiguous().flip(1),
}


@given(st.integers(0, 10**6), st.sampled_from(sorted(CHANGES)))
@settings(max_examples=100, deadline=None)
def test_rearranged_edges_are_traced_to_where_they_come_from(seed, name):
    edge_index = graph(seed)
    place, changed = followed(edge_index, CHANGES[name])
    if place.kind != REARRANGED:  # the order happened to stay
        return
    loops = changed[0] == changed[1]
    assert (place.edges[loops] == edge_index.size(1)).all()
    own = place.edges[~loops]
    assert torch.equal(edge_index[:, own], changed[:, ~loops])
    assert len(own.unique()) == len(own)  # parallel edges are told apart


@given(st.integers(0, 10**6))
@settings(max_examples=50, deadline=None)
def test_parallel_edges_keep_their_order(seed):
    edge_index = graph(seed)
    order = torch.randperm(9, generator=torch.Generator().manual_seed(seed))
    place, _ = followed(edge_index, lambda e: e[:, order])
    if place.kind == REARRANGED:
        proper = edge_index[0, order] != edge_index[1, order]
        assert torch.equal(place.edges[proper], order[proper])


@pytest.mark.parametrize("loops", [add_self_loops, add_remaining_self_loops])
def test_added_loops_need_no_trace(loops):
    edge_index = remove_self_loops(graph(3))[0]
    place = EdgeTrace(edge_index).place(loops(edge_index, num_nodes=NODES)[0])
    assert (place.kind, place.loops) == (LOOPS_ADDED, NODES)
    mixed = torch.cat([torch.tensor([[1], [1]]), edge_index], dim=1)
    changed = loops(remove_self_loops(mixed)[0], num_nodes=NODES)[0]
    assert EdgeTrace(mixed).place(changed).kind == LOOPS_ADDED
    assert EdgeTrace(mixed).place(mixed.clone()).kind == AS_GIVEN


def test_the_turned_copies_of_a_directed_graph_are_its_edges():
    edge_index = torch.tensor([[0, 1, 3], [1, 2, 0]])
    place, changed = followed(edge_index, to_undirected)
    own = edge_index[:, place.edges]
    assert ((own == changed).all(0) | (own == changed.flip(0)).all(0)).all()
    assert place.edges.bincount().tolist() == [2, 2, 2]


def test_an_undirected_graph_made_undirected_keeps_each_direction():
    edge_index = torch.tensor([[0, 1, 2, 0, 1, 2], [1, 0, 0, 2, 2, 1]])
    place, changed = followed(edge_index, to_undirected)
    assert torch.equal(edge_index[:, place.edges], changed)


def test_merged_parallel_edges_are_refused():
    edge_index = torch.tensor([[0, 0, 1], [1, 1, 2]])
    follow, trace = Follow(), EdgeTrace(edge_index)
    follow.start(edge_index)
    with follow:
        changed = coalesce(edge_index)
    trace.place(changed, follow)
    with pytest.raises(UntraceableError, match="merges parallel edges"):
        trace.check_merged()


def test_parallel_edges_in_different_groups_are_no_merger():
    edge_index, kind = torch.tensor([[0, 0, 1], [1, 1, 2]]), torch.tensor([1, 0, 0])
    follow, trace = Follow(), EdgeTrace(edge_index)
    follow.start(edge_index)
    with follow:
        groups = [edge_index[:, kind == k] for k in range(2)]
    places = [trace.place(group, follow).edges.tolist() for group in groups]
    assert places == [[1, 2], [0]]
    trace.check_merged()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e: torch.combinations(torch.arange(NODES)).T, "cannot be traced"),
        (lambda e: torch.cat([e, torch.tensor([[0], [5]])], dim=1), "that the graph does not have"),
        (lambda e: (e + 1) % NODES, "cannot be traced"),
        (lambda e: torch.arange(NODES).flip(0)[e], "cannot be traced"),
        (lambda e: torch.stack([e[0], e[1].flip(0)]), "that the graph does not have"),
    ],
)
def test_other_edges_are_refused(change, message):
    edge_index = torch.tensor([[0, 1, 3], [1, 2, 0]])
    with pytest.raises(UntraceableError, match=message):
        followed(edge_index, change)


def test_writing_into_an_edge_list_ends_the_trace():
    def write(edge_index):
        other = edge_index.clone()
        other[0, 0] = 4
        return other

    with pytest.raises(UntraceableError, match="cannot be traced"):
        followed(torch.tensor([[0, 1, 3], [1, 2, 0]]), write)


def test_rearranged_edges_need_to_be_followed():
    edge_index = torch.tensor([[0, 1, 3], [1, 2, 0]])
    with pytest.raises(UntraceableError):
        EdgeTrace(edge_index).place(edge_index.flip(1))


def of_part(edge_index, nodes):
    """The edges of some nodes, numbered among them."""
    place = nodes.long().cumsum(0) - 1
    return renumbered(edge_index[:, nodes[edge_index[0]]], place)


def test_renumbered_edges_are_recognised():
    edges = torch.tensor([[0, 1, 3, 4, 5], [1, 0, 4, 5, 3]])
    nodes = torch.arange(NODES) > 2
    place, changed = followed(edges, lambda e: of_part(e, nodes))
    assert changed.tolist() == [[0, 1, 2], [1, 2, 0]]
    assert place.kind == REARRANGED and place.edges.tolist() == [2, 3, 4]
    place, _ = followed(edges, lambda e: to_undirected(of_part(e, nodes)))
    assert sorted({*place.edges.tolist()}) == [2, 3, 4]
    place, _ = followed(edges, lambda e: add_self_loops(of_part(e, nodes))[0])
    assert place.edges.tolist() == [2, 3, 4, 5, 5, 5]  # added loops pass


def test_two_parts_with_the_same_numbers_are_told_apart():
    edges = torch.tensor([[0, 1, 3, 4], [1, 2, 4, 5]])
    first, second = (torch.arange(NODES) < 3), (torch.arange(NODES) > 2)
    follow, trace = Follow(), EdgeTrace(edges)
    follow.start(edges)
    with follow:
        one, other = of_part(edges, first), of_part(edges, second)
    assert torch.equal(one, other)
    assert trace.place(one, follow).edges.tolist() == [0, 1]
    assert trace.place(other, follow).edges.tolist() == [2, 3]
    trace.check_merged()


def test_renumbered_again_without_a_trace_is_refused():
    edges = torch.tensor([[0, 1, 3, 4], [1, 2, 4, 5]])
    with pytest.raises(UntraceableError):
        followed(edges, lambda e: of_part(e, torch.arange(NODES) > 2) + 1)


def test_nodes_of_two_kinds_with_the_same_number_are_no_self_loop():
    edges = torch.tensor([[0, 1, 2, 5], [3, 4, 5, 5]])  # between two sets of three, and a loop
    turned, place_of = torch.tensor([2, 1, 0, 3]), torch.tensor([0, 1, 2, 0, 1, 2])
    place, changed = followed(edges, lambda e: renumbered(e[:, turned], place_of))
    assert (changed[0] == changed[1]).all()
    assert place.edges.tolist() == [2, 1, 0, 4]


def test_edges_that_are_not_masked_pass():
    edges = torch.tensor([[0, 1, 2], [1, 2, 0]])
    place, changed = followed(edges, unmasked)
    assert torch.equal(changed, edges) and place.edges.tolist() == [3, 3, 3]
    place, _ = followed(edges, lambda e: torch.cat([e[:, :1], unmasked(e)[:, 1:]], dim=1))
    assert place.edges.tolist() == [0, 3, 3]
