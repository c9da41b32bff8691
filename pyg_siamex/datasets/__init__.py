"""Molecules, connectomes and table rows as graphs, and data sets with exact ground truth.

PyG's :class:`~torch_geometric.datasets.MoleculeNet` and
:class:`~torch_geometric.datasets.TUDataset` also work. Give the former
``pre_transform=OneHotMolecule()``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyg_siamex._lazy import lazy_names
from pyg_siamex.datasets.alternatives import DataWithAlternatives
from pyg_siamex.datasets.connectome import Connectomes, PlantedConnectomes, planted_truth
from pyg_siamex.datasets.named_elements import NamedElements
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.rejected import Rejected
from pyg_siamex.datasets.table_rows import TableRows

if TYPE_CHECKING:
    from pyg_siamex.chemistry import molecule, parse_smiles
    from pyg_siamex.datasets.alkane_carbonyl import AlkaneCarbonyl
    from pyg_siamex.datasets.functional_groups import GROUPS, FunctionalGroups, group_truth
    from pyg_siamex.datasets.molecule_rows import MoleculeRows
    from pyg_siamex.datasets.molecule_table import MoleculeTable

_MOLECULES = {
    "AlkaneCarbonyl": ".alkane_carbonyl",
    "FunctionalGroups": ".functional_groups",
    "GROUPS": ".functional_groups",
    "MoleculeRows": ".molecule_rows",
    "MoleculeTable": ".molecule_table",
    "group_truth": ".functional_groups",
    "molecule": "pyg_siamex.chemistry",
    "parse_smiles": "pyg_siamex.chemistry",
}
"""Modules of the names that need RDKit; RDKit is imported on their first use."""

__all__ = [
    "GROUPS",
    "AlkaneCarbonyl",
    "Connectomes",
    "DataWithAlternatives",
    "FunctionalGroups",
    "MoleculeRows",
    "MoleculeTable",
    "NamedElements",
    "OneHotMolecule",
    "PlantedConnectomes",
    "Rejected",
    "TableRows",
    "group_truth",
    "molecule",
    "parse_smiles",
    "planted_truth",
]

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazy_names(__name__, _MOLECULES)
