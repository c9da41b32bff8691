"""Measures that accumulate over pairs with torchmetrics' update, compute and reset."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric
from typing_extensions import Unpack

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, whole
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.fidelity import characterisation_score, fidelity
from pyg_siamex.metric.ground_truth import (
    ground_truth_auroc,
    ground_truth_average_precision,
    ground_truth_precision,
)
from pyg_siamex.metric.insertion import insertion_deletion
from pyg_siamex.metric.protocol import EvaluationProtocol, Options
from pyg_siamex.nn.siamese import SiameseGNN


class _PairMean(Metric):
    """Base class for means over pairs of one or more named values, without undefined ones.

    Attributes:
        names: Names of the values.
    """

    full_state_update: bool = False
    is_differentiable: bool = False
    names: tuple[str, ...] = ()
    rows: list[Tensor]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.add_state("rows", default=[], dist_reduce_fx="cat")

    def add(self, values: Tensor) -> None:
        """Add the values of B pairs, ``[B, names]``; ``nan`` if undefined."""
        self.rows.append(values.double().to(self.device))

    def compute(self) -> dict[str, Tensor]:
        """Mean of every value over the pairs where it is defined, and ``"undefined"``.

        ``"undefined"`` is the number of pairs that lack a value.

        Raises:
            ValueError: If ``update`` was not called.
        """
        if not len(self.rows):
            raise ValueError("no pairs were measured: call update first")
        rows = self.rows if isinstance(self.rows, Tensor) else torch.cat([*self.rows])
        means = dict(zip(self.names, rows.nanmean(0), strict=True))
        return {**means, "undefined": rows.isnan().any(1).sum()}


@checked
class GroundTruth(_PairMean):
    """Mean AUROC, average precision and precision@k over pairs; high is good.

    Args:
        k: As for :func:`~pyg_siamex.metric.ground_truth_precision`.
        **kwargs: See :class:`torchmetrics.Metric`.

    Example:
        >>> metric = GroundTruth()
        >>> for explanation, truth in zip(explanations, truths):
        ...     metric.update(explanation.query.edge_mask, truth)
        >>> sorted(metric.compute())
        ['auroc', 'average_precision', 'precision', 'undefined']
    """

    higher_is_better: bool = True
    names: tuple[str, ...] = ("auroc", "average_precision", "precision")

    def __init__(self, k: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.k = None if k is None else whole("k", k)

    def update(self, importance: Tensor, truth: Tensor) -> None:
        """Add one pair: ``[M]`` and ``[M]`` or ``[M, alternatives]``."""
        values = [
            ground_truth_auroc(importance, truth),
            ground_truth_average_precision(importance, truth),
            ground_truth_precision(importance, truth, self.k),
        ]
        self.add(torch.tensor([values]))


@checked
class Faithfulness(_PairMean):
    """Mean insertion minus deletion, fidelities and characterisation score over pairs.

    Args:
        model: The model that is explained.
        share: As for :func:`~pyg_siamex.metric.fidelity`.
        steps: As for :func:`~pyg_siamex.metric.insertion_deletion`.
        **options: See :class:`~pyg_siamex.metric.EvaluationProtocol`.

    Example:
        >>> metric = Faithfulness(model, share=0.1)
        >>> metric.update(explainer.explain(queries, references))
        >>> sorted(metric.compute())[:2]
        ['characterisation', 'fidelity_minus']
    """

    names: tuple[str, ...] = (
        "insertion_deletion",
        "fidelity_plus",
        "fidelity_minus",
        "characterisation",
    )

    def __init__(
        self, model: SiameseGNN, share: float = 0.2, steps: int = 20, **options: Unpack[Options]
    ) -> None:
        super().__init__()
        EvaluationProtocol(**options)
        real("share", share, "(0, 1)")
        whole("steps", steps)
        # In a tuple, so that the model does not become a submodule and stays on its device.
        self.measured: tuple[SiameseGNN] = (model,)
        self.share = share
        self.steps = steps
        self.options: Options = options

    def update(self, explanations: Sequence[PairExplanation]) -> None:
        """Add B explained pairs."""
        (model,) = self.measured
        areas = insertion_deletion(model, explanations, steps=self.steps, **self.options)
        at_share = fidelity(model, explanations, share=self.share, **self.options)
        score = characterisation_score(at_share.plus, at_share.minus)
        self.add(torch.stack([areas.difference, at_share.plus, at_share.minus, score], dim=1))
