"""PyG's mask thresholds, adapted to signed masks."""

from typing import Any

import torch
from torch_geometric.explain import Explanation
from torch_geometric.explain.config import ThresholdConfig


def threshold_masks(explanation: Explanation, *args: Any, **kwargs: Any) -> Explanation:
    """Threshold ``node_mask`` and ``edge_mask`` of one graph.

    PyG ranks by value, which drops the strongest negative attributions of a signed mask. This
    function ranks by magnitude and restores the signs.

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
        mask = explanation[name]
        kept = explanation._threshold_mask(mask.abs(), config)
        out[name] = torch.where(mask < 0, -kept, kept)
    return out
