"""How a user's matrices become graphs, in plain values that a model file can hold."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch_geometric.data import Data

from pyg_siamex._given import either
from pyg_siamex.datasets.connectome import (
    Atlas,
    AtLeast,
    ConnectionRule,
    Connectomes,
    Density,
    NearestNeighbours,
    Nonzero,
    Subjects,
    complete_regions,
    on_atlas,
)
from pyg_siamex.datasets.connectome.region_order import FROM_FILES
from pyg_siamex.recipe.choices import check_choice
from pyg_siamex.recipe.connectomes.atlas_choice import atlas_from_dict, atlas_to_dict, named_by
from pyg_siamex.recipe.connectomes.confounds import ConfoundModel
from pyg_siamex.recipe.connectomes.connections import ASYMMETRIC, SIGNS, Connections
from pyg_siamex.recipe.connectomes.matrices import SeriesConnectivity, fit_mean
from pyg_siamex.recipe.connectomes.strictly import strictly

_logger = logging.getLogger(__name__)

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
        columns: Names of the columns of matrices without names, where regions are left out.
        fill: Whether regions that a subject lacks are filled with 0.
        connectivity: What is made of time series, or ``None`` for matrices.
        mean: Origin of tangent space, fitted on the training subjects.
        confounds: What is taken out of matrices before connections are kept, or ``None``.
        drop: Whether regions that training subjects lacked were left out.

    Example:
        >>> GraphRecipe(connections=("density", 0.15)).graphs(subjects)[0].num_edges
        234
    """

    connections: tuple[str, float] | None = None
    sign: str = "weight"
    asymmetric: str = "raise"
    atlas: Atlas | None = None
    columns: list[str] | None = None
    fill: bool = False
    connectivity: str | None = None
    mean: np.ndarray | None = None
    confounds: ConfoundModel | None = None
    drop: bool = False

    def __post_init__(self) -> None:
        """Check names."""
        check_choice("sign", self.sign, SIGNS)
        check_choice("asymmetric", self.asymmetric, ASYMMETRIC)

    @classmethod
    def of(
        cls,
        connections: Connections,
        atlas: Atlas | None = None,
        connectivity: str | None = None,
    ) -> "GraphRecipe":
        """The recipe that keeps the given edges.

        Args:
            connections: Which entries of a matrix become edges.
            atlas: The regions, or ``None`` for numbers.
            connectivity: What is made of time series.

        Raises:
            ValueError: If a name is unknown, a number is out of range, or more than one rule
                is given.
        """
        sign = either(connections.sign, "weight")
        asymmetric = either(connections.asymmetric, "raise")
        recipe = cls(connections.kept_by, sign, asymmetric, atlas, connectivity=connectivity)
        recipe.connection_rule()  # refuses numbers out of range before anything is read
        return recipe

    def learned(self, subjects: Subjects, drop: bool | None) -> tuple["GraphRecipe", Subjects]:
        """The recipe with the regions of the training subjects.

        Args:
            subjects: The training subjects.
            drop: Regions that some lack are left out of all (``True``) or filled (``False``);
                ``None`` leaves the subjects as they are.

        Returns:
            The recipe, and the subjects with its regions in its order.

        Raises:
            ValueError: If regions are not in the atlas.
        """
        subjects, atlas = on_atlas(subjects, self.atlas)
        if drop is None:
            return replace(self, atlas=atlas), subjects
        if subjects.regions is None and atlas is not None:
            subjects = subjects.with_arrays(subjects.arrays, _columns_of(subjects, atlas))
        whole = complete_regions(subjects, drop)
        columns = None
        if whole.regions is not None and len(whole.regions) < subjects.arrays[0].shape[-1]:
            columns = subjects.regions or _numbered(subjects)
        whole, atlas = on_atlas(whole, atlas)
        return replace(self, atlas=atlas, columns=columns, fill=not drop, drop=drop), whole

    def filling(self, drop: bool | None) -> "GraphRecipe":
        """The recipe for subjects that lack regions of the training.

        Args:
            drop: ``False`` fills their regions, ``None`` does what training did. Regions of the
                training cannot be left out, so that ``True`` is for a training that did so.

        Raises:
            ValueError: If regions shall be left out, and the training did not do so.
        """
        if drop and not self.drop:
            raise ValueError(
                "`drop_regions=True` leaves regions out in training, and the regions of a trained "
                "model are fixed: leave it out, or give `drop_regions=False`, which fills what "
                "subjects lack"
            )
        return self if drop is None else replace(self, fill=not drop, drop=drop)

    def fitted(self, subjects: Subjects, rows: Sequence[int]) -> "GraphRecipe":
        """The recipe with what it learns from training subjects: the origin of tangent space.

        Args:
            subjects: Subjects of :meth:`learned`.
            rows: Positions of the training subjects.
        """
        if self.connectivity != "tangent":
            return self
        return replace(self, mean=fit_mean(subjects, rows))

    @strictly()
    def graphs(self, subjects: Subjects, strict: bool = False) -> Connectomes:
        """The graphs of some subjects.

        Args:
            subjects: Matrices or time series; their regions are found by name.
            strict: Raise for subjects that cannot be used; else they are left out and logged.

        Raises:
            ValueError: If a region of the recipe is in no matrix, or confounds are taken out, and
                those of a subject are not known.
        """
        found = self._as_they_are(subjects, strict)
        if self.confounds is None:
            return found
        values = self.confounds.values_of(found.subjects, found.digests)
        corrected = self.confounds.take_out(found.matrices.numpy(), values)
        return found.with_matrices(torch.from_numpy(corrected).float())

    def _as_they_are(self, subjects: Subjects, strict: bool) -> Connectomes:
        if self.columns is not None and subjects.regions is None:
            subjects = subjects.with_arrays(subjects.arrays, self.columns)
        if self.atlas is not None:
            if subjects.regions is None and self.atlas.name == FROM_FILES:
                _logger.warning(
                    "the matrices have no names of regions: they are taken in the order of the "
                    "training's, beginning with '%s'",
                    self.atlas.names[0],
                )
            subjects, _ = on_atlas(subjects, self.atlas, whole=True)
        if self.fill:
            subjects = complete_regions(subjects, drop=False)
        if self.connectivity is not None:
            subjects = SeriesConnectivity(self.connectivity, self.mean).matrices(subjects)
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
        rule: ConnectionRule = _RULES[name](value)
        return rule

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "threshold": None if self.connections is None else list(self.connections),
            "sign": self.sign,
            "asymmetric": self.asymmetric,
            "atlas": None if self.atlas is None else atlas_to_dict(self.atlas),
            "columns": self.columns,
            "fill": self.fill,
            "connectivity": self.connectivity,
            "mean": None if self.mean is None else self.mean.tolist(),
            "confounds": None if self.confounds is None else self.confounds.to_dict(),
            "drop": self.drop,
        }

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "GraphRecipe":
        """What :meth:`to_dict` wrote.

        Args:
            plain: Plain values.
        """
        rule, atlas, mean = plain["threshold"], plain["atlas"], plain.get("mean")
        confounds = plain.get("confounds")
        return cls(
            None if rule is None else (rule[0], rule[1]),
            plain["sign"],
            plain["asymmetric"],
            None if atlas is None else atlas_from_dict(atlas),
            plain.get("columns"),
            plain.get("fill", False),
            plain.get("connectivity"),
            None if mean is None else np.asarray(mean),
            None if confounds is None else ConfoundModel.from_dict(confounds),
            plain.get("drop", False),
        )

    def with_atlas(self, atlas: Atlas | None) -> "GraphRecipe":
        """The same regions with the names, places and networks of another atlas, if one is given.

        Args:
            atlas: The regions, or ``None`` to keep those that there are.

        Raises:
            ValueError: If the atlas lacks a region of the recipe.
        """
        if atlas is None:
            return self
        if self.atlas is None:
            return replace(self, atlas=atlas)
        return replace(self, atlas=named_by(self.atlas, atlas, self.columns))


def as_list(graphs: Connectomes) -> list[Data]:
    """The graphs, one per subject.

    Args:
        graphs: The data set.

    Example:
        >>> as_list(graphs)[0].name
        'sub-01'
    """
    return [graphs[k] for k in range(len(graphs))]


def _columns_of(subjects: Subjects, atlas: Atlas) -> list[str]:
    """Names of the columns of matrices without names."""
    width = subjects.arrays[0].shape[-1]
    if width != len(atlas):
        raise ValueError(
            f"matrices of {width} regions do not fit atlas '{atlas.name}' with {len(atlas)} ROIs"
        )
    return list(atlas.names)


def _numbered(subjects: Subjects) -> list[str]:
    return list(Atlas.numbered(subjects.arrays[0].shape[-1]).names)
