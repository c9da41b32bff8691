"""Both molecules of a pair, atoms and bonds coloured by what the model looks at."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rdkit import Chem, rdBase

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.canvas import CANVASES, Canvas
from pyg_siamex.visualize.caption import caption, draw_caption, number, pair_names, panels
from pyg_siamex.visualize.chemistry import Importance, importance_of, molecule_of
from pyg_siamex.visualize.colour import ColourScale
from pyg_siamex.visualize.depiction import Point, draw_pair, extent, lay_out_pair, set_style
from pyg_siamex.visualize.file import Picture, picture_format, write_whole
from pyg_siamex.visualize.links import draw_links, strongest_links

ATOM_RADIUS, BOND_WIDTH = 0.42, 0.5
"""Of the colours behind atoms and bonds, in angstrom."""

SMALLEST, LARGEST = 200, 10_000
"""Bounds of a picture's width and height."""


def draw_molecules(
    explanation: PairExplanation,
    path: str | Path | None = None,
    *,
    names: Sequence[str] | None = None,
    atom_numbers: bool = False,
    links: int | None = None,
    size: tuple[int, int] | None = None,
    background: Literal["white", "transparent"] = "white",
    title: str = "",
    limit: float | None = None,
) -> str:
    """Draw both molecules of an explained pair side by side, coloured by importance.

    Atoms take the node mask, bonds the mean of their two entries in the edge mask, both
    molecules on one scale. Signed importances are orange where they push the two apart and purple
    where they pull them together; masks go from white to green. Without masks, atoms take their
    share of the pair matrix. The common scaffold has the same orientation on both sides.

    Args:
        explanation: What an explainer returned. Both graphs need ``smiles``, and their node k
            must be the SMILES' atom k, as in :func:`torch_geometric.utils.from_smiles`.
        path: Where to write, ``.svg`` or ``.png`` (two pixels per unit of ``size``).
        names: Names of query and reference.
        atom_numbers: Whether to number the atoms.
        links: How many atom pairs of largest relevance to join by lines, wider for more. By
            default 5 where the explanation has a pair matrix.
        size: Width and height in pixels, each in [200, 10000]; by default as the molecules need.
        background: ``"white"`` or ``"transparent"``.
        title: A line above the picture.
        limit: Value of the strongest colour, to compare pictures; by default the largest
            importance of the pair.

    Returns:
        The picture as SVG text, also when a file is written. Notebooks show it as a picture.

    Raises:
        ValueError: If a graph has no SMILES or is not the SMILES' graph, if there is nothing to
            colour by, or if an argument is out of its range.
    """
    form = "svg" if path is None else picture_format(path, tuple(CANVASES))
    if background not in ("white", "transparent"):
        raise ValueError(f"background must be 'white' or 'transparent' (got {background!r})")
    names = pair_names(names)
    chosen = strongest_links(explanation, links)
    molecules = [
        molecule_of(explanation.query, "the query"),
        molecule_of(explanation.reference, "the reference"),
    ]
    importances = importances_of(explanation)
    values = [value for importance in importances for value in importance.values()]
    scale = ColourScale.of(values, signed=explanation.relevance is not None, limit=limit)
    lay_out_pair(*molecules)
    size = _size(size, molecules)
    words = caption(explanation, names, title, chosen)

    def draw(canvas: Canvas) -> bytes:
        places, unit = _molecules(canvas, molecules, importances, scale, bool(title), atom_numbers)
        return b""

    return ""
