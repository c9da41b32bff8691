"""Split masks over unions of graphs into one ``Explanation`` per graph."""

from functools import lru_cache
from typing import Any

from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex.explain.engine.problem import Masks

_MASKS = ("node_mask", "edge_mask")
"""Attributes of an explanation; existing ones are removed from graphs."""


def explanations_of(masks: Masks, graphs: list[Data]) -> list[Explanation]:
    """Split masks over a union into one ``Explanation`` per graph."""
    nodes = [graph.num_nodes for graph in graphs]
    edges = [graph.num_edges for graph in graphs]
    per_graph: dict[str, list[Tensor]] = {}
    if masks.node is not None:
        common = masks.node.size(0) != sum(nodes)
        rows = [1] * len(graphs) if common else nodes
        per_graph["node_mask"] = list(masks.node.detach().cpu().split(rows))
    if masks.edge is not None:
        per_graph["edge_mask"] = list(masks.edge.detach().cpu().split(edges))
    out = []
    for position, graph in enumerate(graphs):
        values = {name: parts[position].clone() for name, parts in per_graph.items()}
        kind: Any = type(graph)
        out.append(_explanation_class(kind)(**without_masks(graph), **values))
    return out


def without_masks(graph: Data) -> dict[str, Any]:
    """Attributes of a graph by name, without masks that it has from an earlier explanation."""
    return {key: value for key, value in graph.to_dict().items() if key not in _MASKS}


@lru_cache(maxsize=64)
def _explanation_class(kind: Any) -> type[Explanation]:
    """``Explanation`` with the rules of the user's own data class (``__inc__``, ...)."""
    found: type[Explanation]
    if issubclass(kind, Explanation):
        found = kind
    elif issubclass(Explanation, kind):
        found = Explanation
    else:
        found = type("Explanation", (Explanation, kind), {"__module__": kind.__module__})
    return found
