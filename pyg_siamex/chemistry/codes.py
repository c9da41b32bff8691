"""PyG's integer features of many molecules at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from rdkit import Chem
from torch import Tensor
from torch_geometric.utils.smiles import e_map, x_map


@dataclass(frozen=True)
class Codes:
    """Features of molecules one after the other, as ``torch_geometric.utils.from_rdmol`` has them.

    Attributes:
        x: Codes of the atoms, ``[N, 9]`` int.
        edge_index: Bonds in both directions, numbered within each molecule, ``[2, E]``, sorted.
        edge_attr: Codes of the bonds, ``[E, 3]`` int.
        atoms: Number of atoms of each molecule.
        edges: Number of edges of each molecule.
    """

    x: Tensor
    edge_index: Tensor
    edge_attr: Tensor
    atoms: list[int]
    edges: list[int]


def codes_of(mols: Sequence[Chem.Mol]) -> Codes | None:
    """The codes of molecules, or ``None`` if PyG has no code for one of their atoms or bonds.

    Args:
        mols: Molecules.

    Example:
        >>> ethanol = codes_of([parse_smiles("CCO")])
        >>> ethanol.x[:, 0].tolist(), ethanol.edge_index.tolist()
        ([6, 6, 8], [[0, 1, 1, 2], [1, 0, 2, 1]])
    """
    x, edge_attr = _Columns(x_map, _OF_ATOM), _Columns(e_map, _OF_BOND)
    ends: list[int] = []
    for mol in mols:  # the atoms of one molecule at a time, so that few objects are alive
        x.add([mol.GetAtomWithIdx(k) for k in range(mol.GetNumAtoms())])
        bonds = [mol.GetBondWithIdx(k) for k in range(mol.GetNumBonds())]
        edge_attr.add(bonds)
        for bond in bonds:
            ends += (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx())
    if x.unknown or edge_attr.unknown:
        return None
    molecule = np.repeat(np.arange(len(mols)), [mol.GetNumBonds() for mol in mols])
    one_way = np.array(ends, dtype=np.int64).reshape(-1, 2)
    both = np.concatenate([one_way, one_way[:, ::-1]])
    order = np.lexsort((both[:, 1], both[:, 0], np.tile(molecule, 2)))
    return Codes(
        torch.from_numpy(x.codes()),
        torch.from_numpy(np.ascontiguousarray(both[order].T)),
        torch.from_numpy(np.tile(edge_attr.codes(), (2, 1))[order]),
        [mol.GetNumAtoms() for mol in mols],
        [2 * mol.GetNumBonds() for mol in mols],
    )


class _Columns:
    """Codes of atoms or bonds, column by column."""

    def __init__(
        self, vocabulary: dict[str, list[Any]], read: dict[str, Callable[[Any], Any]]
    ) -> None:
        self.unknown = False
        self._columns: list[tuple[Callable[[Any], Any], Callable[[Any], Any], list[int]]] = []
        for name, values in vocabulary.items():
            named = _NAMES.get(name, {})
            code = {named.get(value, value): code for code, value in enumerate(values)}
            self._columns.append((read[name], code.__getitem__, []))

    def add(self, parts: list[Any]) -> None:
        try:
            for read, code, found in self._columns:
                found += [code(read(part)) for part in parts]
        except KeyError:
            self.unknown = True

    def codes(self) -> np.ndarray:
        codes: np.ndarray = np.array([found for _, _, found in self._columns], dtype=np.int64).T
        return codes


_OF_ATOM: dict[str, Callable[[Any], Any]] = {
    "atomic_num": Chem.Atom.GetAtomicNum,
    "chirality": Chem.Atom.GetChiralTag,
    "degree": Chem.Atom.GetTotalDegree,
    "formal_charge": Chem.Atom.GetFormalCharge,
    "num_hs": Chem.Atom.GetTotalNumHs,
    "num_radical_electrons": Chem.Atom.GetNumRadicalElectrons,
    "hybridization": Chem.Atom.GetHybridization,
    "is_aromatic": Chem.Atom.GetIsAromatic,
    "is_in_ring": Chem.Atom.IsInRing,
}

_OF_BOND: dict[str, Callable[[Any], Any]] = {
    "bond_type": Chem.Bond.GetBondType,
    "stereo": Chem.Bond.GetStereo,
    "is_conjugated": Chem.Bond.GetIsConjugated,
}

_NAMES: dict[str, dict[str, Any]] = {
    "chirality": Chem.ChiralType.names,
    "hybridization": Chem.HybridizationType.names,
    "bond_type": Chem.BondType.names,
    "stereo": Chem.BondStereo.names,
}
"""RDKit's values by the names that PyG's vocabularies have."""
