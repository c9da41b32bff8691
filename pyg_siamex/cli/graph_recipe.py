"""How a user's matrices become graphs, in plain values that a model file can hold."""

from dataclasses import dataclass, replace
from typing import Any

from torch_geometric.data import Data

from pyg_siamex.cli.atlas_choice import atlas_from_dict, atlas_to_dict
from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import (
    Atlas,
    AtLeast,
    Density,
    NearestNeighbours,
    Nonzero,
    Subjects,
    Threshold,
)

THRESHOLDS: dict[str, Any] = {
    "density": Density,
    "at_least": AtLeast,
    "neighbours": NearestNeighbours,
}
ASYMMETRIC = ("raise", "mean", "upper", "lower")
SIGNS = ("weight", "positive")


@dataclass(frozen=True)
class GraphRecipe:
    """Settings of :class:`~pyg_siamex.datasets.Connectomes`.

    Node features are one-hot region numbers, so that all that is learned of a subject is in its
    edges, where masks show it.

    Attributes:
        threshold: Name of the threshold and its number; ``None`` for all that are not 0.
        sign: ``"weight"`` keeps negative connections, ``"positive"`` leaves them out.
        asymmetric: What becomes of asymmetric matrices.
        atlas: The regions, or ``None`` for numbers.
    """

    threshold: tuple[str, float] | None = None
    sign: str = "weight"
    asymmetric: str = "raise"
    atlas: Atlas | None = None

    def __post_init__(self) -> None:
        """Check names."""
        for name, value, choices in (
            ("sign", self.sign, SIGNS),
            ("asymmetric", self.asymmetric, ASYMMETRIC),
        ):
            if value not in choices:
                raise ValueError(f"--{name} must be one of {', '.join(choices)} (got '{value}')")

    @classmethod
    def from_options(
        cls,
        sign: str,
        asymmetric: str,
        atlas: Atlas | None,
        **thresholds: float | None,
    ) -> "GraphRecipe":
        """From options, of which one threshold at most may be given.

        Raises:
            ValueError: If more are given.
        """
        given = [(name, value) for name, value in thresholds.items() if value is not None]
        if len(given) > 1:
            flags = " and ".join(f"--{name.replace('_', '-')}" for name, _ in given)
            raise ValueError(f"{flags} are both thresholds: give one of them")
        recipe = cls(given[0] if given else None, sign, asymmetric, atlas)
        recipe.chosen_threshold()  # refuses numbers out of range before anything is read
        return recipe

    def graphs(self, subjects: Subjects, strict: bool = False) -> Connectomes:
        """The graphs of some subjects; bad subjects are left out and logged, or raise."""
        return Connectomes(
            subjects,
            atlas=self.atlas,
            threshold=self.chosen_threshold(),
            sign=self.sign,  # type: ignore[arg-type]
            features="identity",
            asymmetric=self.asymmetric,  # type: ignore[arg-type]
            invalid="raise" if strict else "skip",
        )

    def chosen_threshold(self) -> Threshold:
        """The threshold as an object."""
        if self.threshold is None:
            return Nonzero()
        name, value = self.threshold
        return THRESHOLDS[name](value)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "threshold": None if self.threshold is None else list(self.threshold),
            "sign": self.sign,
            "asymmetric": self.asymmetric,
            "atlas": None if self.atlas is None else atlas_to_dict(self.atlas),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "GraphRecipe":
        """What :meth:`to_dict` wrote."""
        threshold, atlas = plain["threshold"], plain["atlas"]
        return cls(
            None if threshold is None else (threshold[0], threshold[1]),
            plain["sign"],
            plain["asymmetric"],
            None if atlas is None else atlas_from_dict(atlas),
        )

    def with_atlas(self, atlas: Atlas | None) -> "GraphRecipe":
        """The same with another atlas, if one is given."""
        return self if atlas is None else replace(self, atlas=atlas)


def as_list(graphs: Connectomes) -> list[Data]:
    """The graphs, one per subject."""
    return [graphs[k] for k in range(len(graphs))]
