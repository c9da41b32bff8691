"""Importances of named features on both sides of a pair, with the features' values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch_geometric.explain import Explanation

from pyg_siamex._once import check_once
from pyg_siamex._visible import in_one_line
from pyg_siamex.explain.elements import feature_count, feature_importance, strongest
from pyg_siamex.explain.explanation import PairExplanation


@dataclass(frozen=True)
class FeatureSide:
    """One graph of the pair.

    Attributes:
        importance: Importance of each feature, summed over nodes, ``[F]``, or ``None`` where the
            graph was not explained.
        inputs: Value of each feature, ``[F]``, for a graph of one node; otherwise ``None``.
        inputs_name: ``"value"``, or ``"scaled value"`` where the values before scaling are not
            known.
    """

    importance: np.ndarray | None
    inputs: np.ndarray | None
    inputs_name: str


@dataclass(frozen=True)
class FeatureTable:
    """Names of the features, and both sides."""

    columns: list[str]
    sides: tuple[FeatureSide, FeatureSide]

    def values(self) -> list[float]:
        """Every importance of both sides."""
        known = [side.importance for side in self.sides if side.importance is not None]
        ordered: list[float] = np.concatenate(known).tolist()
        return ordered

    def strength(self) -> np.ndarray:
        """The larger magnitude of each feature's two importances, ``[F]``."""
        known = [np.abs(side.importance) for side in self.sides if side.importance is not None]
        largest: np.ndarray = np.max(known, axis=0)
        return largest

    def strongest(self, count: int) -> list[int]:
        """The ``count`` features of largest strength, the strongest first."""
        return strongest(torch.from_numpy(self.strength()), count)

    def describe(self, chosen: Sequence[int]) -> str:
        """Say how much of all importance the chosen features have."""
        if len(chosen) == len(self.columns):
            return f"all {len(self.columns)} features"
        strength = self.strength()
        share = float(strength[list(chosen)].sum() / (strength.sum() or 1.0))
        return f"{len(chosen)} of {len(self.columns)} features, {share:.0%} of all importance"


def feature_table(
    explanation: PairExplanation, columns: Sequence[str] | None = None
) -> FeatureTable:
    """Collect what a picture of features needs.

    Args:
        explanation: What an explainer returned, with a mask of features.
        columns: Names of the features; by default the graphs' ``feature_names``, else numbers.

    Raises:
        ValueError: If there is no mask of features, the graphs' features differ in number or in
            names, or ``columns`` has one twice, or has them in another order than the graphs.
    """
    explanation = explanation.pulls()
    graphs = explanation.query, explanation.reference
    sides = [FeatureSide(_importance(graph), None, "") for graph in graphs]
    if all(side.importance is None for side in sides):
        raise ValueError(
            "neither graph has a mask of features: ask for node_mask_type='attributes' or "
            "'common_attributes'"
        )
    widths = [feature_count(graph) for graph in graphs]
    if widths[0] != widths[1]:
        raise ValueError(f"the query has {widths[0]} features and the reference {widths[1]}")
    names = _names(graphs, columns, widths[0])
    query, reference = (_side(graph, names) for graph in graphs)
    return FeatureTable(names, (query, reference))


def _side(graph: Explanation, names: list[str]) -> FeatureSide:
    """Collect importances, and the values of a single node, before scaling if they are known."""
    importance = _importance(graph)
    if graph.num_nodes != 1:
        return FeatureSide(importance, None, "")
    raw, raw_names = graph.get("raw"), graph.get("raw_names")
    if raw is not None and raw_names is not None and list(map(str, raw_names)) == names:
        return FeatureSide(importance, raw.detach().cpu().double().flatten().numpy(), "value")
    return FeatureSide(importance, graph.x.detach().cpu().double().flatten().numpy(), "input")


def _importance(graph: Explanation) -> np.ndarray | None:
    """Sum the mask of features over nodes; ``None`` without a mask."""
    mask = graph.get("node_mask")
    if mask is None or mask.size(1) != feature_count(graph):
        return None
    return feature_importance(graph).detach().cpu().numpy()


def _names(
    graphs: tuple[Explanation, Explanation], columns: Sequence[str] | None, size: int
) -> list[str]:
    given = [graph.get("feature_names") for graph in graphs]
    known = [[str(name) for name in names] for names in given if names is not None]
    if columns is None:
        if len(known) == 2 and known[0] != known[1]:
            raise ValueError("query and reference differ in the names of their features")
        columns = known[0] if known else [f"feature {k}" for k in range(size)]
    if len(columns) != size:
        raise ValueError(f"{len(columns)} column names for {size} features")
    names = [str(name) for name in columns]
    check_once("columns", names)
    if any(names != own and sorted(names) == sorted(own) for own in known):
        raise ValueError(
            f"`columns` has the features of the graphs in another order: the first is "
            f"'{in_one_line(known[0][0], 60)}' in the graphs"
        )
    return names
