"""All that is read from SMILES: molecules, their atoms in order, groups of atoms, 2-D places.

It is the only room that parses SMILES and SMARTS. Whatever works without molecules imports it when
a molecule is at hand, so that connectomes and tables need no RDKit.
"""

from pyg_siamex.chemistry.fragment import largest_fragment
from pyg_siamex.chemistry.node_order import bonds_of, check_bonds, drawable_molecule, molecule_of
from pyg_siamex.chemistry.partition import (
    PARTITIONS,
    functional_groups,
    murcko_scaffold,
    ring_systems,
)
from pyg_siamex.chemistry.places import lay_out_pair
from pyg_siamex.chemistry.smarts import (
    ALKANE,
    CARBONYL,
    FUNCTIONAL_GROUPS,
    pattern,
)
from pyg_siamex.chemistry.smiles import canonical_smiles, graph_of, molecule, parse_smiles
from pyg_siamex.chemistry.spelling import atom_names, bond_name

__all__ = [
    "ALKANE",
    "CARBONYL",
    "FUNCTIONAL_GROUPS",
    "PARTITIONS",
    "atom_names",
    "bond_name",
    "bonds_of",
    "canonical_smiles",
    "check_bonds",
    "drawable_molecule",
    "functional_groups",
    "graph_of",
    "largest_fragment",
    "lay_out_pair",
    "molecule",
    "molecule_of",
    "murcko_scaffold",
    "parse_smiles",
    "pattern",
    "ring_systems",
]
