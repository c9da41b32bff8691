"""How explanations are measured: which elements are ranked, of which graph, and how they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

from torch_geometric.explain import Explanation
from torch_geometric.explain.config import MaskType

from pyg_siamex.explain.engine.problem import Side
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.removal import Removal, removal_resolver

Elements = Literal["edge", "node", "feature", "common_feature"]
Ranking = Literal["signed", "magnitude"]

MASK_TYPES = {
    "edge": {"edge_mask_type": MaskType.object},
    "node": {"node_mask_type": MaskType.object},
    "feature": {"node_mask_type": MaskType.attributes},
    "common_feature": {"node_mask_type": MaskType.common_attributes},
}


@dataclass(frozen=True)
class Setting:
    r"""How explanations are measured; every measure that asks the model takes these by name.

    Args:
        elements: What is ranked and removed: ``"edge"``, ``"node"``, ``"feature"`` (each feature of
            each node; features that are 0 are not there and do not count) or ``"common_feature"``
            (a feature of all nodes). What the explanations carry where not given, edges first.
            Methods can only be compared on the same elements: edges take the mean of their ends
            where there is no edge mask, nodes their strongest edge where there is no node mask.
        side: Whose elements: ``"query"`` (default), ``"reference"`` or ``"both"``. ``"both"``
            removes the same share of each graph at once; two *empty* graphs are alike to most
            models, so that an alike pair may have no effect to explain.
        undirected: An edge and its reverse are one element, with the importance of larger magnitude
            of the two. By default each direction is an element with its own importance.
        removal: What removal means: ``"deletion"`` (default, see
            :class:`~pyg_siamex.metric.Deletion`), ``"message"``, ``"feature_mean"`` or a
            :class:`~pyg_siamex.metric.Removal`.
        ranking: ``"magnitude"`` (default) ranks by absolute value, as thresholds do. ``"signed"``
            ranks by importance, and an explanation with negative values by importance times the
            sign of the effect d: what separates a dissimilar pair is negative. Magnitudes of
            occlusion and gradients agreed better with exact truth on bonds of molecules, for alike
            and for unlike pairs. Ties are broken by a seeded draw.
        min_effect: What counts as nothing to explain, at least 0. Where the effect
            :math:`|d| = |s_0 - s_\emptyset|` is at most this share of the largest change that
            removing a random part makes (16 draws, the same for all methods), normalised measures
            are ``nan``: dividing by it would let a few pairs outweigh all others. An effect within
            rounding is undefined in any case.
        seed: Seed of ties and of random draws.

    Raises:
        ValueError: If an argument is out of range.
    """

    elements: Elements | None = None
    side: Side = "query"
    undirected: bool = False
    removal: str | Removal = "deletion"
    ranking: Ranking = "magnitude"
    min_effect: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        """Check every argument."""
        choices = {"elements": (None, *MASK_TYPES), "side": get_args(Side)}
        choices["ranking"] = get_args(Ranking)
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {allowed} (got {getattr(self, name)!r})")
        if not self.min_effect >= 0:
            raise ValueError(f"min_effect must not be negative (got {self.min_effect})")
        removal_resolver(self.removal)

    def elements_of(self, explanations: Sequence[PairExplanation]) -> Elements:
        """The elements to rank: those asked for, or those of the first explanation's masks.

        Raises:
            ValueError: If there is no explanation, or the first one has no masks on this side.
        """
        if self.elements is not None:
            return self.elements
        if not explanations:
            raise ValueError("there are no explanations to measure")
        graph = explanations[0].reference if self.side == "reference" else explanations[0].query
        if graph.get("edge_mask") is not None:
            return "edge"
        if graph.get("node_mask") is None:
            raise ValueError(
                f"the explanation has no masks on the side '{self.side}': explain with side='both' "
                f"or measure the other side"
            )
        return _node_elements(graph)


class Options(TypedDict, total=False):
    """The arguments of :class:`Setting`, for functions that take them by name."""

    elements: Elements | None
    side: Side
    undirected: bool
    removal: str | Removal
    ranking: Ranking
    min_effect: float
    seed: int


def _node_elements(graph: Explanation) -> Elements:
    rows, columns = graph.node_mask.shape
    if rows != graph.num_nodes:
        return "common_feature"
    return "node" if columns == 1 else "feature"
