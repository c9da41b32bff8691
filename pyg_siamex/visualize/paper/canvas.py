"""A canvas with a few marks that becomes SVG text.

Lengths are in pixels from the top left corner. Marks cover those made before. Text is never read
as markup.
"""

from typing import Any

from pyg_siamex.visualize.paper.panels import Point
from pyg_siamex.visualize.paper.words import xml

_FONTS = "DejaVu Sans, Arial, Noto Sans, sans-serif"
Curve = tuple[Point, Point, Point, Point]
"""A cubic Bézier curve: start, its control point, the end's control point, end."""


class SVGCanvas:
    """A picture as SVG text.

    Args:
        width: Width in pixels.
        height: Height in pixels.
        background: Fill colour, or ``None`` for a transparent picture.
        label: What a screen reader says.
        dpi: Not used; a picture of lines has no resolution.
    """

    zoom: float = 1.0

    def __init__(
        self, width: int, height: int, background: str | None, label: str, dpi: int = 96
    ) -> None:
        self.size: tuple[int, int] = (width, height)
        self.parts: list[str] = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-label="{xml(label)}">',
            f"<title>{xml(label)}</title>",
        ]
        if background:
            self.rectangle(0, 0, width, height, background)

    def drawer(self, width: int, height: int) -> Any:
        """An RDKit drawer as large as the canvas, for panels of ``width`` by ``height``."""
        from rdkit.Chem.Draw import rdMolDraw2D  # only molecules need it

        return rdMolDraw2D.MolDraw2DSVG(*self.size, width, height)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle."""
        self.parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" '
            f'fill="{fill}"/>'
        )

    def disc(self, centre: Point, radius: float, fill: str, mark: str = "", tip: str = "") -> None:
        """A filled circle with a class and a tooltip."""
        self.parts.append(
            f'<circle{_class(mark)} cx="{centre[0]:.2f}" cy="{centre[1]:.2f}" r="{radius:.2f}" '
            f'fill="{fill}"><title>{xml(tip)}</title></circle>'
        )

    def bar(
        self, start: Point, end: Point, width: float, colour: str, mark: str = "", tip: str = ""
    ) -> None:
        """A thick line with round ends, a class and a tooltip."""
        self.parts.append(
            f'<path{_class(mark)} d="M {_at(start)} L {_at(end)}" stroke="{colour}" '
            f'stroke-width="{width:.2f}" stroke-linecap="round" fill="none">'
            f"<title>{xml(tip)}</title></path>"
        )

    def curve(self, curve: Curve, width: float, colour: str, mark: str = "", tip: str = "") -> None:
        """A curved line with a class and a tooltip."""
        start, *rest = map(_at, curve)
        self.parts.append(
            f'<path{_class(mark)} d="M {start} C {", ".join(rest)}" stroke="{colour}" '
            f'stroke-width="{width:.2f}" fill="none"><title>{xml(tip)}</title></path>'
        )

    def text(
        self, x: float, y: float, text: str, size: float, anchor: str = "middle", bold: bool = False
    ) -> None:
        """A line of text on the baseline y; ``anchor`` is start, middle or end."""
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-family="{_FONTS}" '
            f'font-size="{size}" text-anchor="{anchor}"{weight} fill="#000000">{xml(text)}</text>'
        )

    def molecules(self, drawer: Any) -> None:
        """What an RDKit drawer of this canvas has drawn."""
        drawer.FinishDrawing()
        body = drawer.GetDrawingText().split("<!-- END OF HEADER -->", 1)[1]
        self.parts.append(f'<g class="molecules">{body.rsplit("</svg>", 1)[0].strip()}</g>')

    def finish(self) -> bytes:
        """The picture."""
        return "\n".join([*self.parts, "</svg>\n"]).encode()


def _at(point: Point) -> str:
    return f"{point[0]:.2f},{point[1]:.2f}"


def _class(mark: str) -> str:
    return f' class="{mark}"' if mark else ""
