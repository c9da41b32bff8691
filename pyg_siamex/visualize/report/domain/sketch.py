"""Where the nodes of one side lie, and what is drawn around them."""

from dataclasses import dataclass, field

from markupsafe import Markup

from pyg_siamex.visualize.paper.panels import Point


@dataclass(frozen=True)
class Sketch:
    """The drawing of one graph before importances colour it; lengths in pixels.

    Attributes:
        width: Width of the picture.
        height: Height of the picture.
        views: The nodes' centres in each view of the graph; most graphs have one view.
        radius: Radius of a node, or the smallest and the largest where importance sets it.
        before: What lies under the nodes, as SVG.
        after: What lies over the nodes, as SVG; it takes no pointer.
        bar: Width of an edge as thick as its node, or ``None`` for lines by importance.
        drawn: Nodes that are drawn, or ``None`` for all of them.
    """

    width: float
    height: float
    views: list[list[Point]]
    radius: tuple[float, float]
    before: Markup = field(default=Markup())
    after: Markup = field(default=Markup())
    bar: float | None = None
    drawn: list[int] | None = None
