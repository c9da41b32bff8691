import pytest
import torch
from graphs import FEATURES
from pytorch_metric_learning import losses, miners
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.nn.training import (
    BinaryCrossEntropy,
    ConstrainedVariance,
    PairLoss,
    Regression,
    loss_resolver,
)
from pyg_siamex.nn.training.loss import METRIC_LOSSES, known_pairs

NAN = float("nan")


def model(similarity="cosine"):
    return SiameseGNN(GIN(FEATURES, 4, 1), similarity=similarity)


def same(labels):
    labels = torch.tensor(labels)
    return (labels[:, None] == labels[None]).float()


def test_known_pairs_are_the_upper_triangle_without_unknown():
    target = torch.tensor([[1, 0, NAN], [0, 1, 1], [NAN, 1, 1]])
    i, j = known_pairs(target)
    assert list(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 1), (1, 2)]


def test_cross_entropy_weighs_both_kinds_equally():
    siamese, h = model(), torch.randn(4, 4)
    target = same([0, 0, 0, 1])
    logits = siamese.calibration(siamese.similarity(h[:, None], h[None]))
    alike = -torch.nn.functional.logsigmoid(logits[[0, 0, 1], [1, 2, 2]]).mean()
    unlike = -torch.nn.functional.logsigmoid(-logits[[0, 1, 2], [3, 3, 3]]).mean()
    loss = BinaryCrossEntropy()(siamese, h, target)
    assert loss.item() == pytest.approx(((alike + unlike) / 2).item(), rel=1e-5)


def test_regression_is_the_mean_squared_error():
    siamese, h = model("dot"), torch.randn(3, 4)
    target = torch.tensor([[NAN, 2.0, NAN], [2.0, NAN, -1.0], [NAN, -1.0, NAN]])
    expected = ((h[0] @ h[1] - 2) ** 2 + (h[1] @ h[2] + 1) ** 2) / 2
    assert Regression()(siamese, h, target).item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("name", ["contrastive", "triplet", "multi_similarity", "nt_xent"])
@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclidean", "rbf"])
def test_metric_losses_fall_when_alike_graphs_draw_together(name, similarity):
    loss, siamese = loss_resolver(name, model(similarity).similarity), model(similarity)
    target = same([0, 0, 1, 1])
    good = torch.tensor([[1.0, 0.0], [0.99, 0.01], [0.0, 1.0], [0.01, 0.99]]) * 2
    mixed = good[[0, 2, 1, 3]]
    assert loss(siamese, good, target) < loss(siamese, mixed, target)


def test_contrastive_on_a_cosine_is_zero_for_perfect_embeddings():
    loss = loss_resolver("contrastive", model().similarity)
    perfect = torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    assert loss(model(), perfect, same([0, 0, 1])).item() == pytest.approx(0, abs=1e-6)


def test_miner_and_instances():
    loss = loss_resolver(losses.TripletMarginLoss(), model().similarity, miners.BatchHardMiner())
    assert loss(model(), torch.randn(6, 4), same([0, 0, 1, 1, 2, 2])).isfinite()
    unknown = same([0, 0, 1])
    unknown[0, 1] = unknown[1, 0] = NAN
    with pytest.raises(ValueError, match="needs class labels"):
        loss(model(), torch.randn(3, 4), unknown)
    with pytest.raises(ValueError, match="takes no miner"):
        loss_resolver("bce", model().similarity, miners.BatchHardMiner())


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="loss must be one of"):
        loss_resolver("hinge", model().similarity)
    with pytest.raises(ValueError, match="untrained"):
        loss_resolver("contrastive", model("bilinear").similarity)


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (losses.ArcFaceLoss(2, 4), "learns weights of each class"),
        (losses.CosFaceLoss(2, 4), "learns weights of each class"),
        (losses.ProxyAnchorLoss(2, 4), "learns weights of each class"),
        (losses.NormalizedSoftmaxLoss(2, 4), "learns weights of each class"),
        (losses.NPairsLoss(), "needs the class of each graph, which it gets with a miner"),
        (losses.AngularLoss(), "needs the class of each graph"),
        (losses.VICRegLoss(), "takes no pairs"),
    ],
    ids=lambda one: "" if isinstance(one, str) else type(one).__name__,
)
def test_losses_that_cannot_learn_from_pairs_are_refused_by_name(loss, message):
    with pytest.raises(ValueError, match=f"loss={type(loss).__name__} {message}"):
        loss_resolver(loss, model().similarity)


