"""Losses over all pairs inside a batch of graphs that is embedded once."""

import copy
from abc import ABC, abstractmethod

import torch
from pytorch_metric_learning import distances, losses, miners
from pytorch_metric_learning.losses import BaseMetricLossFunction
from torch import Tensor, nn

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import Similarity

METRIC_LOSSES: dict[str, type[BaseMetricLossFunction]] = {
    "contrastive": losses.ContrastiveLoss,
    "triplet": losses.TripletMarginLoss,
    "multi_similarity": losses.MultiSimilarityLoss,
    "nt_xent": losses.NTXentLoss,
}


class PairLoss(nn.Module, ABC):
    """A loss over all pairs of one batch of graphs.

    Raises:
        TypeError: When called, if embeddings, targets or the loss are no tensors.
        ValueError: When called, if there is not a target for each pair of embeddings, the loss
            cannot learn from one of the targets, or it is not one number that depends on the
            embeddings.
    """

    def __call__(self, model: SiameseGNN, embeddings: Tensor, target: Tensor) -> Tensor:
        """The loss, after a comparison of sizes and targets."""
        _check_batch(embeddings, target)
        target = target if target.is_floating_point() else target.float()
        self.check_targets(target[known_pairs(target)])
        loss: Tensor = super().__call__(model, embeddings, target)
        _check_loss(type(self).__name__, loss, embeddings)
        return loss

    def check_targets(self, known: Tensor) -> None:
        """Refuse targets that the loss cannot learn from; here none.

        Args:
            known: Known targets of pairs, ``[P]``.

        Raises:
            ValueError: If there is such a target.
        """

    @abstractmethod
    def forward(self, model: SiameseGNN, embeddings: Tensor, target: Tensor) -> Tensor:
        """Scalar loss.

        Args:
            model: The Siamese model, for its head.
            embeddings: ``[b, D]``.
            target: Target similarity of each pair, ``[b, b]`` symmetric, ``nan`` if unknown.
        """


def _check_batch(embeddings: Tensor, target: Tensor) -> None:
    for name, value in (("embeddings", embeddings), ("target", target)):
        if not isinstance(value, Tensor):
            raise TypeError(f"`{name}` must be a tensor (got {shown(value)})")
    if embeddings.dim() < 2:
        raise ValueError(f"`embeddings` must be [b, D] (got {list(embeddings.shape)})")
    size = len(embeddings)
    if target.shape != (size, size):
        raise ValueError(
            f"`target` must be [{size}, {size}], a similarity for each pair of the {size} "
            f"embeddings (got {list(target.shape)})"
        )
    if target.is_complex() or bool(target.isinf().any()):
        raise ValueError(f"`target` must hold finite real numbers, or NaN (of {target.dtype})")
    if target.dtype == torch.bool:
        target = target.float()
    if not torch.allclose(target, target.T, rtol=1e-4, atol=1e-6, equal_nan=True):
        i, j = (int(k) for k in (~target.isclose(target.T, equal_nan=True)).nonzero()[0])
        raise ValueError(
            f"`target` must be symmetric, and is {float(target[i, j]):g} at [{i}, {j}] and "
            f"{float(target[j, i]):g} at [{j}, {i}]"
        )


def _check_loss(name: str, loss: object, embeddings: Tensor) -> None:
    """Refuse what no gradient of the embeddings comes from."""
    needed = f"the loss {name} must be one number, a tensor that depends on the embeddings"
    if not isinstance(loss, Tensor):
        raise TypeError(f"{needed} (got {shown(loss)})")
    if loss.numel() != 1:
        raise ValueError(f"{needed} (got {list(loss.shape)}): give the mean over pairs")
    learns = torch.is_grad_enabled() and embeddings.requires_grad
    if learns and not loss.requires_grad:
        raise ValueError(f"{needed}: no gradient leads to them, as after detach() or a comparison")


def check_binary(who: str, known: Tensor) -> None:
    """Refuse targets beside 0 and 1.

    Args:
        who: What needs them, and the verb.
        known: Known targets of pairs, ``[P]``.

    Raises:
        ValueError: If there is another.
    """
    others = known[(known != 0) & (known != 1)]
    if len(others):
        raise ValueError(
            f"{who} targets 0 and 1 (got {float(others[0]):g}): use loss='regression' for scores"
        )


