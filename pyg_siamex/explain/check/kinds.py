"""The kinds of mask that can be requested from an explainer."""

from dataclasses import dataclass
from typing import Any

from pyg_siamex.explain.engine.mask_kinds import MaskMode
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class MaskKind:
    """One choice of masks, in the terms of :class:`~pyg_siamex.explain.PairExplainer`.

    Attributes:
        node: ``node_mask_type``.
        edge: Whether an edge mask is requested.
        undirected: Whether an edge and its reverse share one mask value.
        mask_mode: ``"message"`` or ``"weight"``.
    """

    node: str | None = None
    edge: bool = False
    undirected: bool = False
    mask_mode: MaskMode = "message"

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of ``PairExplainer`` that request these masks."""
        return {
            "node_mask_type": self.node,
            "edge_mask_type": "object" if self.edge else None,
            "undirected": self.undirected,
            "mask_mode": self.mask_mode,
        }

    def fits(self, model: SiameseGNN) -> bool:
        """Whether ``model`` reads the masked inputs."""
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
"""Kinds of mask by name; masks of edge weights need encoders that take ``edge_weight``."""
