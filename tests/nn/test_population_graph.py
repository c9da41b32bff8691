import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from regions import connectivity
from torch_geometric.utils import is_undirected, to_dense_adj

from pyg_siamex.nn import nearest_regions, strongest_regions

LINE = torch.tensor([[0.0, 0, 0], [1, 0, 0], [3, 0, 0], [7, 0, 0]])


def dense(graph, regions):
    edges, weight = graph
    return to_dense_adj(edges, edge_attr=weight, max_num_nodes=regions)[0]


def test_nearest_regions_by_hand():
    weight = dense(nearest_regions(LINE, k=1), 4)
    width = (1 + 1 + 2 + 4) / 4  # mean distance to the nearest
    expected = torch.zeros(4, 4)
    for i, j, distance in ((0, 1, 1), (1, 2, 2), (2, 3, 4)):
        expected[i, j] = expected[j, i] = math.exp(-((distance / width) ** 2))
    assert torch.allclose(weight, expected)


def test_strongest_regions_by_hand():
    mean = torch.tensor([[9, 3, 2, 0], [3, 9, 1, 0], [2, 1, 9, -5], [0, 0, -5, 9.0]])
    subjects = torch.stack([mean * 0.5, mean * 1.5])
    weight = dense(strongest_regions(subjects, k=1), 4)
    expected = torch.tensor([[0, 3, 2, 0], [3, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0.0]])
    assert torch.allclose(weight, expected)
    assert torch.allclose(dense(strongest_regions(mean, k=1), 4), expected)


@given(seed=st.integers(0, 500), k=st.integers(1, 5))
@settings(max_examples=20, deadline=None)
def test_graphs_are_symmetric_without_loops_and_keep_k_neighbours(seed, k):
    positions = torch.randn(6, 3, generator=torch.Generator().manual_seed(seed))
    for edges, weight in (nearest_regions(positions, k), strongest_regions(connectivity(seed), k)):
        assert is_undirected(edges, weight, num_nodes=6)
        assert bool((edges[0] != edges[1]).all()) and bool((weight > 0).all())
    degrees = nearest_regions(positions, k)[0][0].bincount(minlength=6)
    assert int(degrees.min()) >= k


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="k must be from 1 to 3"):
        nearest_regions(LINE, k=4)
    with pytest.raises(ValueError, match="one place"):
        nearest_regions(torch.zeros(4, 3), k=2)
    with pytest.raises(ValueError, match="NaN"):
        nearest_regions(LINE * float("nan"), k=2)
    with pytest.raises(ValueError, match=r"connectivity must be \[subjects, R, R\]"):
        strongest_regions(torch.zeros(3, 4, 5), k=2)
    with pytest.raises(ValueError, match="k must be from 1"):
        strongest_regions(torch.eye(4), k=0)


def test_positions_are_rows():
    with pytest.raises(ValueError, match=r"positions must be \[R, 3\] \(got \[5\]\)"):
        nearest_regions(torch.rand(5), 2)
    edges, _ = nearest_regions(LINE, 1)
    assert torch.equal(nearest_regions(LINE.clone().requires_grad_(), 1)[0], edges)


@pytest.mark.parametrize("largest", [1e308, 1e39, float("nan")])
def test_connectivity_beyond_single_precision_is_refused(largest):
    matrix = torch.full((5, 5), largest, dtype=torch.double)
    for matrices in (matrix, matrix.expand(3, 5, 5)):
        with pytest.raises(ValueError, match=r"connectivity must be finite, and below 3.4e38"):
            strongest_regions(matrices, 2)


@pytest.mark.parametrize("subjects", [False, True])
def test_connectivity_that_is_not_symmetric_is_refused(subjects):
    matrix = torch.tensor([[0.0, 9, 0], [0, 0, 0], [0, 1, 0]])
    with pytest.raises(ValueError, match="connectivity must be symmetric"):
        strongest_regions(matrix.expand(2, 3, 3) if subjects else matrix, 1)


def test_positions_that_are_turned_are_told():
    with pytest.raises(ValueError, match=r"positions.T"):
        nearest_regions(torch.randn(3, 20), 2)
