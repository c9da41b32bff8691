"""Convert a graph back to its molecule; node k is atom k."""

from typing import TypeAlias

from rdkit import Chem
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex.chemistry.from_elements import edges_of, molecule_from_elements
from pyg_siamex.chemistry.smiles import parse_smiles
from pyg_siamex.data.named_atoms import elements_of
from pyg_siamex.data.smiles_of import smiles_of

Bond = tuple[int, int]
Graph: TypeAlias = Data | Explanation


@checked
def molecule_of(graph: Graph, which: str = "the graph") -> Chem.Mol:
    """The molecule whose atom k is the graph's node k.

    Hydrogens are added if the graph has them as nodes.

    Args:
        graph: A graph with ``smiles``, or with ``elements`` as
            :class:`~pyg_siamex.datasets.NamedElements` sets them.
        which: Name of the graph in errors.

    Raises:
        ValueError: If the graph has neither, or the SMILES is invalid or has another number of
            atoms.

    Example:
        >>> molecule_of(molecule("CCO")).GetNumAtoms()
        3
    """
    smiles = smiles_of(graph)
    if smiles is None and elements_of(graph) is not None:
        return molecule_from_elements(graph, which)
    if smiles is None:
        raise ValueError(
            f"{which} cannot be read as a molecule: it needs data.smiles, a string "
            f"(torch_geometric.utils.from_smiles sets it), or data.elements "
            f"(pyg_siamex.datasets.NamedElements sets them)"
        )
    nodes = int(graph.num_nodes or 0)
    if not nodes and not smiles.strip():
        return Chem.Mol()
    try:
        molecule = parse_smiles(smiles)
    except ValueError as error:
        raise ValueError(f"{which}: {error}") from error
    counts = [molecule.GetNumAtoms()]
    if nodes != counts[0]:
        molecule = Chem.AddHs(molecule)
        counts.append(molecule.GetNumAtoms())
    if nodes != counts[-1]:
        raise ValueError(
            f"{which}: '{smiles}' has {counts[0]} atoms ({counts[-1]} with hydrogens) and the "
            f"graph has {nodes} nodes: node k must be the SMILES' atom k"
        )
    return molecule


@checked
def bonds_of(molecule: Chem.Mol) -> list[Bond]:
    """Each bond as its two atoms, the lower first, in RDKit's order.

    Args:
        molecule: The molecule.

    Example:
        >>> bonds_of(parse_smiles("CCO"))
        [(0, 1), (1, 2)]
    """
    ends = ((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in molecule.GetBonds())
    return [(min(pair), max(pair)) for pair in ends]


def _bonded_nodes(graph: Graph, which: str) -> list[Bond]:
    """The two nodes of each directed edge, the lower first.

    Args:
        graph: Any graph; without ``edge_index`` it has no edges.
        which: Name of the graph in errors.
    """
    return [(min(u, v), max(u, v)) for u, v in edges_of(graph, which).T.tolist()]


@checked
def check_bonds(molecule: Chem.Mol, graph: Graph, which: str = "the graph") -> Chem.Mol:
    """Return the molecule after a check that its bonds are the graph's edges, without self loops.

    Args:
        molecule: The result of :func:`molecule_of`.
        graph: Its graph.
        which: Name of the graph in errors.

    Raises:
        TypeError: If the graph's ``edge_index`` is no tensor.
        ValueError: If they differ, so that node k is not atom k, or ``edge_index`` is not
            ``[2, E]`` of whole numbers.

    Example:
        >>> graph = molecule("CCO")
        >>> check_bonds(molecule_of(graph), graph).GetNumBonds()
        2
    """
    edges = {bond for bond in _bonded_nodes(graph, which) if bond[0] != bond[1]}
    different = sorted(edges ^ set(bonds_of(molecule)))
    if different:
        u, v = different[0]
        owner = "graph" if (u, v) in edges else "SMILES"
        raise ValueError(
            f"{which}: atoms {u} and {v} are bonded only in the {owner} "
            f"({len(different)} such bonds): node k must be the SMILES' atom k"
        )
    return molecule


@checked
def drawable_molecule(graph: Graph, which: str = "the graph") -> Chem.Mol:
    """The molecule whose atoms are the graph's nodes and whose bonds are its edges.

    Args:
        graph: A graph with ``smiles``.
        which: Name of the graph in errors.

    Raises:
        TypeError: If the graph's ``edge_index`` is no tensor.
        ValueError: If atoms or bonds differ, or the SMILES is missing or invalid.

    Example:
        >>> drawable_molecule(molecule("CCO")).GetNumAtoms()
        3
    """
    return check_bonds(molecule_of(graph, which), graph, which)
