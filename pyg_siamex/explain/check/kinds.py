"""The kinds of mask that an explainer can be asked for."""

from dataclasses import dataclass
from typing import Any

from pyg_siamex.explain.engine.mask_kinds import MaskMode
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class MaskKind:
    """One choice of masks, in the words of :class:`~pyg_siamex.explain.PairExplainer`.

    Attributes:
        node: ``node_mask_type``.
        edge: Whether there is an edge mask.
        undirected: One mask value for an edge and its reverse.
        mask_mode: ``"message"`` or ``"weight"``.
    """

    node: str | None = None
    edge: bool = False
    undirected: bool = False
    mask_mode: MaskMode = "message"

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of ``PairExplainer`` that ask for these masks."""
        return {
            "node_mask_type": self.node,
            "edge_mask_type": "object" if self.edge else None,
            "undirected": self.undirected,
            "mask_mode": self.mask_mode,
        }

    def fits(self, model: SiameseGNN) -> bool:
        """Whether ``model`` reads what is masked."""
        return self.mask_mode == "message" or "edge_weight" in model.extra_inputs


MASK_KINDS = {
    "nodes": MaskKind("object"),
    "node features": MaskKind("attributes"),
    "common features": MaskKind("common_attributes"),
    "edges": MaskKind(edge=True),
    "undirected edges": MaskKind(edge=True, undirected=True),
    "nodes and edges": MaskKind("object", edge=True),
    "nodes and undirected edges": MaskKind("object", edge=True, undirected=True),
    "edge weights": MaskKind(edge=True, mask_mode="weight"),
    "undirected edge weights": MaskKind(edge=True, undirected=True, mask_mode="weight"),
    "nodes and edge weights": MaskKind("object", edge=True, mask_mode="weight"),
}
"""Kinds of mask by name; those of edge weights are for encoders that take ``edge_weight``."""
