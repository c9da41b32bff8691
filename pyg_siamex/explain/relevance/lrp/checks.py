"""Signs that a surrogate is not the encoder, or that relevance was lost in it."""

import logging
from collections.abc import Sequence

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.lrp.propagation import Propagation

ALLOWED = 1e-3
"""Share of the relevance that may be lost to rounding."""

_logger = logging.getLogger(__name__)


def check_embedding(h: Tensor, true: Tensor) -> None:
    """Refuse a surrogate whose embeddings differ from the encoder's.

    Args:
        h: The surrogate's, ``[num_graphs, D]``.
        true: The encoder's, ``[num_graphs, D]``.

    Raises:
        ValueError: If they differ by more than rounding.
    """
    scale = float(true.abs().max()) if true.numel() else 0.0
    allowed = 1e-4 if true.dtype == torch.float32 else 1e-9
    if float((h.detach() - true).abs().max()) > allowed * max(scale, 1e-12):
        raise ValueError(
            "the encoder computes something else when its operations are followed (does it change "
            "a tensor in place?): use IntegratedJacobians, which needs no rules"
        )


def lost(embedding: Tensor, parts: Sequence[Tensor]) -> float:
    """Largest share of the relevance that all parts of an embedding together do not carry.

    Args:
        embedding: ``[G, D]``.
        parts: What the inputs carry of it, and what else absorbs, ``[G, D]`` each.
    """
    left = (embedding - sum(parts)).abs().max()
    scale = max(float(part.abs().max()) for part in (embedding, *parts))
    return float(left) / max(scale, 1e-30)


def check_sum(embedding: Tensor, parts: Sequence[Tensor]) -> None:
    """Refuse relevance that, with all parts, does not sum to the embedding.

    Args:
        embedding: ``[G, D]``.
        parts: What the inputs carry of it, and what else absorbs, ``[G, D]`` each.

    Raises:
        ValueError: If more than a thousandth is missing: the surrogate missed a path.
    """
    share = lost(embedding, parts)
    if share > ALLOWED:
        raise ValueError(
            f"{share:.1%} of the relevance ends nowhere: the encoder cuts paths itself (detach), "
            f"or does something that no rule follows: use IntegratedJacobians, which needs no rules"
        )


def warn_of_signs(lrp: Propagation) -> None:
    """Warn if the ``"source"`` rule met inputs that it is not made for."""
    if lrp.signed:
        _logger.warning(
            "the plain gamma rule met negative inputs: its denominators can cross zero there, and "
            "single relevances become huge. rule='generalised' is made for signed inputs"
        )
