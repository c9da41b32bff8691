import numpy as np
import pytest
import torch
from regions import REGIONS, connectivity, subject
from torch_geometric.data import Batch

from pyg_siamex import MaskOptimization, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.nn import PopulationGCN, RoiConcat, RoiSimilarity, strongest_regions

POPULATION = strongest_regions(torch.stack([connectivity(k) for k in range(4)]), k=2)


def encoder(layers=1, K=3, features=REGIONS):
    gcn = PopulationGCN(
        features, 4, layers, num_rois=REGIONS, edge_index=POPULATION[0], edge_weight=POPULATION[1]
    )
    gcn.convs[0].reset_parameters()
    for bias in gcn.biases:
        torch.nn.init.normal_(bias)
    if K != 3:
        return PopulationGCN(features, 4, layers, num_rois=REGIONS, edge_index=POPULATION[0], K=K)
    return gcn.double()


def spectral(signal, layer):
    """The layer's equation in the graph Fourier basis, with numpy."""
    edges, weight = (t.numpy() for t in POPULATION)
    W = np.zeros((REGIONS, REGIONS))
    W[edges[0], edges[1]] = weight
    root = np.diag(W.sum(1) ** -0.5)
    eigenvalues, U = np.linalg.eigh(np.eye(REGIONS) - root @ W @ root)
    conv, bias = layer
    out = bias.detach().numpy().copy()
    for k, lin in enumerate(conv.lins):
        chebyshev = np.polynomial.chebyshev.Chebyshev.basis(k)(eigenvalues - 1)
        out += U @ np.diag(chebyshev) @ U.T @ signal @ lin.weight.detach().numpy().T
    return np.maximum(out, 0)


@pytest.mark.parametrize("layers", [1, 2])
def test_equals_the_papers_filters_in_the_fourier_basis(layers):
    gcn, graph = encoder(layers), subject(1, "profile")
    expected = graph.x.numpy()
    for layer in zip(gcn.convs, gcn.biases, strict=True):
        expected = spectral(expected, layer)
    assert np.allclose(gcn(graph.x, graph.edge_index).detach().numpy(), expected, atol=1e-6)


def test_one_polynomial_sees_the_region_alone():
    gcn, graph = encoder(K=1), subject(1, "profile", torch.float)
    expected = (graph.x @ gcn.convs[0].lins[0].weight.T).relu()
    assert torch.allclose(gcn(graph.x, graph.edge_index), expected, atol=1e-6)


def test_subjects_share_the_graph_and_not_their_signals():
    gcn = encoder(2)
    subjects = [subject(k, "profile") for k in range(3)]
    batch = Batch.from_data_list(subjects)
    together = gcn(batch.x, batch.edge_index, batch.batch)
    apart = torch.cat([gcn(g.x, g.edge_index) for g in subjects])
    assert torch.allclose(together, apart, atol=1e-12)


def test_the_subjects_own_edges_are_not_read():
    gcn, graph = encoder(), subject(1, "profile")
    empty = torch.empty(2, 0, dtype=torch.long)
    assert torch.equal(gcn(graph.x, graph.edge_index), gcn(graph.x, empty))


def test_feature_masks_explain_it_and_edge_masks_are_refused():
    model = SiameseGNN(encoder(), RoiConcat(REGIONS), RoiSimilarity(REGIONS).double())
    query, reference = subject(1, "profile"), subject(2, "profile")
    explain = PairExplainer(model, Occlusion(), node_mask_type="attributes")
    mask = explain(query, reference).query.node_mask
    changed = query.clone()
    changed.x = query.x.clone()
    i, j = query.edge_index[:, 0].tolist()
    changed.x[i, j] = 0
    expected = model(query, reference) - model(changed, reference)
    assert mask[i, j].item() == pytest.approx(expected.item(), abs=1e-6)
    with pytest.raises(ValueError, match="no MessagePassing layer"):
        PairExplainer(model, MaskOptimization(epochs=1), edge_mask_type="object")(query, reference)


def test_bad_population_graphs_are_named():
    def build(**changes):
        arguments = {"num_rois": REGIONS, "edge_index": [[0, 1], [1, 0]], **changes}
        return PopulationGCN(REGIONS, 4, 1, **arguments)

    assert build().edge_index.tolist() == [[0, 1], [1, 0]]
    with pytest.raises(ValueError, match=r"must be \[2, E\]"):
        build(edge_index=[[0, 1]])
    with pytest.raises(TypeError, match=r"must hold numbers of regions \(got torch.float32"):
        build(edge_index=[[0, 1.5], [1, 0]])
    with pytest.raises(ValueError, match="names region 9"):
        build(edge_index=[[0, 9], [9, 0]])
    with pytest.raises(ValueError, match="names region -1"):
        build(edge_index=[[-1], [0]])
    with pytest.raises(ValueError, match=r"rows of one length \(got \[2, 1\]\)"):
        build(edge_index=[[0, 1], [1]])
    with pytest.raises(ValueError, match="one number of at least 0"):
        build(edge_weight=[1.0, -1.0])
    with pytest.raises(ValueError, match="one number of at least 0"):
        build(edge_weight=[1.0])
    with pytest.raises(ValueError, match="and finite"):
        build(edge_weight=[1.0, float("inf")])
    with pytest.raises(ValueError, match="regions 0 and 1 twice"):
        build(edge_index=[[0, 1, 0], [1, 0, 1]])
    with pytest.raises(ValueError, match="same in both directions"):
        build(edge_index=[[0], [1]])
    with pytest.raises(ValueError, match="same in both directions"):
        build(edge_weight=[1.0, 2.0])
    with pytest.raises(ValueError, match="K must be at least 1"):
        build(K=0)
    with pytest.raises(ValueError, match="has 5 nodes"):
        build()(torch.zeros(5, REGIONS), torch.empty(2, 0, dtype=torch.long))


@pytest.mark.parametrize("dropout", [1.0, 1, 1.5, -0.1, float("nan"), float("inf")])
def test_dropout_leaves_something(dropout):
    with pytest.raises(ValueError, match=r"dropout`? must be in \[0, 1"):
        PopulationGCN(REGIONS, 4, 2, num_rois=REGIONS, edge_index=[[0, 1], [1, 0]], dropout=dropout)
    for kept in (0, 0.5, 0.99):
        PopulationGCN(REGIONS, 4, 2, num_rois=REGIONS, edge_index=[[0, 1], [1, 0]], dropout=kept)
