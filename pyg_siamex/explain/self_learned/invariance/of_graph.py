"""The invariance of one graph, with names for its elements."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain.config import MaskType

from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.problem import Masks
from pyg_siamex.explain.self_learned.invariance.consensus import Consensus

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class GraphInvariance:
    """Consensus of the explanations of one graph over references.

    Attributes:
        masks: The scores in the shape of masks: ``masks.edge`` ``[E]``, ``masks.node`` in the shape
            of ``node_mask_type``; ``None`` if not requested.
        consensus: Scores and order over the elements, by ``"edge"`` and ``"node"``.
        names: Name of each element: ``(u, v)`` for an edge (``(u, v, 1)``, ... for later ones of
            parallel edges), the node, ``(node, feature)`` or the
            feature.
    """

    masks: Masks
    consensus: dict[str, Consensus]
    names: dict[str, list[Hashable]]

    @property
    def score(self) -> dict[str, Tensor]:
        """Score of each element, ``{name: [M]}`` in [0, 1]."""
        return {name: one.score for name, one in self.consensus.items()}

    @property
    def order(self) -> dict[str, Tensor]:
        """Relations (i, j), "i is more important than j", ``{name: [R, 2]}``.

        A relation between groups of equal score is a relation between each of their elements.
        """
        return {name: one.order.between_elements()[0] for name, one in self.consensus.items()}

    @property
    def confidence(self) -> dict[str, Tensor]:
        """Share of the local explanations that agree with each relation, ``{name: [R]}``."""
        found = {}
        for name, one in self.consensus.items():
            _, relation = one.order.between_elements()
            found[name] = one.order.confidence[relation]
        return found

    def to_networkx(self, name: str | None = None) -> "nx.DiGraph":
        """The order as a directed acyclic graph.

        Nodes are elements, with their ``score``; an edge leads from the more important element to
        the less important one and has its ``confidence``.

        Args:
            name: ``"edge"`` or ``"node"``; not needed for a single mask.

        Raises:
            ValueError: If the mask does not exist, or two masks exist and ``name`` is missing.
        """
        if name is None and len(self.consensus) == 1:
            name = next(iter(self.consensus))
        if name not in self.consensus:
            raise ValueError(f"name one of {', '.join(map(repr, self.consensus))} (got {name!r})")
        one, names = self.consensus[name], self.names[name]
        import networkx as nx

        graph = nx.DiGraph()
        for element, score in zip(names, one.score.tolist(), strict=True):
            graph.add_node(element, score=score)
        rows = zip(self.order[name].tolist(), self.confidence[name].tolist(), strict=True)
        graph.add_edges_from((names[i], names[j], {"confidence": c}) for (i, j), c in rows)
        return graph


def element_names(graphs: MaskedGraphs, name: str, graph: Data) -> list[Hashable]:
    """Name of each element of the named mask of a single graph.

    Of parallel edges the first is ``(u, v)``, and the others ``(u, v, 1)`` and so on.
    """
    space = graphs.spaces[name]
    names: list[Hashable] = [None] * len(space)
    if name == "edge":
        rows = zip(space.index.tolist(), *graphs.union.edge_index.tolist(), strict=True)
        for element, u, v in rows:
            if element >= 0:
                names[element] = (min(u, v), max(u, v)) if graphs.kinds.undirected else (u, v)
        return _told_apart(names)
    features = graphs.union.x[0].numel()
    kind = graphs.kinds.node_mask_type
    for element in range(len(space)):
        node, feature = divmod(element, features)
        one = {MaskType.object: element, MaskType.attributes: (node, feature)}
        names[element] = one.get(kind, feature)
    return names


def _told_apart(edges: Sequence[Any]) -> list[Hashable]:
    """Names of edges, with a number for those that stand for a later one of parallel edges."""
    seen: Counter[Any] = Counter()
    names: list[Hashable] = []
    for edge in edges:
        names.append((*edge, seen[edge]) if seen[edge] else edge)
        seen[edge] += 1
    return names
