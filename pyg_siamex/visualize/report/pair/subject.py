"""What a pair is about, and what its graphs and their nodes are called."""

from dataclasses import dataclass

from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.data.smiles_of import smiles_of
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.report.domain import Groups, PageDomain, domain_of


@dataclass(frozen=True)
class Subject:
    """Names and groups of the nodes of both graphs.

    Attributes:
        domain: What the graphs are.
        labels: A name for each node of query and reference; columns are the nodes of rows.
        groups: A group for each node of both, or ``None``.
        shared: Whether node k of the query is node k of the reference.
    """

    domain: PageDomain
    labels: tuple[list[str], list[str]]
    groups: tuple[list[str], list[str]] | None
    shared: bool

    @property
    def kind(self) -> str:
        """What the graphs are, as pages and their data say it."""
        return self.domain.name

    @property
    def node(self) -> str:
        """What a node is called."""
        return self.domain.node

    @property
    def edge(self) -> str:
        """What an edge is called."""
        return self.domain.edge


def subject_of(explanation: PairExplanation, groups: Groups | None = None) -> Subject:
    """Find out what a pair is about.

    Args:
        explanation: The pair.
        groups: From a graph to a group for each of its nodes. By default functional groups of
            molecules and networks of connectomes.

    Raises:
        ValueError: If ``groups`` does not give one group per node.
    """
    domain = domain_of(explanation)
    labels = domain.labels(explanation)
    query, reference = (
        domain.groups(graph, groups) for graph in (explanation.query, explanation.reference)
    )
    together = None if query is None or reference is None else (query, reference)
    return Subject(domain, labels, together, domain.shared(labels))


def pair_matrix(explanation: PairExplanation, subject: Subject) -> Tensor | None:
    """Return the relevance between the nodes of both sides, or between columns of rows.

    Args:
        explanation: The pair.
        subject: What it is about.
    """
    return subject.domain.matrix(explanation, subject.labels)


def pair_title(explanation: PairExplanation) -> tuple[str, str]:
    """Name query and reference by their ``name``, their SMILES, or else these words."""
    query = _title(explanation.query, "query")
    reference = _title(explanation.reference, "reference")
    if query == reference:
        return f"{query} (query)", f"{reference} (reference)"
    return query, reference


def _title(graph: Explanation, otherwise: str) -> str:
    name = graph.get("name")
    if isinstance(name, list | tuple) and len(name) == 1:
        name = name[0]
    if isinstance(name, str | int) and str(name).strip():
        return f"{otherwise} {name}" if str(name).isdigit() else str(name)
    return smiles_of(graph) or otherwise
