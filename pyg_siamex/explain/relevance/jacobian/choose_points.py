"""The points at which the Jacobian of each graph is computed."""

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.relevance.jacobian.along_path import AlongPath
from pyg_siamex.explain.relevance.jacobian.converged import rounding
from pyg_siamex.explain.relevance.jacobian.integration import Integration, Points
from pyg_siamex.explain.relevance.jacobian.kinks import has_kinks, points_between_kinks
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.explain.relevance.jacobian.points import start_embedding, subset
from pyg_siamex.nn.siamese import SiameseGNN


def chosen_points(
    model: SiameseGNN, inputs: GraphInputs, path: Path, integration: Integration
) -> list[Points]:
    """The points of each graph to begin with, inside ``untouched(model)``.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        path: From where, and what moves.
        integration: Points, rule.
    """
    graphs = range(inputs.num_graphs)
    if integration.kind == "kinks":
        return [_between_kinks(model, inputs, path, integration, graph) for graph in graphs]
    if integration.steps is None and integration.tolerance is None:
        integration = _enough(model, inputs, path, integration)
    return [integration.points for _ in graphs]


def _between_kinks(
    model: SiameseGNN, inputs: GraphInputs, path: Path, integration: Integration, graph: int
) -> Points:
    found = points_between_kinks(model, *subset(inputs, [graph], path), integration.most)
    return integration.points if found is None else found


def _enough(
    model: SiameseGNN, inputs: GraphInputs, path: Path, integration: Integration
) -> Integration:
    """As many points as the largest graph needs, if the encoder is smooth."""
    graph = int((inputs.node_counts + inputs.edge_counts).argmax())
    one, own = subset(inputs, [graph], path)
    if has_kinks(model, one):
        return integration
    h, start = embed_alone(model, one)[0], start_embedding(model, one, own)[0]
    current: Integration | None = integration
    while current is not None:
        rows = AlongPath(model, one, own, current.points).carried()
        missing = h - start - sum(row[0] for row in rows.values())
        if bool(missing.norm() <= rounding(h, start)):
            return current
        current = current.doubled()
    return integration
