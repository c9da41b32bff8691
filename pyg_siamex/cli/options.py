"""Options that several commands share."""

from typing import Annotated

import typer

CONNECTOMES, MOLECULES = "Connectomes", "Molecules"

SmilesColumn = Annotated[
    str | None, typer.Option(help="Column of the SMILES.", rich_help_panel=MOLECULES)
]
NameColumn = Annotated[
    str | None, typer.Option(help="Column of the names.", rich_help_panel=MOLECULES)
]
LargestFragment = Annotated[
    bool,
    typer.Option("--largest-fragment", help="Strip salts and solvents.", rich_help_panel=MOLECULES),
]
