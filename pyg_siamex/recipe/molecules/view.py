"""How two explained molecules are drawn."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyg_siamex.recipe.explained import Explained
    from pyg_siamex.recipe.trained import Trained

_FORMATS = (".svg", ".png", ".html")


@dataclass(frozen=True)
class MoleculeView:
    """How two explained molecules are drawn.

    Attributes:
        atom_numbers: Number the atoms of a picture.

    Example:
        >>> MoleculeView(atom_numbers=True).check(Path("pair.svg"), trained)
    """

    atom_numbers: bool = False

    def check(self, path: Path, trained: "Trained") -> None:
        """Refuse what cannot be drawn; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            path: Picture or page to write.
            trained: The model.
        """
        if path.suffix.lower() not in _FORMATS:
            raise ValueError(f"`out` must end in {' or '.join(_FORMATS)} (got '{path}')")
        if self.atom_numbers and path.suffix.lower() == ".html":
            raise ValueError(
                "`atom_numbers` is for pictures: a page tells each atom's number itself"
            )

    def draw(self, explained: "Explained", path: Path) -> None:
        """Draw the pair; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            explained: The pair.
            path: Picture or page to write.
        """
        from pyg_siamex.visualize import draw_molecules, report

        if path.suffix.lower() == ".html":
            report(explained.explanation, path)
            return
        names = explained.names or ("query", "reference")
        draw_molecules(explained.explanation, path, names=names, atom_numbers=self.atom_numbers)
