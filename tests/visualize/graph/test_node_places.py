import networkx as nx
import numpy as np
import pytest

from pyg_siamex.visualize.graph.node_places import graph_layout, shared_layout


def test_shared_nodes_have_one_place_and_the_others_their_own():
    query, reference = nx.path_graph(6), nx.cycle_graph(range(3, 12))
    one, other = shared_layout(query, reference, shared=True)
    assert set(one) == set(query)
    assert set(other) == set(reference)
    for node in set(query) & set(reference):
        assert (one[node] == other[node]).all()


def test_graphs_that_share_nothing_are_laid_out_each_by_itself():
    query, reference = nx.path_graph(6), nx.cycle_graph(9)
    one, other = shared_layout(query, reference, shared=False)
    assert _same(one, graph_layout(query))
    assert _same(other, graph_layout(reference))


def _same(one, other):
    return one.keys() == other.keys() and all((one[node] == other[node]).all() for node in one)


@pytest.mark.parametrize("size", [1, 2, 30, 200])
def test_the_same_graph_has_the_same_places_whatever_the_random_state(size):
    graph = nx.barabasi_albert_graph(size, 1, seed=0) if size > 1 else nx.empty_graph(1)
    first = graph_layout(graph)
    np.random.seed(5)
    state = np.random.get_state()[1].copy()
    assert _same(first, graph_layout(graph))
    assert (np.random.get_state()[1] == state).all()


@pytest.mark.parametrize(
    "graph",
    [
        nx.disjoint_union_all([nx.cycle_graph(n) for n in (9, 5, 5, 3, 1, 1, 1, 2)]),
        nx.empty_graph(12),
        nx.DiGraph([(0, 1), (1, 0), (2, 2), (1, 3)]),
    ],
)
def test_nodes_keep_their_distance_and_components_their_room(graph):
    places = graph_layout(graph)
    assert set(places) == set(graph)
    for part in nx.connected_components(graph.to_undirected()):
        corners = np.array([places[node] for node in part])
        low, high = corners.min(0) - 0.4, corners.max(0) + 0.4
        others = [places[node] for node in graph if node not in part]
        assert not any(((low < place) & (place < high)).all() for place in others)
    points = np.array(list(places.values()))
    gaps = np.linalg.norm(points[:, None] - points[None], axis=-1) + 9 * np.eye(len(points))
    assert gaps.min() > 0.3


@pytest.mark.parametrize(
    "graph",
    [nx.grid_2d_graph(40, 40), nx.star_graph(1500), nx.barabasi_albert_graph(1200, 2, seed=0)],
    ids=["grid", "star", "scale free"],
)
def test_a_large_graph_is_placed_by_its_distances_and_no_two_nodes_coincide(graph):
    places = graph_layout(graph)
    assert _same(places, graph_layout(graph))
    points = np.array(list(places.values()))
    assert len(np.unique(points.round(9), axis=0)) == len(graph)
    near = np.array([np.linalg.norm(places[u] - places[v]) for u, v in graph.edges])
    rng = np.random.default_rng(0)
    far = np.linalg.norm(points[rng.permutation(len(points))] - points, axis=1)
    assert np.median(near) < np.median(far)


def test_a_grid_of_many_nodes_keeps_its_shape():
    graph = nx.grid_2d_graph(40, 40)
    places = graph_layout(graph)
    steps = np.array(list(graph), float)
    points = np.array([places[node] for node in graph])
    between = np.linalg.norm(steps[:, None] - steps[None], axis=-1)
    drawn = np.linalg.norm(points[:, None] - points[None], axis=-1)
    assert np.corrcoef(between.ravel(), drawn.ravel())[0, 1] > 0.9
