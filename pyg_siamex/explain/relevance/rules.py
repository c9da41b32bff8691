r"""How one linear map hands relevance down: the gamma rule, and what it does to ``W a + b``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor
from torch.nn import functional

RuleName = Literal["generalised", "source"]

SOURCE_SCHEDULE = (0.5, 0.25, 0.1, 0.0)
"""Gammas of the BiLRP paper's VGG, from input to output (Eberle et al., section 4.1)."""


@dataclass(frozen=True)
class GammaRule:
    r"""LRP-:math:`\gamma` with a stabiliser (Eberle et al., arXiv 2003.05431, equations 7 and 8).

    A linear map :math:`z_k = \sum_i a_i w_{ik} + b_k` hands the relevance of its outputs down by

    .. math:: R_i = \sum_k \frac{g(a_i w_{ik})}{\sum_{i'} g(a_{i'} w_{i'k}) + g(b_k)
              + \epsilon\,\mathrm{sign}} R_k .

    * ``"source"``: :math:`g` boosts positive weights and a positive bias by :math:`1 + \gamma`.
      Made for non-negative inputs; with signed ones its denominators cross zero.
    * ``"generalised"``: :math:`g` boosts the contributions, and the bias, that have the sign of
      :math:`z_k`; nothing is handed down where :math:`z_k = 0`. Both agree where
      :math:`a \geq 0` and :math:`z > 0`.

    Args:
        gamma: At least 0 (0 is LRP-0), one for all linear maps or a schedule from input to output,
            see :meth:`schedule`.
        epsilon: Stabiliser, at least 0; it carries the sign of the denominator, and counts as
            positive at 0.
        kind: ``"generalised"`` or ``"source"``.

    Raises:
        ValueError: If a value is out of its range.
    """

    gamma: float | tuple[float, ...] = 0.25
    epsilon: float = 1e-9
    kind: RuleName = "generalised"

    def __post_init__(self) -> None:
        if isinstance(self.gamma, Sequence):
            object.__setattr__(self, "gamma", tuple(float(value) for value in self.gamma))
        values = self.gamma if isinstance(self.gamma, tuple) else (self.gamma,)
        if not values or not all(0 <= value < float("inf") for value in values):
            raise ValueError(f"gamma must be finite and at least 0 (got {self.gamma})")
        if not 0 <= self.epsilon < float("inf"):
            raise ValueError(f"epsilon must be finite and at least 0 (got {self.epsilon})")
        if self.kind not in get_args(RuleName):
            raise ValueError(f"rule must be 'generalised' or 'source' (got '{self.kind}')")

    def schedule(self, layers: Sequence[str]) -> list[float]:
        """The gamma of each linear map of an encoder.

        Args:
            layers: Layer of each linear map, from input to output; the maps inside one graph
                convolution are of the same layer.

        Returns:
            One gamma per map. A schedule with one value per map, or else with one per layer, is
            taken as it is; a shorter one is spread evenly over the layers.

        Raises:
            ValueError: If the schedule has more values than the encoder has maps or layers.
        """
        if not isinstance(self.gamma, tuple):
            return [self.gamma] * len(layers)
        values, names = self.gamma, list(dict.fromkeys(layers))
        if len(values) == len(layers):
            return list(values)
        if len(values) > len(names):
            raise ValueError(
                f"the gamma schedule has {len(values)} values, and the encoder {len(names)} layers "
                f"with {len(layers)} linear maps: give one value for each of either, or fewer"
            )
        depth = {name: k * len(values) // len(names) for k, name in enumerate(names)}
        return [values[depth[name]] for name in layers]


class Signal(NamedTuple):
    """What enters a linear map: ``data``, which carries relevance, plus an optional constant."""

    data: Tensor
    constant: Tensor | None = None


class Coefficients(NamedTuple):
    """The modified map is ``linear_scale * linear + positive_scale * positive + bias``."""

    linear: Tensor | float
    positive: Tensor | float
    bias: Tensor | None


@dataclass(frozen=True)
class LinearStep:
    """A linear map as its contributions, so that it can still be scaled, shifted and added to.

    Attributes:
        linear: Sum of all contributions, ``[..., K]``, without the bias.
        positive: The part of ``linear`` that is boosted where the output is positive: contributions
            of positive weights ("source"), or positive contributions ("generalised"). ``None`` if
            gamma is 0.
        bias: ``[K]``, or ``[..., K]`` where it differs by row, or ``None``.
        gamma: The map's gamma.
        kind: The rule.
    """

    linear: Tensor
    positive: Tensor | None
    bias: Tensor | None
    gamma: float
    kind: RuleName

    def plus(self, other: "LinearStep") -> "LinearStep":
        """The sum of two maps as one map with one denominator (two branches of a layer)."""
        positive = None
        if self.positive is not None and other.positive is not None:
            positive = self.positive + other.positive
        bias = _sum(self.bias, other.bias)
        return replace(self, linear=self.linear + other.linear, positive=positive, bias=bias)

    def shifted(self, shift: Tensor | None) -> "LinearStep":
        """The map plus a constant."""
        return replace(self, bias=_sum(self.bias, shift))

    def scaled(self, scale: Tensor) -> "LinearStep":
        """The map times a constant, ``[K]``; negative ones turn positive parts to negative."""
        positive = None
        if self.positive is not None:
            swapped = torch.where(scale < 0, self.linear - self.positive, self.positive)
            positive = scale * swapped
        bias = None if self.bias is None else scale * self.bias
        return replace(self, linear=scale * self.linear, positive=positive, bias=bias)

    def flattened(self) -> "LinearStep":
        """Heads side by side: ``[N, H, C]`` to ``[N, H * C]``."""
        return self._each(lambda part: part.flatten(1))

    def averaged(self, dim: int) -> "LinearStep":
        """The mean over a dimension, as one map with one denominator."""
        return self._each(lambda part: part.mean(dim))

    def _each(self, change: Callable[[Tensor], Tensor]) -> "LinearStep":
        positive = None if self.positive is None else change(self.positive)
        bias = None if self.bias is None else change(self.bias)
        return replace(self, linear=change(self.linear), positive=positive, bias=bias)

    def value(self) -> Tensor:
        """The map's output, without gradient."""
        linear = self.linear.detach()
        return linear if self.bias is None else linear + self.bias

    def modified(self) -> Coefficients:
        """The gamma-modified map, as coefficients of the contributions."""
        gamma, bias = self.gamma, self.bias
        if self.positive is None:
            return Coefficients(1.0, 0.0, bias)
        if self.kind == "source":
            return Coefficients(
                1.0, gamma, None if bias is None else bias + gamma * bias.clamp_min(0)
            )
        up = self.value() > 0
        signed_gamma = torch.where(up, gamma, -gamma).to(self.linear)
        if bias is not None:
            bias = bias + gamma * torch.where(up, bias.clamp_min(0), bias.clamp_max(0))
        return Coefficients(torch.where(up, 1.0, 1.0 + gamma).to(self.linear), signed_gamma, bias)


def contributions(
    signal: Signal, weight: Tensor, bias: Tensor | None, gamma: float, kind: RuleName
) -> LinearStep:
    """The map ``W a + b`` of a signal.

    Args:
        signal: Input, ``[..., I]``. Its constant part goes to the bias.
        weight: W, ``[K, I]``.
        bias: b, ``[K]`` or ``None``.
        gamma: The map's gamma.
        kind: The rule.
    """
    a = signal.data
    if signal.constant is not None:
        bias = _sum(bias, functional.linear(signal.constant, weight))
    linear = functional.linear(a, weight)
    if gamma == 0:
        return LinearStep(linear, None, bias, gamma, kind)
    positive_weight = weight.clamp_min(0)
    if kind == "source":
        return LinearStep(linear, functional.linear(a, positive_weight), bias, gamma, kind)
    positive = functional.linear(a.clamp_min(0), positive_weight)
    if bool((a < 0).any()):
        positive = positive + functional.linear(a.clamp_max(0), weight.clamp_max(0))
    return LinearStep(linear, positive, bias, gamma, kind)


def _sum(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    if a is None or b is None:
        return b if a is None else a
    return a + b


def change(x: Tensor) -> Tensor:
    """Zero, with the gradient of ``x``."""
    return x - x.detach()
