import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from masked_graphs import (
    VALUES,
    arrows_of,
    columns_of,
    is_undirected,
    masked_graphs,
    pairs_of,
    renumbered,
    strongest_of,
)
from torch_geometric.explain import Explanation

from pyg_siamex.explain import edge_importance, node_importance
from pyg_siamex.explain.elements import (
    Edge,
    entry_importance,
    feature_importance,
    goes_both_ways,
    is_masked,
    largest,
    nodes_speak,
    strongest,
    strongest_edges,
    undirected_edges,
    unordered_pairs,
)

EDGES = torch.tensor([[0, 1, 1, 2, 3], [1, 0, 2, 1, 3]])


def explained(**masks: object) -> Explanation:
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0], [0.0, 0.0]])
    return Explanation(x=x, edge_index=EDGES, **masks)


@given(st.lists(st.tuples(st.integers(-1, 4), VALUES), max_size=20))
def test_the_largest_magnitude_keeps_its_sign(entries: list[tuple[int, float]]) -> None:
    number = torch.tensor([at for at, _ in entries], dtype=torch.long)
    values = torch.tensor([value for _, value in entries])
    expected = [strongest_of([value for at, value in entries if at == k]) for k in range(5)]
    assert largest(values, number, 5).tolist() == torch.tensor(expected).tolist()


def test_of_opposite_values_the_positive_one_counts() -> None:
    assert largest(torch.tensor([-1.0, 1.0]), torch.tensor([0, 0]), 1).tolist() == [1.0]


def test_values_that_are_not_numbers_stay_visible() -> None:
    values = torch.tensor([1.0, float("nan"), 2.0])
    assert largest(values, torch.tensor([0, 0, 1]), 2).isnan().tolist() == [True, False]


@given(masked_graphs())
def test_undirected_edges_are_each_pair_once(graph: Explanation) -> None:
    expected = pairs_of(graph)
    assert undirected_edges(graph) == [Edge(*ends, expected[ends]) for ends in sorted(expected)]


@given(masked_graphs())
def test_all_columns_of_an_edge_have_its_value(graph: Explanation) -> None:
    pairs, arrows = pairs_of(graph), arrows_of(graph)
    for (u, v), value in zip(graph.edge_index.T.tolist(), edge_importance(graph), strict=True):
        of_pair, of_arrow = pairs.get((min(u, v), max(u, v)), 0.0), arrows.get((u, v), 0.0)
        assert value == (of_pair if is_undirected(graph) else of_arrow)


@given(masked_graphs())
def test_nodes_take_their_strongest_edge(graph: Explanation) -> None:
    ends = columns_of(graph)
    expected = [strongest_of([v for pair, v in ends if k in pair]) for k in range(graph.num_nodes)]
    assert node_importance(graph).tolist() == expected


@given(masked_graphs())
def test_pairs_number_the_columns(graph: Explanation) -> None:
    pairs = unordered_pairs(graph.edge_index)
    known = pairs.ends.T.tolist()
    assert known == sorted(known)
    for (u, v), number in zip(graph.edge_index.T.tolist(), pairs.number.tolist(), strict=True):
        assert (number == -1) if u == v else known[number] == [min(u, v), max(u, v)]


@given(masked_graphs())
def test_a_graph_goes_both_ways_if_each_edge_has_its_reverse(graph: Explanation) -> None:
    assert goes_both_ways(graph.edge_index) == is_undirected(graph)


@given(masked_graphs(), st.data())
def test_numbers_of_nodes_and_order_of_columns_do_not_matter(graph, data) -> None:
    order = data.draw(st.permutations(range(graph.num_nodes)))
    other = renumbered(graph, order, data.draw(st.permutations(range(graph.num_edges))))
    assert node_importance(other)[order].tolist() == node_importance(graph).tolist()
    back = {
        (min(order[low], order[high]), max(order[low], order[high])): value
        for low, high, value in undirected_edges(graph)
    }
    assert back == {edge[:2]: edge.value for edge in undirected_edges(other)}


