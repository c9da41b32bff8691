"""Importances of a molecule's graph, per atom and per bond."""

from typing import NamedTuple

from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.chemistry.node_order import Bond
from pyg_siamex.explain.elements import is_masked, node_importance, nodes_speak, undirected_edges


class Importance(NamedTuple):
    """One number per atom, or none for all; one per bond (lower atom first), or none for all."""

    atoms: list[float] | None
    bonds: dict[Bond, float] | None

    def values(self) -> list[float]:
        """All the numbers."""
        return [*(self.atoms or []), *(self.bonds or {}).values()]


def importance_of(explanation: Explanation, relevance: Tensor | None) -> Importance:
    """Collect atom and bond importances to colour by, each only if the explanation has them.

    An edge mask gives bonds, a node mask atoms; with neither, an atom is its row's sum of
    ``relevance`` (``[n, other nodes]``).
    """
    atoms, bonds = None, None
    if explanation.get("edge_mask") is not None:
        bonds = {(low, high): value for low, high, value in undirected_edges(explanation)}
    if nodes_speak(explanation) and (is_masked(explanation) or relevance is not None):
        atoms = node_importance(explanation, relevance).tolist()
    return Importance(atoms, bonds)
