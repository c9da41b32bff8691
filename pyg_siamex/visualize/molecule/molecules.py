"""Both molecules of a pair, atoms and bonds coloured by what the model looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rdkit import Chem, rdBase

from pyg_siamex.chemistry import drawable_molecule, lay_out_pair
from pyg_siamex.chemistry.places import extent
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.molecule.atom_links import (
    Link,
    describe_links,
    draw_links,
    strongest_links,
)
from pyg_siamex.visualize.molecule.atoms_and_bonds import Importance, importance_of
from pyg_siamex.visualize.molecule.depiction import draw_pair, set_style
from pyg_siamex.visualize.paper.caption import Caption
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.panels import Point, panels, picture_size
from pyg_siamex.visualize.paper.picture_file import Picture, picture_format, write_whole
from pyg_siamex.visualize.paper.raster import CANVASES, Canvas
from pyg_siamex.visualize.paper.words import headline, pair_names, summary

_ATOM_RADIUS, _BOND_WIDTH = 0.42, 0.5
"""Of the colours behind atoms and bonds, in angstrom."""


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

    Atoms take the node mask, bonds the value of larger magnitude of their two entries in the edge
    mask, both molecules on one scale. Signed importances are orange where they push the two apart
    and purple where they pull them together; masks go from white to green. Without masks, atoms
    take their share of the pair matrix. The common scaffold has the same orientation on both sides.

    Args:
        explanation: What an explainer returned. Both graphs need ``smiles``, and their node k
            must be the SMILES' atom k, as in :func:`torch_geometric.utils.from_smiles`.
        path: Where to write, ``.svg`` or ``.png`` (two pixels per unit of ``size``).
        names: Names of query and reference.
        atom_numbers: Whether to number the atoms.
        links: How many atom pairs of largest relevance to join by lines, wider for more. By
            default 5 where the explanation has a pair matrix.
        size: Width and height in pixels, each in [240, 10000]; by default as the molecules need.
        background: ``"white"`` or ``"transparent"``.
        title: A line above the picture. If the parts of a pair matrix do not account for the
            similarity (other sign, or less than half), it says that instead.
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
    explanation = explanation.pulls()
    chosen = strongest_links(explanation, links)
    words = summary(explanation, describe_links(chosen), "atoms")
    title = headline(explanation.carried, title, "atoms")
    caption = Caption(pair_names(names), words, title)
    molecules = [
        drawable_molecule(explanation.query, "the query"),
        drawable_molecule(explanation.reference, "the reference"),
    ]
    importances, scale = _colours(explanation, limit)
    lay_out_pair(*molecules)
    drawn_size = picture_size(size, [extent(one) for one in molecules], bool(title))
    scene = _Scene(molecules, importances, scale, chosen, caption, drawn_size, atom_numbers)
    fill = "#ffffff" if background == "white" else None
    svg = scene.draw(CANVASES["svg"](*drawn_size, fill, str(caption)))
    if path is not None:
        canvas = CANVASES[form](*drawn_size, fill, str(caption))
        write_whole(path, svg if form == "svg" else scene.draw(canvas))
    return Picture(svg.decode())


@dataclass(frozen=True)
class _Scene:
    molecules: list[Chem.Mol]
    importances: list[Importance]
    scale: ColourScale
    links: list[Link]
    caption: Caption
    size: tuple[int, int]
    atom_numbers: bool

    def draw(self, canvas: Canvas) -> bytes:
        """Draw colours, links over them, molecules over both, then the words."""
        places = panels(self.size, bool(self.caption.title))
        drawer = canvas.drawer(round(places[0].width), round(places[0].height))
        set_style(drawer, canvas.zoom, self.atom_numbers)
        with rdBase.BlockLogs():
            centres, unit = draw_pair(drawer, self.molecules, places, canvas.zoom)
        for side in range(2):
            self._colour(canvas, side, centres[side], unit)
        draw_links(canvas, self.links, centres[0], centres[1], _ATOM_RADIUS * unit)
        canvas.molecules(drawer)
        self.caption.draw(canvas, places, self.scale)
        return canvas.finish()

    def _colour(self, canvas: Canvas, side: int, centres: list[Point], unit: float) -> None:
        """Draw bars behind bonds, the strongest on top, and discs behind atoms."""
        which = ("query", "reference")[side]
        importance, molecule = self.importances[side], self.molecules[side]
        bonds = importance.bonds or {}
        for (u, v), value in sorted(bonds.items(), key=lambda item: (abs(item[1]), item[0])):
            tip = f"bond {u}\u2013{v}: {number(value)}"
            mark = f"bond {which} atom-{u} atom-{v}"
            ends = centres[u], centres[v]
            canvas.bar(*ends, _BOND_WIDTH * unit, self.scale.colour(value), mark, tip)
        for atom, value in enumerate(importance.atoms or []):
            tip = f"{molecule.GetAtomWithIdx(atom).GetSymbol()}{atom}: {number(value)}"
            mark = f"atom {which} atom-{atom}"
            canvas.disc(centres[atom], _ATOM_RADIUS * unit, self.scale.colour(value), mark, tip)


def _colours(
    explanation: PairExplanation, limit: float | None
) -> tuple[list[Importance], ColourScale]:
    """Collect the importances of both molecules and one scale for them."""
    matrix = explanation.relevance
    importances = [
        importance_of(explanation.query, matrix),
        importance_of(explanation.reference, None if matrix is None else matrix.T),
    ]
    if all(importance == (None, None) for importance in importances):
        raise ValueError("neither graph has a node_mask or an edge_mask, and there is no relevance")
    values = [value for importance in importances for value in importance.values()]
    return importances, ColourScale.of(values, signed=matrix is not None, limit=limit)
