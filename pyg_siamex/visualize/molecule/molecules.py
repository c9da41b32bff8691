"""Both molecules of a pair, atoms and bonds coloured by what the model looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rdkit import Chem, rdBase

from pyg_siamex._door import checked
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
from pyg_siamex.visualize.molecule.coloured_molecule import colour_behind
from pyg_siamex.visualize.molecule.depiction import Placed, draw_in_panels, set_style
from pyg_siamex.visualize.paper.caption import Caption
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.panels import Point, panels, picture_size
from pyg_siamex.visualize.paper.picture_file import Picture, picture_format, write_whole
from pyg_siamex.visualize.paper.raster import CANVASES, DPI, Canvas, check_dpi
from pyg_siamex.visualize.paper.side_scales import Scales, side_scales
from pyg_siamex.visualize.paper.words import headline, pair_names, summary


@checked
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
    scales: Scales = "auto",
    dpi: int = DPI,
) -> str:
    """Draw both molecules of an explained pair side by side, coloured by importance.

    Atoms take the node mask, bonds the value of larger magnitude of their two entries in the edge
    mask. Signed importances are orange where they push the two apart and purple where they pull
    them together; masks go from white to green. Without masks, atoms take their share of the pair
    matrix. The common scaffold has the same orientation on both sides.

    Args:
        explanation: What an explainer returned. Both graphs need ``smiles``, and their node k
            must be the SMILES' atom k, as in :func:`torch_geometric.utils.from_smiles`; or
            ``elements``, see :class:`~pyg_siamex.datasets.NamedElements`.
        path: Where to write, ``.svg`` or ``.png``.
        names: Names of query and reference.
        atom_numbers: Whether to number the atoms.
        links: How many atom pairs of largest relevance to join by lines, wider for more. By
            default 5 where the explanation has a pair matrix.
        size: Width and height in units of 1/96 inch, the pixels of SVG, each in [240, 10000]; by
            default as the molecules need.
        background: ``"white"`` or ``"transparent"``.
        title: A line above the picture. If the parts of a pair matrix do not account for the
            similarity (other sign, or less than half), it says that instead.
        limit: Value of the strongest colour, to compare pictures; by default the largest
            importance of the pair.
        scales: ``"shared"``: both molecules have one colour scale; ``"own"``: each has its own;
            ``"auto"``: one, unless one molecule would be colourless.
        dpi: Pixels per inch of a PNG, in [50, 1200].

    Returns:
        The picture as SVG text, also when a file is written. Notebooks show it as a picture.

    Raises:
        ValueError: If a graph has no SMILES or is not the SMILES' graph, if it has more than 2,000
            atoms, if there is nothing to colour by, or if an argument is out of its range.
    """
    form = "svg" if path is None else picture_format(path, tuple(CANVASES))
    if background not in ("white", "transparent"):
        raise ValueError(f"background must be 'white' or 'transparent' (got {background!r})")
    check_dpi(dpi)
    explanation = explanation.pulls()
    chosen = strongest_links(explanation, links)
    molecules = [
        drawable_molecule(explanation.query, "the query"),
        drawable_molecule(explanation.reference, "the reference"),
    ]
    lay_out_pair(*molecules)
    importances = _importances(explanation)
    values = [importance.values() for importance in importances]
    colours = side_scales(values, signed=explanation.signed, limit=limit, scales=scales)
    caption = _caption(explanation, names, title, chosen, colours)
    drawn_size = picture_size(size, [extent(one) for one in molecules], bool(caption.title))
    scene = _Scene(molecules, importances, colours, chosen, caption, drawn_size, atom_numbers)
    fill = "#ffffff" if background == "white" else None
    svg = scene.draw(CANVASES["svg"](*drawn_size, fill, str(caption)))
    if path is not None:
        canvas = CANVASES[form](*drawn_size, fill, str(caption), dpi)
        write_whole(path, svg if form == "svg" else scene.draw(canvas))
    return Picture(svg.decode())


@dataclass(frozen=True)
class _Scene:
    molecules: list[Chem.Mol]
    importances: list[Importance]
    scales: list[ColourScale]
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
            placed = draw_in_panels(drawer, self.molecules, places, canvas.zoom)
        sides = zip(self.molecules, placed, self.importances, self.scales, strict=True)
        for which, side in zip(("query", "reference"), sides, strict=True):
            colour_behind(canvas, which, *side)
        frame = self.size[0], places[0].y + places[0].height
        draw_links(canvas, self.links, placed, self._labels(placed), frame)
        canvas.molecules(drawer)
        self.caption.draw(canvas, places, self.scales)
        return canvas.finish()

    def _labels(self, placed: list[Placed]) -> list[list[Point]]:
        """Where letters are, on both sides."""
        return [
            [place.centres[atom.GetIdx()] for atom in molecule.GetAtoms() if _has_letters(atom)]
            for molecule, place in zip(self.molecules, placed, strict=True)
        ]


def _has_letters(atom: Chem.Atom) -> bool:
    plain = atom.GetSymbol() == "C" and not atom.GetFormalCharge() and not atom.GetIsotope()
    return not plain or atom.GetDegree() == 0


def _importances(explanation: PairExplanation) -> list[Importance]:
    """Collect the importances of both molecules."""
    matrix = explanation.relevance
    found = [
        importance_of(explanation.query, matrix),
        importance_of(explanation.reference, None if matrix is None else matrix.T),
    ]
    if all(importance == (None, None) for importance in found):
        raise ValueError("neither graph has a node_mask or an edge_mask, and there is no relevance")
    return found


def _caption(
    explanation: PairExplanation,
    names: Sequence[str] | None,
    title: str,
    links: list[Link],
    scales: list[ColourScale],
) -> Caption:
    """Write the words of the picture."""
    apart = "" if scales[0] == scales[1] else "each molecule has its own colour scale"
    remarks = " \u00b7 ".join(filter(None, (describe_links(links), apart)))
    words = summary(explanation, remarks, "atoms")
    return Caption(pair_names(names), words, headline(explanation.carried, title, "atoms"))
