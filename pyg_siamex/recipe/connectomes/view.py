"""How two explained connectomes are drawn, and where they are found."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pyg_siamex._door import checked
from pyg_siamex.recipe.choices import check_suffix
from pyg_siamex.recipe.pictured import check_no_picture

if TYPE_CHECKING:
    from pyg_siamex.datasets.connectome import Atlas
    from pyg_siamex.recipe.explained import Explained
    from pyg_siamex.recipe.trained import Trained

_STYLES = ("brains", "circles")


@checked
@dataclass(frozen=True)
class ConnectomeView:
    """Where matrices and regions are, and how an explained pair is drawn.

    Attributes:
        matrices: Where the matrices are. By default where the model was trained from. A subject
            that is not there is taken from the training's, and a note says so; a person of whom
            several scans are there must be named by one of them.
        atlas: Names and places of the regions. By default those in the model's file.
        style: ``"brains"``, which needs coordinates, or ``"circles"``. Default: brains if the
            regions have coordinates, else circles.
        columns: Width of a picture in columns of a journal, 1 (3.5 inches) or 2 (7.2 inches).
        pictured: Fields that say how pictures look.
        formats: How the name of a picture or page may end.

    Example:
        >>> ConnectomeView(style="circles").check(Path("pair.svg"), trained)
    """

    matrices: str | Path | None = None
    atlas: str | None = None
    style: str | None = None
    columns: int = 2
    pictured: ClassVar = ("style", "columns")
    formats: ClassVar = (".svg", ".png", ".pdf", ".html")

    def check(self, path: Path, trained: "Trained") -> None:
        """Refuse what cannot be drawn; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            path: Picture or page to write.
            trained: The model.
        """
        atlas = _atlas(self.atlas, trained)
        check_suffix("out", path, self.formats)
        if path.suffix.lower() == ".html":
            check_no_picture(self, self.pictured, f"'{path}' is a page")
        if self.columns not in (1, 2):
            raise ValueError(f"`columns` must be 1 or 2 (got {self.columns})")
        self._chosen_style(atlas)

    def draw(self, explained: "Explained", path: Path) -> None:
        """Draw the pair; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            explained: The pair.
            path: Picture or page to write.
        """
        from pyg_siamex.recipe.one_thread import one_thread
        from pyg_siamex.visualize import draw_circles, draw_connectomes, report

        names = explained.names or explained.pair
        if path.suffix.lower() == ".html":
            with one_thread():
                report(explained.explanation, path, names=names, notes=explained.notes)
            return
        style = self._chosen_style(_atlas(self.atlas, explained.trained))
        draw = draw_connectomes if style == "brains" else draw_circles
        draw(explained.explanation, path, names=names, columns=self.columns)

    def _chosen_style(self, atlas: "Atlas | None") -> str:
        placed = atlas is not None and atlas.coordinates is not None
        if self.style is None:
            return "brains" if placed else "circles"
        check_style(self.style)
        if self.style == "brains" and not placed:
            raise ValueError(
                "`style` brains needs coordinates: give `atlas` a table with columns name, x, y "
                "and z, or `style` circles"
            )
        return self.style


def check_style(style: str | None) -> None:
    """Refuse a style that cannot be drawn.

    Args:
        style: ``"brains"``, ``"circles"`` or ``None``.

    Raises:
        ValueError: If it is unknown.

    Example:
        >>> check_style("circles")
    """
    if style is not None and style not in _STYLES:
        raise ValueError(f"`style` must be {' or '.join(_STYLES)} (got '{style}')")


def _atlas(choice: str | None, trained: "Trained") -> "Atlas | None":
    """The atlas that the user names, else the model's."""
    from pyg_siamex.recipe.connectomes.atlas_choice import chosen_atlas
    from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe

    recipe = GraphRecipe.from_dict(trained.metadata["graphs"])
    return recipe.with_atlas(chosen_atlas(choice)).atlas
