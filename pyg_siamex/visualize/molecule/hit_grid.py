"""The hits of a search as one picture, each coloured by its explanation and laid out alike."""

from pathlib import Path
from typing import Any

from rdkit import Chem, rdBase

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.chemistry import drawable_molecule
from pyg_siamex.chemistry.places import lay_out_together
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.search import SearchResult
from pyg_siamex.visualize.molecule.atoms_and_bonds import Importance, importance_of
from pyg_siamex.visualize.molecule.coloured_molecule import colour_behind
from pyg_siamex.visualize.molecule.depiction import draw_in_panels, set_style
from pyg_siamex.visualize.paper.caption import draw_colour_bar
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.paper.panels import MARGIN, TITLE, Panel
from pyg_siamex.visualize.paper.picture_file import Picture, picture_format, write_whole
from pyg_siamex.visualize.paper.raster import CANVASES, DPI, Canvas, check_dpi
from pyg_siamex.visualize.paper.words import shorten

_PANEL = (230.0, 170.0)
"""Width and height of a molecule's place."""

_LINE, _TEXT, _BAR = 16.0, 12.0, 40.0
"""Height of a line of words, size of the letters, height of the colour bar with its words."""

MOST_DRAWN = 60
"""Hits that are drawn."""


@checked
def draw_hits(
    result: SearchResult,
    path: str | Path | None = None,
    *,
    columns: int = 4,
    show: tuple[str, ...] = (),
    title: str = "",
    dpi: int = DPI,
) -> str:
    """Draw the query and the explained hits of a search in a grid.

    All molecules lie as the query lies, as far as they share its scaffold, and have one colour
    scale. Each hit has the colours of its own explanation; the query has none, as its colours
    differ from hit to hit. At most 60 hits are drawn.

    Args:
        result: What :func:`pyg_siamex.explain.search` found among molecules.
        path: Where to write, ``.svg`` or ``.png``.
        columns: Molecules in a row, 1 to 12.
        show: Columns of the library's table to write under each hit.
        title: A line above the picture.
        dpi: Pixels per inch of a PNG, in [50, 1200].

    Returns:
        The picture as SVG text.

    Raises:
        ValueError: If a hit is no molecule, no hit is explained, or an argument is out of range.
    """
    form = "svg" if path is None else picture_format(path, tuple(CANVASES))
    check_dpi(dpi)
    whole("columns", columns, most=12)
    grid = _Grid.of(result, columns, show, title)
    svg = grid.draw(CANVASES["svg"](*grid.size, "#ffffff", grid.label))
    if path is not None:
        canvas = CANVASES[form](*grid.size, "#ffffff", grid.label, dpi)
        write_whole(path, svg if form == "svg" else grid.draw(canvas))
    return Picture(svg.decode())


class _Grid:
    """Molecules with their colours and words, and the places of all of them."""

    def __init__(
        self,
        molecules: list[Chem.Mol],
        importances: list[Importance],
        words: list[list[str]],
        scale: ColourScale,
        columns: int,
        title: str,
    ) -> None:
        self.molecules, self.importances, self.words = molecules, importances, words
        self.scale, self.title = scale, title
        self.columns = min(columns, len(molecules))
        self.rows = -(-len(molecules) // self.columns)
        self.under = _LINE * max(map(len, words)) + 6.0
        self.label = title or f"{words[0][0]} and {len(molecules) - 1} hits"

    @classmethod
    def of(cls, result: SearchResult, columns: int, show: tuple[str, ...], title: str) -> "_Grid":
        """Collect what is drawn."""
        known = [(hit, hit.explanation.pulls()) for hit in result.hits if hit.explanation]
        known = known[:MOST_DRAWN]
        if not known:
            raise ValueError("no hit is explained, so there is nothing to draw")
        there = {name for hit in result.hits for name in hit.columns}
        unknown = [name for name in show if name not in there]
        if unknown:
            raise ValueError(
                f"hits have no column '{unknown[0]}': they have {', '.join(sorted(there))}"
            )
        graphs = [known[0][1].query, *(explanation.reference for _, explanation in known)]
        names = ["the query", *(f"hit {hit.rank}" for hit, _ in known)]
        molecules = [drawable_molecule(*one) for one in zip(graphs, names, strict=True)]
        lay_out_together(molecules)
        importances = [Importance(None, None), *(_of_hit(explanation) for _, explanation in known)]
        values = [value for one in importances for value in one.values()]
        scale = ColourScale.of(values, signed=known[0][1].signed)
        words = [[result.query_name, "query"]]
        for hit, _ in known:
            told = [f"{name} {hit.columns[name]}" for name in show if hit.columns.get(name)]
            words.append([f"{hit.rank}. {hit.name}", f"similarity {hit.similarity:.3f}", *told])
        return cls(molecules, importances, words, scale, columns, title)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        width = self.columns * (_PANEL[0] + MARGIN) + MARGIN
        height = self.rows * (_PANEL[1] + self.under + MARGIN) + MARGIN + _BAR + self._top
        return round(max(width, 420.0)), round(height)

    @property
    def _top(self) -> float:
        return TITLE if self.title else 0.0

    def places(self) -> list[Panel]:
        """Place of each molecule."""
        across, down = _PANEL[0] + MARGIN, _PANEL[1] + self.under + MARGIN
        return [
            Panel(
                MARGIN + across * (k % self.columns),
                MARGIN + self._top + down * (k // self.columns),
                *_PANEL,
            )
            for k in range(len(self.molecules))
        ]

    def draw(self, canvas: Canvas) -> bytes:
        """Draw colours, molecules over them, and the words."""
        places = self.places()
        drawer: Any = canvas.drawer(round(_PANEL[0]), round(_PANEL[1]))
        set_style(drawer, canvas.zoom)
        with rdBase.BlockLogs():
            placed = draw_in_panels(drawer, self.molecules, places, canvas.zoom)
        sides = zip(self.molecules, placed, self.importances, strict=True)
        for k, (molecule, place, importance) in enumerate(sides):
            colour_behind(canvas, f"hit-{k}", molecule, place, importance, self.scale)
        canvas.molecules(drawer)
        for panel, lines in zip(places, self.words, strict=True):
            self._write(canvas, panel, lines)
        width, height = canvas.size
        if self.title:
            line = shorten(self.title, width - 2 * MARGIN, _TEXT + 3)
            canvas.text(width / 2, MARGIN + TITLE / 2, line, _TEXT + 3, bold=True)
        draw_colour_bar(canvas, self.scale, width / 2, height - MARGIN - 6, min(220.0, width / 4))
        return canvas.finish()

    def _write(self, canvas: Canvas, panel: Panel, lines: list[str]) -> None:
        middle, base = panel.x + panel.width / 2, panel.y + panel.height
        for k, line in enumerate(lines, start=1):
            text = shorten(line, panel.width, _TEXT)
            canvas.text(middle, base + k * _LINE, text, _TEXT, bold=k == 1)


def _of_hit(explanation: PairExplanation) -> Importance:
    matrix = explanation.relevance
    return importance_of(explanation.reference, None if matrix is None else matrix.T)
