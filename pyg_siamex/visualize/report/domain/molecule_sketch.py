"""Two molecules, the common scaffold in the same place, as the page draws them."""

import numpy as np
from markupsafe import Markup
from rdkit import Chem, rdBase
from rdkit.Chem.Draw import rdMolDraw2D

from pyg_siamex.chemistry import drawable_molecule, lay_out_pair
from pyg_siamex.chemistry.places import extent
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.molecule.depiction import draw_in_panels, set_style
from pyg_siamex.visualize.paper.panels import Panel
from pyg_siamex.visualize.report.domain.sketch import Sketch

_UNIT = 28.0
"""Pixels per angstrom."""

_EDGE = 2.4
"""Angstrom around the atoms for letters and highlights."""

_SMALLEST = (260.0, 160.0)
"""Least width and height in pixels."""

_ALIKE = 6.0
"""Largest ratio of areas at which both pictures have one size."""

_RADIUS, _BAR = 0.44, 0.5
"""Radius of an atom's disc and width of a bond's bar, in angstrom."""


def molecule_sketches(explanation: PairExplanation) -> tuple[Sketch, Sketch]:
    """Sketch both molecules at one scale, in pictures of one size unless one is much larger."""
    query, reference = map(drawable_molecule, (explanation.query, explanation.reference))
    lay_out_pair(query, reference)
    sizes = np.maximum(_UNIT * (np.array([extent(query), extent(reference)]) + _EDGE), _SMALLEST)
    areas = sizes.prod(axis=1)
    if areas.max() <= _ALIKE * areas.min():
        sizes[:] = sizes.max(axis=0)
    return _sketch(query, *sizes[0]), _sketch(reference, *sizes[1])


def _sketch(molecule: Chem.Mol, width: float, height: float) -> Sketch:
    panel = Panel(0, 0, round(width), round(height))
    drawer = rdMolDraw2D.MolDraw2DSVG(round(width), round(height))
    set_style(drawer)
    with rdBase.BlockLogs():
        [placed] = draw_in_panels(drawer, [molecule], [panel], 1)
    drawer.FinishDrawing()
    body = drawer.GetDrawingText().split("<!-- END OF HEADER -->", 1)[1].rsplit("</svg>", 1)[0]
    letters = f'<g class="molecule" aria-hidden="true">{_restyled(body)}</g>'
    return Sketch(
        width=panel.width,
        height=panel.height,
        views=[placed.centres],
        radius=(_RADIUS * placed.unit, _RADIUS * placed.unit),
        after=Markup(letters),
        bar=_BAR * placed.unit,
    )


def _restyled(body: str) -> str:
    """Replace the long style of RDKit's lines by the page's colour of letters."""
    line = "fill:none;fill-rule:evenodd;stroke:#000000;stroke-width:1.6px;"
    tail = "stroke-linecap:butt;stroke-linejoin:miter;stroke-opacity:1"
    body = body.replace(f"style='{line}{tail}'", "fill='none' stroke='currentColor'")
    return body.replace("#000000", "currentColor").replace("\n", " ").strip()
