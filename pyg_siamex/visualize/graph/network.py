"""An explained graph as a networkx graph whose nodes and edges know their importance."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

import networkx as nx
import torch
from torch_geometric.explain import Explanation

from pyg_siamex.explain.importance import node_importance

NAMES = ("node_names", "roi_names")
"""Attributes of a graph that name its nodes."""


def weighted_network(
    explanation: Explanation, names: Sequence[Any] | None, relevance: torch.Tensor | None
) -> nx.Graph:
    """The graph with ``importance`` on its nodes and edges, ``None`` where there is none.

    A node takes the node mask, summed over features, or, without any mask, its row's sum of
    ``relevance``; an edge the edge mask. The graph is undirected if each of its edges has its
    reverse; an edge then has the mean of its entries. Parallel edges are averaged, too.

    Args:
        explanation: The graph.
        names: A name per node, or ``None`` for numbers.
        relevance: The pair matrix with a row per node, or ``None``.

    Raises:
        ValueError: If names do not fit the nodes or stand twice.
    """
    labels = _labels(explanation, names)
    entries = _entries(explanation)
    both_ways = all((v, u) in entries for u, v in entries)
    graph = nx.Graph() if both_ways else nx.DiGraph()
    for label, value in zip(labels, _node_values(explanation, relevance), strict=True):
        graph.add_node(label, importance=value)
    for (u, v), values in entries.items():
        if not both_ways or u <= v:
            found = values if u == v or not both_ways else [*values, *entries[v, u]]
            graph.add_edge(labels[u], labels[v], importance=_mean(found))
    return graph


def importances(graph: nx.Graph) -> tuple[list[float], list[float]]:
    """The importances there are, of nodes and of edges."""
    nodes, edges = graph.nodes(data="importance"), graph.edges(data="importance")
    first, second = (
        [value for *_, value in entries if value is not None] for entries in (nodes, edges)
    )
    return first, second


def _labels(explanation: Explanation, names: Sequence[Any] | None) -> list[Any]:
    nodes = int(explanation.num_nodes or 0)
    if names is None:
        names = next((explanation[key] for key in NAMES if explanation.get(key)), range(nodes))
    labels = [str(name) for name in names]
    if len(labels) != nodes:
        raise ValueError(f"{len(labels)} node names for {nodes} nodes")
    twice = next((name for k, name in enumerate(labels) if name in labels[:k]), None)
    if twice is not None:
        raise ValueError(f"two nodes are named '{twice}': number them")
    return labels


def _entries(explanation: Explanation) -> dict[tuple[int, int], list[float | None]]:
    """Importances of the entries of each directed edge."""
    mask = explanation.get("edge_mask")
    values = [None] * explanation.num_edges if mask is None else mask.tolist()
    entries: dict[tuple[int, int], list[float | None]] = {}
    for (u, v), value in zip(explanation.edge_index.T.tolist(), values, strict=True):
        entries.setdefault((u, v), []).append(value)
    return entries


def _node_values(
    explanation: Explanation, relevance: torch.Tensor | None
) -> Sequence[float | None]:
    if explanation.get("node_mask") is not None:
        return node_importance(explanation).tolist()
    if explanation.get("edge_mask") is None and relevance is not None:
        return relevance.sum(1).tolist()
    return [None] * int(explanation.num_nodes or 0)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
