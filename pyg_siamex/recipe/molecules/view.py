"""How two explained molecules are drawn, and which library names them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from pyg_siamex._door import checked
from pyg_siamex.recipe.choices import check_choice, check_suffix
from pyg_siamex.recipe.pictured import check_no_picture

if TYPE_CHECKING:
    from pyg_siamex.recipe.explained import Explained
    from pyg_siamex.recipe.trained import Trained
    from pyg_siamex.visualize.paper.side_scales import Scales

_SCALES = ("auto", "shared", "own")


@checked
@dataclass(frozen=True)
class MoleculeView:
    """How two explained molecules are drawn, and which library names them.

    Attributes:
        atom_numbers: Number the atoms of a picture.
        size: Width and height of a picture, such as ``"900x400"`` (pixels of 1/96 inch) or
            ``"170x80mm"``. Default: as large as the molecules need.
        dpi: Pixels per inch of a PNG.
        scales: ``"shared"``: both molecules have one colour scale; ``"own"``: each has its own;
            ``"auto"``: one, unless one molecule would be colourless.
        library: Table of molecules whose names may stand for them. Default: SMILES alone.
        smiles: Column of the SMILES of the library, by default found by its name.
        name: Column of the names of the library, also found by its name.
        pictured: Fields that say how pictures look.
        formats: How the name of a picture or page may end.

    Example:
        >>> MoleculeView(atom_numbers=True).check(Path("pair.svg"), trained)
    """

    atom_numbers: bool = False
    size: str | None = None
    dpi: int = 192
    scales: str = "auto"
    library: str | Path | None = None
    smiles: str | None = None
    name: str | None = None
    pictured: ClassVar = ("atom_numbers", "size", "dpi", "scales")
    formats: ClassVar = (".svg", ".png", ".html")

    def check(self, path: Path, trained: "Trained") -> None:
        """Refuse what cannot be drawn; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            path: Picture or page to write.
            trained: The model.
        """
        from pyg_siamex.visualize.paper.print_size import check_picture_size
        from pyg_siamex.visualize.paper.raster import check_dpi, check_pixels

        check_suffix("out", path, self.formats)
        check_choice("scales", self.scales, _SCALES)
        check_dpi(self.dpi)
        if self.size is not None:
            size = check_picture_size(self.size)
            if path.suffix.lower() == ".png":
                check_pixels(*size, self.dpi)
        ending = path.suffix.lower()
        if ending == ".html":
            check_no_picture(self, self.pictured, f"'{path}' is a page")
        if ending != ".png":
            check_no_picture(self, ["dpi"], f"'{path}' has no pixels: use .png")

    def draw(self, explained: "Explained", path: Path) -> None:
        """Draw the pair; see :class:`~pyg_siamex.recipe.explained.View`.

        Args:
            explained: The pair.
            path: Picture or page to write.
        """
        from pyg_siamex.visualize import draw_molecules, report
        from pyg_siamex.visualize.paper.print_size import size_in_pixels

        if path.suffix.lower() == ".html":
            report(explained.explanation, path, notes=explained.notes)
            return
        names = explained.names or ("query", "reference")
        draw_molecules(
            explained.explanation,
            path,
            names=names,
            atom_numbers=self.atom_numbers,
            size=None if self.size is None else size_in_pixels(self.size),
            scales=cast("Scales", self.scales),
            dpi=self.dpi,
        )
