"""The canvas of :mod:`pyg_siamex.visualize.paper.canvas` as pixels."""

import io
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path

from pyg_siamex._memory import check_memory
from pyg_siamex._numbers import whole
from pyg_siamex.visualize.paper.canvas import Curve, SVGCanvas
from pyg_siamex.visualize.paper.fonts import font_families
from pyg_siamex.visualize.paper.panels import Point
from pyg_siamex.visualize.paper.words import drawable

_UNITS = 96
"""Units of length in an inch."""

DPI = 2 * _UNITS
"""Pixels per inch of a picture for screens."""

_COARSEST, _FINEST = 50, 1200
"""Bounds of the pixels per inch."""


def check_dpi(dpi: int) -> None:
    """Refuse a resolution that no picture can have.

    Args:
        dpi: Pixels per inch.

    Raises:
        ValueError: If it is not in [50, 1200].
    """
    whole("`dpi`", dpi, _COARSEST, _FINEST)


def check_pixels(width: float, height: float, dpi: int) -> None:
    """Refuse a picture of more pixels than can be drawn or held.

    Args:
        width: Width in pixels of 1/96 inch.
        height: Height in pixels of 1/96 inch.
        dpi: Pixels per inch.

    Raises:
        ValueError: If a side is too long, or memory is too small.
    """
    across, down = (round(side * dpi / _UNITS) for side in (width, height))
    what = f"a picture of {across:,} x {down:,} pixels"
    if max(across, down) > _LONGEST:
        raise ValueError(
            f"{what} is too large (each side has at most {_LONGEST:,}): take a smaller size, or a "
            f"smaller `dpi`"
        )
    check_memory(_BYTES * across * down, what, "take a smaller size, or a smaller `dpi`")


_LONGEST = 2**15
"""Most pixels of a side, with which matplotlib still draws all marks."""

_BYTES = 80
"""Bytes of memory for a pixel: canvas, copy, drawing of the molecules and file."""


class _PNGCanvas:
    """A picture as PNG; arguments as for :class:`SVGCanvas`. Text is not read as mathematics."""

    def __init__(
        self, width: int, height: int, background: str | None, label: str, dpi: int = DPI
    ) -> None:
        check_pixels(width, height, dpi)
        self.size: tuple[int, int] = (width, height)
        self.label: str = drawable(label)
        self.dpi = dpi
        self.zoom: float = dpi / _UNITS
        figure = Figure(figsize=(width / 72, height / 72), dpi=72 * self.zoom)
        figure.patch.set_facecolor("none" if background is None else background)
        figure.patch.set_edgecolor("none")
        self._canvas = FigureCanvasAgg(figure)
        self._axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self._axes.set_axis_off()
        self._layer = 0

    def drawer(self, width: int, height: int) -> Any:
        """An RDKit drawer as large as the canvas, for panels of ``width`` by ``height``."""
        from rdkit.Chem.Draw import rdMolDraw2D  # only molecules need it

        a, b, c, d = (round(self.zoom * side) for side in (*self.size, width, height))
        return rdMolDraw2D.MolDraw2DCairo(a, b, c, d)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle."""
        self._add(Rectangle((x, y), width, height, facecolor=fill, edgecolor="none"))

    def disc(self, centre: Point, radius: float, fill: str, mark: str = "", tip: str = "") -> None:
        """A filled circle."""
        self._add(Circle(centre, radius, facecolor=fill, edgecolor="none"))

    def bar(
        self, start: Point, end: Point, width: float, colour: str, mark: str = "", tip: str = ""
    ) -> None:
        """A thick line with round ends."""
        self.curve((start, start, end, end), width, colour)

    def curve(self, curve: Curve, width: float, colour: str, mark: str = "", tip: str = "") -> None:
        """A curved line."""
        path = Path(curve, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
        self._add(PathPatch(path, fill=False, edgecolor=colour, lw=width, capstyle="round"))

    def text(
        self, x: float, y: float, text: str, size: float, anchor: str = "middle", bold: bool = False
    ) -> None:
        """A line of text on the baseline y; ``anchor`` is start, middle or end."""
        side = {"start": "left", "middle": "center", "end": "right"}[anchor]
        text = drawable(text)
        self._layer += 1
        self._axes.text(
            x,
            y,
            text,
            fontsize=size,
            fontfamily=list(font_families(text)),
            fontweight="bold" if bold else "normal",
            color="#000000",
            horizontalalignment=side,
            verticalalignment="baseline",
            zorder=self._layer,
            parse_math=False,
            usetex=False,
        )

    def molecules(self, drawer: Any) -> None:
        """What an RDKit drawer of this canvas has drawn."""
        drawer.FinishDrawing()
        pixels = imread(io.BytesIO(drawer.GetDrawingText()), format="png")
        # Pixel for pixel, as scaling an image takes seconds; captions lie beside it, not under it.
        self._canvas.figure.figimage(pixels, zorder=1)

    def finish(self) -> bytes:
        """The picture."""
        buffer = io.BytesIO()
        self._canvas.print_png(
            buffer,
            metadata={"Software": None, "Title": self.label},
            pil_kwargs={"dpi": (self.dpi, self.dpi)},
        )
        return buffer.getvalue()

    def _add(self, patch: Any) -> None:
        self._layer += 1
        patch.set(zorder=self._layer, snap=False, antialiased=True)
        self._axes.add_artist(patch)  # unlike add_patch it does not search for new limits


Canvas = SVGCanvas | _PNGCanvas
CANVASES: dict[str, type[SVGCanvas] | type[_PNGCanvas]] = {"svg": SVGCanvas, "png": _PNGCanvas}
