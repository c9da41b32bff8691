"""Real molecules whose class is a functional group, with exact atom and bond truth."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from rdkit import Chem, RDConfig
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex.chemistry import FUNCTIONAL_GROUPS, graph_of, parse_smiles, pattern
from pyg_siamex.chemistry.smarts import MOST_MATCHES
from pyg_siamex.data.checked_graph import check_edges, check_ends
from pyg_siamex.data.transformed import Transform
from pyg_siamex.datasets.graph_dataset import Filter, GraphDataset
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.text_file import lines_of, read_text

_logger = logging.getLogger(__name__)

_CLASSES = ("nitro", "carboxylic acid", "ester", "amide", "sulfonyl", "nitrile")
GROUPS = {name: FUNCTIONAL_GROUPS[name] for name in _CLASSES}
"""Name and SMARTS of each class."""


@checked
class FunctionalGroups(GraphDataset):
    """The NCI molecules that RDKit ships, labelled by the one functional group they contain.

    A molecule is kept if it contains exactly one of the groups, any number of times. Its class is
    that group, and the exact truth of an explanation is the group's atoms and bonds. Molecules are
    unique by canonical SMILES.

    By default the only node feature is the element. With formal charges or hydrogen counts, a model
    could recognise a nitro or acid group from single atoms and would not need bonds.

    Args:
        groups: Name and SMARTS of each class.
        node_features: Columns of :class:`OneHotMolecule`.
        edge_features: Columns of :class:`OneHotMolecule`.
        path: A file of SMILES lines (``SMILES name``); a warning tells of lines that cannot be
            read. Default: RDKit's first 5,000 NCI molecules.
        transform: Applied to a graph at every access.
        pre_transform: Applied to each graph once, after its features are made.
        pre_filter: Which graphs are kept, asked before ``pre_transform``.

    Attributes:
        class_names: Name of each class.
        features: The :class:`OneHotMolecule` that made the features.

    Each item is a ``Data`` with ``x``, ``edge_index``, ``edge_attr``, ``y`` (class), ``smiles``,
    ``name``, ``atom_truth`` (bool ``[n]``) and ``bond_truth`` (bool ``[E]``, both directions).

    Raises:
        ValueError: If a SMARTS is invalid or no molecule is left.
        FileNotFoundError: If the file does not exist.
    """

    def __init__(
        self,
        groups: Mapping[str, str] = GROUPS,
        node_features: Sequence[str] = ("atomic_num",),
        edge_features: Sequence[str] = (),
        path: str | os.PathLike[str] | None = None,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
        pre_filter: Filter | None = None,
    ) -> None:
        super().__init__(transform, pre_transform, pre_filter)
        self.class_names: list[str] = list(groups)
        self.features: OneHotMolecule = OneHotMolecule(node_features, edge_features)
        patterns = [pattern(name, smarts) for name, smarts in groups.items()]
        level = logging.INFO if path is None else logging.WARNING  # those of RDKit are known
        if path is None:
            path = os.path.join(RDConfig.RDDataDir, "NCI", "first_5K.smi")
        found = _molecules(path, level)
        self._graphs = [self.features(data) for data in _labelled(found, patterns)]
        if not self._graphs:
            raise ValueError(f"no molecule of {path} contains exactly one of the groups")
        self._prepare()

    def __repr__(self) -> str:
        """Number of molecules and their classes, in one line."""
        return f"FunctionalGroups({len(self)} molecules, classes={self.class_names})"


def _molecules(path: str | os.PathLike[str], level: int) -> dict[str, tuple[str, str, Chem.Mol]]:
    """SMILES, name and molecule of each line that RDKit reads, unique by canonical SMILES."""
    unique: dict[str, tuple[str, str, Chem.Mol]] = {}
    unreadable: list[str] = []
    lines = lines_of(read_text(Path(path)))
    for smiles, *name in (line.split(maxsplit=1) for line in lines if line.strip()):
        try:
            mol = parse_smiles(smiles)
        except ValueError:
            unreadable.append(smiles)
            continue
        unique.setdefault(Chem.MolToSmiles(mol), (smiles, "".join(name).strip(), mol))
    if unreadable:
        what = "%s: RDKit cannot read %d lines, left out, such as '%.60s'"
        _logger.log(level, what, path, len(unreadable), unreadable[0])
    return unique


def _labelled(
    molecules: dict[str, tuple[str, str, Chem.Mol]], patterns: list[Chem.Mol]
) -> list[Data]:
    out = []
    for smiles, name, mol in molecules.values():
        present = [k for k, group in enumerate(patterns) if mol.HasSubstructMatch(group)]
        if len(present) == 1:
            data = graph_of(mol, smiles, name=name, y=torch.tensor(present[0]))
            truth = group_truth(mol, patterns[present[0]], data.edge_index)
            data.atom_truth, data.bond_truth = truth
            out.append(data)
    return out


@checked
def group_truth(mol: Chem.Mol, pattern: Chem.Mol, edge_index: Tensor) -> tuple[Tensor, Tensor]:
    """Atoms and directed edges that lie inside a match of ``pattern``: bool ``[n]`` and ``[E]``.

    An edge counts if one match holds both its ends.

    Args:
        mol: The molecule.
        pattern: What is looked for.
        edge_index: Directed edges between its atoms, ``[2, E]``.

    Raises:
        ValueError: If edges have another shape or type, or lead to atoms that are not there.
    """
    check_edges(edge_index, "the molecule")
    check_ends(edge_index, mol.GetNumAtoms(), "the molecule")
    atoms = torch.zeros(mol.GetNumAtoms(), dtype=torch.bool)
    bonds = torch.zeros(edge_index.size(1), dtype=torch.bool)
    for match in mol.GetSubstructMatches(pattern, maxMatches=MOST_MATCHES):
        inside = torch.zeros_like(atoms)
        inside[list(match)] = True
        atoms |= inside
        bonds |= inside[edge_index[0]] & inside[edge_index[1]]
    return atoms, bonds
