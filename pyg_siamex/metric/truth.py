"""Ground truth on the ranked elements, and as a mask: the oracle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.explain.engine.problem import OneSide
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.element_values import element_space, present_elements, reduce, sides
from pyg_siamex.metric.ground_truth import true_elements
from pyg_siamex.metric.protocol import EvaluationProtocol

Truth = Tensor | tuple[Tensor, Tensor]


@dataclass(frozen=True)
class PairTruth:
    """Ground truth of one pair's elements.

    Attributes:
        elements: ``[M, alternatives]``, bool, in the order of the ranked elements.
        oracle: The explanation whose masks are the first alternative that holds some but not all
            elements, or ``None`` without such an alternative.
    """

    elements: Tensor
    oracle: PairExplanation | None


def pair_truth(
    explanation: PairExplanation, truth: Truth, protocol: EvaluationProtocol
) -> PairTruth:
    """Map the truth of one pair to its elements.

    Args:
        explanation: Any explanation of the pair.
        truth: Bool per edge ``[E]``, node ``[n]`` or node feature ``[n, F]`` of the measured graph,
            with a last axis for alternatives if several explanations are correct. For
            ``side="both"``, a tuple of the query's and the reference's truth with the same number
            of alternatives.
        protocol: Elements and side. An undirected edge is true if one of its directions is true.

    Raises:
        ValueError: If the truth does not fit the graphs, or has values other than 0 and 1.
    """
    elements = protocol.elements_of([explanation])
    parts = truth if isinstance(truth, tuple) else (truth,)
    names = sides(protocol)
    if len(parts) != len(names):
        raise ValueError(
            f"side='{protocol.side}' needs the truth of {len(names)} graphs per pair, got "
            f"{len(parts)}: give a tuple (query, reference) for side='both'"
        )
    shapes = [_gate_shape(getattr(explanation, name), elements) for name in names]
    columns = [_columns(p, s, elements) for p, s in zip(parts, shapes, strict=True)]
    if len({len(column) for column in columns}) > 1:
        raise ValueError("query and reference differ in their number of alternatives")
    rows = []
    for alternative in zip(*columns, strict=True):
        on = [
            _on_elements(gates, explanation, name, protocol)
            for gates, name in zip(alternative, names, strict=True)
        ]
        rows.append(torch.cat(on))
    usable = [k for k, row in enumerate(rows) if row.any() and not row.all()]
    oracle = None
    if usable:
        masks = {name: column[usable[0]] for name, column in zip(names, columns, strict=True)}
        oracle = _as_masks(explanation, masks, elements)
    return PairTruth(torch.stack(rows, dim=1), oracle)


def pair_truths(
    explanations: Sequence[PairExplanation],
    truths: Sequence[Truth | None],
    protocol: EvaluationProtocol,
) -> list[PairTruth | None]:
    """The truth of every pair, or ``None`` if it is unknown.

    Raises:
        ValueError: If lengths differ, or a truth does not fit its graphs.
    """
    if len(truths) != len(explanations):
        raise ValueError(f"{len(truths)} truths for {len(explanations)} pairs: give one for each")
    fixed = replace(protocol, elements=protocol.elements_of(explanations))
    return [
        None if truth is None else pair_truth(explanation, truth, fixed)
        for explanation, truth in zip(explanations, truths, strict=True)
    ]


def _on_elements(
    gates: Tensor, explanation: PairExplanation, side: str, protocol: EvaluationProtocol
) -> Tensor:
    """Truth of the present elements, ``[M]``; an element is true if any of its gates is true."""
    values = reduce(element_space(explanation, side, protocol), gates.float())
    return (values[present_elements(explanation, side, protocol)] > 0).cpu()


def _gate_shape(graph: Explanation, elements: str) -> tuple[int, ...]:
    if elements == "edge":
        return (graph.edge_index.size(1),)
    nodes, features = graph.x.shape
    return (nodes, 1) if elements == "node" else (nodes, features)


def _columns(truth: Tensor, shape: tuple[int, ...], elements: str) -> list[Tensor]:
    """The alternatives, each in the shape of a mask."""
    size = torch.Size(shape).numel()
    flat = (size,) if elements in ("edge", "node") else shape
    alternatives = truth.shape[len(flat) :]
    if tuple(truth.shape[: len(flat)]) != tuple(flat) or len(alternatives) > 1:
        raise ValueError(
            f"the truth has shape {list(truth.shape)}, and elements='{elements}' needs "
            f"{list(flat)}, with a last axis for alternatives if there are several"
        )
    truth = true_elements(truth)
    truth = truth if alternatives else truth.unsqueeze(-1)
    return [column.reshape(shape) for column in truth.unbind(-1)]


def _as_masks(
    explanation: PairExplanation, masks: dict[OneSide, Tensor], elements: str
) -> PairExplanation:
    graphs = {}
    both: tuple[OneSide, OneSide] = ("query", "reference")
    for side in both:
        plain = getattr(explanation, side).to_dict()
        plain.pop("edge_mask", None)
        plain.pop("node_mask", None)
        if side in masks:
            plain["edge_mask" if elements == "edge" else "node_mask"] = masks[side].float()
        graphs[side] = Explanation(**plain)
    return PairExplanation(**graphs, prediction=explanation.prediction, algorithm="oracle")
