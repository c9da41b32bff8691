"""PyG's mask thresholds, adapted to signed masks and to ties."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric.explain import Explanation
from torch_geometric.explain.config import ThresholdConfig, ThresholdType

# Rounding of equal importances, in units of the last place of the largest one.
_ROUNDING = 16


def threshold_masks(explanation: Explanation, *args: Any, **kwargs: Any) -> Explanation:
    """Threshold ``node_mask`` and ``edge_mask`` of one graph.

    Values and errors are PyG's, with two differences:

    * Elements are ranked by magnitude and keep their sign. PyG ranks by value, which drops the
      strongest negative attributions.
    * Elements that are equal up to rounding are kept or dropped together, such as equivalent bonds
      or both directions of an edge. ``topk`` keeps all elements tied with the k-th, so more than k
      may be left. PyG chooses among them by the order of ``edge_index``. Elements of value 0 are
      only kept if k is the size of the mask or more.

    Args:
        explanation: The graph with its masks; not modified.
        *args: Passed to :class:`~torch_geometric.explain.config.ThresholdConfig`.
        **kwargs: Passed to :class:`~torch_geometric.explain.config.ThresholdConfig`.
    """
    config = ThresholdConfig.cast(*args, **kwargs)
    if config is None:
        return explanation
    out = explanation.clone()
    for name in explanation.available_explanations:
        out[name] = _thresholded(explanation[name], config)
    return out


def _thresholded(mask: Tensor, config: ThresholdConfig) -> Tensor:
    if not mask.numel():
        return mask
    size = mask.abs()
    rounding = _ROUNDING * torch.finfo(mask.dtype).eps * size.max()
    if config.type == ThresholdType.hard:
        kept = size > config.value + rounding
    elif config.value >= mask.numel():
        kept = torch.ones_like(mask, dtype=torch.bool)
    else:
        last = size.flatten().topk(int(config.value)).values[-1]
        kept = (size >= last - rounding) & (size > 0)
    if config.type == ThresholdType.topk:
        return torch.where(kept, mask, torch.zeros_like(mask))
    sign = torch.where(mask < 0, -1.0, 1.0).to(mask)
    out: Tensor = kept.to(mask) * sign
    return out
