"""An explained graph as a networkx graph whose nodes and edges know their importance."""

from collections.abc import Sequence
from typing import Any

import networkx as nx
import torch
from torch_geometric.explain import Explanation

from pyg_siamex.data.neighbourhood import ROOT
from pyg_siamex.explain.elements import (
    edge_importance,
    goes_both_ways,
    is_masked,
    node_importance,
    nodes_speak,
    strongest_edge_of_nodes,
)

NAMES = ("node_names", "roi_names")
"""Attributes of a graph that name its nodes."""


def weighted_network(
    explanation: Explanation, names: Sequence[Any] | None, relevance: torch.Tensor | None
) -> nx.Graph:
    """Make a graph with ``importance`` on nodes and edges, ``None`` where it is unknown.

    Nodes also have ``strongest_edge``, the value of largest magnitude among their edges, or 0;
    roots of neighbourhoods have ``root``.
    A node takes the node mask, summed over features, or, without any mask, its row's sum of
    ``relevance``; an edge the edge mask, see :func:`~pyg_siamex.explain.edge_importance`. The graph
    is undirected if each of its edges has its reverse.

    Args:
        explanation: The graph.
        names: A name per node, or ``None`` for numbers.
        relevance: The pair matrix with a row per node, or ``None``.

    Raises:
        ValueError: If names do not fit the nodes, stand twice, or are the graph's in another order.
    """
    labels = _labels(explanation, names)
    both_ways = goes_both_ways(explanation.edge_index)
    graph = nx.Graph() if both_ways else nx.DiGraph()
    values, edges = _node_values(explanation, relevance), _strongest_edges(explanation)
    for label, value, edge in zip(labels, values, edges, strict=True):
        graph.add_node(label, importance=value, strongest_edge=edge)
    for root in [] if explanation.get(ROOT) is None else explanation[ROOT].tolist():
        graph.nodes[labels[root]]["root"] = True
    ends = explanation.edge_index.T.tolist()
    for (u, v), value in zip(ends, _edge_values(explanation), strict=True):
        if not both_ways or u <= v:
            graph.add_edge(labels[u], labels[v], importance=value)
    return graph


def importances(graph: nx.Graph) -> tuple[list[float], list[float]]:
    """List the known importances of nodes and of edges."""
    nodes, edges = graph.nodes(data="importance"), graph.edges(data="importance")
    first, second = (
        [value for *_, value in entries if value is not None] for entries in (nodes, edges)
    )
    return first, second


def roots_of(graph: nx.Graph) -> list[str]:
    """List the roots of a neighbourhood."""
    return [node for node, root in graph.nodes(data="root") if root]


def _labels(explanation: Explanation, names: Sequence[Any] | None) -> list[Any]:
    nodes = int(explanation.num_nodes or 0)
    if names is None:
        names = next((explanation[key] for key in NAMES if explanation.get(key)), None)
    if names is None:
        n_id = explanation.get("n_id")
        names = range(nodes) if n_id is None else n_id.tolist()
    labels = [str(name) for name in names]
    if len(labels) != nodes:
        raise ValueError(f"{len(labels)} node names for {nodes} nodes")
    own = next((list(map(str, explanation[key])) for key in NAMES if explanation.get(key)), labels)
    if labels != own and sorted(labels) == sorted(own):
        place = next(k for k, name in enumerate(labels) if name != own[k])
        raise ValueError(
            f"`node_names` has the nodes of the graph in another order: node {place} is "
            f"'{own[place]}' in the graph, and '{labels[place]}' in `node_names`"
        )
    twice = next((name for k, name in enumerate(labels) if name in labels[:k]), None)
    if twice is not None:
        raise ValueError(f"two nodes are named '{twice}': number them")
    return labels


def _strongest_edges(explanation: Explanation) -> Sequence[float]:
    if explanation.get("edge_mask") is None:
        return [0.0] * int(explanation.num_nodes or 0)
    return strongest_edge_of_nodes(explanation).tolist()


def _edge_values(explanation: Explanation) -> Sequence[float | None]:
    if explanation.get("edge_mask") is None:
        return [None] * explanation.num_edges
    return edge_importance(explanation).tolist()


def _node_values(
    explanation: Explanation, relevance: torch.Tensor | None
) -> Sequence[float | None]:
    if nodes_speak(explanation) and (is_masked(explanation) or relevance is not None):
        return node_importance(explanation, relevance).tolist()
    return [None] * int(explanation.num_nodes or 0)
