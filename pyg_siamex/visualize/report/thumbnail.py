"""A small picture of a graph, for molecules."""

from collections.abc import Sequence

from markupsafe import Markup
from torch_geometric.data import Data

from pyg_siamex.data.named_atoms import names_atoms


def thumbnail(graph: Data) -> Markup | None:
    """Draw the molecule of a graph; ``None`` if it cannot be read as one, or is too large.

    Args:
        graph: Any graph.
    """
    if not names_atoms(graph):
        return None
    from pyg_siamex.chemistry import molecule_of  # only molecules need RDKit
    from pyg_siamex.visualize.molecule.small_molecule import small_molecule

    try:
        return small_molecule(molecule_of(graph))
    except ValueError:
        return None


def thumbnail_pair(
    query: Data, reference: Data, marked: Sequence[Sequence[int]]
) -> list[Markup | None]:
    """Draw both molecules, their common part alike, with marks behind the atoms that differ.

    Args:
        query: A molecule.
        reference: Another molecule.
        marked: Atoms of each that are marked.
    """
    from pyg_siamex.chemistry import molecule_of
    from pyg_siamex.visualize.molecule.small_molecule import small_pair

    try:
        return list(small_pair((molecule_of(query), molecule_of(reference)), marked))
    except ValueError:
        return [None, None]
