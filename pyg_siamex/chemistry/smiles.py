"""Parse SMILES into molecules and graphs, in RDKit's atom order."""

import re
import unicodedata
from typing import Any

from rdkit import Chem, rdBase
from torch_geometric.data import Data
from torch_geometric.utils import from_rdmol

from pyg_siamex._door import checked
from pyg_siamex.chemistry.notation import is_pattern, other_notation, reads_as_pattern


@checked
def molecule(smiles: str, **attributes: Any) -> Data:
    """Turn SMILES into PyG's molecular graph.

    Node k is atom k of ``Chem.MolFromSmiles(smiles)``. Hydrogens are implicit, and deuterium and
    tritium on a heavy atom too: the graph's ``smiles`` then has none. Features are the integer
    columns of :func:`torch_geometric.utils.from_smiles`; apply
    :class:`~pyg_siamex.datasets.OneHotMolecule` before training.

    Args:
        smiles: The molecule.
        **attributes: Set on the graph, for example ``y=1`` or ``name="aspirin"``.

    Returns:
        ``Data`` with ``x`` ``[n, 9]`` and ``edge_attr`` ``[E, 3]`` of integers, ``edge_index``,
        ``smiles``. A bond is two directed edges.

    Raises:
        ValueError: If RDKit cannot read the SMILES, if it has no atom (PyG's ``from_smiles`` then
            returns an empty graph), if PyG has no code for one of its atoms, such as an atom of
            charge 7, or if an attribute has the name of one that the molecule makes.

    Example:
        >>> molecule("CCO").x.shape
        torch.Size([3, 9])
    """
    mol = parse_smiles(smiles)
    plain = plain_hydrogens(mol)
    if plain is not mol:
        smiles = Chem.MolToSmiles(plain)
        mol = parse_smiles(smiles)  # nodes in the order of the SMILES that is kept
    return graph_of(mol, smiles, **attributes)


def plain_hydrogens(mol: Chem.Mol) -> Chem.Mol:
    """The molecule without explicit hydrogens of any isotope on heavy atoms.

    It is the same object where there are none.

    Args:
        mol: The molecule.

    Example:
        >>> plain_hydrogens(parse_smiles("[2H]C([2H])([2H])O")).GetNumAtoms()
        2
    """
    explicit = (
        atom
        for atom in mol.GetAtoms()
        if atom.GetAtomicNum() == 1 and any(n.GetAtomicNum() > 1 for n in atom.GetNeighbors())
    )
    if not any(explicit):
        return mol
    wanted = Chem.RemoveHsParameters()
    wanted.removeIsotopes = True  # type: ignore[assignment]
    plain = Chem.RemoveHs(mol, wanted)
    Chem.AssignStereochemistry(plain, cleanIt=True, force=True)
    return plain


@checked
def graph_of(mol: Chem.Mol, smiles: str, **attributes: Any) -> Data:
    """Turn a parsed molecule into a graph; see :func:`molecule`.

    Args:
        mol: The molecule.
        smiles: Its SMILES, in the order of its atoms, kept on the graph.
        **attributes: Set on the graph.

    Raises:
        ValueError: If PyG has no code for one of its atoms or bonds, the SMILES has other atoms, or
            the same in another order, or an attribute has the name of one that the molecule makes.

    Example:
        >>> graph_of(parse_smiles("CCO"), "CCO", name="ethanol").name
        'ethanol'
    """
    own = next((name for name in attributes if name in _OWN), None)
    if own is not None:
        raise ValueError(
            f"`{own}` of the graph is made of the molecule: give the attribute another name, or "
            f"set it on the graph that is returned"
        )
    with rdBase.BlockLogs():
        written = Chem.MolFromSmiles(smiles.strip(), sanitize=False)
    if written is None or written.GetNumHeavyAtoms() != mol.GetNumHeavyAtoms():
        has = "cannot be parsed" if written is None else f"has {written.GetNumHeavyAtoms()}"
        raise ValueError(
            f"the molecule has {mol.GetNumHeavyAtoms()} atoms, and its SMILES "
            f"'{_short(smiles)}' {has}: give the SMILES of that molecule"
        )
    if _skeleton(written) != _skeleton(mol):
        raise ValueError(
            f"the atoms of SMILES '{_short(smiles)}', in their order, are not those of the "
            f"molecule, {Chem.MolToSmiles(mol)}: give the SMILES that it was parsed from"
        )
    try:
        data = from_rdmol(mol)
    except ValueError as error:
        raise ValueError(
            f"SMILES '{smiles}' has an atom or bond that PyG's features cannot express: {error}"
        ) from error
    data.smiles = smiles.strip()
    for name, value in attributes.items():
        data[name] = value
    return data


