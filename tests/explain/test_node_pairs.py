"""Every explainer on pairs of nodes, alone and in batches."""

import pytest
import torch
from linked_graphs import ENCODERS, LINKS, large_graph, scores
from torch_geometric.explain import GNNExplainer
from torch_geometric.loader import DataLoader
from torch_geometric.nn import GIN

from pyg_siamex import (
    BiLRP,
    GradCAM,
    GroupOcclusion,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    NeighbourhoodOcclusion,
    NodePairs,
    Occlusion,
    PairExplainer,
    RandomExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import FromPyG, ShapleySampling
from pyg_siamex.metric import fidelity
from pyg_siamex.nn import DistMultSimilarity, HadamardSimilarity, find_hops

BOTH = {"edge_mask_type": "object", "node_mask_type": "object"}
NODES = {"node_mask_type": "object"}
ALGORITHMS = {
    "Occlusion": (Occlusion, BOTH),
    "NeighbourhoodOcclusion": (NeighbourhoodOcclusion, BOTH),
    "IntegratedGradients": (IntegratedGradients, BOTH),
    "InputXGradient": (InputXGradient, BOTH),
    "Saliency": (Saliency, BOTH),
    "MaskOptimization": (lambda: MaskOptimization(epochs=5), BOTH),
    "SelfLearned": (lambda: SelfLearned(solver="kl"), BOTH),
    "ShapleySampling": (lambda: ShapleySampling(2), BOTH),
    "GradCAM": (GradCAM, NODES),
    "GroupOcclusion": (lambda: GroupOcclusion("train_mask"), NODES),
    "BiLRP": (BiLRP, BOTH),
    "IntegratedJacobians": (lambda: IntegratedJacobians(path="both"), BOTH),
    "FromPyG": (lambda: FromPyG(GNNExplainer(epochs=3)), BOTH),
    "RandomExplainer": (RandomExplainer, BOTH),
}


def model_of(name, similarity="dot", dtype=torch.double):
    torch.manual_seed(1)
    return SiameseGNN(ENCODERS[name]().to(dtype), pool="root", similarity=similarity)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_explainers_explain_the_score_in_the_whole_graph(name):
    make, masks = ALGORITHMS[name]
    model, data = model_of("GCN"), large_graph(dtype=torch.double)
    pairs = NodePairs(data, LINKS, find_hops(model, data, LINKS))
    explainer = PairExplainer(model, make(), **masks)
    query, reference, _ = next(iter(DataLoader(pairs, batch_size=len(LINKS))))
    together = explainer(query, reference)
    for k, (found, score) in enumerate(zip(together, scores(model, data).tolist(), strict=True)):
        assert found.prediction == pytest.approx(score, abs=1e-12)
        alone = explainer(pairs[k].query, pairs[k].reference)
        torch.testing.assert_close(found.query.node_mask, alone.query.node_mask, atol=1e-6, rtol=0)
        assert torch.equal(found.query.n_id, pairs[k].query.n_id)


@pytest.mark.parametrize("name", ["GIN", "GCN"])
def test_an_end_without_one_edge_is_embedded_anew_in_the_whole_graph(name):
    model, data = model_of(name), large_graph(dtype=torch.double)
    u, v = LINKS[0]
    query, reference, _ = NodePairs(data, [(u, v)], find_hops(model, data, [(u, v)]))[0]
    if name == "GCN":  # messages keep their norm, edges that are deleted do not
        for graph in (query, reference):
            graph.edge_weight = torch.ones(graph.num_edges, dtype=torch.double)
    mode = "weight" if name == "GCN" else "message"
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", mask_mode=mode)
    found = explainer(query, reference)
    with torch.no_grad():
        z = model.encoder(data.x, data.edge_index)
        for side, own, other in ((found.query, u, v), (found.reference, v, u)):
            for e, value in zip(side.e_id.tolist(), side.edge_mask.tolist(), strict=True):
                keep = torch.arange(data.num_edges) != e
                part = model.encoder(data.x, data.edge_index[:, keep])
                loss = (z[own] - part[own]) @ z[other]
                assert value == pytest.approx(float(loss), abs=1e-10)


@pytest.mark.parametrize(
    "head",
    [
        DistMultSimilarity(torch.linspace(-1, 1, 8).double()),
        HadamardSimilarity(
            torch.nn.Sequential(torch.nn.Linear(8, 8), torch.nn.GELU(), torch.nn.Linear(8, 1))
        ).double(),
    ],
    ids=["DistMult", "Hadamard"],
)
def test_pair_matrices_by_decoders_add_up(head):
    torch.manual_seed(1)
    model = SiameseGNN(GIN(5, 8, 2, act="tanh").double(), "root", head)
    pair = NodePairs(large_graph(dtype=torch.double), LINKS, 2)[0]
    jacobians = PairExplainer(model, IntegratedJacobians(path="features"), **NODES)(*pair[:2])
    assert jacobians.completeness_error < 1e-5
    relevance = PairExplainer(model, BiLRP(), **NODES)(*pair[:2])
    assert sum(v for k, v in relevance.terms.items() if k != "explained") == pytest.approx(
        relevance.terms["explained"]
    )


def test_fidelity_deletes_edges_and_refuses_to_delete_nodes():
    model, data = model_of("GIN"), large_graph(dtype=torch.double)
    pair = NodePairs(data, LINKS, 2)[0]
    edges = PairExplainer(model, Occlusion(), edge_mask_type="object")(*pair[:2])
    assert fidelity(model, [edges]).plus.isfinite().all()
    nodes = PairExplainer(model, Occlusion(), **NODES)(*pair[:2])
    with pytest.raises(ValueError, match="root_index"):
        fidelity(model, [nodes])
    assert fidelity(model, [nodes], removal="message").plus.isfinite().all()


def test_an_isolated_node_has_no_edges_to_explain():
    model, data = model_of("GIN"), large_graph(dtype=torch.double)
    pairs = NodePairs(data, [(59, 0), (59, 59), (0, 5)], 2)
    query, reference, _ = next(iter(DataLoader(pairs, batch_size=3)))
    found = PairExplainer(model, IntegratedGradients(), **BOTH)(query, reference)
    assert [e.query.num_edges for e in found[:2]] == [0, 0]
    assert found[0].reference.edge_mask.any()
