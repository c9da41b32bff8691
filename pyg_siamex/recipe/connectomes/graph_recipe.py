"""How a user's matrices become graphs, in plain values that a model file can hold."""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch_geometric.data import Data

from pyg_siamex.datasets.connectome import (
    Atlas,
    AtLeast,
    ConnectionRule,
    Connectomes,
    Density,
    NearestNeighbours,
    Nonzero,
    Subjects,
)
from pyg_siamex.recipe.choices import check_choice
from pyg_siamex.recipe.connectomes.atlas_choice import atlas_from_dict, atlas_to_dict
from pyg_siamex.recipe.connectomes.confounds import ConfoundModel
from pyg_siamex.recipe.connectomes.connections import ASYMMETRIC, SIGNS, Connections

_RULES: dict[str, Any] = {
    "density": Density,
    "at_least": AtLeast,
    "neighbours": NearestNeighbours,
}


@dataclass(frozen=True)
class GraphRecipe:
    """Settings of :class:`~pyg_siamex.datasets.Connectomes`.

    Node features are one-hot region numbers, so that all that is learned of a subject is in its
    edges, where masks show it.

    Attributes:
        connections: Name of the rule that keeps connections and its number; ``None`` for all that
            are not 0.
        sign: ``"weight"`` keeps negative connections, ``"positive"`` leaves them out.
        asymmetric: What becomes of asymmetric matrices.
        atlas: The regions, or ``None`` for numbers.
        confounds: What is taken out of matrices before connections are kept, or ``None``.

    Example:
        >>> GraphRecipe(connections=("density", 0.15)).graphs(subjects)[0].num_edges
        234
    """

    connections: tuple[str, float] | None = None
    sign: str = "weight"
    asymmetric: str = "raise"
    atlas: Atlas | None = None
    confounds: ConfoundModel | None = None

    def __post_init__(self) -> None:
        """Check names."""
        check_choice("sign", self.sign, SIGNS)
        check_choice("asymmetric", self.asymmetric, ASYMMETRIC)

    @classmethod
    def of(cls, connections: Connections, atlas: Atlas | None = None) -> "GraphRecipe":
        """The recipe that keeps the given edges.

        Args:
            connections: Which entries of a matrix become edges.
            atlas: The regions, or ``None`` for numbers.

        Raises:
            ValueError: If a name is unknown, a number is out of range, or more than one rule
                is given.
        """
        sign, asymmetric = connections.sign or "weight", connections.asymmetric or "raise"
        recipe = cls(connections.kept_by, sign, asymmetric, atlas)
        recipe.connection_rule()  # refuses numbers out of range before anything is read
        return recipe

    def graphs(self, subjects: Subjects, strict: bool = False) -> Connectomes:
        """The graphs of some subjects.

        Args:
            subjects: The matrices.
            strict: Raise for subjects that cannot be used; else they are left out and logged.

        Raises:
            ValueError: If confounds are taken out, and those of a subject are not known.
        """
        found = self._as_they_are(subjects, strict)
        if self.confounds is None:
            return found
        values = self.confounds.values_of(found.subjects)
        corrected = self.confounds.take_out(found.matrices.numpy(), values)
        return found.with_matrices(torch.from_numpy(corrected).float())

    def _as_they_are(self, subjects: Subjects, strict: bool) -> Connectomes:
        return Connectomes(
            subjects,
            atlas=self.atlas,
            connections=self.connection_rule(),
            sign=self.sign,  # type: ignore[arg-type]
            features="identity",
            asymmetric=self.asymmetric,  # type: ignore[arg-type]
            invalid="raise" if strict else "skip",
        )

    def connection_rule(self) -> ConnectionRule:
        """The rule that keeps connections, as an object."""
        if self.connections is None:
            return Nonzero()
        name, value = self.connections
        return _RULES[name](value)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "threshold": None if self.connections is None else list(self.connections),
            "sign": self.sign,
            "asymmetric": self.asymmetric,
            "atlas": None if self.atlas is None else atlas_to_dict(self.atlas),
            "confounds": None if self.confounds is None else self.confounds.to_dict(),
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "GraphRecipe":
        """What :meth:`to_dict` wrote.

        Args:
            plain: Plain values.
        """
        rule, atlas, confounds = plain["threshold"], plain["atlas"], plain.get("confounds")
        return cls(
            None if rule is None else (rule[0], rule[1]),
            plain["sign"],
            plain["asymmetric"],
            None if atlas is None else atlas_from_dict(atlas),
            None if confounds is None else ConfoundModel.from_dict(confounds),
        )

    def with_atlas(self, atlas: Atlas | None) -> "GraphRecipe":
        """The same with another atlas, if one is given.

        Args:
            atlas: The regions, or ``None`` to keep those that there are.
        """
        return self if atlas is None else replace(self, atlas=atlas)


def as_list(graphs: Connectomes) -> list[Data]:
    """The graphs, one per subject.

    Args:
        graphs: The data set.

    Example:
        >>> as_list(graphs)[0].name
        'sub-01'
    """
    return [graphs[k] for k in range(len(graphs))]
