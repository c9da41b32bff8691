"""Subjects with labels, and their graphs as a fold may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.datasets.connectome import Connectomes
from pyg_siamex.recipe.connectomes.confounds import ConfoundModel, Confounds


@dataclass(frozen=True)
class Study:
    """Subjects, what is known of them, and what is taken out of their matrices.

    Attributes:
        graphs: The subjects, as their matrices are.
        confounds: Numbers whose linear effect is taken out, or ``None``.

    Example:
        >>> Study(graphs).labels[:4]
        tensor([0, 1, 0, 1])
    """

    graphs: Connectomes
    confounds: Confounds | None = None

    @cached_property
    def labels(self) -> Tensor:
        """Class number or value of each subject, ``[S]``."""
        return torch.stack([self.graphs[k].y for k in range(len(self.graphs))])

    @property
    def classes(self) -> int | None:
        """Number of classes; ``None`` for measured values."""
        names = self.graphs.class_names
        return None if names is None else len(names)

    @property
    def together(self) -> list[str]:
        """A key per subject; equal keys are one person, or one family."""
        return self.graphs.groups

    def seen_from(self, known: Sequence[int]) -> Connectomes:
        """All subjects, with confounds taken out as the known subjects teach it.

        Args:
            known: Positions of the subjects that a model may learn from.
        """
        if self.confounds is None:
            return self.graphs
        matrices = self.graphs.matrices.numpy()
        model = self.confound_model(known)
        corrected = model.take_out(matrices, self.confounds.values)
        return self.graphs.with_matrices(torch.from_numpy(corrected).float())

    def confound_model(self, known: Sequence[int]) -> ConfoundModel:
        """The linear model of the known subjects, with the confounds of all.

        Args:
            known: Positions of the subjects to learn from.

        Raises:
            ValueError: If there are no confounds, or too few subjects.
        """
        if self.confounds is None:
            raise ValueError("no confounds were chosen")
        chosen, values = list(known), self.confounds.values
        model = ConfoundModel.learned(
            self.graphs.matrices.numpy()[chosen], values[chosen], self.confounds.names
        )
        by_name = zip(self.graphs.subjects, np.asarray(values).tolist(), strict=True)
        model.known.update(dict(by_name))
        return model
