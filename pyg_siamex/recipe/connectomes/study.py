"""Subjects with labels, and their graphs as a fold may see them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from pyg_siamex.data.graph_keys import graph_keys, joined_keys
from pyg_siamex.datasets.connectome import Connectomes, Subjects
from pyg_siamex.recipe.connectomes.confounds import ConfoundModel, Confounds
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.known_matrix import known_by


@dataclass(frozen=True)
class Refit:
    """Graphs of all subjects by what the training part of a fold teaches.

    Attributes:
        recipe: How graphs are made.
        subjects: All subjects.
        graphs: Their graphs by what all of them teach.
    """

    recipe: GraphRecipe
    subjects: Subjects
    graphs: Connectomes

    def __call__(self, rows: Sequence[int]) -> Connectomes:
        """The subjects by what those at ``rows`` teach.

        Args:
            rows: Positions of the training subjects.
        """
        usable = self.subjects.select(self.graphs.positions)
        recipe = self.recipe.fitted(usable, rows)
        return self.graphs if recipe is self.recipe else recipe.graphs(usable)


@dataclass(frozen=True)
class Study:
    """Subjects, what is known of them, and what is taken out of their matrices.

    Attributes:
        graphs: The subjects, as their matrices are.
        confounds: Numbers whose linear effect is taken out, or ``None``.
        refit: The subjects again, by what the subjects at given positions teach (the origin of
            tangent space), or ``None`` where matrices are as they are.

    Example:
        >>> Study(graphs).labels[:4]
        tensor([0, 1, 0, 1])
    """

    graphs: Connectomes
    confounds: Confounds | None = None
    refit: Callable[[Sequence[int]], Connectomes] | None = None

    @cached_property
    def labels(self) -> Tensor:
        """Class number or value of each subject, ``[S]``."""
        return torch.stack([self.graphs[k].y for k in range(len(self.graphs))])

    @property
    def classes(self) -> int | None:
        """Number of classes; ``None`` for measured values."""
        names = self.graphs.class_names
        return None if names is None else len(names)

    @cached_property
    def together(self) -> list[str]:
        """A key per subject; equal keys are one person, one family, or equal graphs."""
        groups = self.graphs.groups
        same = graph_keys(self.graphs[k] for k in range(len(self.graphs)))
        return [groups[first] for first in joined_keys(same, groups)]

    def seen_from(self, known: Sequence[int]) -> Connectomes:
        """All subjects, with matrices and without confounds as the known subjects teach it.

        Args:
            known: Positions of the subjects that a model may learn from.
        """
        graphs = self._made(known)
        if self.confounds is None:
            return graphs
        model = self._learned(graphs, known)
        corrected = model.take_out(graphs.matrices.numpy(), self.confounds.values)
        return graphs.with_matrices(torch.from_numpy(corrected).float())

    def confound_model(self, known: Sequence[int]) -> ConfoundModel:
        """The linear model of the known subjects, with the confounds of all.

        Args:
            known: Positions of the subjects to learn from.

        Raises:
            ValueError: If there are no confounds, or too few subjects.
        """
        return self._learned(self._made(known), known)

    def _made(self, known: Sequence[int]) -> Connectomes:
        if self.refit is None or len(set(known)) == len(self.graphs):
            return self.graphs
        return self.refit(known)

    def _learned(self, graphs: Connectomes, known: Sequence[int]) -> ConfoundModel:
        if self.confounds is None:
            raise ValueError("no confounds were chosen")
        chosen, values = list(known), self.confounds.values
        names = self.confounds.names
        model = ConfoundModel.learned(graphs.matrices.numpy()[chosen], values[chosen], names)
        keys = map(known_by, graphs.digests)
        model.known.update(dict(zip(keys, values.tolist(), strict=True)))
        return model
