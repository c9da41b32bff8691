"""Where a command keeps the embeddings of a library, and how it searches them."""

from dataclasses import dataclass
from pathlib import Path

import typer

from pyg_siamex.cli.option_group import OptionGroup


@dataclass(frozen=True)
class KeptEmbeddings:
    """The embeddings of a library.

    Attributes:
        index: Their file, or ``None`` for one beside the library.
        approximate: Whether neighbours are found by an approximate index beside it.
    """

    index: Path | None = None
    approximate: bool = False


EMBEDDINGS = OptionGroup(
    "Embeddings of the library",
    index=typer.Option(
        help="File of the library's embeddings, made where it is not there or does not fit; by "
        "default beside the library."
    ),
    approximate=typer.Option(
        "--approximate",
        help="Find neighbours by an approximate index, for millions of entries; it is built once "
        "and kept beside the embeddings, and its recall is printed.",
    ),
)
