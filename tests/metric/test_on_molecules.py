"""Do the measures agree with exact truth on a trained model of real molecules?"""

import pytest
import torch
from torch_geometric.nn import GCN

from pyg_siamex import (
    Occlusion,
    PairDataset,
    PairExplainer,
    SelfLearned,
    SiameseGNN,
    fit,
)
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.metric import evaluate, model_randomisation, summarise
from pyg_siamex.nn.training import pair_auc


@pytest.mark.slow
def test_oracle_and_good_explainers_beat_random():
    molecules = FunctionalGroups()
    train, validation, test = PairDataset(molecules).split(seed=0)
    torch.manual_seed(0)
    channels = molecules.features.num_node_features
    model = SiameseGNN(GCN(channels, 64, 3, norm="batch_norm"), "mean")
    fit(model, train, validation=validation, epochs=15, progress=False)
    assert pair_auc(model, test) > 0.9
    pairs = [pair for pair in test if pair.y == 1 and not pair.query.bond_truth.all()][:40]
    queries, references = [pair.query for pair in pairs], [pair.reference for pair in pairs]
    masks = {"edge_mask_type": "object", "undirected": True}
    frame = evaluate(
        {
            "occlusion": PairExplainer(model, Occlusion(), **masks),
            "masks": PairExplainer(model, SelfLearned(), **masks),
        },
        queries,
        references,
        truth=[query.bond_truth for query in queries],
        undirected=True,
    )
    means = summarise(frame).pivot(index="method", columns="measure", values="mean")
    for measure in ("AUROC", "average precision", "insertion - deletion", "sparse fidelity"):
        for method in ("occlusion", "masks", "oracle"):
            assert means.loc[method, measure] > means.loc["random", measure] + 0.15
    assert abs(means.loc["random", "insertion - deletion"]) < 0.1
    check = model_randomisation(
        PairExplainer(model, Occlusion(), **masks), queries[:10], references[:10], undirected=True
    )
    assert check.by_layer["magnitude"].iloc[-1] < 0.9
