"""Molecules as graphs: from SMILES, from a table, and real sets with exact ground truth.

PyG's own :class:`~torch_geometric.datasets.MoleculeNet` and
:class:`~torch_geometric.datasets.TUDataset` work as they are: give the former
``pre_transform=OneHotMolecule()``.
"""

from pyg_siamex.datasets.alkane_carbonyl import AlkaneCarbonyl
from pyg_siamex.datasets.alternatives import DataWithAlternatives
from pyg_siamex.datasets.functional_groups import GROUPS, FunctionalGroups, group_truth
from pyg_siamex.datasets.molecule_table import MoleculeTable, Rejected
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.smiles import molecule, parse_smiles

__all__ = [
    "GROUPS",
    "AlkaneCarbonyl",
    "DataWithAlternatives",
    "FunctionalGroups",
    "MoleculeTable",
    "OneHotMolecule",
    "Rejected",
    "group_truth",
    "molecule",
    "parse_smiles",
]
