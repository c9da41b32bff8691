import pytest
import torch
from regions import REGIONS, connectivity, subject
from torch_geometric.data import Batch

from pyg_siamex import BiLRP, IntegratedJacobians, Occlusion, PairDataset, PairExplainer, SiameseGNN
from pyg_siamex.nn import (
    HigherOrderGCN,
    PopulationGCN,
    RoiGCN,
    RoiReadout,
    WeightedGIN,
    build_siamese,
    load_model,
    save_model,
)
from pyg_siamex.nn.training import fit, pair_auc

READOUT = {"name": "RoiReadout", "num_rois": REGIONS, "out_channels": 5}


def model(dtype=torch.double):
    readout = RoiReadout(REGIONS, REGIONS, 5)
    return SiameseGNN(RoiGCN(REGIONS), readout, "dot").to(dtype).eval()


def test_starts_at_the_connectivity_profiles():
    graph = subject(3)
    gcn = RoiGCN(REGIONS).double()
    out = gcn(graph.x, graph.edge_index, graph.edge_weight)
    assert torch.allclose(out, connectivity(3), atol=1e-12)
    torch.nn.init.normal_(gcn.convs[0].lin_rel.weight)
    gcn.reset_parameters()
    assert torch.equal(gcn(graph.x, graph.edge_index, graph.edge_weight), out)


def test_model_with_one_layer_is_linear_in_the_connections():
    siamese = model()
    a, b = subject(1), subject(2)
    half = subject(1)
    mean = (connectivity(1) + connectivity(2)) / 2
    half.edge_index = mean.nonzero().T.contiguous()
    half.edge_weight = mean[tuple(half.edge_index)]
    expected = (siamese.embed(a) + siamese.embed(b)) / 2
    assert torch.allclose(siamese.embed(half), expected, atol=1e-12)


def test_edge_masks_take_connections_away():
    siamese, query, reference = model(), subject(1), subject(2)
    explain = PairExplainer(siamese, Occlusion(), edge_mask_type="object")
    mask = explain(query, reference).query.edge_mask
    for k in range(3):
        keep = torch.arange(query.num_edges) != k
        without = query.clone()
        without.edge_index, without.edge_weight = query.edge_index[:, keep], query.edge_weight[keep]
        expected = siamese(query, reference) - siamese(without, reference)
        assert mask[k].item() == pytest.approx(expected.item(), abs=1e-9)


def test_relevance_between_regions_accounts_for_the_similarity():
    siamese, query, reference = model(), subject(1), subject(2)
    explain = PairExplainer(siamese, BiLRP(), node_mask_type="object")
    explanation = explain(query, reference)
    assert explanation.relevance.shape == (REGIONS, REGIONS)
    terms = dict(explanation.terms)
    explained = terms.pop("explained")
    assert explained == pytest.approx(siamese(query, reference).item(), rel=1e-9)
    assert sum(terms.values()) == pytest.approx(explained, abs=1e-9)
    assert abs(terms["remainder"]) < 1e-9


@pytest.mark.parametrize("kind", ["RoiGCN", "HigherOrderGCN", "PopulationGCN", "WeightedGIN"])
def test_integrated_jacobians_explain_every_encoder(kind):
    encoder = {
        "RoiGCN": lambda: RoiGCN(REGIONS),
        "HigherOrderGCN": lambda: HigherOrderGCN(REGIONS, REGIONS, 2),
        "PopulationGCN": lambda: PopulationGCN(
            REGIONS, REGIONS, 1, num_rois=REGIONS, edge_index=[[0, 1, 2, 3], [1, 0, 3, 2]]
        ),
        "WeightedGIN": lambda: WeightedGIN(REGIONS, REGIONS, 2),
    }[kind]()
    siamese = SiameseGNN(encoder, RoiReadout(REGIONS, REGIONS, 4), "dot").double().eval()
    explain = PairExplainer(siamese, IntegratedJacobians(steps=300), node_mask_type="object")
    explanation = explain(subject(1, "profile"), subject(2, "profile"))
    assert abs(explanation.completeness_error) < 1e-2


def test_learns_what_single_connections_tell():
    """A connection that one class has and the other has not, in a sea of chance."""

    def planted(seed):
        graph = subject(seed, dtype=torch.float)
        keep = ~((graph.edge_index.sum(0) == 1) & (graph.edge_index.prod(0) == 0))
        edges, weight = graph.edge_index[:, keep], graph.edge_weight[keep]
        if graph.y == 1:
            edges = torch.cat([edges, torch.tensor([[0, 1], [1, 0]])], dim=1)
            weight = torch.cat([weight, torch.ones(2)])
        graph.edge_index, graph.edge_weight = edges, weight
        return graph

    train, test = [planted(k) for k in range(40)], [planted(k) for k in range(40, 60)]
    siamese = SiameseGNN(RoiGCN(REGIONS), RoiReadout(REGIONS, REGIONS, 8))
    fit(siamese, PairDataset(train), epochs=8, lr=1e-2, progress=False)
    assert pair_auc(siamese, PairDataset(test)) > 0.9


def test_model_file_gives_the_model_back(tmp_path):
    population = {"edge_index": [[0, 1, 2], [1, 0, 2]], "num_rois": REGIONS}
    subjects = Batch.from_data_list([subject(k, dtype=torch.float) for k in range(3)])
    built = [
        build_siamese("RoiGCN", READOUT | {"in_channels": REGIONS}, num_rois=REGIONS),
        build_siamese(
            "PopulationGCN",
            {"name": "RoiConcat", "num_rois": REGIONS},
            {"name": "RoiSimilarity", "num_rois": REGIONS},
            **{"in_channels": REGIONS, "hidden_channels": 3, "num_layers": 1, **population},
        ),
        build_siamese("HigherOrderGCN", in_channels=REGIONS, hidden_channels=3, num_layers=1),
    ]
    for siamese in built:
        siamese(subjects, subjects)  # moves the statistics of the readout
        save_model(siamese, tmp_path / "model.safetensors")
        again, _ = load_model(tmp_path / "model.safetensors")
        siamese.eval()
        assert torch.equal(siamese(subjects, subjects), again(subjects, subjects))


def test_unknown_readouts_are_named():
    with pytest.raises(ValueError, match=r"pool as a dict needs a name among .*RoiReadout"):
        build_siamese("RoiGCN", {"num_rois": 3}, num_rois=3)
    with pytest.raises(ValueError, match="similarity as a dict"):
        build_siamese("RoiGCN", None, {"name": "Other"}, num_rois=3)
