"""How two explained rows are drawn, and where they are found."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.recipe.choices import check_suffix

if TYPE_CHECKING:
    import pandas as pd

    from pyg_siamex.recipe.explained import Explained
    from pyg_siamex.recipe.trained import Trained


@checked
@dataclass(frozen=True)
class RowView:
    """Where the rows are, and how an explained pair is drawn.

    Attributes:
        table: The data frame or CSV file. By default the file that the model was trained from.
        most: Columns in a picture, the most important ones; a page lists them in its own way.
        pictured: Fields that say how pictures look.
        formats: How the name of a picture or page may end.

    Example:
        >>> RowView(most=5).check(Path("pair.svg"), trained)
    """

    table: "str | Path | pd.DataFrame | None" = None
    most: int = 15
    pictured: ClassVar = ("most",)
    formats: ClassVar = (".svg", ".png", ".pdf", ".html")

    def check(self, path: Path, trained: "Trained") -> None:
        """Refuse what cannot be drawn; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            path: Picture or page to write.
            trained: The model.
        """
        check_suffix("out", path, self.formats)
        whole("`most`", self.most, most=1000, why="each is a bar of the picture")

    def draw(self, explained: "Explained", path: Path) -> None:
        """Draw the pair; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            explained: The pair.
            path: Picture or page to write.
        """
        from pyg_siamex.visualize import draw_features, report

        names = explained.names or explained.pair
        if path.suffix.lower() == ".html":
            report(explained.explanation, path, names=names, notes=explained.notes)
            return
        draw_features(explained.explanation, path, names=names, most=self.most)