class BinaryCrossEntropy(PairLoss):
    """Cross-entropy of the calibrated similarity, alike and unlike pairs weighted equally.

    Targets are from 0 to 1.

    Raises:
        ValueError: When called, if no target is known, or one is outside.
    """

    def check_targets(self, known: Tensor) -> None:
        """Refuse targets below 0 or above 1, for which it has no least value."""
        outside = known[(known < 0) | (known > 1)]
        if len(outside):
            raise ValueError(
                f"loss='bce' needs targets from 0 to 1 (got {float(outside[0]):g}): use "
                f"loss='regression' for scores"
            )

    def forward(self, model: SiameseGNN, embeddings: Tensor, target: Tensor) -> Tensor:
        """Scalar loss of all known pairs."""
        i, j = _some_known(target)
        y = target[i, j]
        logits = model.calibration(_similarities(model, embeddings, i, j))
        alike = y.mean().clamp(1e-3, 1 - 1e-3)
        weight = torch.where(y > 0.5, 0.5 / alike, 0.5 / (1 - alike))
        return nn.functional.binary_cross_entropy_with_logits(logits, y, weight)


class Regression(PairLoss):
    """Mean squared error of the similarity to given scores.

    Raises:
        ValueError: When called, if no target is known.
    """

    def forward(self, model: SiameseGNN, embeddings: Tensor, target: Tensor) -> Tensor:
        """Scalar loss of all known pairs."""
        i, j = _some_known(target)
        return nn.functional.mse_loss(_similarities(model, embeddings, i, j), target[i, j])


@checked
class MetricLoss(PairLoss):
    """A loss of `pytorch-metric-learning`, fed with the batch's alike and unlike pairs.

    Args:
        loss: An instance, e.g. ``pytorch_metric_learning.losses.ContrastiveLoss()``.
        miner: A tuple miner that picks hard pairs or triplets, or ``None`` for all pairs.

    Raises:
        ValueError: If the loss needs the class of each graph, which pairs do not tell, or takes no
            pairs.
    """

    def __init__(self, loss: BaseMetricLossFunction, miner: miners.BaseMiner | None = None) -> None:
        super().__init__()
        _check_takes_pairs(loss, miner)
        self.loss = loss
        self.miner = miner

    def check_targets(self, known: Tensor) -> None:
        """Refuse targets beside 0 and 1, whose pairs it would leave out."""
        check_binary("metric losses need", known)

    def forward(self, model: SiameseGNN, embeddings: Tensor, target: Tensor) -> Tensor:
        """Scalar loss of all known pairs, or of the pairs that the miner picks."""
        if self.miner is not None:
            labels = _classes(target)
            mined: Tensor = self.loss(embeddings, labels, self.miner(embeddings, labels))
            return mined
        loss: Tensor = self.loss(embeddings, indices_tuple=_pairs(target))
        return loss


def _check_takes_pairs(loss: BaseMetricLossFunction, miner: miners.BaseMiner | None) -> None:
    """Refuse a loss that cannot learn from pairs, found out by a copy of it."""
    h, pairs = torch.eye(4), _pairs(torch.ones(4, 4))
    refusal = ""
    with torch.random.fork_rng(devices=[]):
        try:
            copy.deepcopy(loss)(h, indices_tuple=pairs)
        except Exception as error:  # others are raised by the loss itself where it is used
            refusal = str(error)
    name = type(loss).__name__
    if "labels are required" in refusal:
        if next(loss.parameters(), None) is not None:
            raise ValueError(
                f"loss={name} learns weights of each class, and pairs have no classes: use a loss "
                f"of pairs, {', '.join(METRIC_LOSSES)}"
            )
        if miner is None:
            raise ValueError(
                f"loss={name} needs the class of each graph, which it gets with a miner: give "
                f"miner=..., or a loss of pairs, {', '.join(METRIC_LOSSES)}"
            )
    if "indices_tuple is not supported" in refusal:
        raise ValueError(
            f"loss={name} takes no pairs: use one of {', '.join(METRIC_LOSSES)}, or another loss "
            f"of pairs"
        )


