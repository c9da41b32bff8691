"""Detect models where duplicate edges tie, so that rounding decides between equal messages."""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor
from torch_geometric.utils import scatter

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.check.comparison import tolerance
from pyg_siamex.explain.check.kinds import MaskKind
from pyg_siamex.explain.check.trial import CheckPair, Trial
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, PairProblem

_TRIES = 4


def duplicates_tie(trial: Trial, pair: CheckPair) -> bool:
    """Whether a pair has duplicate edges, and the model lets rounding choose among them.

    A maximum over messages passes its gradient to the largest message. Duplicate edges send equal
    messages, so rounding decides which of them counts, for every explainer. In this case gradients
    move between duplicates if gates change within rounding, and their sum over duplicates stays the
    same.
    """
    repeated = [
        _number(graph.data.edge_index).unique().numel() < graph.data.num_edges
        for graph in (pair.query, pair.reference)
    ]
    if not any(repeated):
        return False
    try:
        expected, *others = (list(_gradients(trial, pair, seed)) for seed in range(_TRIES))
    except Exception:  # other checks report errors of the model
        return False
    return any(
        not _close(trial, one, other) and _close(trial, _summed(one, e), _summed(other, e))
        for found in others
        for (one, e), (other, _) in zip(expected, found, strict=True)
    )


class _NoisyGradient(PairAlgorithm):
    """Gradient of the similarity by the gates, which are all open up to rounding.

    Args:
        noise: Largest distance of a gate from 1.
        seed: Seed of the distances.
    """

    def __init__(self, noise: float, seed: int) -> None:
        super().__init__()
        self.noise, self.seed = noise, seed

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs, generator = MaskedPairs(problem), torch.Generator().manual_seed(self.seed)
        masks = {}
        for name, mask in pairs.ones().items():
            distance = torch.rand(len(mask), generator=generator).to(mask) * self.noise
            masks[name] = (mask - distance).requires_grad_()
        with pairs.encoding() as encode:
            total = pairs.similarity(encode(masks)).sum()
        values = gradients(total, list(masks.values()))
        return Attribution(*pairs.split(dict(zip(masks, values, strict=True))))


def _gradients(trial: Trial, pair: CheckPair, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Gradients and edges of both graphs."""
    noise = tolerance(trial.dtype) / 100
    probe = replace(trial, algorithm=_NoisyGradient(noise, seed), kind=MaskKind(edge=True))
    (found,) = probe.explain([pair])
    for graph in (found.query, found.reference):
        yield graph.edge_mask, graph.edge_index


def _number(edge_index: Tensor) -> Tensor:
    """Number of each edge, the same for duplicates, ``[E]``."""
    number: Tensor = edge_index.T.unique(dim=0, return_inverse=True)[1]
    return number


def _summed(values: Tensor, edge_index: Tensor) -> Tensor:
    """Sums over duplicates."""
    summed: Tensor = scatter(values, _number(edge_index))
    return summed


def _close(trial: Trial, one: Tensor, other: Tensor) -> bool:
    if not one.numel():
        return True
    largest = max(float(one.abs().max()), float(other.abs().max()))
    return float((one - other).abs().max()) <= tolerance(trial.dtype) * largest
