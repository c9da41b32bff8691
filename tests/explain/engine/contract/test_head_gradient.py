"""Heads and readouts that cut gradients are refused where gradients are taken."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch import Tensor, nn
from torch_geometric.explain import CaptumExplainer, GNNExplainer
from torch_geometric.nn import GIN, SumAggregation

from pyg_siamex import (
    FromPyG,
    GradCAM,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    JointSimilarity,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    Saliency,
    SelfLearned,
    ShapleySampling,
    SiameseGNN,
    check_model,
)

PAIR = random_graph(5, 1), random_graph(7, 2)


def by_numpy(a: Tensor, b: Tensor) -> Tensor:
    return torch.from_numpy((a.detach().numpy() * b.detach().numpy()).sum(1))


@torch.no_grad()
def without_gradients(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(1)


def by_floats(a: Tensor, b: Tensor) -> Tensor:
    return torch.tensor([float(one @ other) for one, other in zip(a, b, strict=True)])


def of_one_side(a: Tensor, b: Tensor) -> Tensor:
    return (a.detach() * b).sum(1)


class Detaching(SumAggregation):
    def forward(self, x, *given, **named):
        return super().forward(x.detach(), *given, **named)


class WithinNode(nn.Module):
    """Cuts gradients at its end."""

    def __init__(self) -> None:
        super().__init__()
        self.gin = GIN(FEATURES, 8, 2)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        return self.gin(x, edge_index).detach()


HEADS = [by_numpy, without_gradients, by_floats, of_one_side]
NODES = {"node_mask_type": "object"}
EDGES = {"edge_mask_type": "object"}
WITH_GRADIENTS = [
    (Saliency(), EDGES),
    (Saliency(), NODES),
    (InputXGradient(), NODES),
    (IntegratedGradients(), EDGES),
    (GradCAM(), NODES),
    (MaskOptimization(), EDGES),
    (SelfLearned(), EDGES),
    (IntegratedJacobians(), NODES),
    (FromPyG(GNNExplainer(epochs=2)), EDGES),
    (FromPyG(CaptumExplainer("Saliency"), adapter="joint"), EDGES),
]

IDS = [f"{algorithm.name} {next(iter(kinds))[:4]}" for algorithm, kinds in WITH_GRADIENTS]


def model_of(head=None, pool="add", encoder=None):
    torch.manual_seed(0)
    encoder = GIN(FEATURES, 8, 2) if encoder is None else encoder
    return SiameseGNN(encoder, pool, "dot" if head is None else head).eval()


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(("algorithm", "kinds"), WITH_GRADIENTS, ids=IDS)
def test_heads_that_cut_gradients_are_refused(head, algorithm, kinds):
    with pytest.raises(ValueError, match=r"the head cuts gradients.* Use a method without"):
        PairExplainer(model_of(head), algorithm, **kinds)(*PAIR)


@pytest.mark.parametrize(("algorithm", "kinds"), WITH_GRADIENTS, ids=IDS)
def test_readouts_that_cut_gradients_are_refused(algorithm, kinds):
    with pytest.raises(ValueError, match="the model cuts gradients"):
        PairExplainer(model_of(pool=Detaching()), algorithm, **kinds)(*PAIR)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("algorithm", [Occlusion(), ShapleySampling(samples=4)], ids=str)
@pytest.mark.parametrize("kinds", [EDGES, NODES], ids=["edges", "nodes"])
def test_methods_without_gradients_explain_them(head, algorithm, kinds):
    found = PairExplainer(model_of(head), algorithm, **kinds)(*PAIR)
    usual = PairExplainer(model_of(lambda a, b: (a * b).sum(1)), algorithm, **kinds)(*PAIR)
    for name in ("edge_mask", "node_mask"):
        if usual.query.get(name) is not None:
            assert torch.allclose(found.query[name], usual.query[name], atol=1e-5)
            assert found.query[name].any()


@pytest.mark.parametrize(
    "given", [{"pool": Detaching()}, {"encoder": WithinNode()}], ids=["pool", "encoder"]
)
def test_node_masks_of_models_that_cut_gradients_are_explained(given):
    found = PairExplainer(model_of(**given), Occlusion(), **NODES)(*PAIR)
    assert found.query.node_mask.any()
    with pytest.raises(ValueError, match=r"by x is off by 100%.* the model cuts gradients"):
        PairExplainer(model_of(**given), Saliency(), **NODES)(*PAIR)


@pytest.mark.parametrize(
    "head",
    [
        nn.CosineSimilarity(),
        lambda a, b: (a * b).sum(1),
        lambda a, b: -(a - b).abs().sum(1),
        lambda a, b: torch.sigmoid((a - b).pow(2).sum(1)),
        nn.Bilinear(8, 8, 1),
    ],
    ids=["cosine", "dot", "L1", "sigmoid", "bilinear"],
)
def test_heads_with_gradients_are_taken(head):
    found = PairExplainer(model_of(head), Saliency(), **EDGES)(*PAIR)
    assert found.query.edge_mask.any() and found.reference.edge_mask.any()
    assert check_model(model_of(head), list(PAIR)).ok


@pytest.mark.parametrize(
    "given",
    [*({"head": head} for head in HEADS), {"pool": Detaching()}],
    ids=[*(head.__name__ for head in HEADS), "pool"],
)
def test_the_report_says_that_gradients_are_cut(given):
    report = check_model(model_of(**given), list(PAIR))
    assert not report.ok
    assert report.findings[-1].check == "gradient methods"
    assert "cuts gradients" in report.findings[-1].message


def test_a_joint_similarity_predicts_and_refuses_gradients():
    joint = JointSimilarity(model_of(by_numpy), *PAIR)
    assert joint(joint.x, joint.edge_index).shape == (1,)
    with pytest.raises(ValueError, match=r"the head cuts gradients"):
        joint(joint.x.clone().requires_grad_(), joint.edge_index)
