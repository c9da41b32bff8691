"""Every algorithm of the library inside PyG's own ``Explainer``, with all that PyG offers after."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.data import Batch
from torch_geometric.explain import Explainer, GNNExplainer
from torch_geometric.nn import GIN

from pyg_siamex import (
    BiLRP,
    InputXGradient,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    RandomExplainer,
    Saliency,
    SiameseGNN,
)
from pyg_siamex.explain import (
    FromPyG,
    GradCAM,
    GroupOcclusion,
    IntegratedGradients,
    Oracle,
    SelfLearned,
    ShapleySampling,
)

RAW = {"mode": "regression", "task_level": "graph", "return_type": "raw"}
BOTH = {"node_mask_type": "attributes", "edge_mask_type": "object"}
NODES = {"node_mask_type": "object"}
ALGORITHMS = {
    "random": (RandomExplainer, BOTH),
    "saliency": (Saliency, BOTH),
    "input_x_gradient": (InputXGradient, BOTH),
    "occlusion": (Occlusion, BOTH),
    "integrated_gradients": (lambda: IntegratedGradients(4), BOTH),
    "mask_optimization": (lambda: MaskOptimization(epochs=10), BOTH),
    "self_learned_gda": (lambda: SelfLearned("gda"), BOTH),
    "self_learned_kl": (lambda: SelfLearned("kl"), BOTH),
    "shapley": (lambda: ShapleySampling(1), BOTH),
    "from_pyg": (lambda: FromPyG(GNNExplainer(epochs=3)), BOTH),
    "bilrp": (BiLRP, NODES),
    "integrated_jacobians": (lambda: IntegratedJacobians(8, path="both"), BOTH),
    "grad_cam": (GradCAM, NODES),
    "group_occlusion": (lambda: GroupOcclusion(lambda g: (g.x[:, 0] > 0).tolist()), NODES),
}


@pytest.fixture(params=list(ALGORITHMS))
def case(request):
    build, masks = ALGORITHMS[request.param]
    return build(), masks


@pytest.fixture
def model():
    return SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()


def stock(model, reference, algorithm, masks, **options):
    view = model.against(reference).eval()
    return Explainer(view, algorithm, "model", RAW, **masks, **options)


def pair():
    return random_graph(6, 1), random_graph(5, 2)


def test_equals_the_pair_explainer(case, model):
    algorithm, masks = case
    query, reference = pair()
    theirs = stock(model, reference, algorithm, masks)(query.x, query.edge_index)
    ours = PairExplainer(model, algorithm, side="query", **masks)(query, reference).query
    assert set(theirs.available_explanations) == {
        name for name in ("node_mask", "edge_mask") if f"{name}_type" in masks
    }
    for name in theirs.available_explanations:
        assert torch.allclose(theirs[name], ours[name], atol=1e-6)
    assert theirs.validate(raise_on_error=True)


@pytest.mark.parametrize("threshold", [("topk", 3), ("topk_hard", 3), ("hard", 0.0)])
def test_thresholds(case, model, threshold):
    algorithm, masks = case
    query, reference = pair()
    explainer = stock(model, reference, algorithm, masks, threshold_config=threshold)
    explanation = explainer(query.x, query.edge_index)
    for name in explanation.available_explanations:
        if threshold[0] != "hard":
            assert explanation[name].count_nonzero() <= 3
        if threshold[0] != "topk":
            assert set(explanation[name].unique().tolist()) <= {0.0, 1.0}


def test_subgraphs(case, model):
    algorithm, masks = case
    query, reference = pair()
    explanation = stock(model, reference, algorithm, masks)(query.x, query.edge_index)
    kept, rest = explanation.get_explanation_subgraph(), explanation.get_complement_subgraph()
    assert kept.num_nodes + rest.num_nodes <= query.num_nodes
    for part in (kept, rest):
        assert part.validate(raise_on_error=True)
        assert part.edge_index.numel() == 0 or part.edge_index.max() < part.num_nodes
    if "edge_mask" in explanation:
        assert (kept.edge_mask > 0).all() and (rest.edge_mask == 0).all()


def test_feature_importance_is_drawn(case, model, tmp_path):
    algorithm, masks = case
    query, reference = pair()
    explanation = stock(model, reference, algorithm, masks)(query.x, query.edge_index)
    path = tmp_path / "features.svg"
    if masks is NODES:
        with pytest.raises(ValueError, match="Cannot compute feature importance"):
            explanation.visualize_feature_importance(str(path))
        return
    explanation.visualize_feature_importance(str(path), top_k=3)
    assert "<svg" in path.read_text()


def test_explanations_batch_and_unbatch(case, model):
    algorithm, masks = case
    query, reference = pair()
    explainer = stock(model, reference, algorithm, masks)
    explanations = [explainer(graph.x, graph.edge_index) for graph in (query, reference)]
    batch = Batch.from_data_list(explanations)
    assert batch.num_graphs == 2
    for position, explanation in enumerate(explanations):
        again = batch.get_example(position)
        for name in explanation.available_explanations:
            assert torch.equal(again[name], explanation[name])
    pairs = PairExplainer(model, algorithm, **masks).explain([query, reference], [reference, query])
    both = Batch.from_data_list([pair.query for pair in pairs])
    assert torch.equal(both.get_example(1).x, reference.x)


def test_the_oracle_needs_the_graphs(model):
    query, reference = pair()
    with pytest.raises(ValueError, match="query 0 stores no truth"):
        stock(model, reference, Oracle(), NODES)(query.x, query.edge_index)


def test_pairs_of_batches_are_explained_one_each(model):
    queries = Batch.from_data_list([random_graph(6, 1), random_graph(4, 3)])
    references = Batch.from_data_list([random_graph(5, 2), random_graph(5, 4)])
    masks = {"edge_mask_type": "object"}
    explainer = stock(model, references, IntegratedGradients(4), masks)
    theirs = explainer(queries.x, queries.edge_index, batch=queries.batch)
    ours = PairExplainer(model, IntegratedGradients(4), side="query", **masks)(queries, references)
    mask = torch.cat([explanation.query.edge_mask for explanation in ours])
    assert torch.allclose(theirs.edge_mask, mask, atol=1e-6)
