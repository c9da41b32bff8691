"""Measure many explained pairs in chunks."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch
from torch import Tensor

from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.explainer import CHUNK_SIZE
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.link.between_roots import of_links
from pyg_siamex.metric.perturbed_pairs import PerturbedPairs
from pyg_siamex.metric.protocol import EvaluationProtocol
from pyg_siamex.nn.siamese import SiameseGNN

_Result = TypeVar("_Result")


def _over_chunks(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    protocol: EvaluationProtocol,
    measure: Callable[[PerturbedPairs], _Result],
) -> list[_Result]:
    """Measure explanations in chunks that are encoded at once; the model is left unchanged.

    Args:
        model: The model.
        explanations: P explanations.
        protocol: How explanations are measured.
        measure: Computes the result of each chunk.

    Raises:
        TypeError: If ``model`` is not a :class:`~pyg_siamex.nn.SiameseGNN`.
        ValueError: If ``explanations`` is empty, an explanation lacks masks of the elements, or a
            model of whole graphs is given for explanations of links.
    """
    if not isinstance(model, SiameseGNN):
        raise TypeError(f"model must be a SiameseGNN, got {type(model).__name__}")
    if not len(explanations):
        raise ValueError("there are no explanations to measure")
    elements = protocol.elements_of(explanations)
    explained = of_links(model, explanations)
    with untouched(explained), torch.no_grad():
        return [
            measure(PerturbedPairs(explained, chunk, elements, protocol))
            for chunk in _chunks(explanations)
        ]


def over_pairs(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    protocol: EvaluationProtocol,
    measure: Callable[[PerturbedPairs], dict[str, Tensor]],
) -> dict[str, Tensor]:
    """Values of all pairs on the CPU, ``[P, ...]`` each; otherwise like :func:`_over_chunks`."""
    parts = _over_chunks(model, explanations, protocol, measure)
    return {name: torch.cat([part[name].cpu() for part in parts]) for name in parts[0]}


def ranked_importances(
    model: SiameseGNN, explanations: Sequence[PairExplanation], protocol: EvaluationProtocol
) -> list[Tensor]:
    """For each pair, the importances by which its elements are ranked, ``[M]``.

    The sign of signed explanations of dissimilar pairs is flipped, see
    :class:`~pyg_siamex.metric.EvaluationProtocol`.
    """

    def measure(pairs: PerturbedPairs) -> list[Tensor]:
        count = range(pairs.pairs.num_pairs)
        return [pairs.directed[pairs.present & (pairs.pair == k)].cpu() for k in count]

    chunks = _over_chunks(model, explanations, protocol, measure)
    return [importance for chunk in chunks for importance in chunk]


def _chunks(explanations: Sequence[PairExplanation]) -> Iterator[list[PairExplanation]]:
    chunk: list[PairExplanation] = []
    size = 0
    for explanation in explanations:
        cost = sum(g.num_nodes + g.num_edges for g in (explanation.query, explanation.reference))
        if chunk and size + cost > CHUNK_SIZE:
            yield chunk
            chunk, size = [], 0
        chunk.append(explanation)
        size += cost
    yield chunk
