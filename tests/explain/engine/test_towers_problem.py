"""Two encoders: like one where both are the same, and like each tower by itself."""

import pytest
import torch
from graphs import random_graph
from torch_geometric.data import Batch, Data
from torch_geometric.explain import GNNExplainer
from torch_geometric.nn import GCN, GIN, GINConv, GraphNorm

from pyg_siamex import (
    BiLRP,
    GroupOcclusion,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    NeighbourhoodOcclusion,
    Occlusion,
    PairExplainer,
    RandomExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import FromPyG, ShapleySampling
from pyg_siamex.explain.relevance import GammaRule, lrp_factors
from pyg_siamex.nn import GINE, Library, TwoTowerGNN

EDGES, NODES = {"edge_mask_type": "object"}, {"node_mask_type": "object"}
BOTH = {**EDGES, "node_mask_type": "attributes"}
ALGORITHMS = {
    "Occlusion": (Occlusion, BOTH),
    "NeighbourhoodOcclusion": (NeighbourhoodOcclusion, BOTH),
    "IntegratedGradients": (IntegratedGradients, BOTH),
    "InputXGradient": (InputXGradient, BOTH),
    "Saliency": (Saliency, BOTH),
    "MaskOptimization": (lambda: MaskOptimization(epochs=5), BOTH),
    "ShapleySampling": (lambda: ShapleySampling(2), BOTH),
    "SelfLearned": (lambda: SelfLearned(solver="kl"), BOTH),
    "BiLRP": (BiLRP, BOTH),
    "IntegratedJacobians": (lambda: IntegratedJacobians(path="both"), BOTH),
    "GroupOcclusion": (lambda: GroupOcclusion(lambda graph: range(graph.num_nodes)), NODES),
    "RandomExplainer": (RandomExplainer, BOTH),
    "FromPyG": (lambda: FromPyG(GNNExplainer(epochs=2)), BOTH),
}


def drugs():
    return [random_graph(n, k, torch.double) for n, k in ((7, 3), (5, 4), (6, 9))]


def targets():
    graphs = [random_graph(n, k, torch.double) for n, k in ((7, 3), (9, 6), (6, 7))]
    return [Data(x=graph.x[:, :2], edge_index=graph.edge_index) for graph in graphs]


def drug_target(similarity="dot"):
    """Edge features on one side, a norm by degree on the other, different features."""
    torch.manual_seed(0)
    drug = GINE(5, 8, 2, edge_dim=3, act="tanh")
    return TwoTowerGNN(drug, GCN(2, 8, 2, act="tanh"), "add", similarity).double()


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_tower_twice_is_a_shared_encoder(name):
    torch.manual_seed(0)
    encoder = GIN(5, 8, 2, act="tanh").double()
    one = SiameseGNN(encoder, "add", "cosine")
    two = TwoTowerGNN(encoder, encoder, "add", "cosine")
    make, masks = ALGORITHMS[name]
    graphs = drugs()
    batches = Batch.from_data_list(graphs), Batch.from_data_list(graphs[1:] + graphs[:1])
    found = [PairExplainer(model, make(), **masks)(*batches) for model in (one, two)]
    for a, b in zip(*found, strict=True):
        assert a.prediction == pytest.approx(b.prediction, abs=1e-12)
        for side in ("query", "reference"):
            for mask in {"edge_mask", "node_mask"} & {*getattr(a, side).keys()}:
                wanted, got = getattr(a, side)[mask], getattr(b, side)[mask]
                torch.testing.assert_close(got, wanted, atol=1e-7, rtol=1e-5)
        if a.relevance is not None:
            torch.testing.assert_close(a.relevance, b.relevance)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_graphs_of_two_kinds_alone_and_in_batches(name):
    model, (make, masks) = drug_target(), ALGORITHMS[name]
    explainer = PairExplainer(model, make(), **masks)
    together = explainer(Batch.from_data_list(drugs()), Batch.from_data_list(targets()))
    for query, reference, found in zip(drugs(), targets(), together, strict=True):
        alone = explainer(query, reference)
        assert found.prediction == pytest.approx(model(query, reference).item(), abs=1e-12)
        columns = [5, 2] if masks is BOTH else [1, 1]
        for side, width in zip(("query", "reference"), columns, strict=True):
            mask = getattr(found, side).node_mask
            assert mask.shape == (getattr(found, side).num_nodes, width)
            torch.testing.assert_close(getattr(alone, side).node_mask, mask, atol=1e-7, rtol=1e-6)


@torch.no_grad()
def test_masks_are_what_each_tower_loses():
    model, query, reference = drug_target(), drugs()[1], targets()[1]
    found = PairExplainer(model, Occlusion(), **BOTH)(query, reference)
    score = model(query, reference)
    for e in range(query.num_edges):
        keep = torch.arange(query.num_edges) != e
        part = Data(query.x, query.edge_index[:, keep], query.edge_attr[keep])
        loss = (score - model(part, reference)).item()
        assert found.query.edge_mask[e].item() == pytest.approx(loss, abs=1e-12)
    for side, graph in ((found.query, query), (found.reference, reference)):
        for feature in range(graph.num_features):
            part = graph.clone()
            part.x[0, feature] = 0
            pair = (part, reference) if graph is query else (query, part)
            loss = (score - model(*pair)).item()
            assert side.node_mask[0, feature].item() == pytest.approx(loss, abs=1e-12)


def test_relevance_is_the_product_of_each_tower_s_factors():
    model, query, reference = drug_target(), drugs()[1], targets()[1]
    found = PairExplainer(model, BiLRP(), **NODES)(query, reference)
    model.requires_grad_(False)
    factors = [
        lrp_factors(tower, tower.inputs(graph), GammaRule())[0][0]
        for tower, graph in zip(model.towers, (query, reference), strict=True)
    ]
    torch.testing.assert_close(found.relevance, factors[0].T @ factors[1])
    jacobians = PairExplainer(model, IntegratedJacobians(steps=64), **NODES)(query, reference)
    terms = jacobians.terms
    corners = terms["f_qr"] - terms["f_0r"] - terms["f_q0"] + terms["f_00"]
    assert float(jacobians.relevance.sum()) == pytest.approx(corners, rel=1e-2)


def test_a_tower_that_mixes_graphs_gets_them_one_by_one():
    class Mixing(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = GINConv(torch.nn.Linear(2, 8)), GraphNorm(8)

        def forward(self, x, edge_index):
            return self.norm(self.conv(x, edge_index)).tanh()

    torch.manual_seed(0)
    model = TwoTowerGNN(GIN(5, 8, 2), Mixing(), "add", "dot").double()
    explainer = PairExplainer(model, Occlusion(), **EDGES)
    together = explainer(Batch.from_data_list(drugs()), Batch.from_data_list(targets()))
    for query, reference, found in zip(drugs(), targets(), together, strict=True):
        assert found.prediction == pytest.approx(model(query, reference).item(), abs=1e-12)
        alone = explainer(query, reference)
        torch.testing.assert_close(found.reference.edge_mask, alone.reference.edge_mask)


def test_each_tower_is_tested():
    class Own(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = torch.nn.Linear(2, 8)

        def forward(self, x, edge_index):
            row, col = edge_index
            return self.lin(x.index_add(0, col, x[row]))

    model = TwoTowerGNN(GIN(5, 8, 2), Own(), "add", "dot").double()
    query, reference = drugs()[1], targets()[1]
    with pytest.raises(ValueError, match="MessagePassing"):
        PairExplainer(model, Occlusion(), **EDGES)(query, reference)
    explainer = PairExplainer(model, Occlusion(), side="query", **EDGES)
    assert explainer(query, reference).query.edge_mask.any()


def test_what_needs_one_encoder_is_refused_by_name():
    model = drug_target()
    for use in (
        lambda: Library.embed(model, drugs()),
        lambda: model.embed(drugs()[0]),
        lambda: model.against(targets()[0]),
    ):
        with pytest.raises(ValueError, match="one encoder for all graphs"):
            use()
    assert Library.embed(model.reference_tower, targets()).embeddings.shape == (3, 8)


def test_what_cannot_be_explained_is_refused_by_name():
    class Rooted(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = GIN(2, 8, 2)

        def forward(self, x, edge_index, root_index):
            return self.gnn(x, edge_index)[root_index]

    query, reference = drugs()[0], targets()[0]
    reference.root_index = torch.tensor([1])
    rooted = TwoTowerGNN(GIN(5, 8, 2), Rooted(), "add", "dot", reference_pool=None).double()
    with pytest.raises(ValueError, match="reads 'root_index'"):
        PairExplainer(rooted, Occlusion(), **EDGES)(query, reference)
    with pytest.raises(ValueError, match="mask_mode='message'"):
        PairExplainer(drug_target(), Occlusion(), **EDGES, mask_mode="weight")(query, reference)
    sizes = TwoTowerGNN(GIN(5, 8, 2), GIN(2, 4, 2), "add", "dot").double()
    with pytest.raises((ValueError, RuntimeError), match="size"):
        PairExplainer(sizes, Occlusion(), **EDGES)(query, reference)
