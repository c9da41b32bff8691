"""Molecules, connectomes and table rows as graphs, and sets with exact ground truth.

PyG's own :class:`~torch_geometric.datasets.MoleculeNet` and
:class:`~torch_geometric.datasets.TUDataset` work as they are: give the former
``pre_transform=OneHotMolecule()``.
"""

from pyg_siamex.datasets.alkane_carbonyl import AlkaneCarbonyl
from pyg_siamex.datasets.alternatives import DataWithAlternatives
from pyg_siamex.datasets.connectome import Connectomes, PlantedConnectomes, planted_truth
from pyg_siamex.datasets.functional_groups import GROUPS, FunctionalGroups, group_truth
from pyg_siamex.datasets.molecule_rows import MoleculeRows
from pyg_siamex.datasets.molecule_table import MoleculeTable, Rejected
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.smiles import molecule, parse_smiles
from pyg_siamex.datasets.table_rows import TableRows

__all__ = [
    "GROUPS",
    "AlkaneCarbonyl",
    "Connectomes",
    "DataWithAlternatives",
    "FunctionalGroups",
    "MoleculeRows",
    "MoleculeTable",
    "OneHotMolecule",
    "PlantedConnectomes",
    "Rejected",
    "TableRows",
    "group_truth",
    "molecule",
    "parse_smiles",
    "planted_truth",
]
