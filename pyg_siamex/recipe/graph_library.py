"""What every library of graphs can do, whatever its domain."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from torch_geometric.data import Data

from pyg_siamex.nn import Library, SiameseGNN


class GraphLibrary(Protocol):
    """The usable graphs of some files, embedded once and found by name.

    Attributes:
        source: Fingerprint of the files and of how graphs are made of them.
        shared: All graphs where they have the same nodes, so that explanations can learn from
            each other; else ``None``.

    A library may say as ``most`` how many entries it can have, so that more hits are refused before
    it is embedded.
    """

    source: str
    shared: list[Data] | None

    @property
    def path(self) -> Path | None:
        """The files; ``None`` for graphs that are in memory alone."""

    def embed(self, model: SiameseGNN, known: Library | None = None) -> Library:
        """Embed the graphs.

        Args:
            model: The model.
            known: Embeddings of an earlier state of the files by the same model, which may be
                used for graphs that have not changed.
        """

    def use(self, library: Library) -> None:
        """Take over which graphs are usable, and log which are not.

        Args:
            library: Embeddings, new or saved.
        """

    def __getitem__(self, position: int, /) -> Data:
        """The graph of an entry."""

    def find(self, text: str) -> tuple[Data | int, str]:
        """The graph that a user names, and its name.

        Args:
            text: The name.

        Raises:
            ValueError: If there is none.
        """

    def entry(self, found: Data | int) -> Data | int:
        """What :meth:`find` found, as a position among the entries where it is one.

        Args:
            found: The graph, or its place in the files.
        """

    def notes(self, found: Data | int, text: str, hits: Sequence[int]) -> list[str]:
        """What users should know before they trust a search, in sentences.

        Args:
            found: What :meth:`find` found.
            text: How the user named it.
            hits: Positions of the hits among the entries.
        """
