"""Read SMILES: molecules, the order of their atoms, groups of atoms and 2-D positions.

Only this package parses SMILES and SMARTS. Other packages import it when they are given a molecule,
so connectomes and tables do not need RDKit.
"""

from pyg_siamex._extras import needed_for

with needed_for("reading molecules"):
    from pyg_siamex.chemistry.fingerprints import bits_of, ecfp4, paired_tanimoto, tanimoto
    from pyg_siamex.chemistry.node_order import (
        bonds_of,
        check_bonds,
        drawable_molecule,
        molecule_of,
    )
    from pyg_siamex.chemistry.partition import (
        PARTITIONS,
        functional_groups,
        murcko_scaffold,
        ring_systems,
        scaffold_smiles,
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
    from pyg_siamex.chemistry.standardise import AS_WRITTEN, Standardisation

__all__ = [
    "ALKANE",
    "AS_WRITTEN",
    "CARBONYL",
    "FUNCTIONAL_GROUPS",
    "PARTITIONS",
    "Standardisation",
    "atom_names",
    "bits_of",
    "bond_name",
    "bonds_of",
    "canonical_smiles",
    "check_bonds",
    "drawable_molecule",
    "ecfp4",
    "functional_groups",
    "graph_of",
    "lay_out_pair",
    "molecule",
    "molecule_of",
    "murcko_scaffold",
    "paired_tanimoto",
    "parse_smiles",
    "pattern",
    "ring_systems",
    "scaffold_smiles",
    "tanimoto",
]
