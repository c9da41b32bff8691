"""PyG's mask thresholds, adapted to signed masks and to ties."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch_geometric.explain import Explanation
from torch_geometric.explain.config import ThresholdConfig, ThresholdType

from pyg_siamex._numbers import real, shown, whole
from pyg_siamex.explain.elements import floating

# Rounding of equal importances, in units of the last place of the largest one.
_ROUNDING = 16


def threshold_masks(explanation: Explanation, *args: Any, **kwargs: Any) -> Explanation:
    """Threshold ``node_mask`` and ``edge_mask`` of one graph.

    Values are PyG's, with two differences:

    * Elements are ranked by magnitude and keep their sign. PyG ranks by value, which drops the
      strongest negative attributions.
    * Elements that are equal up to rounding are kept or dropped together, such as equivalent bonds
      or both directions of an edge. ``topk`` keeps all elements tied with the k-th, so more than k
      may be left. PyG chooses among them by the order of ``edge_index``. Elements of value 0 are
      only kept if k is the size of the mask or more.

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
        out[name] = _thresholded(explanation[name], config)
    return out


def with_threshold(settings: Mapping[str, Any], config: ThresholdConfig) -> dict[str, Any]:
    """Settings of an explanation that also name a threshold, after those that they name.

    Args:
        settings: Settings, as in :attr:`~pyg_siamex.explain.PairExplanation.settings`.
        config: The threshold.
    """
    explainer = settings.get("explainer")
    if not isinstance(explainer, Mapping):
        return dict(settings)
    before = explainer.get("threshold")
    words = threshold_words(config) if before is None else f"{before}, {threshold_words(config)}"
    return {**settings, "explainer": {**explainer, "threshold": words}}


def threshold_words(config: ThresholdConfig) -> str:
    """A threshold in settings.

    Args:
        config: The threshold.
    """
    return f"{config.type.value} {config.value}"


def _thresholded(mask: Tensor, config: ThresholdConfig) -> Tensor:
    if not mask.numel():
        return mask
    mask = floating(mask)
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


def threshold_of(*args: Any, **kwargs: Any) -> ThresholdConfig | None:
    """A threshold as PyG has it, or ``None``.

    Args:
        *args: A type, ``"hard"``, ``"topk"`` or ``"topk_hard"``, and a value: a number from 0 to 1
            for ``"hard"``, a whole number from 1 for others. Or one argument: a
            :class:`~torch_geometric.explain.config.ThresholdConfig`, both in a tuple, a dict of
            both, or ``None``.
        **kwargs: The same by name, ``threshold_type`` and ``value``.

    Raises:
        TypeError: If the value is not a number, or of the wrong kind.
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
    names = ("threshold_type", "value")
    if len(args) > len(names) or not kwargs.keys() <= set(names):
        told = ", ".join([*map(shown, args), *(f"{k}={v!r:.60}" for k, v in kwargs.items())])
        raise ValueError(
            f"a threshold has a threshold_type and a value, such as ('topk', 3) (got {told})"
        )
    return _threshold(*args, **kwargs)


def _threshold(threshold_type: Any = None, value: Any = None) -> ThresholdConfig:
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
