"""Subjects by name, those of a model's training told from new ones by their matrices."""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from pyg_siamex._paths import real_path
from pyg_siamex.datasets.connectome import Connectomes
from pyg_siamex.datasets.connectome.bids import person_of
from pyg_siamex.datasets.connectome.subject_rows import meant
from pyg_siamex.recipe.connectomes.atlas_choice import chosen_atlas
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe, as_list
from pyg_siamex.recipe.connectomes.known_matrix import known_by
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource, position_of
from pyg_siamex.recipe.connectomes.view import ConnectomeView


class SubjectPool:
    """The subjects that a pair is named among: given ones, then those of the training.

    A subject of the training that is not among the given ones is told by :meth:`elsewhere`.

    Args:
        metadata: What the model's file says.
        view: Where the matrices and the regions are.

    Raises:
        FileNotFoundError: If there are no matrices.
    """

    def __init__(self, metadata: dict[str, Any], view: ConnectomeView) -> None:
        self.metadata = metadata
        self.recipe: GraphRecipe = GraphRecipe.from_dict(metadata["graphs"]).with_atlas(
            chosen_atlas(view.atlas)
        )
        self.trained: MatrixSource = MatrixSource(**metadata["source"])
        self.source: MatrixSource = MatrixSource.like(metadata["source"], view.matrices)
        self._places: dict[str, tuple[Connectomes, int]] = {}

    @cached_property
    def given(self) -> Connectomes:
        """The usable subjects where the user says they are."""
        return self.recipe.graphs(self.source.read(absent=True))

    @cached_property
    def learned_from(self) -> Connectomes | None:
        """The usable subjects where the model was trained from; ``None`` if they are gone."""
        if real_path(self.source.path) == real_path(self.trained.path):
            return self.given
        if not Path(self.trained.path).exists():
            return None
        return self.recipe.graphs(self.trained.read(absent=True))

    @property
    def training(self) -> list[Data] | None:
        """The subjects that the model learned from, wherever they are now; ``None`` if gone."""
        if self.learned_from is None:
            return training_graphs(self.given, self.metadata) or None
        graphs = self.learned_from
        found = [graphs[k] for k in range(len(graphs)) if self._is_known(graphs, k)]
        return found or None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the given subjects and their matrices, in hexadecimal."""
        content = hashlib.sha256(repr((self.given.subjects, self.given.digests)).encode())
        return content.hexdigest()

    def graph(self, name: str) -> Data:
        """The graph of a subject.

        Args:
            name: Its name.

        Raises:
            ValueError: If the subject is not found or cannot be used, or is a person of whom there
                are several scans.
        """
        graphs, position = self._found(name)
        return graphs[position]

    def elsewhere(self, name: str) -> list[str]:
        """A sentence where a subject is not where the user says, but where the training was.

        Args:
            name: Its name.

        Raises:
            ValueError: As for :meth:`graph`.
        """
        if self._found(name)[0] is self.given:
            return []
        scans = self._scans(name)
        has = f", which has {scans[0]}" if scans else ""
        return [f"{name} is not in {self.source.path}{has}: it is taken from {self.trained.path}"]

    def has_learned_from(self, name: str) -> bool:
        """Whether the model has learned from a subject.

        Args:
            name: Its name.

        Raises:
            ValueError: If the subject is not found or cannot be used.
        """
        return self._is_known(*self._found(name))

    def _is_known(self, graphs: Connectomes, k: int) -> bool:
        """Whether the model has learned from a subject."""
        if known_by(graphs.digests[k]) in self.metadata["digests"]:
            return True
        names = self.metadata.get("subjects") or []  # by choice alone
        return graphs is self.learned_from and graphs.subjects[k] in names

    def _found(self, name: str) -> tuple[Connectomes, int]:
        if name not in self._places:
            self._places[name] = self._find(name)
        return self._places[name]

    def _find(self, name: str) -> tuple[Connectomes, int]:
        if not _has(self.given, name):
            before = self.learned_from
            if before is not None and before is not self.given and _has(before, name):
                self._check_scans(name)
                return before, position_of(name, before.subjects, self.trained.path)
        return self.given, position_of(name, self.given.subjects, self.source.path)

    def _scans(self, person: str) -> list[str]:
        """Given scans of a person; none where the name is of a scan itself."""
        if person_of(person) != person:
            return []
        return [name for name in self.given.subjects if meant(person_of(name)) == meant(person)]

    def _check_scans(self, name: str) -> None:
        scans = self._scans(name)
        if len(scans) > 1:
            listed = ", ".join(scans[:5]) + (", ..." if len(scans) > 5 else "")
            raise ValueError(
                f"{self.source.path} has {len(scans)} scans of '{name}' and none of that name: "
                f"give one of {listed}"
            )


def _has(graphs: Connectomes, name: str) -> bool:
    """Whether a subject is there; raises if it is there and cannot be used."""
    for rejected in graphs.rejected:
        if rejected.subject == name:
            raise ValueError(str(rejected))
    return meant(name) in map(meant, graphs.subjects)


def training_graphs(graphs: Connectomes, metadata: dict[str, Any]) -> list[Data]:
    """The subjects that a model learned from, known by their matrices.

    Args:
        graphs: Subjects.
        metadata: What the model's file says.
    """
    known = set(metadata["digests"])
    return [
        data
        for data, digest in zip(as_list(graphs), graphs.digests, strict=True)
        if known_by(digest) in known
    ]
