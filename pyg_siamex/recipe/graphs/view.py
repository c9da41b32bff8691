"""How two explained graphs are drawn, and where they are found."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pyg_siamex._door import checked
from pyg_siamex.recipe.choices import check_suffix

if TYPE_CHECKING:
    from pyg_siamex.recipe.explained import Explained
    from pyg_siamex.recipe.trained import Trained


@checked
@dataclass(frozen=True)
class GraphView:
    """Where the graphs are, and how an explained pair is drawn.

    Attributes:
        files: Where the graphs are. By default where the model was trained from.
        formats: How the name of a picture or page may end.

    Example:
        >>> GraphView().check(Path("pair.svg"), trained)
    """

    files: str | Path | None = None
    formats: ClassVar = (".svg", ".png", ".pdf", ".html")

    def check(self, path: Path, trained: "Trained") -> None:
        """Refuse what cannot be drawn; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            path: Picture or page to write.
            trained: The model.
        """
        check_suffix("out", path, self.formats)

    def draw(self, explained: "Explained", path: Path) -> None:
        """Draw the pair; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            explained: The pair.
            path: Picture or page to write.
        """
        from pyg_siamex.visualize import draw_graphs, report

        names = explained.names or explained.pair
        if path.suffix.lower() == ".html":
            report(explained.explanation, path, names=names, notes=explained.notes)
            return
        draw_graphs(explained.explanation, path, names=names)