def _skeleton(mol: Chem.Mol) -> tuple[list[int], set[tuple[int, int]]]:
    """Elements of the heavy atoms, and which of them are bonded, in their order."""
    heavy = [atom for atom in mol.GetAtoms() if atom.GetAtomicNum() > 1]
    place = {atom.GetIdx(): k for k, atom in enumerate(heavy)}
    ends = ((bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in mol.GetBonds())
    bonds = {(place[u], place[v]) for u, v in ends if u in place and v in place}
    return [atom.GetAtomicNum() for atom in heavy], {(min(b), max(b)) for b in bonds}


_OWN = ("x", "edge_index", "edge_attr", "smiles", "num_nodes")
"""Attributes that a molecule makes."""

_LAST_ELEMENT = 118
"""Atomic number of the last element."""

_NUMBERED = re.compile(r"\[\d*#(\d{1,9})")
"""Atoms that are given by their atomic number."""

_LONGEST = 10_000
"""Most characters of a SMILES; the largest proteins in use as drugs have some thousand atoms."""


@checked
def parse_smiles(smiles: str) -> Chem.Mol:
    """Parse one SMILES, including CXSMILES extensions, into an RDKit molecule.

    Args:
        smiles: The molecule; surrounding blanks are ignored.

    Raises:
        ValueError: If it is empty, has no atom, a character that is not ASCII or an atomic number
            above 118, is in another notation, or RDKit cannot read it, with RDKit's reason.

    Example:
        >>> parse_smiles("CCO").GetNumAtoms()
        3
    """
    if not isinstance(smiles, str) or not smiles.strip():
        raise ValueError(f"empty SMILES ({smiles!r})")
    if len(smiles) > _LONGEST:
        raise ValueError(
            f"SMILES of {len(smiles):,} characters ({smiles.strip()[:20]}...): more than "
            f"{_LONGEST:,} take minutes to read; cut the molecule into parts"
        )
    strange = next((c for c in smiles.split()[0] if not "!" <= c <= "~"), None)
    if strange is not None:  # at its ends RDKit would leave it out
        raise ValueError(
            f"SMILES '{_short(smiles)}' holds the character U+{ord(strange):04X} "
            f"({unicodedata.name(strange, 'a control character')}), which no SMILES has: type it "
            f"anew in plain letters"
        )
    number = max(map(int, _NUMBERED.findall(smiles.split()[0])), default=0)
    if number > _LAST_ELEMENT:  # RDKit would print the state of its program
        raise ValueError(
            f"SMILES '{_short(smiles)}' has an atom of the atomic number {number}, and the last "
            f"element has {_LAST_ELEMENT}"
        )
    notation = other_notation(smiles.split()[0])
    if notation is not None:
        raise ValueError(f"'{_short(smiles)}' is {notation}, not the SMILES of a molecule")
    words = smiles.split()
    if len(words) > 1 and not words[1].startswith("|"):  # RDKit would read only the first word
        with rdBase.BlockLogs():
            alone = Chem.MolFromSmiles(words[0], sanitize=False) is not None
        advice = f"pass only '{_short(words[0])}'" if alone else "no SMILES does"
        raise ValueError(f"SMILES '{_short(smiles)}' contains a blank: {advice}")
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(smiles.strip())
        if is_pattern(words[0], mol) if mol is not None else reads_as_pattern(words[0]):
            raise ValueError(
                f"'{_short(smiles)}' is a SMARTS pattern, not the SMILES of a molecule"
            )
        if mol is None:
            raise ValueError(f"invalid SMILES '{_short(smiles)}': {_reason(smiles)}")
    if mol.GetNumAtoms() == 0:
        raise ValueError(f"SMILES '{smiles}' has no atom")
    return mol


@checked
def canonical_smiles(smiles: str) -> str:
    """RDKit's canonical SMILES of a molecule.

    Args:
        smiles: The molecule.

    Raises:
        ValueError: If the SMILES is invalid.

    Example:
        >>> canonical_smiles("OCC") == canonical_smiles("CCO")
        True
    """
    return Chem.MolToSmiles(parse_smiles(smiles))


def _short(text: str) -> str:
    return text.strip() if len(text) < 60 else f"{text.strip()[:57]}..."


def _reason(smiles: str) -> str:
    mol = Chem.MolFromSmiles(smiles.strip(), sanitize=False)
    if mol is None:
        return "it cannot be parsed (unclosed ring, bracket or unknown symbol)"
    problems = [problem.Message() for problem in Chem.DetectChemistryProblems(mol)]
    return "; ".join(problems) or "it fails RDKit's sanitisation"
