"""Maps with one block of weights for each attention head."""

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep, Sent, Signal
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def by_head(
    lrp: Propagation, signal: Signal, weight: Tensor, heads: int, gamma: float | None = None
) -> LinearStep:
    """Apply each head's rows of ``weight`` to what that head has collected.

    Args:
        lrp: The propagation.
        signal: What the heads have collected, ``[..., H, F]``.
        weight: ``[H * C, F]``.
        heads: Number H of heads.
        gamma: Of the step already counted that the map belongs to, or ``None`` for a new one.

    Returns:
        The map, ``[..., H, C]``.
    """
    blocks = weight.view(heads, -1, weight.size(-1))
    first = _first(lrp, _head(signal, 0), blocks[0], gamma)
    steps = [first] + [
        lrp.branch(_head(signal, k), blocks[k], None, first.gamma) for k in range(1, heads)
    ]
    with lrp.unseen():
        return LinearStep(
            torch.stack([step.linear for step in steps], dim=-2),
            _stacked([step.positive for step in steps]),
            _stacked([step.bias for step in steps]),
            first.gamma,
            first.kind,
            first.layer,
            _stacked([step.placed for step in steps]),
        )


def _first(lrp: Propagation, signal: Signal, weight: Tensor, gamma: float | None) -> LinearStep:
    if gamma is None:
        return lrp.step(signal, weight, None)
    return lrp.branch(signal, weight, None, gamma)


def _stacked(parts: list[Tensor | None]) -> Tensor | None:
    present = [part for part in parts if part is not None]
    return torch.stack(present, dim=-2) if present else None


def _head(signal: Signal, head: int) -> Signal:
    constant, sent = signal.constant, signal.sent
    return Signal(
        signal.data[..., head, :],
        None if constant is None else constant[..., head, :],
        sent and Sent(sent.signal, lambda part: sent.collect(part)[..., head, :]),
        signal.turned,
    )
