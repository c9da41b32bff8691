"""Matched molecular pairs: two molecules that differ by one substituent."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from rdkit import Chem, rdBase
from rdkit.Chem import rdMMPA

from pyg_siamex.chemistry.smiles import parse_smiles

_MOST_CHANGED = 13
"""Heavy atoms of the larger of two substituents (Hussain and Rea use a tenth to a third)."""

_MOST_BONDS = 20
"""Bonds that may be cut; a molecule with more is not cut."""

_HYDROGEN = "[H][*:1]"


@dataclass(frozen=True)
class MatchedPair:
    """Two molecules that have all but one substituent in common.

    Attributes:
        one: Position of the first molecule.
        other: Position of the second, which is higher.
        constant: SMILES of what they share, ``[*:1]`` at the cut.
        change: SMILES of both substituents, ``"C[*:1]>>F[*:1]"``.
        changed: Atoms of the substituent in the first and in the second molecule; none for a
            hydrogen.
    """

    one: int
    other: int
    constant: str
    change: str
    changed: tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True)
class _Substituent:
    """A part that was cut off a molecule."""

    molecule: int
    smiles: str
    atoms: tuple[int, ...]


def matched_pairs(smiles: Sequence[str]) -> list[MatchedPair]:
    """Find pairs of molecules that differ by one substituent, by RDKit's ``rdMMPA``.

    Each single bond outside rings that RDKit's pattern of MMPA names is cut once (Hussain and Rea,
    J. Chem. Inf. Model. 2010). The larger part is the constant one; the substituents have at most
    13 heavy atoms, and may be hydrogen. Two molecules that differ in several ways have one pair,
    that of the largest constant part. Stereo is not compared.

    Args:
        smiles: The molecules.

    Raises:
        ValueError: If a SMILES is invalid.

    Example:
        >>> [pair] = matched_pairs(["Cc1ccccc1", "Fc1ccccc1"])
        >>> pair.change, pair.changed
        ('C[*:1]>>F[*:1]', ((0,), (0,)))
    """
    molecules = [parse_smiles(text) for text in smiles]
    groups: dict[str, list[_Substituent]] = defaultdict(list)
    with rdBase.BlockLogs():
        for number, molecule in enumerate(molecules):
            for constant, smiles_of_part, atoms in _cuts(molecule):
                groups[constant].append(_Substituent(number, smiles_of_part, atoms))
        plain = {Chem.MolToSmiles(m, isomericSmiles=False): k for k, m in enumerate(molecules)}
        for constant, members in groups.items():
            unsubstituted = plain.get(_with_hydrogen(constant))
            if unsubstituted is not None:
                members.append(_Substituent(unsubstituted, _HYDROGEN, ()))
    best: dict[tuple[int, int], MatchedPair] = {}
    for constant, members in groups.items():
        for pair in _pairs(constant, members):
            known = best.get((pair.one, pair.other))
            if known is None or _atoms(known.constant) < _atoms(constant):
                best[pair.one, pair.other] = pair
    return [best[key] for key in sorted(best)]


def _pairs(constant: str, members: list[_Substituent]) -> Iterator[MatchedPair]:
    for one, other in combinations(sorted(members, key=lambda part: part.molecule), 2):
        if one.molecule != other.molecule and one.smiles != other.smiles:
            change = f"{one.smiles}>>{other.smiles}"
            atoms = one.atoms, other.atoms
            yield MatchedPair(one.molecule, other.molecule, constant, change, atoms)


def _cuts(molecule: Chem.Mol) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """SMILES of the constant part and of the substituent, and its atoms, for each cut."""
    tagged = Chem.Mol(molecule)
    for atom in tagged.GetAtoms():
        atom.SetIntProp("node", atom.GetIdx())
        atom.SetAtomMapNum(0)
    Chem.RemoveStereochemistry(tagged)
    for core, chains in rdMMPA.FragmentMol(
        tagged, minCuts=1, maxCuts=1, maxCutBonds=_MOST_BONDS, resultsAsMols=True
    ):
        parts = Chem.GetMolFrags(chains, asMols=True) if core is None else ()
        if len(parts) != 2:  # a salt, or nothing to cut
            continue
        for constant, part in (parts, parts[::-1]):
            size = part.GetNumHeavyAtoms()
            if size <= min(_MOST_CHANGED, constant.GetNumHeavyAtoms()):
                nodes = [a.GetIntProp("node") for a in part.GetAtoms() if a.HasProp("node")]
                yield Chem.MolToSmiles(constant), Chem.MolToSmiles(part), tuple(sorted(nodes))


def _with_hydrogen(constant: str) -> str:
    """SMILES of the constant part with hydrogen at the cut."""
    molecule = Chem.RWMol(Chem.MolFromSmiles(constant))
    for atom in molecule.GetAtoms():
        if atom.GetAtomicNum() == 0:
            atom.SetAtomicNum(1)
            atom.SetAtomMapNum(0)
    return Chem.MolToSmiles(Chem.RemoveHs(molecule.GetMol()))


def _atoms(smiles: str) -> int:
    return sum(letter.isalpha() and letter != "H" for letter in smiles)
