"""What every picture is made of: colours, letters, legends, canvases, figures and files."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pyg_siamex._lazy import lazy_names

if TYPE_CHECKING:
    from pyg_siamex.visualize.paper.colour import ColourScale
    from pyg_siamex.visualize.paper.figure import save_figure
    from pyg_siamex.visualize.paper.ink import INK
    from pyg_siamex.visualize.paper.pair_frame import foot, pair_figure, titles_of
    from pyg_siamex.visualize.paper.words import summary

__all__ = [
    "INK",
    "ColourScale",
    "foot",
    "pair_figure",
    "save_figure",
    "summary",
    "titles_of",
]

_MODULES = {
    "ColourScale": ".colour",
    "INK": ".ink",
    "foot": ".pair_frame",
    "pair_figure": ".pair_frame",
    "save_figure": ".figure",
    "summary": ".words",
    "titles_of": ".pair_frame",
}

__getattr__: Callable[[str], Any]
__dir__: Callable[[], list[str]]
__getattr__, __dir__ = lazy_names(__name__, _MODULES)
