"""Readable groups of atoms: functional groups, ring systems, the Murcko scaffold."""

from collections import Counter
from collections.abc import Callable, Mapping

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._visible import bare
from pyg_siamex.chemistry.murcko import scaffold_of
from pyg_siamex.chemistry.node_order import molecule_of
from pyg_siamex.chemistry.ring_name import ring_smiles
from pyg_siamex.chemistry.smarts import FUNCTIONAL_GROUPS, MOST_MATCHES, pattern
from pyg_siamex.chemistry.smiles import parse_smiles


@checked
def functional_groups(
    graph: Data | str, smarts: Mapping[str, str] = FUNCTIONAL_GROUPS, *, numbered: bool = False
) -> list[str]:
    """Functional group of each atom, for :meth:`PairExplanation.group`.

    A match is used only if none of its atoms is in an earlier group. If it overlaps an earlier
    group, its free atoms stay free for later patterns. Carbons that only attach a group (the ends
    of an ether or a ketone) are left out. Atoms in no group are ``"aromatic"`` if they are
    aromatic, otherwise ``"carbon"`` (or ``"other"`` for other elements).

    Args:
        graph: A molecule: ``Data`` with ``smiles``, or SMILES.
        smarts: Name and SMARTS of each group, the most specific first.
        numbered: Number the occurrences: ``"amide 1"``, ``"amide 2"``.

    Returns:
        One name per node.

    Raises:
        ValueError: If the molecule or a SMARTS is invalid, a group has no name, or the graph does
            not match its SMILES.

    Example:
        >>> functional_groups("CCO")
        ['carbon', 'carbon', 'alcohol']
    """
    molecule = _molecule(graph)
    labels: list[str | None] = [None] * molecule.GetNumAtoms()
    if not all(bare(str(name)) for name in smarts):
        raise ValueError("`smarts` has a group without a name: call it something")
    patterns = {name: pattern(name, text) for name, text in smarts.items()}
    for name, wanted in patterns.items():
        count = 0
        for match in molecule.GetSubstructMatches(wanted, maxMatches=MOST_MATCHES):
            atoms = [atom for atom in match if not _is_attachment(molecule, match, atom)]
            if any(labels[atom] is not None for atom in atoms):
                continue
            count += 1
            for atom in atoms:
                labels[atom] = f"{name} {count}" if numbered else name
    return [
        label if label is not None else _plain(molecule.GetAtomWithIdx(atom))
        for atom, label in enumerate(labels)
    ]


@checked
def ring_systems(graph: Data | str, *, numbered: bool = False) -> list[str]:
    """Ring system of each atom, named by its SMILES; ``"chain"`` outside all rings.

    Rings that share an atom (fused, bridged, spiro) form one system. Its name is the canonical
    SMILES of the system without substituents, with the atoms double-bonded to it: toluene and
    phenol both have ``"c1ccccc1"``. Stereo is left out.

    Args:
        graph: A molecule: ``Data`` with ``smiles``, or SMILES.
        numbered: Number the occurrences of equal systems, by their lowest atom: ``"c1ccccc1 1"``,
            ``"c1ccccc1 2"``.

    Raises:
        ValueError: If the molecule is invalid, or the graph does not match its SMILES.

    Example:
        >>> ring_systems("CC1CC1")
        ['chain', 'C1CC1', 'C1CC1', 'C1CC1']
    """
    molecule = _molecule(graph)
    systems: list[set[int]] = []
    for ring in map(set, molecule.GetRingInfo().AtomRings()):
        touching = [system for system in systems if system & ring]
        systems = [system for system in systems if not system & ring]
        systems.append(ring.union(*touching))
    labels = ["chain"] * molecule.GetNumAtoms()
    seen: Counter[str] = Counter()
    for system in sorted(systems, key=min):
        name = ring_smiles(molecule, system)
        seen[name] += 1
        for atom in system:
            labels[atom] = f"{name} {seen[name]}" if numbered else name
    return labels


@checked
def murcko_scaffold(graph: Data | str) -> list[str]:
    """``"scaffold"`` or ``"side chain"`` for each atom (Bemis and Murcko, J. Med. Chem. 1996).

    The scaffold consists of all rings, the chains between them, and the atoms double-bonded to
    these. A molecule without rings has only side chains.

    Args:
        graph: A molecule: ``Data`` with ``smiles``, or SMILES.

    Raises:
        ValueError: If the molecule is invalid, or the graph does not match its SMILES.

    Example:
        >>> murcko_scaffold("CC1CC1")
        ['side chain', 'scaffold', 'scaffold', 'scaffold']
    """
    molecule = _molecule(graph)
    tagged = Chem.Mol(molecule)
    for atom in tagged.GetAtoms():
        atom.SetIntProp("node", atom.GetIdx())
    core = scaffold_of(tagged)
    inside = {atom.GetIntProp("node") for atom in core.GetAtoms() if atom.HasProp("node")}
    return [
        "scaffold" if atom in inside else "side chain" for atom in range(molecule.GetNumAtoms())
    ]


@checked
def scaffold_smiles(smiles: str) -> str:
    """Canonical SMILES of the Murcko scaffold; empty where there is no ring.

    It is its largest fragment, neutral, without chirality, isotopes and atom maps, so that all
    forms of a molecule have one scaffold.

    Args:
        smiles: The molecule.

    Raises:
        ValueError: If the SMILES cannot be read.

    Example:
        >>> scaffold_smiles("CC1CC1"), scaffold_smiles("CCO")
        ('C1CC1', '')
        >>> scaffold_smiles("[CH3:7]C1CC[NH2+:8]C1")
        'C1CCNC1'
    """
    molecule = parse_smiles(smiles)
    for atom in molecule.GetAtoms():
        atom.SetAtomMapNum(0)
    core = scaffold_of(molecule)
    fragments = Chem.GetMolFrags(core, asMols=True)
    if len(fragments) > 1:
        core = max(fragments, key=lambda one: (one.GetNumAtoms(), Chem.MolToSmiles(one)))
    with rdBase.BlockLogs():  # the core alone: what a side chain has must not matter
        core = rdMolStandardize.Uncharger().uncharge(core)
    return Chem.MolToSmiles(core, isomericSmiles=False)


PARTITIONS: dict[str, Callable[[Data | str], list[str]]] = {
    "functional_groups": functional_groups,
    "ring_systems": ring_systems,
    "murcko_scaffold": murcko_scaffold,
}
"""Partitions of molecules by name."""


def _is_attachment(molecule: Chem.Mol, match: tuple[int, ...], atom: int) -> bool:
    """Whether an atom of a match only carries the group: a carbon bonded to hetero atoms once."""
    if len(match) == 1:
        return False
    carrier = molecule.GetAtomWithIdx(atom)
    if carrier.GetSymbol() not in ("C", "H"):
        return False
    inside = [b for b in carrier.GetBonds() if b.GetOtherAtomIdx(atom) in match]
    if any(bond.GetBondTypeAsDouble() > 1 and not bond.GetIsAromatic() for bond in inside):
        return False
    return not all(molecule.GetAtomWithIdx(a).GetSymbol() == "C" for a in match)


def _plain(atom: Chem.Atom) -> str:
    if atom.GetIsAromatic():
        return "aromatic"
    return "carbon" if atom.GetSymbol() == "C" else "other"


def _molecule(graph: Data | str) -> Chem.Mol:
    return parse_smiles(graph) if isinstance(graph, str) else molecule_of(graph)