@checked
def loss_resolver(
    loss: str | PairLoss | BaseMetricLossFunction,
    similarity: Similarity,
    miner: miners.BaseMiner | None = None,
) -> PairLoss:
    """Look a loss up by name.

    Args:
        loss: ``"bce"``, ``"regression"``, ``"contrastive"``, ``"triplet"``,
            ``"multi_similarity"``, ``"nt_xent"``, an instance of a `pytorch-metric-learning` loss
            or a :class:`PairLoss`.
        similarity: The model's head; metric losses use its distance.
        miner: Tuple miner for the metric losses.

    Raises:
        ValueError: If the name is unknown, a metric loss is used with a learned head (which it
            would leave untrained) or takes no pairs, or a miner is used with a loss that does not
            take one.
    """
    metric = isinstance(loss, BaseMetricLossFunction) or loss in METRIC_LOSSES
    if miner is not None and not metric:
        raise ValueError(f"loss={loss!r} takes no miner: use one of {', '.join(METRIC_LOSSES)}")
    if isinstance(loss, PairLoss):
        return loss
    if isinstance(loss, BaseMetricLossFunction):
        return MetricLoss(loss, miner)
    if loss in METRIC_LOSSES:
        distance = _distance_of(similarity)
        # The contrastive margins are distances; for a similarity their roles are swapped.
        inverted = loss == "contrastive" and distance.is_inverted
        margins = {"pos_margin": 1, "neg_margin": 0} if inverted else {}
        return MetricLoss(METRIC_LOSSES[loss](distance=distance, **margins), miner)
    plain = {"bce": BinaryCrossEntropy, "regression": Regression}
    if loss not in plain:
        raise ValueError(
            f"loss must be one of {', '.join([*plain, *METRIC_LOSSES])} (got {loss!r})"
        )
    return plain[loss]()


def _distance_of(similarity: Similarity) -> distances.BaseDistance:
    """The `pytorch-metric-learning` distance that orders pairs as the head does.

    Raises:
        ValueError: If the head has no such distance.
    """
    metric = similarity.order_metric()
    if metric is None:
        raise ValueError(
            f"a metric loss compares otherwise than the head {type(similarity).__name__} and would "
            f"leave it untrained: use loss='bce' or 'regression', or give the head an order_metric"
        )
    return metric.distance()


def known_pairs(target: Tensor) -> tuple[Tensor, Tensor]:
    """Positions (i, j), i < j, of the pairs with a known target, ``[P]`` each."""
    known = torch.triu(~target.isnan(), diagonal=1)
    i, j = known.nonzero(as_tuple=True)
    return i, j


def _some_known(target: Tensor) -> tuple[Tensor, Tensor]:
    """Positions of the pairs with a known target, at least one: there is no mean of none.

    Raises:
        ValueError: If none is known.
    """
    i, j = known_pairs(target)
    if not len(i):
        raise ValueError(
            f"no pair of the {len(target)} graphs of the batch has a known target: leave the batch "
            f"out, or make it larger"
        )
    return i, j


def _similarities(model: SiameseGNN, embeddings: Tensor, i: Tensor, j: Tensor) -> Tensor:
    # Not embeddings[i]: the gradient of indexing is summed in an order that depends on threads.
    similarity: Tensor = model.similarity(
        embeddings.index_select(0, i), embeddings.index_select(0, j)
    )
    return similarity


def _pairs(target: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Anchors with alike partners and anchors with unlike partners, in both orders."""
    off_diagonal = ~torch.eye(len(target), dtype=torch.bool, device=target.device)
    a1, p = ((target == 1) & off_diagonal).nonzero(as_tuple=True)
    a2, n = ((target == 0) & off_diagonal).nonzero(as_tuple=True)
    return a1, p, a2, n


def _classes(target: Tensor) -> Tensor:
    """Class labels ``[b]`` from a 0/1 target matrix that is an equivalence."""
    alike = (target == 1) | torch.eye(len(target), dtype=torch.bool, device=target.device)
    first = alike.to(torch.int8).argmax(dim=1)
    if target.isnan().any() or not (alike == (first[:, None] == first[None, :])).all():
        raise ValueError("a miner needs class labels: pairs by difference or by list have none")
    return first
