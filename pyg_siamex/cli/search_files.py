"""The files that a search writes."""

from dataclasses import dataclass
from pathlib import Path

import typer

from pyg_siamex._writable import check_apart
from pyg_siamex.cli.files import check_folder, check_page
from pyg_siamex.cli.option_group import OptionGroup
from pyg_siamex.recipe.choices import check_suffix
from pyg_siamex.recipe.table_files import check_hits

_PICTURES = (".svg", ".png")


@dataclass(frozen=True)
class SearchFiles:
    """The files that a search writes.

    Attributes:
        out: The page.
        hits: All hits as a table, or ``None``.
        grid: All hits as a picture, or ``None``.
    """

    out: Path = Path("search.html")
    hits: Path | None = None
    grid: Path | None = None

    def check(self, *reads: Path | None) -> None:
        """Refuse files that cannot be written, before any work.

        Args:
            *reads: Files that are read or kept besides; ``None`` for what is not given.

        Raises:
            ValueError: If a format is unknown, or a file is read or asked for twice.
            FileNotFoundError: If a folder is not there.
            OSError: If a file cannot be written.
        """
        check_apart([self.out, self.hits, self.grid], reads)
        check_page(self.out)
        if self.hits is not None:
            check_hits(self.hits)
        if self.grid is not None:
            check_suffix("grid", self.grid, _PICTURES)
            check_folder(self.grid, "write the grid into")

    def check_domain(self, domain: str, library: Path) -> None:
        """Refuse files that only molecules have, before any work.

        Args:
            domain: Name of what is searched for.
            library: What is searched.

        Raises:
            ValueError: If a file cannot be of the domain.
        """
        if domain == "molecules":
            return
        if self.grid is not None:
            raise ValueError(f"`grid` is for molecules, and {library} is of {domain}: leave it out")
        if self.hits is not None and self.hits.suffix.lower() == ".sdf":
            raise ValueError(
                f"an .sdf file of `hits` is for molecules, and {library} is of {domain}: write .csv"
            )


FILES = OptionGroup(
    "Files",
    out=typer.Option(help="Page to write, .html."),
    hits=typer.Option(help="Table of all hits to write too, .csv or (molecules) .sdf."),
    grid=typer.Option(help="Picture of all hits to write too, .svg or .png (molecules)."),
)
