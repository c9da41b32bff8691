"""Graphs by the names that users give, whatever their domain."""

from collections.abc import Sequence
from typing import Protocol

from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.long_form import Element
from pyg_siamex.recipe.explained import Explained


class NamedGraphs(Protocol):
    """The graphs of which users name pairs, and what they are told of a pair."""

    @property
    def shared(self) -> list[Data] | None:
        """Graphs with the same nodes, from which explanations can learn; else ``None``."""

    @property
    def source(self) -> str:
        """Fingerprint of the files in which names are looked up."""

    def graph(self, name: str) -> Data:
        """The graph of a name, as the model reads it.

        Args:
            name: The name: SMILES, or name of a molecule, subject or row.

        Raises:
            ValueError: If there is none, or it cannot be used.
        """

    def called(self, graph: Explanation, elements: Sequence[Element]) -> list[str]:
        """Names of elements of an explained graph, such as ``C3=O4`` of a bond.

        Args:
            graph: The graph.
            elements: The elements.
        """

    def news(self, name: str, graph: Explanation) -> tuple[float | None, list[str]]:
        """How far a graph is from the training graphs, and what to know before it is trusted.

        Args:
            name: Its name.
            graph: The graph.

        Returns:
            A distance in [0, 1], ``None`` if it is unknown; and sentences.
        """

    def explained(
        self,
        explanation: PairExplanation,
        probability: float,
        pair: tuple[str, str],
        names: tuple[str, str] | None,
    ) -> Explained:
        """An explained pair with what users are told of it.

        Args:
            explanation: The explanation.
            probability: That the two are alike.
            pair: How the user named query and reference.
            names: Names of the two in pictures, or ``None`` for the domain's own.
        """