@pytest.mark.parametrize(
    "loss",
    [
        losses.SupConLoss(),
        losses.CircleLoss(),
        losses.MarginLoss(learn_beta=True),
        losses.LiftedStructureLoss(),
        losses.NTXentLoss(),
    ],
    ids=lambda one: type(one).__name__,
)
def test_losses_of_pairs_are_taken(loss):
    found = loss_resolver(loss, model().similarity)
    assert found(model(), torch.randn(4, 4), same([0, 0, 1, 1])).isfinite()


def test_a_miner_gives_classes():
    found = loss_resolver(losses.NPairsLoss(), model().similarity, miners.BatchHardMiner())
    assert found(model(), torch.randn(4, 4), same([0, 0, 1, 1])).isfinite()
    with pytest.raises(ValueError, match="learns weights of each class"):
        loss_resolver(losses.ArcFaceLoss(2, 4), model().similarity, miners.BatchHardMiner())


class OwnLoss(PairLoss):
    """A loss as users write it."""

    def forward(self, model, embeddings, target):
        return embeddings.sum()


LOSSES = {
    "cross-entropy": BinaryCrossEntropy,
    "regression": Regression,
    "constrained variance": ConstrainedVariance,
    "contrastive": lambda: loss_resolver("contrastive", model().similarity),
    "own": OwnLoss,
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("embeddings", "target", "error", "message"),
    [
        ((4, 3), (3, 3), ValueError, r"`target` must be \[4, 4\].*got \[3, 3\]"),
        ((4, 3), (5, 5), ValueError, r"`target` must be \[4, 4\]"),
        ((4, 3), (4, 3), ValueError, r"`target` must be \[4, 4\]"),
        ((4, 3), (4,), ValueError, r"`target` must be \[4, 4\].*got \[4\]"),
        ((4, 3), (4, 4, 1), ValueError, r"`target` must be \[4, 4\]"),
        ((4,), (4, 4), ValueError, r"`embeddings` must be \[b, D\]"),
        ((4, 3), None, TypeError, "`target` must be a tensor .*NoneType"),
        (None, (4, 4), TypeError, "`embeddings` must be a tensor .*NoneType"),
    ],
    ids=["less", "more", "narrow", "row", "deep", "flat", "no targets", "no embeddings"],
)
def test_every_loss_has_a_target_for_each_pair(loss, embeddings, target, error, message):
    given = [shape if shape is None else torch.ones(shape) for shape in (embeddings, target)]
    with pytest.raises(error, match=message):
        LOSSES[loss]()(model(), *given)
    assert LOSSES[loss]()(model(), torch.randn(4, 4), same([0, 0, 1, 1])).isfinite()


