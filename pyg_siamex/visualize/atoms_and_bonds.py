"""Importances of a molecule's graph, per atom and per bond."""

from statistics import fmean
from typing import NamedTuple

from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.chemistry.node_order import Bond, bonded_nodes
from pyg_siamex.explain.importance import node_importance


class Importance(NamedTuple):
    """One number per atom, or none for all; one per bond (lower atom first), or none for all."""

    atoms: list[float] | None
    bonds: dict[Bond, float] | None

    def values(self) -> list[float]:
        """All the numbers."""
        return [*(self.atoms or []), *(self.bonds or {}).values()]


def importance_of(explanation: Explanation, relevance: Tensor | None) -> Importance:
    """Atom and bond importances to colour by, each only where the explanation has them.

    An edge mask gives bonds, a node mask atoms; with neither, an atom is its row's sum of
    ``relevance`` (``[n, other nodes]``). The directed entries of a bond are averaged.
    """
    bonds = None
    if explanation.get("edge_mask") is not None:
        bonds = _bond_means(explanation)
    if explanation.get("node_mask") is not None:
        return Importance(node_importance(explanation).tolist(), bonds)
    if bonds is None and relevance is not None:
        return Importance(relevance.sum(1).tolist(), None)
    return Importance(None, bonds)


def _bond_means(explanation: Explanation) -> dict[Bond, float]:
    entries: dict[Bond, list[float]] = {}
    for bond, value in zip(bonded_nodes(explanation), explanation.edge_mask.tolist(), strict=True):
        if bond[0] != bond[1]:
            entries.setdefault(bond, []).append(value)
    return {bond: fmean(v) for bond, v in entries.items()}
