"""A small picture of a graph, for molecules."""

from collections.abc import Sequence

from markupsafe import Markup
from torch_geometric.data import Data

from pyg_siamex.data.named_atoms import names_atoms


def thumbnail(graph: Data, marked: Sequence[int] = ()) -> Markup | None:
    """Draw the molecule of a graph; ``None`` if it cannot be read as one, or is too large.

    Args:
        graph: Any graph.
        marked: Atoms with a ring around them.
    """
    if not names_atoms(graph):
        return None
    from pyg_siamex.chemistry import molecule_of  # only molecules need RDKit
    from pyg_siamex.visualize.molecule.small_molecule import small_molecule

    try:
        return small_molecule(molecule_of(graph), marked)
    except ValueError:
        return None