SCORES = {"above": 3.0, "below": -1.0, "between": 0.5}
TAKEN = {
    "cross-entropy": {"between"},
    "regression": {*SCORES},
    "constrained variance": set(),
    "contrastive": set(),
    "own": {*SCORES},
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("score", SCORES)
def test_a_loss_refuses_targets_that_it_cannot_learn_from(loss, score):
    made, h, target = LOSSES[loss](), torch.randn(4, 4), same([0, 0, 1, 1])
    target[0, 3] = target[3, 0] = SCORES[score]
    if score in TAKEN[loss]:
        assert made(model(), h, target).isfinite()
        return
    with pytest.raises(ValueError, match=rf"targets .*\(got {SCORES[score]:g}\): use .*regression"):
        made(model(), h, target)


@pytest.mark.parametrize("loss", LOSSES)
def test_targets_of_a_graph_with_itself_are_not_compared(loss):
    target = same([0, 0, 1, 1]).fill_diagonal_(7.0)
    assert LOSSES[loss]()(model(), torch.randn(4, 4), target).isfinite()


NO_LOSSES = {
    "vector": (lambda h: h.sum(dim=1), ValueError, r"got \[4\]\): give the mean"),
    "empty": (lambda h: h[:0, 0], ValueError, r"got \[0\]"),
    "nothing": (lambda h: None, TypeError, "NoneType"),
    "number": (lambda h: h.detach().sum().item(), TypeError, "got "),
    "detached": (lambda h: h.detach().sum(), ValueError, "no gradient leads to them"),
    "count": (lambda h: (h > 0).sum(), ValueError, "no gradient leads to them"),
}


@pytest.mark.parametrize("given", NO_LOSSES)
def test_a_loss_of_ones_own_is_one_number_with_a_gradient(given):
    found, error, message = NO_LOSSES[given]

    class Own(PairLoss):
        def forward(self, model, embeddings, target):
            return found(embeddings)

    h = torch.randn(4, 4, requires_grad=True)
    with pytest.raises(error, match=f"the loss Own must be one number, .*{message}"):
        Own()(model(), h, same([0, 0, 1, 1]))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_may_be_computed_without_gradients(loss):
    h = torch.randn(4, 4, requires_grad=True)
    with torch.no_grad():
        assert LOSSES[loss]()(model(), h, same([0, 0, 1, 1])).isfinite()


@pytest.mark.parametrize("name", ["bce", "regression"])
@pytest.mark.parametrize("size", [1, 3])
def test_a_mean_of_no_known_pair_is_refused(name, size):
    loss = loss_resolver(name, model().similarity)
    with pytest.raises(ValueError, match=rf"no pair of the {size} graphs .* known target"):
        loss(model(), torch.randn(size, 4), torch.full((size, size), NAN))


@pytest.mark.parametrize("loss", [*METRIC_LOSSES, "variance"])
def test_other_losses_of_no_known_pair_are_zero(loss):
    siamese, h = model(), torch.randn(3, 4, requires_grad=True)
    found = loss_resolver(
        ConstrainedVariance() if loss == "variance" else loss, siamese.similarity
    )(siamese, h, torch.full((3, 3), NAN))
    assert found.item() == 0


@pytest.mark.parametrize("name", ["bce", "regression", "contrastive"])
@pytest.mark.parametrize("dtype", [torch.bool, torch.long, torch.uint8], ids=str)
def test_truths_and_whole_numbers_are_targets(name, dtype):
    siamese, h = model(), torch.randn(3, 4)
    loss, target = loss_resolver(name, siamese.similarity), same([0, 0, 1])
    assert loss(siamese, h, target.to(dtype)) == loss(siamese, h, target)


@pytest.mark.parametrize("wrong", [float("inf"), float("-inf"), 1j], ids=str)
def test_targets_that_are_no_finite_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match="`target` must hold finite real numbers"):
        loss_resolver("regression", model().similarity)(
            model(), torch.randn(3, 4), torch.full((3, 3), wrong)
        )


def test_targets_that_differ_by_order_are_refused():
    target = same([0, 0, 1])
    target[0, 2] = 1
    with pytest.raises(ValueError, match=r"symmetric, and is 1 at \[0, 2\] and 0 at \[2, 0\]"):
        loss_resolver("bce", model().similarity)(model(), torch.randn(3, 4), target)
    target[0, 2], target[2, 0] = 1, NAN
    with pytest.raises(ValueError, match="symmetric"):
        loss_resolver("bce", model().similarity)(model(), torch.randn(3, 4), target)
