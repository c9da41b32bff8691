"""A small picture of a graph, for molecules."""

from markupsafe import Markup
from torch_geometric.data import Data

from pyg_siamex.data.smiles_of import smiles_of


def thumbnail(graph: Data) -> Markup | None:
    """Draw the molecule of a graph; ``None`` if it has no SMILES that can be read.

    Args:
        graph: Any graph.
    """
    smiles = smiles_of(graph)
    if smiles is None:
        return None
    from pyg_siamex.chemistry import parse_smiles  # only molecules need RDKit
    from pyg_siamex.visualize.molecule.small_molecule import small_molecule

    try:
        molecule = parse_smiles(smiles)
    except ValueError:
        return None
    return small_molecule(molecule)
