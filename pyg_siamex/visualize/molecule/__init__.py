"""Pictures of explained molecules. Importing this room imports RDKit."""

from pyg_siamex._extras import needed_for

with needed_for("drawing molecules"):
    from pyg_siamex.visualize.molecule.hit_grid import draw_hits
from pyg_siamex.visualize.molecule.molecules import draw_molecules

__all__ = ["draw_hits", "draw_molecules"]
