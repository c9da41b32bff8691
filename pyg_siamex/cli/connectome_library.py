"""A folder or archive of connectivity matrices to search in."""

import logging
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from pyg_siamex.cli.graph_recipe import GraphRecipe, as_list
from pyg_siamex.cli.matrix_source import MatrixSource, position_of
from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.nn import Library, SiameseGNN
from pyg_siamex.nn.fingerprint import file_fingerprint

logger = logging.getLogger(__name__)


class ConnectomeLibrary:
    """The usable subjects of a folder or archive.

    Args:
        path: The folder or archive.
        metadata: What the model's file says of its graphs.
        atlas: Regions, if others than those of the model's file.
        file_name: A subject's file, if not named as those that the model was trained from.
        array: Array of the matrices, likewise.
        subject: Array of the names in an archive, likewise.

    Attributes:
        graphs: A graph per subject.
        source: Fingerprint of the matrices and of how graphs are made of them.
    """

    def __init__(
        self,
        path: Path,
        metadata: dict[str, Any],
        atlas: Atlas | None = None,
        file_name: str | None = None,
        array: str | None = None,
        subject: str | None = None,
    ) -> None:
        self.path = path
        recipe = GraphRecipe.from_dict(metadata["graphs"]).with_atlas(atlas)
        trained = metadata["source"]
        source = MatrixSource.of_options(path, file_name, array, subject)
        if source.is_archive == MatrixSource(**trained).is_archive:
            given = {"file_name": file_name, "array": array, "subject": subject}
            kept = {name: trained[name] if own is None else own for name, own in given.items()}
            source = MatrixSource(str(path), **kept)
        made = recipe.graphs(source.read())
        self.graphs: list[Data] = as_list(made)
        self.rejected = made.rejected
        settings = {**source.to_dict(), "path": ""}
        self.source = file_fingerprint(path, recipe=recipe.to_dict(), matrices=settings)

    def embed(self, model: SiameseGNN) -> Library:
        """Embed all subjects.

        Raises:
            ValueError: If they have another number of regions than those of the model.
        """
        regions, wanted = self.graphs[0].num_nodes, (model.config or {}).get("num_rois")
        if wanted is not None and regions != wanted:
            raise ValueError(
                f"{self.path} has matrices of {regions} regions, and the model was trained on "
                f"{wanted}: give matrices of the same atlas"
            )
        return Library.embed(model, self.graphs, source=self.source)

    def use(self, library: Library) -> None:
        """Say which subjects could not be used."""
        for rejected in self.rejected:
            logger.warning("%s: %s", self.path, rejected)

    def __getitem__(self, position: int) -> Data:
        """The graph of a subject."""
        return self.graphs[position]

    def find(self, text: str) -> tuple[Data | int, str]:
        """Position and name of a subject.

        Raises:
            ValueError: If there is none of that name.
        """
        return position_of(text, [graph.name for graph in self.graphs], str(self.path)), text

    def entry(self, found: Data | int) -> Data | int:
        """What :meth:`find` found: every subject is an entry."""
        return found
