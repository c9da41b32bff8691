"""The points at which the Jacobian of each graph is computed."""

from dataclasses import replace

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.relevance.jacobian.integration import STEPS, Integration, Points
from pyg_siamex.explain.relevance.jacobian.kinks import has_kinks, points_between_kinks
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.explain.relevance.jacobian.points import subset
from pyg_siamex.nn.siamese import SiameseGNN

_SMOOTH = 1e-7
"""Tolerance for encoders without kinks, where no number of points is given."""


def settled(
    model: SiameseGNN, inputs: GraphInputs, path: Path, integration: Integration
) -> Integration:
    """The integration with a number of points, and a tolerance if the encoder has no kinks.

    Args:
        model: The Siamese model, inside ``untouched(model)``.
        inputs: The graphs.
        path: From where, and what moves.
        integration: How to integrate.
    """
    if integration.steps is not None:
        return integration
    integration = replace(integration, steps=STEPS)
    if integration.tolerance is not None or integration.kind == "kinks":
        return integration
    kinked = has_kinks(model, *subset(inputs, [0], path))
    return integration if kinked else replace(integration, tolerance=_SMOOTH)


def first_points(
    model: SiameseGNN, inputs: GraphInputs, path: Path, integration: Integration
) -> list[Points]:
    """The points of each graph to begin with, inside ``untouched(model)``.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        path: From where, and what moves.
        integration: How to integrate.
    """
    usual = [integration.points] * inputs.num_graphs
    if integration.kind != "kinks":
        return usual
    for graph in range(inputs.num_graphs):
        part = subset(inputs, [graph], path)
        found = points_between_kinks(model, *part, integration.most)
        usual[graph] = usual[graph] if found is None else found
    return usual
