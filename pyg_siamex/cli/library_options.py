"""How commands are told to read a library."""

from pathlib import Path

import typer

from pyg_siamex.cli.option_group import OptionGroup
from pyg_siamex.cli.options import MOLECULES, NAME, SMILES

COLUMNS = OptionGroup(
    MOLECULES,
    smiles=SMILES,
    name=NAME,
    largest_fragment=typer.Option("--largest-fragment", help="Strip salts and solvents."),
)


def check_page(out: Path) -> None:
    """Refuse a page that cannot be written, before the long work.

    Args:
        out: The page.

    Raises:
        ValueError: If it does not end in ``.html``.
        FileNotFoundError: If its folder is not there.
    """
    if out.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"`out` must end in .html (got '{out}')")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to write the page into")
