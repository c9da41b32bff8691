"""What every demonstration can do, whatever its domain."""

from pathlib import Path
from typing import Protocol

from pyg_siamex.explain import PairExplanation
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.recipe.listing import Listing


class Demo(Protocol):
    """A model of graphs for which the right explanation is known exactly."""

    @property
    def introduction(self) -> str:
        """What the graphs are, in a sentence."""

    def train(self) -> tuple[SiameseGNN, str]:
        """The trained model, and how good it is, in a sentence."""

    def judge(self, model: SiameseGNN) -> tuple[Listing, list[PairExplanation]]:
        """Scores of every explainer against the truth, and the explanations to draw.

        Args:
            model: What :meth:`train` returned.
        """

    def write(
        self, model: SiameseGNN, explanations: list[PairExplanation], folder: Path
    ) -> list[Path]:
        """Draw explanations.

        Args:
            model: What :meth:`train` returned.
            explanations: What :meth:`judge` returned.
            folder: Where to write the pictures.

        Returns:
            The pictures.
        """
