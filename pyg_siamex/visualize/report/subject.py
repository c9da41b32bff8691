"""What a pair is about: molecules, connectomes, rows of a table or plain graphs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.explain.elements import is_masked, node_importance
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.partition import functional_groups
from pyg_siamex.visualize.chemistry import molecule_of, smiles_of
from pyg_siamex.visualize.connectome.regions import regions_of
from pyg_siamex.visualize.feature_table import FeatureTable, feature_table
from pyg_siamex.visualize.graph.network import NAMES

Kind = Literal["molecules", "connectomes", "rows", "graphs"]
Groups = Callable[[Explanation], Sequence[Any]]

NOUNS: dict[Kind, tuple[str, str]] = {
    "molecules": ("atom", "bond"),
    "connectomes": ("region", "connection"),
    "rows": ("column", "link"),
    "graphs": ("node", "edge"),
}
"""What nodes and edges are called."""

MOST_NUMBERED = 14
"""Functional groups of a molecule beyond which occurrences are not told apart."""


@dataclass(frozen=True)
class Subject:
    """What the nodes of both graphs are called, and how they are grouped.

    Attributes:
        kind: What the graphs are.
        labels: A name for each node of query and reference.
        groups: A group for each node of both, or ``None``.
        shared: Whether node k of the query is node k of the reference.
        table: The features, where the graphs are rows of a table: its columns are the nodes.
    """

    kind: Kind
    labels: tuple[list[str], list[str]]
    groups: tuple[list[str], list[str]] | None
    shared: bool
    table: FeatureTable | None = None

    @property
    def node(self) -> str:
        """What a node is called."""
        return NOUNS[self.kind][0]

    @property
    def edge(self) -> str:
        """What an edge is called."""
        return NOUNS[self.kind][1]


def subject_of(explanation: PairExplanation, groups: Groups | None = None) -> Subject:
    """Find out what a pair is about.

    Args:
        explanation: The pair.
        groups: From a graph to a group for each of its nodes. By default functional groups of
            molecules and networks of connectomes.

    Raises:
        ValueError: If ``groups`` does not give one group per node.
    """
    graphs = explanation.query, explanation.reference
    kind = _kind(explanation)
    if kind == "rows":
        table = feature_table(explanation)
        return Subject(kind, (table.columns, table.columns), None, True, table)
    query, reference = (_labels(graph, kind) for graph in graphs)
    found = [_groups(graph, kind, groups) for graph in graphs]
    together = None if found[0] is None or found[1] is None else (found[0], found[1])
    shared = kind != "molecules" and len(query) == len(reference) and query == reference
    return Subject(kind, (query, reference), together, shared)


def node_values(explanation: PairExplanation, side: int) -> list[float] | None:
    """Importance of each node of the query (0) or the reference (1); ``None`` if not explained.

    Node masks count first, then a node's strongest edge, then its row of the pair matrix.
    """
    graph, matrix = (explanation.query, explanation.reference)[side], explanation.relevance
    if matrix is None and not is_masked(graph):
        return None
    rows = matrix if matrix is None or side == 0 else matrix.T
    return _finite(node_importance(graph, rows)).tolist()


def pair_matrix(explanation: PairExplanation, subject: Subject) -> Tensor | None:
    """Relevance between the nodes of both sides; between columns for rows of a table."""
    matrix = explanation.relevance
    if subject.kind == "rows":
        matrix = explanation.info.get("feature_relevance")
        rows, columns = (len(labels) for labels in subject.labels)
        if matrix is None or matrix.numel() != rows * columns:
            return None
        matrix = matrix.view(rows, columns)  # [1, F, 1, F] of two graphs of one node
    return None if matrix is None else _finite(matrix)


def _kind(explanation: PairExplanation) -> Kind:
    graphs = explanation.query, explanation.reference
    if all(smiles_of(graph) is not None for graph in graphs):
        try:
            for graph in graphs:
                molecule_of(graph)
            return "molecules"
        except ValueError:
            pass  # drawn as a graph: the SMILES is not that of its nodes
    if all(graph.num_nodes == 1 for graph in graphs) and _has_features(explanation):
        return "rows"
    keys = ("roi_names", "networks")
    if all(any(graph.get(key) is not None for key in keys) or _placed(graph) for graph in graphs):
        return "connectomes"
    return "graphs"


def _has_features(explanation: PairExplanation) -> bool:
    try:
        feature_table(explanation)
    except ValueError:
        return False
    return True


def _placed(graph: Explanation) -> bool:
    pos = graph.get("pos")
    return isinstance(pos, Tensor) and pos.dim() == 2 and pos.size(1) == 3


def _labels(graph: Explanation, kind: Kind) -> list[str]:
    if kind == "molecules":
        return [f"{atom.GetSymbol()}{atom.GetIdx()}" for atom in molecule_of(graph).GetAtoms()]
    if kind == "connectomes":
        return regions_of(graph).names
    nodes = int(graph.num_nodes or 0)
    names = next((graph[key] for key in NAMES if graph.get(key)), range(nodes))
    if len(names) == 1 != nodes and not isinstance(names[0], str | int):
        names = names[0]  # a batch of one
    return [str(name) for name in names] if len(names) == nodes else [str(k) for k in range(nodes)]


def _groups(graph: Explanation, kind: Kind, groups: Groups | None) -> list[str] | None:
    if groups is not None:
        found = [str(name) for name in groups(graph)]
        if len(found) != graph.num_nodes:
            raise ValueError(f"groups gave {len(found)} names for {graph.num_nodes} nodes")
        return found
    if kind == "molecules":
        return _functional_groups(graph)
    return regions_of(graph).networks if kind == "connectomes" else None


def _functional_groups(graph: Explanation) -> list[str]:
    """Functional groups, numbered where one occurs more than once and there are few."""
    names, numbered = functional_groups(graph), functional_groups(graph, numbered=True)
    if len(set(numbered)) > MOST_NUMBERED:
        return names
    repeated = {name for name in names if f"{name} 2" in numbered}
    return [
        number if name in repeated else name for name, number in zip(names, numbered, strict=True)
    ]


def _finite(values: Tensor) -> Tensor:
    values = values.detach().cpu().double()
    if not torch.isfinite(values).all():
        raise ValueError("the explanation has values that are not finite (NaN or infinity)")
    return values
