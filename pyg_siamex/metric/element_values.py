"""Importance of each edge, node or node feature in one graph of an explanation."""

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.elements import (
    entry_importance,
    feature_count,
    feature_importance,
    largest,
    node_importance,
)
from pyg_siamex.explain.engine.mask_space import MaskSpace, edge_space, node_space
from pyg_siamex.explain.engine.problem import OneSide, Side
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.protocol import MASK_TYPES, Elements, EvaluationProtocol


@checked
def element_importance(
    explanation: PairExplanation,
    *,
    elements: Elements | None = None,
    side: Side = "query",
    undirected: bool = False,
) -> Tensor:
    """Importance of each mask element of one pair, ``[M]``, signed if the masks are signed.

    Elements are numbered as in masks and invariances: edges without self loops, or unordered node
    pairs; nodes; all features of all nodes; or features. :func:`conformity` takes the result.

    Args:
        explanation: The explanation.
        elements: See :class:`~pyg_siamex.metric.EvaluationProtocol`.
        side: See :class:`~pyg_siamex.metric.EvaluationProtocol`; for ``"both"`` the query's
            elements come first.
        undirected: See :class:`~pyg_siamex.metric.EvaluationProtocol`.

    Raises:
        ValueError: If the masks have no values for these elements, or are not finite.
    """
    return every_importance(explanation, EvaluationProtocol(elements, side, undirected))


def every_importance(explanation: PairExplanation, protocol: EvaluationProtocol) -> Tensor:
    """Importance of each mask element, ``[M]``; otherwise as :func:`element_importance`."""
    elements = protocol.elements_of([explanation])
    return torch.cat(
        [
            reduce(
                element_space(explanation, side, protocol),
                gate_values(explanation, side, elements),
            )
            for side in sides(protocol)
        ]
    )


def present_importance(explanation: PairExplanation, protocol: EvaluationProtocol) -> Tensor:
    """Importance of the present elements, ``[M']``; features that are 0 are left out."""
    present = [present_elements(explanation, side, protocol) for side in sides(protocol)]
    return every_importance(explanation, protocol)[torch.cat(present)]


def element_space(
    explanation: PairExplanation, side: str, protocol: EvaluationProtocol
) -> MaskSpace:
    """The elements of one graph."""
    elements = protocol.elements_of([explanation])
    graph = getattr(explanation, side)
    inputs = GraphInputs.from_data(Data(x=graph.x, edge_index=graph.edge_index))
    if elements == "edge":
        return edge_space(inputs, protocol.undirected)
    return node_space(inputs, MASK_TYPES[elements]["node_mask_type"])


def present_elements(
    explanation: PairExplanation, side: str, protocol: EvaluationProtocol
) -> Tensor:
    """Which elements of one graph are present, ``[M]``; features that are 0 are not."""
    space = element_space(explanation, side, protocol)
    if protocol.elements_of([explanation]) in ("edge", "node"):
        return torch.ones(len(space), dtype=torch.bool, device=space.index.device)
    return space.any(getattr(explanation, side).x != 0)


def reduce(space: MaskSpace, gates: Tensor) -> Tensor:
    """Reduce values of gates, ``[E]``, ``[N, 1]`` or ``[N, F]``, to elements, ``[M]``.

    An element gets the value of largest magnitude among its gates, see
    :func:`~pyg_siamex.explain.elements.largest`.

    Args:
        space: The elements.
        gates: A value for each gate.
    """
    values = gates.to(space.index.device).expand_as(space.index)
    return largest(values.flatten(), space.index.flatten(), len(space))


def gate_values(
    explanation: PairExplanation, side: str, elements: str, name: str = "the explanation"
) -> Tensor:
    """Importance of each edge ``[E]``, node ``[n, 1]`` or node feature ``[n, F]``.

    Args:
        explanation: The explanation.
        side: ``"query"`` or ``"reference"``.
        elements: ``"edge"``, ``"node"``, ``"feature"`` or ``"common_feature"``.
        name: Name of the explanation in messages.

    Raises:
        ValueError: If the masks of that side have no values for these elements, or are not finite.
    """
    graph = getattr(explanation, side)
    if graph.get("node_mask") is None and graph.get("edge_mask") is None:
        raise ValueError(
            f"{name} has no masks on the {side}: explain with side='both', or measure the other "
            f"side"
        )
    if elements == "edge":
        values = entry_importance(graph)
    elif elements == "node":
        values = node_importance(graph).view(-1, 1)
    else:
        values = _feature_values(graph, elements, name)
    if not torch.isfinite(values).all():
        raise ValueError(f"{name} has NaN or infinite importances on the {side}")
    return values.detach()


def sides(protocol: EvaluationProtocol) -> tuple[OneSide, ...]:
    """The measured sides, the query first."""
    return ("query", "reference") if protocol.side == "both" else (protocol.side,)


def _feature_values(graph: Explanation, elements: str, name: str) -> Tensor:
    mask = graph.get("node_mask")
    shape = None if mask is None else list(mask.shape)
    nodes, features = int(graph.num_nodes or 0), feature_count(graph)
    fits = shape in ([nodes, features], [1, features])
    if not fits or (elements == "feature" and shape != [nodes, features]):
        raise ValueError(
            f"{name} has a node_mask of shape {shape}, and elements='{elements}' needs "
            f"{[nodes, features]}: explain with node_mask_type='attributes'"
        )
    if elements == "common_feature":
        mask = feature_importance(graph).to(mask.dtype)
    values: Tensor = mask.expand(nodes, features)
    return values
