"""Options of measures: the graph and elements to rank, and how elements are removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict, get_args

from torch_geometric.explain import Explanation
from torch_geometric.explain.config import MaskType

from pyg_siamex._door import checked
from pyg_siamex._numbers import SEEDS, flag, real, whole
from pyg_siamex.explain.engine.problem import Side
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.removal import Removal, removal_resolver

Elements = Literal["edge", "node", "feature", "common_feature"]
_Ranking = Literal["signed", "magnitude"]

MASK_TYPES = {
    "edge": {"edge_mask_type": MaskType.object},
    "node": {"node_mask_type": MaskType.object},
    "feature": {"node_mask_type": MaskType.attributes},
    "common_feature": {"node_mask_type": MaskType.common_attributes},
}


@checked
@dataclass(frozen=True)
class EvaluationProtocol:
    r"""Options of measures; every measure that queries the model takes them by name.

    Args:
        elements: Elements to rank and remove: ``"edge"``, ``"node"``, ``"feature"`` (each feature
            of each node; features that are 0 are absent and do not count) or ``"common_feature"``
            (a feature of all nodes). Methods can only be compared on the same elements. Without an
            edge mask, edges take the mean of their ends; without a node mask, nodes take their
            strongest edge. Default: the elements of the explanations' masks, edges first.
        side: Graph of the elements: ``"query"`` (default), ``"reference"`` or ``"both"``.
            ``"both"`` removes the same share of each graph at once. Most models find two empty
            graphs alike, so an alike pair may then have no effect to explain.
        undirected: Whether an edge and its reverse are one element, with the importance of larger
            magnitude of the two. By default each direction is an element with its own importance.
        removal: How elements are removed: ``"deletion"`` (default, see
            :class:`~pyg_siamex.metric.Deletion`), ``"message"``, ``"feature_mean"`` or a
            :class:`~pyg_siamex.metric.Removal`.
        ranking: ``"magnitude"`` (default) ranks by absolute value, like thresholds. ``"signed"``
            ranks by importance. If an explanation has negative values, ``"signed"`` ranks by
            importance times the sign of the effect d, since elements that separate a dissimilar
            pair are negative. Ties are broken by a seeded draw.
        min_effect: Smallest effect to explain, at least 0, as a share of the largest change from
            removing a random part (16 draws, the same for all methods). If the effect
            :math:`|d| = |s_0 - s_\emptyset|` is not above this share, normalised measures are
            ``nan``, since dividing by it would let a few pairs outweigh all others. An effect
            within rounding is always undefined.
        seed: Seed of ties and of random draws.

    Raises:
        ValueError: If an argument is out of range.
    """

    elements: Elements | None = None
    side: Side = "query"
    undirected: bool = False
    removal: str | Removal = "deletion"
    ranking: _Ranking = "magnitude"
    min_effect: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        """Check every argument."""
        choices = {"elements": (None, *MASK_TYPES), "side": get_args(Side)}
        choices["ranking"] = get_args(_Ranking)
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                told = ", ".join(f"'{one}'" for one in allowed if one is not None)
                told += " or None" if None in allowed else ""
                raise ValueError(f"{name} must be one of {told} (got {getattr(self, name)!r})")
        real("min_effect", self.min_effect, "[0, inf)")
        whole("seed", self.seed, -SEEDS)
        flag("undirected", self.undirected)
        removal_resolver(self.removal)

    def elements_of(self, explanations: Sequence[PairExplanation]) -> Elements:
        """The elements to rank: ``elements``, or by default the first explanation's masks.

        Raises:
            ValueError: If ``explanations`` is empty, the first has no masks on this side, or others
                have masks of other kinds.
        """
        if self.elements is not None:
            return self.elements
        if not explanations:
            raise ValueError("there are no explanations to measure")
        side = "reference" if self.side == "reference" else "query"
        graph = getattr(explanations[0], side)
        first = _mask_kind(graph)
        for k, explanation in enumerate(explanations):
            if _mask_kind(getattr(explanation, side)) != first:
                raise ValueError(
                    f"explanation {k} has other kinds of masks than explanation 0: say what to "
                    f"compare, elements='edge', 'node' or 'feature'"
                )
        if graph.get("edge_mask") is not None:
            return "edge"
        if graph.get("node_mask") is None:
            raise ValueError(
                f"the explanation has no masks on the side '{self.side}': explain with side='both' "
                f"or measure the other side"
            )
        return _node_elements(graph)


class Options(TypedDict, total=False):
    """The arguments of :class:`EvaluationProtocol`, for functions that take them by name."""

    elements: Elements | None
    side: Side
    undirected: bool
    removal: str | Removal
    ranking: _Ranking
    min_effect: float
    seed: int


def _mask_kind(graph: Explanation) -> str:
    """Kind of the masks, from which the elements follow; features of nodes are one kind."""
    if graph.get("edge_mask") is not None:
        return "edge"
    mask = graph.get("node_mask")
    return "" if mask is None else "node" if mask.size(1) == 1 else "feature"


def _node_elements(graph: Explanation) -> Elements:
    rows, columns = graph.node_mask.shape
    if rows != graph.num_nodes:
        return "common_feature"
    return "node" if columns == 1 else "feature"
