"""What hangs on the scaffold that most molecules of a table have."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rdkit import Chem, rdBase
from rdkit.Chem import rdRGroupDecomposition

from pyg_siamex.chemistry.murcko import scaffold_of
from pyg_siamex.chemistry.smiles import parse_smiles

_FEWEST = 5
"""Fewest molecules that share a scaffold."""


class RGroupRows(NamedTuple):
    """Molecules of one scaffold, taken apart.

    Attributes:
        core: SMILES of the scaffold, ``[*:1]``, ``[*:2]``, ... where something hangs on it.
        positions: Position of each molecule.
        groups: SMILES of what hangs on each place, by ``"R1"``, ``"R2"``, ...; one list entry for
            each molecule.
    """

    core: str
    positions: list[int]
    groups: dict[str, list[str]]


def r_group_rows(smiles: Sequence[str]) -> RGroupRows | None:
    """Take apart the molecules of the most frequent Murcko scaffold, by RDKit.

    Args:
        smiles: The molecules.

    Returns:
        ``None`` if no five molecules share a scaffold with rings, or nothing hangs on it.

    Raises:
        ValueError: If a SMILES is invalid.

    Example:
        >>> found = r_group_rows(["Cc1ccccc1", "Fc1ccccc1", "Oc1ccccc1", "Nc1ccccc1", "Clc1ccccc1"])
        >>> found.core, found.groups["R1"][:2]
        ('c1ccc([*:1])cc1', ['C', 'F'])
    """
    molecules = [_unmapped(text) for text in smiles]
    with rdBase.BlockLogs():
        scaffolds = [_scaffold(molecule) for molecule in molecules]
        counts = Counter(scaffold for scaffold in scaffolds if scaffold)
        if not counts:
            return None
        core, most = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if most < _FEWEST:
            return None
        chosen = [k for k, scaffold in enumerate(scaffolds) if scaffold == core]
        return _decomposed(core, chosen, [molecules[k] for k in chosen])


def _unmapped(smiles: str) -> Chem.Mol:
    """The molecule without atom maps, which RDKit would take for labels of R groups."""
    molecule = parse_smiles(smiles)
    for atom in molecule.GetAtoms():
        atom.SetAtomMapNum(0)
    return molecule


def _scaffold(molecule: Chem.Mol) -> str:
    plain = Chem.Mol(molecule)
    Chem.RemoveStereochemistry(plain)
    return Chem.MolToSmiles(scaffold_of(plain))


def _decomposed(core: str, positions: list[int], molecules: list[Chem.Mol]) -> RGroupRows | None:
    options = rdRGroupDecomposition.RGroupDecompositionParameters()
    options.removeAllHydrogenRGroups = True
    decomposition = rdRGroupDecomposition.RGroupDecomposition([Chem.MolFromSmiles(core)], options)
    fitting = [k for k, molecule in enumerate(molecules) if decomposition.Add(molecule) >= 0]
    if not fitting or not decomposition.Process():
        return None
    columns = decomposition.GetRGroupsAsColumns(asSmiles=True)
    cores = columns.pop("Core")
    groups = {name: [_plain(cell) for cell in cells] for name, cells in columns.items()}
    if not groups:
        return None
    return RGroupRows(cores[0], [positions[k] for k in fitting], groups)


def _plain(cell: str) -> str:
    """A substituent without the place that it hangs on; ``"H"`` for hydrogen."""
    molecule = Chem.MolFromSmiles(cell)
    if molecule is None or molecule.GetNumHeavyAtoms() == 0:
        return "H"
    places = [atom.GetIdx() for atom in molecule.GetAtoms() if atom.GetAtomicNum() == 0]
    if len(places) != 1:  # it closes a ring on the scaffold
        return cell
    part = Chem.RWMol(molecule)
    part.GetAtomWithIdx(places[0]).SetAtomicNum(1)
    part.GetAtomWithIdx(places[0]).SetAtomMapNum(0)
    return Chem.MolToSmiles(Chem.RemoveHs(part.GetMol()))
