"""Local explainers that an invariance cannot learn from are refused as they are alone."""

import pytest
import torch
from graphs import random_graph
from torch_geometric.explain import GNNExplainer

from pyg_siamex import GradCAM, Occlusion, PairExplainer, SelfLearned
from pyg_siamex.explain import (
    AmortisedInvariance,
    BiLRP,
    FromPyG,
    GroupOcclusion,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    Invariance,
    MaskOptimization,
    NeighbourhoodOcclusion,
    Oracle,
    RandomExplainer,
    Saliency,
    ShapleySampling,
    SharedInvariance,
)

D = torch.double
OF_EMBEDDINGS = {
    "GradCAM": GradCAM,
    "InputXGradient": InputXGradient,
    "IntegratedGradients": lambda: IntegratedGradients(2),
    "MaskOptimization": lambda: MaskOptimization(epochs=2),
    "NeighbourhoodOcclusion": NeighbourhoodOcclusion,
    "Occlusion": Occlusion,
    "RandomExplainer": RandomExplainer,
    "Saliency": Saliency,
    "ShapleySampling": lambda: ShapleySampling(2),
}
OF_GRAPHS = {
    "BiLRP": BiLRP,
    "FromPyG": lambda: FromPyG(GNNExplainer(epochs=2)),
    "GroupOcclusion": lambda: GroupOcclusion(lambda graph: [0] * graph.num_nodes),
    "IntegratedJacobians": IntegratedJacobians,
    "Oracle": Oracle,
}
MASKS = {
    "edge": {"edge_mask_type": "object"},
    "node": {"node_mask_type": "object"},
    "feature": {"node_mask_type": "attributes"},
    "both": {"node_mask_type": "object", "edge_mask_type": "object"},
}


def outcome(call):
    try:
        call()
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("masks", MASKS)
@pytest.mark.parametrize("name", OF_EMBEDDINGS)
def test_masks_are_refused_in_the_words_of_the_explainer_alone(model, name, masks):
    algorithm, masks = OF_EMBEDDINGS[name](), MASKS[masks]
    pool = [random_graph(3, 20 + k, D) for k in range(5)]
    alone = outcome(lambda: PairExplainer(model, algorithm, **masks)(*pool[:2]))
    invariance = Invariance.learn(model, pool, 2, algorithms=algorithm)
    learned = PairExplainer(model, SelfLearned(invariance=invariance), **masks)
    assert outcome(lambda: learned(*pool[:2])) == alone
    assert outcome(lambda: invariance.of(model, pool[0], **masks)) == alone
    settings = {"algorithms": algorithm, **masks}
    assert outcome(lambda: AmortisedInvariance.learn(model, pool, 2, **settings)) == alone
    if masks != MASKS["feature"]:
        same = [pool[0].clone() for _ in pool]
        for k, graph in enumerate(same):
            graph.x = graph.x + k
        assert outcome(lambda: SharedInvariance.learn(model, same, 2, **settings)) == alone


@pytest.mark.parametrize("learn", [Invariance, AmortisedInvariance, SharedInvariance])
@pytest.mark.parametrize("name", OF_GRAPHS)
def test_explainers_that_read_the_graphs_are_refused_when_learning(model, pool, learn, name):
    with pytest.raises(ValueError, match=r"`algorithms` holds \w+, which reads the graphs"):
        learn.learn(model, pool, 2, algorithms=OF_GRAPHS[name]())


@pytest.mark.parametrize("name", ["BiLRP", "IntegratedJacobians"])
def test_without_references_explainers_may_read_the_graphs(model, pool, name):
    invariance = Invariance(torch.empty(0, 8), algorithms=OF_GRAPHS[name]())
    explainer = PairExplainer(model, SelfLearned(invariance=invariance), node_mask_type="object")
    assert bool(explainer(*pool[:2]).query.node_mask.isfinite().all())
