import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from regions import REGIONS, connectivity, subject
from torch_geometric.nn import ChebConv

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.nn import HigherOrderConv, HigherOrderGCN, co_occurrence


def enumerated(A, window, walk_length):
    """Every walk with its probability, and every meeting in it."""
    step = A / A.sum(1, keepdims=True)
    F = np.zeros_like(A)
    for walk in itertools.product(range(len(A)), repeat=walk_length):
        probability = np.prod([step[a, b] for a, b in itertools.pairwise(walk)])
        for s, t in itertools.combinations(range(walk_length), 2):
            if t - s <= window:
                F[walk[s], walk[t]] += probability
                F[walk[t], walk[s]] += probability
    return F


def normalised(F):
    root = np.diag(F.sum(1) ** -0.5)
    return root @ F @ root


@pytest.mark.parametrize("window, walk_length", [(1, 2), (2, 4), (3, 5), (9, 4)])
def test_co_occurrence_equals_all_walks_enumerated(window, walk_length):
    A = connectivity(3, regions=4)
    expected = enumerated(A.numpy(), window, walk_length)
    assert np.allclose(co_occurrence(A, window, walk_length).numpy(), expected, atol=1e-12)


@given(seed=st.integers(0, 200), window=st.integers(1, 4), walk_length=st.integers(2, 8))
@settings(max_examples=25, deadline=None)
def test_co_occurrence_counts_all_meetings(seed, window, walk_length):
    F = co_occurrence(connectivity(seed), window, walk_length)
    meetings = sum(min(window, walk_length - 1 - t) for t in range(walk_length - 1))
    assert torch.allclose(F, F.T) and bool((F >= 0).all())
    assert F.sum().item() == pytest.approx(2 * REGIONS * meetings)


def test_walks_end_at_lonely_nodes():
    A = torch.zeros(3, 3)
    A[0, 1] = A[1, 0] = 1
    F = co_occurrence(A, window=1, walk_length=3)
    assert F[2].eq(0).all() and F.isfinite().all()
    assert F[0, 1] == 4  # four steps, two of each walk


def test_proximity_of_the_layer_is_the_limit_of_long_walks():
    A = connectivity(5)
    degree = A.sum(1)
    own = torch.diag(degree**-0.5) @ A @ torch.diag(degree**-0.5)
    S = (own + own @ own + own @ own @ own) / 3
    F = co_occurrence(A, window=3, walk_length=5000).numpy()
    assert np.allclose(normalised(F), S.numpy(), atol=1e-3)


@pytest.mark.parametrize("window, K", [(1, 2), (2, 2), (3, 4)])
def test_layer_equals_chebyshev_filters_of_the_dense_proximity(window, K):
    graph = subject(2)
    x = torch.randn(REGIONS, 3, dtype=torch.double)
    conv = HigherOrderConv(3, 4, K=K, window=window).double()
    torch.nn.init.normal_(conv.bias)
    A = connectivity(2).numpy()
    P = A / A.sum(1, keepdims=True)
    F = sum(np.diag(A.sum(1)) @ np.linalg.matrix_power(P, d) for d in range(1, window + 1))
    eigenvalues, U = np.linalg.eigh(np.eye(REGIONS) - normalised(F))
    expected = conv.bias.detach().numpy()[None].repeat(REGIONS, 0)
    for k, lin in enumerate(conv.lins):
        T = U @ np.diag(np.polynomial.chebyshev.Chebyshev.basis(k)(eigenvalues - 1)) @ U.T
        expected = expected + T @ x.numpy() @ lin.weight.detach().numpy().T
    out = conv(x, graph.edge_index, graph.edge_weight)
    assert np.allclose(out.detach().numpy(), expected, atol=1e-10)


def test_window_one_is_the_chebyshev_layer():
    graph, x = subject(4), torch.randn(REGIONS, 3, dtype=torch.double)
    ours, theirs = HigherOrderConv(3, 4, K=3, window=1).double(), ChebConv(3, 4, K=3).double()
    theirs.load_state_dict(ours.state_dict())
    expected = theirs(x, graph.edge_index, graph.edge_weight, lambda_max=2.0)
    assert torch.allclose(ours(x, graph.edge_index, graph.edge_weight), expected, atol=1e-12)


def test_edge_masks_on_weights_delete_edges():
    model = SiameseGNN(HigherOrderGCN(REGIONS, 4, 2).double(), similarity="dot").eval()
    query, reference = subject(1), subject(2)
    explain = PairExplainer(
        model, Occlusion(), edge_mask_type="object", undirected=True, mask_mode="weight"
    )
    mask = explain(query, reference).query.edge_mask
    first = query.edge_index[:, 0]
    same = (query.edge_index == first[:, None]).all(0)
    same |= (query.edge_index == first.flip(0)[:, None]).all(0)
    without = query.clone()
    without.edge_index = query.edge_index[:, ~same]
    without.edge_weight = query.edge_weight[~same]
    expected = model(query, reference) - model(without, reference)
    assert mask[0].item() == pytest.approx(expected.item(), abs=1e-9)


def test_edgeless_graph_keeps_the_first_term():
    conv = HigherOrderConv(2, 3, K=2)
    x, none = torch.randn(4, 2), torch.empty(2, 0, dtype=torch.long)
    assert torch.allclose(conv(x, none), conv.lins[0](x) + conv.bias, atol=1e-6)


def test_bad_input_is_named():
    graph = subject(1)
    with pytest.raises(ValueError, match="negative values"):
        HigherOrderConv(REGIONS, 2).double()(graph.x, graph.edge_index, -graph.edge_weight)
    with pytest.raises(ValueError, match="K must be at least 1"):
        HigherOrderConv(2, 2, K=0)
    with pytest.raises(ValueError, match="adjacency must be"):
        co_occurrence(-torch.ones(2, 2))
    with pytest.raises(ValueError, match="window must be at least 1"):
        co_occurrence(torch.ones(2, 2), window=0)


def test_weights_are_drawn_anew():
    torch.manual_seed(0)
    conv = HigherOrderConv(4, 3, K=3)
    first = [one.clone() for one in conv.state_dict().values()]
    torch.nn.init.ones_(conv.bias)
    conv.lins[0].weight.data.zero_()
    torch.manual_seed(0)
    conv.reset_parameters()
    assert all(torch.equal(a, b) for a, b in zip(first, conv.state_dict().values(), strict=True))
    model = HigherOrderGCN(4, 6, 2)
    before = [one.clone() for one in model.parameters()]
    model.reset_parameters()
    pairs = zip(before, model.parameters(), strict=True)
    assert all(torch.equal(a, b) == (a.dim() == 1) for a, b in pairs)
