"""From a graph back to its molecule, checked, and its importances per atom and per bond."""

from typing import NamedTuple

from rdkit import Chem, rdBase
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.explain.elements import (
    is_masked,
    node_importance,
    nodes_speak,
    undirected_edges,
    unordered_pairs,
)

Bond = tuple[int, int]


class Importance(NamedTuple):
    """One number per atom, or none for all; one per bond (lower atom first), or none for all."""

    atoms: list[float] | None
    bonds: dict[Bond, float] | None

    def values(self) -> list[float]:
        """All the numbers."""
        return [*(self.atoms or []), *(self.bonds or {}).values()]


def smiles_of(explanation: Explanation) -> str | None:
    """The graph's SMILES, or ``None``; a batch's list of one counts as its one string."""
    smiles = explanation.get("smiles")
    if isinstance(smiles, list | tuple) and len(smiles) == 1:
        smiles = smiles[0]
    return smiles if isinstance(smiles, str) else None


def molecule_of(explanation: Explanation, which: str = "the graph") -> Chem.Mol:
    """The molecule whose atom k is the graph's node k.

    Hydrogens are added where the graph has them as nodes.

    Raises:
        ValueError: If there is no ``smiles``, or if it is not the SMILES of this graph.
    """
    smiles = smiles_of(explanation)
    if smiles is None:
        raise ValueError(
            f"{which} is no molecule that can be drawn: it needs data.smiles, a string "
            f"(torch_geometric.utils.from_smiles sets it)"
        )
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        raise ValueError(f"{which}: RDKit cannot read the SMILES '{smiles}'")
    nodes = int(explanation.num_nodes or 0)
    counts = [molecule.GetNumAtoms()]
    if nodes != counts[0]:
        molecule = Chem.AddHs(molecule)
        counts.append(molecule.GetNumAtoms())
    if nodes != counts[-1]:
        raise ValueError(
            f"{which}: '{smiles}' has {counts[0]} atoms ({counts[-1]} with hydrogens) and the "
            f"graph has {nodes} nodes: node k must be the SMILES' atom k"
        )
    _check_bonds(molecule, explanation, which)
    return molecule


def importance_of(explanation: Explanation, relevance: Tensor | None) -> Importance:
    """Atom and bond importances to colour by, each only where the explanation has them.

    An edge mask gives bonds, a node mask atoms; with neither, an atom is its row's sum of
    ``relevance`` (``[n, other nodes]``).
    """
    atoms, bonds = None, None
    if explanation.get("edge_mask") is not None:
        bonds = {(low, high): value for low, high, value in undirected_edges(explanation)}
    if nodes_speak(explanation) and (is_masked(explanation) or relevance is not None):
        atoms = node_importance(explanation, relevance).tolist()
    return Importance(atoms, bonds)


def bonds_of(molecule: Chem.Mol) -> list[Bond]:
    """Each bond as its two atoms, the lower first, in RDKit's order."""
    ends = ((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in molecule.GetBonds())
    return [(min(pair), max(pair)) for pair in ends]


def _check_bonds(molecule: Chem.Mol, explanation: Explanation, which: str) -> None:
    edges = {(low, high) for low, high in unordered_pairs(explanation.edge_index).ends.T.tolist()}
    different = sorted(edges ^ set(bonds_of(molecule)))
    if different:
        u, v = different[0]
        owner = "graph" if (u, v) in edges else "SMILES"
        raise ValueError(
            f"{which}: atoms {u} and {v} are bonded in the {owner} alone "
            f"({len(different)} such bonds): node k must be the SMILES' atom k"
        )
