"""PyG's mask thresholds, adapted to signed masks."""

from collections.abc import Mapping
from typing import Any

import torch
from torch_geometric.explain import Explanation
from torch_geometric.explain.config import ThresholdConfig, ThresholdType

from pyg_siamex._numbers import real, shown, whole


def threshold_masks(explanation: Explanation, *args: Any, **kwargs: Any) -> Explanation:
    """Threshold ``node_mask`` and ``edge_mask`` of one graph.

    PyG ranks by value, which drops the strongest negative attributions of a signed mask. This
    function ranks by magnitude and restores the signs.

    Args:
        explanation: The graph with its masks; not modified.
        *args: As for :func:`threshold_of`.
        **kwargs: As for :func:`threshold_of`.

    Raises:
        ValueError: As for :func:`threshold_of`.
    """
    config = threshold_of(*args, **kwargs)
    if config is None:
        return explanation
    out = explanation.clone()
    for name in explanation.available_explanations:
        mask = explanation[name]
        kept = explanation._threshold_mask(mask.abs(), config)
        out[name] = torch.where(mask < 0, -kept, kept)
    return out


def threshold_of(*args: Any, **kwargs: Any) -> ThresholdConfig | None:
    """A threshold as PyG has it, or ``None``.

    Args:
        *args: A type, ``"hard"``, ``"topk"`` or ``"topk_hard"``, and a value: a number from 0 to 1
            for ``"hard"``, a whole number from 1 for others. Or one argument: a
            :class:`~torch_geometric.explain.config.ThresholdConfig`, both in a tuple, a dict of
            both, or ``None``.
        **kwargs: The same by name, ``threshold_type`` and ``value``.

    Raises:
        TypeError: If the value is no number, or of the wrong kind.
        ValueError: If the type is unknown, or the value out of range.

    Example:
        >>> threshold_of("topk", 3).value
        3
    """
    if len(args) == 1 and not kwargs:
        given = args[0]
        if given is None:
            return None
        if isinstance(given, ThresholdConfig):
            args = (given.type, given.value)
        elif isinstance(given, Mapping):
            args, kwargs = (), dict(given)
        elif isinstance(given, tuple | list) and len(given) == 2:
            args = tuple(given)
    return _threshold(*args, **kwargs)


def _threshold(threshold_type: Any, value: Any = None) -> ThresholdConfig:
    kind = getattr(threshold_type, "value", threshold_type)
    choices = [one.value for one in ThresholdType]
    if not isinstance(kind, str) or kind not in choices:
        raise ValueError(
            f"a threshold is one of {', '.join(map(repr, choices))} and a value, such as "
            f"('topk', 3) (got {shown(kind)})"
        )
    what = f"the value of a threshold '{kind}'"
    number = real(what, value, "[0, 1]") if kind == "hard" else whole(what, value)
    return ThresholdConfig(kind, number)
