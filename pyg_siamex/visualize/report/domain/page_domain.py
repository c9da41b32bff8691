"""What a page asks of a domain, and what is the same for most of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex._called import called
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.group_relevance import membership
from pyg_siamex.explain.node_labels import node_labels
from pyg_siamex.visualize.report.domain.node_values import finite_values, node_values
from pyg_siamex.visualize.report.domain.sketch import Sketch

Groups = Callable[[Explanation], Sequence[Any]]
Names = tuple[list[str], list[str]]


class PageDomain(ABC):
    """Names, groups and pictures of the graphs of one domain.

    Attributes:
        name: What the graphs are.
        node: What a node is called.
        edge: What an edge is called.
    """

    name: ClassVar[str]
    node: ClassVar[str]
    edge: ClassVar[str]

    @abstractmethod
    def holds(self, explanation: PairExplanation) -> bool:
        """Whether both graphs of a pair are of this domain.

        Args:
            explanation: The pair.
        """

    @abstractmethod
    def labels(self, explanation: PairExplanation) -> Names:
        """A name for each node of query and reference.

        Args:
            explanation: The pair.
        """

    @abstractmethod
    def sketches(self, explanation: PairExplanation, shared: bool) -> tuple[Sketch, Sketch]:
        """Where the nodes of both graphs lie.

        Args:
            explanation: The pair.
            shared: Whether node k is the same node in both.
        """

    def own_groups(self, graph: Explanation) -> list[str] | None:
        """A group for each node, or ``None`` where the domain has no groups.

        Args:
            graph: Query or reference.
        """
        return None

    def groups(self, graph: Explanation, chosen: Groups | None) -> list[str] | None:
        """A group for each node, as chosen or as is usual for the domain.

        Args:
            graph: Query or reference.
            chosen: From a graph to its groups, or ``None``.

        Raises:
            TypeError: If ``chosen`` gives no list of names.
            ValueError: If ``chosen`` does not give one group for each node.
        """
        if chosen is None:
            return self.own_groups(graph)
        given = called("groups", chosen, graph)
        if isinstance(given, Mapping):
            names, member = membership(given, int(graph.num_nodes or 0), "groups")
            return [names[k] for k in member.argmax(0).tolist()]
        found = node_labels(given, "groups")
        if len(found) != graph.num_nodes:
            raise ValueError(f"groups gave {len(found)} names for {graph.num_nodes} nodes")
        return found

    def shared(self, labels: Names) -> bool:
        """Whether node k of the query is node k of the reference.

        Args:
            labels: Names of the nodes.
        """
        return labels[0] == labels[1]

    def values(self, explanation: PairExplanation, side: int) -> list[float] | None:
        """Importance of each node, or ``None`` if nodes have none.

        Args:
            explanation: The pair.
            side: 0 for the query, 1 for the reference.
        """
        return node_values(explanation, side)

    def matrix(self, explanation: PairExplanation, labels: Names) -> Tensor | None:
        """Relevance between what is labelled on both sides, or ``None``.

        Args:
            explanation: The pair.
            labels: Names of the nodes.
        """
        return None if explanation.relevance is None else finite_values(explanation.relevance)
