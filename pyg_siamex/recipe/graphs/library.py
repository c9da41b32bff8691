"""Graphs of some files to search in, by name."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from torch_geometric.data import Data

from pyg_siamex.nn import Library, SiameseGNN
from pyg_siamex.nn.fingerprint import graphs_fingerprint
from pyg_siamex.recipe.name_places import NamePlaces
from pyg_siamex.recipe.trained import Trained


class NamedGraphLibrary:
    """Graphs with names.

    Args:
        graphs: The graphs, with ``name``.
        trained: The model.
        path: Their files.

    Attributes:
        graphs: The graphs.
        path: Their files.
        shared: Nothing: nodes of different graphs are not the same.
        source: Fingerprint of what the model reads from the graphs, and of their names.

    Raises:
        ValueError: If the model cannot read a graph.

    Example:
        >>> for k, graph in enumerate(graphs):
        ...     graph.name = f"m{k}"
        >>> NamedGraphLibrary(graphs, trained, Path("molecules.csv")).find("m1")
        (1, 'm1')
    """

    def __init__(self, graphs: Sequence[Data], trained: Trained, path: Path) -> None:
        self.graphs: list[Data] = list(graphs)
        self.path: Path | None = path
        self.shared: list[Data] | None = None
        read = graphs_fingerprint(trained.model, self.graphs)
        names = [graph.name for graph in self.graphs]
        self.source: str = hashlib.sha256(f"{read} {names}".encode()).hexdigest()
        self._places = NamePlaces(names, "graph", str(path))

    @property
    def most(self) -> int:
        """Number of graphs, of which each may be an entry."""
        return len(self.graphs)

    def embed(self, model: SiameseGNN, known: Library | None = None) -> Library:
        """Embed all graphs.

        Args:
            model: The model.
            known: Not used: all graphs are embedded together.
        """
        return Library.embed(model, self.graphs, source=self.source)

    def use(self, library: Library) -> None:
        """Take embeddings over: every graph is usable.

        Args:
            library: Embeddings, new or saved.
        """

    def __getitem__(self, position: int, /) -> Data:
        """A graph by its position."""
        return self.graphs[position]

    def find(self, text: str) -> tuple[int, str]:
        """Position and name of a graph.

        Args:
            text: What the user names.

        Raises:
            ValueError: If no graph, or more than one, has that name.
        """
        return self._places.find(text), text

    def entry(self, found: Data | int) -> Data | int:
        """What :meth:`find` found: every graph is an entry.

        Args:
            found: Its position.
        """
        return found

    def notes(self, found: Data | int, text: str, hits: Sequence[int]) -> list[str]:
        """Nothing is said of these.

        Args:
            found: What :meth:`find` found.
            text: How the user named it.
            hits: Positions of the hits.
        """
        return []