@given(masked_graphs(), st.integers(0, 9), st.randoms())
def test_the_strongest_edges_do_not_depend_on_their_order(graph, k, random) -> None:
    edges = undirected_edges(graph)
    shuffled = random.sample(edges, len(edges))
    found = strongest_edges(shuffled, k)
    assert found == strongest_edges(edges, k)
    assert len(found) == min(k, sum(edge.value != 0 for edge in edges))
    left = [edge for edge in edges if edge not in found]
    assert all(abs(one.value) >= abs(other.value) for one in found for other in left)


def test_ties_go_to_the_lower_nodes_and_zeros_are_left_out() -> None:
    edges = [Edge(2, 3, -1.0), Edge(0, 3, 1.0), Edge(0, 1, 0.0), Edge(0, 2, -1.0)]
    assert strongest_edges(edges, 2) == [Edge(0, 2, -1.0), Edge(0, 3, 1.0)]
    assert len(strongest_edges(edges, 9)) == 3


def test_the_strongest_values_are_by_magnitude_then_position() -> None:
    values = torch.tensor([0.5, -2.0, 0.0, 2.0])
    assert strongest(values) == [1, 3, 0, 2]
    assert strongest(values, 2) == [1, 3]


def test_self_loops_have_no_value_and_count_for_no_node() -> None:
    graph = explained(edge_mask=torch.tensor([0.1, 0.2, 0.3, 0.4, 9.0]))
    assert entry_importance(graph).tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.0])
    assert node_importance(graph).tolist() == pytest.approx([0.2, 0.4, 0.4, 0.0])
    nodes = explained(node_mask=torch.tensor([[1.0], [2.0], [3.0], [4.0]]))
    assert edge_importance(nodes).tolist() == [1.5, 1.5, 2.5, 2.5, 0.0]


def test_common_features_count_where_a_node_has_them() -> None:
    common = explained(node_mask=torch.tensor([[10.0, -1.0]]))
    assert node_importance(common).tolist() == [10.0, -2.0, 27.0, 0.0]
    assert feature_importance(common).tolist() == [10.0, -1.0]
    own = explained(node_mask=torch.arange(8.0).view(4, 2))
    assert node_importance(own).tolist() == [1.0, 5.0, 9.0, 13.0]
    assert feature_importance(own).tolist() == [12.0, 16.0]
    with pytest.raises(ValueError, match="no mask of features"):
        feature_importance(explained(node_mask=torch.ones(4, 1)))


def test_nodes_take_the_pair_matrix_without_any_mask() -> None:
    relevance = torch.arange(12.0).view(4, 3)
    assert node_importance(explained(), relevance).tolist() == relevance.sum(1).tolist()
    masked = explained(node_mask=torch.ones(4, 1))
    assert node_importance(masked, relevance).tolist() == [1.0] * 4
    assert not is_masked(explained()) and is_masked(masked)
    with pytest.raises(ValueError, match="neither a node_mask nor an edge_mask"):
        node_importance(explained())


def test_nodes_speak_where_edges_do_not_speak_alone() -> None:
    node, edge = torch.ones(4, 1), torch.ones(5)
    assert nodes_speak(explained()) and nodes_speak(explained(node_mask=node, edge_mask=edge))
    assert not nodes_speak(explained(edge_mask=edge))


def test_hard_masks_of_truth_values_are_numbers() -> None:
    hard = explained(edge_mask=torch.tensor([True, False, False, False, True]))
    assert undirected_edges(hard) == [Edge(0, 1, 1.0), Edge(1, 2, 0.0)]


def test_a_graph_without_edges_has_none() -> None:
    empty = Explanation(
        x=torch.ones(2, 1), edge_index=torch.empty(2, 0).long(), edge_mask=torch.empty(0)
    )
    assert undirected_edges(empty) == [] and edge_importance(empty).tolist() == []
    assert node_importance(empty).tolist() == [0.0, 0.0]
    assert goes_both_ways(empty.edge_index)


def test_a_pair_matrix_has_a_row_for_each_node():
    graph = Explanation(x=torch.ones(3, 2), edge_index=torch.tensor([[0, 1], [1, 2]]))
    assert node_importance(graph, torch.ones(3, 4)).tolist() == [4.0] * 3
    for matrix in (torch.ones(5, 3), torch.full((3, 4), float("nan")), torch.ones(3, 4) * 1j):
        with pytest.raises((TypeError, ValueError), match="`relevance`"):
            node_importance(graph, matrix)
