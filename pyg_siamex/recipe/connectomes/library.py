"""A folder or archive of connectivity matrices to search in."""

import logging
from collections.abc import Sequence
from pathlib import Path

from torch_geometric.data import Data

from pyg_siamex.datasets.connectome.check import RejectedSubject
from pyg_siamex.nn import Library, SiameseGNN
from pyg_siamex.nn.fingerprint import file_fingerprint
from pyg_siamex.recipe.connectomes.atlas_choice import chosen_atlas
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe, as_list
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource, position_of
from pyg_siamex.recipe.connectomes.reading import AS_FOUND, MatrixReading, check_read
from pyg_siamex.recipe.connectomes.subject_pool import training_graphs
from pyg_siamex.recipe.trained import Trained

_logger = logging.getLogger(__name__)


class ConnectomeLibrary:
    """The usable subjects of a folder or archive.

    Args:
        path: The folder or archive.
        trained: The model, which says how graphs are made.
        reading: Regions, files and arrays, if others than those that the model was trained with.

    Attributes:
        graphs: A graph per subject.
        shared: The subjects among them that the model learned from, or ``None``.
        source: Fingerprint of the matrices and of how graphs are made of them.

    Raises:
        FileNotFoundError: If there is nothing at ``path``.
        ValueError: If the matrices cannot be used.

    Example:
        >>> library = ConnectomeLibrary("study/matrices", trained)
        >>> position, name = library.find("sub-01")
    """

    def __init__(
        self, path: str | Path, trained: Trained, reading: MatrixReading = AS_FOUND
    ) -> None:
        self.path: Path = Path(path)
        unread = ("labels", "group", "site", "drop_regions")
        check_read(reading, unread, "a search takes all subjects as the model reads them")
        atlas = chosen_atlas(reading.atlas)
        recipe = GraphRecipe.from_dict(trained.metadata["graphs"]).with_atlas(atlas)
        source = MatrixSource.like(trained.metadata["source"], path, reading)
        made = recipe.graphs(source.read(absent=True))
        self.graphs: list[Data] = as_list(made)
        self.shared: list[Data] | None = training_graphs(made, trained.metadata) or None
        self.rejected: list[RejectedSubject] = made.rejected
        settings = {**source.to_dict(), "path": ""}
        self.source: str = file_fingerprint(path, recipe=recipe.to_dict(), matrices=settings)

    @property
    def most(self) -> int:
        """Number of subjects, of which each may be an entry."""
        return len(self.graphs)

    def embed(self, model: SiameseGNN, known: Library | None = None) -> Library:
        """Embed all subjects.

        Args:
            model: The model.
            known: Not used: all subjects are embedded together.

        Raises:
            ValueError: If they have more or fewer regions than the model reads.
        """
        regions, wanted = self.graphs[0].num_nodes, (model.config or {}).get("num_rois")
        if wanted is not None and regions != wanted:
            raise ValueError(
                f"{self.path} has matrices of {regions} regions, and the model was trained on "
                f"{wanted}: give matrices of the same atlas"
            )
        return Library.embed(model, self.graphs, source=self.source)

    def use(self, library: Library) -> None:
        """Say which subjects could not be used.

        Args:
            library: Embeddings, new or saved.
        """
        for rejected in self.rejected:
            _logger.warning("%s", rejected)

    def __getitem__(self, position: int) -> Data:
        """The graph of a subject."""
        return self.graphs[position]

    def find(self, text: str) -> tuple[Data | int, str]:
        """Position and name of a subject.

        Args:
            text: What the user names.

        Raises:
            ValueError: If there is none of that name.
        """
        return position_of(text, [graph.name for graph in self.graphs], str(self.path)), text

    def entry(self, found: Data | int) -> Data | int:
        """What :meth:`find` found: every subject is an entry.

        Args:
            found: The graph, or its place in the files.
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
