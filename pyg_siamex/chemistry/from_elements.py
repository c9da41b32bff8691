"""A molecule from the elements and bond orders of a graph without SMILES."""

import torch
from rdkit import Chem, rdBase
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex.data.checked_graph import check_edges, check_ends
from pyg_siamex.data.named_atoms import elements_of

_TYPES = {
    1.0: Chem.BondType.SINGLE,
    1.5: Chem.BondType.AROMATIC,
    2.0: Chem.BondType.DOUBLE,
    3.0: Chem.BondType.TRIPLE,
}


def molecule_from_elements(graph: Data | Explanation, which: str = "the graph") -> Chem.Mol:
    """The molecule of a graph with ``elements`` and, if known, ``bond_order``.

    With bond orders, hydrogens are implicit as in a SMILES, a nitrogen with four bonds has a
    positive charge, and an oxygen or sulphur with one single bond to it a negative one (nitro
    groups). Without them all bonds are single and no hydrogen is added.

    Args:
        graph: The graph.
        which: Name of the graph in errors.

    Raises:
        TypeError: If ``edge_index`` is no tensor.
        ValueError: If there is no element for each node, RDKit does not know one, ``edge_index``
            is not ``[2, E]`` of whole numbers or leaves the graph, or ``bond_order`` is not
            ``[E]``.

    Example:
        >>> edges = torch.tensor([[0, 1], [1, 0]])
        >>> graph = Data(elements=["C", "O"], edge_index=edges, num_nodes=2)
        >>> molecule_from_elements(graph).GetAtomWithIdx(1).GetSymbol()
        'O'
    """
    elements, edges = elements_of(graph) or [], edges_of(graph, which)
    if len(elements) != graph.num_nodes:
        raise ValueError(f"{which} has {len(elements)} elements for {graph.num_nodes} nodes")
    molecule = Chem.RWMol()
    orders = graph.get("bond_order")
    for symbol in elements:
        molecule.AddAtom(_atom(symbol, orders is not None, which))
    check_ends(edges, len(elements), which)
    values = torch.ones(edges.size(1)) if orders is None else orders
    if not isinstance(values, Tensor) or values.shape != edges.shape[1:]:
        raise ValueError(
            f"{which} has a bond_order that is no tensor of an order for each of its "
            f"{edges.size(1)} edges"
        )
    for (u, v), order in zip(edges.T.tolist(), values.tolist(), strict=True):
        if u != v and molecule.GetBondBetweenAtoms(u, v) is None:
            molecule.AddBond(u, v, _TYPES.get(order, Chem.BondType.SINGLE))
    for bond in molecule.GetBonds():
        if bond.GetBondType() == Chem.BondType.AROMATIC:
            for part in (bond, bond.GetBeginAtom(), bond.GetEndAtom()):
                part.SetIsAromatic(True)
    _charge(molecule)
    return _perceived(molecule.GetMol())


def edges_of(graph: Data | Explanation, which: str) -> Tensor:
    """The edges of a graph, ``[2, E]``; none without ``edge_index``.

    Args:
        graph: Any graph.
        which: Name of the graph in errors.

    Raises:
        TypeError: If they are no tensor.
        ValueError: If they are not ``[2, E]`` of whole numbers.
    """
    edges: Tensor | None = graph.get("edge_index")
    if edges is None:
        return torch.empty(2, 0, dtype=torch.long)
    check_edges(edges, which)
    return edges


def _atom(symbol: str, hydrogens: bool, which: str) -> Chem.Atom:
    try:
        with rdBase.BlockLogs():
            atom = Chem.Atom(symbol)
    except RuntimeError as error:
        raise ValueError(f"{which} has an element '{symbol}', which RDKit does not know") from error
    atom.SetNoImplicit(not hydrogens)
    return atom


def _charge(molecule: Chem.RWMol) -> None:
    """Give charges to nitrogens with four bonds and to the oxygens beside them."""
    for atom in molecule.GetAtoms():
        if atom.GetSymbol() != "N" or atom.GetIsAromatic() or atom.GetNoImplicit():
            continue
        if sum(bond.GetBondTypeAsDouble() for bond in atom.GetBonds()) != 4:
            continue
        atom.SetFormalCharge(1)
        for other in atom.GetNeighbors():
            [*bonds] = other.GetBonds()
            alone = len(bonds) == 1 and bonds[0].GetBondType() == Chem.BondType.SINGLE
            if alone and other.GetSymbol() in ("O", "S"):
                other.SetFormalCharge(-1)
                break


def _perceived(molecule: Chem.Mol) -> Chem.Mol:
    """Rings, aromaticity and hydrogens, as far as RDKit can tell them."""
    wanted = Chem.SanitizeFlags.SANITIZE_ALL
    for step in (Chem.SanitizeFlags.SANITIZE_PROPERTIES, Chem.SanitizeFlags.SANITIZE_FINDRADICALS):
        wanted ^= step
    with rdBase.BlockLogs():
        molecule.UpdatePropertyCache(strict=False)
        Chem.FastFindRings(molecule)
        found = Chem.Mol(molecule)
        failed = Chem.SanitizeMol(found, wanted, catchErrors=True)
    return molecule if failed else found
