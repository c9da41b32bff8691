"""A linear map as one step of relevance, and its part that the gamma rule boosts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from pyg_siamex.explain.relevance.lrp.gamma_rule import RuleName


class Signal(NamedTuple):
    """What enters a linear map.

    Attributes:
        data: What carries relevance.
        constant: A constant that is added to it, or ``None``. Where it has a gradient, that is of
            the gates of the nodes that it belongs to.
        sent: What it is a sum of, or ``None``.
        turned: Channels that a BatchNorm right before has given a negative factor, bool ``[I]``, or
            ``None`` for none. Its factors belong to the weights of the map: the map has the
            BatchNorm's own input, whose sign they turn.
    """

    data: Tensor
    constant: Tensor | None = None
    sent: "Sent | None" = None
    turned: Tensor | None = None

    @property
    def signed(self) -> bool:
        """Whether the map has negative inputs."""
        data = self.data if self.turned is None else torch.where(self.turned, -self.data, self.data)
        return bool((data < 0).any())


class Sent(NamedTuple):
    """What neighbours send, and their sum: linear, channel by channel, without negative weights."""

    signal: Signal
    collect: Callable[[Tensor], Tensor]


def collected(signal: Signal, collect: Callable[[Tensor], Tensor]) -> Signal:
    """The sum of what neighbours send. A constant stays with the nodes that it belongs to."""
    constant = None if signal.constant is None else of_constant(collect, signal.constant)
    return Signal(collect(signal.data), constant, Sent(signal, collect), signal.turned)


def of_constant(collect: Callable[[Tensor], Tensor], constant: Tensor) -> Tensor:
    """What a linear function makes of a constant.

    Gates in the function are read only where the constant belongs to nodes.
    """
    with torch.set_grad_enabled(constant.requires_grad and torch.is_grad_enabled()):
        return collect(constant)


class _Coefficients(NamedTuple):
    """Scales of a modified map, whose parts are ``linear``, ``positive`` and ``bias``.

    ``bias`` is the scaled bias itself, and ``of_bias`` its scale.
    """

    linear: Tensor | float
    positive: Tensor | float
    bias: Tensor | None
    of_bias: Tensor | float = 1.0


class LinearMap(NamedTuple):
    """A map ``W a + b`` as it was met: its input, W ``[K, I]``, b ``[K]``, gamma and layer."""

    signal: Signal
    weight: Tensor
    bias: Tensor | None
    gamma: float
    layer: str


@dataclass(frozen=True)
class LinearStep:
    """A linear map as its contributions, so that it can still be scaled, shifted and added to.

    Attributes:
        linear: Sum of all contributions, ``[..., K]``, without the bias.
        positive: The part of ``linear`` that is boosted where the output is positive, or ``None``
            if gamma is 0: contributions of positive weights (``"source"``), or positive
            contributions (``"generalised"``).
        bias: ``[K]``, or ``[..., K]`` where it differs by row, or ``None``.
        gamma: The map's gamma.
        kind: The rule.
        layer: Path of the layer that the map is of.
        placed: The part of ``bias`` that comes from nodes other than the row's own, ``[..., K]``,
            with the gradient of their gates, or ``None``.
    """

    linear: Tensor
    positive: Tensor | None
    bias: Tensor | None
    gamma: float
    kind: RuleName
    layer: str = ""
    placed: Tensor | None = None

    def plus(self, other: "LinearStep") -> "LinearStep":
        """The sum of two maps as one map with one denominator (two branches of a layer)."""
        positive = None
        if self.positive is not None and other.positive is not None:
            positive = self.positive + other.positive
        bias = _sum(self.bias, other.bias)
        placed = _sum(self.placed, other.placed)
        linear = self.linear + other.linear
        return replace(self, linear=linear, positive=positive, bias=bias, placed=placed)

    def shifted(self, shift: Tensor | None) -> "LinearStep":
        """The map plus a constant, which stays with the nodes whose gates it has a gradient of."""
        if shift is None or not shift.requires_grad:
            return replace(self, bias=_sum(self.bias, shift))
        bias, placed = _sum(self.bias, shift.detach()), _sum(self.placed, shift)
        return replace(self, bias=bias, placed=placed)

    def scaled(self, scale: Tensor) -> "LinearStep":
        """The map times a constant, ``[K]`` or ``[..., K]``.

        Where it is negative, positive and negative contributions change places.
        """
        positive = None
        if self.positive is not None:
            swapped = torch.where(scale < 0, self.linear - self.positive, self.positive)
            positive = scale * swapped
        bias = None if self.bias is None else scale * self.bias
        placed = None if self.placed is None else scale * self.placed
        linear = scale * self.linear
        return replace(self, linear=linear, positive=positive, bias=bias, placed=placed)

    def flattened(self) -> "LinearStep":
        """Heads side by side: ``[..., H, C]`` to ``[..., H * C]``."""
        return self.each(lambda part: part.flatten(-2))

    def averaged(self, dim: int) -> "LinearStep":
        """The mean over a dimension, as one map with one denominator."""
        return self.each(lambda part: part.mean(dim))

    def each(self, change: Callable[[Tensor], Tensor]) -> "LinearStep":
        """The map followed by a linear map with no negative coefficients, as one map.

        Args:
            change: That map. The bias must have the shape of ``linear``.
        """
        positive = None if self.positive is None else change(self.positive)
        bias = None if self.bias is None else change(self.bias)
        placed = None if self.placed is None else change(self.placed)
        linear = change(self.linear)
        return replace(self, linear=linear, positive=positive, bias=bias, placed=placed)

    def value(self) -> Tensor:
        """The map's output, without gradient."""
        linear = self.linear.detach()
        return linear if self.bias is None else linear + self.bias

    def modified_value(self, scale: _Coefficients) -> Tensor:
        """The output of the modified map, without gradient."""
        total = self.linear.detach() * scale.linear
        if self.positive is not None:
            total = total + self.positive.detach() * scale.positive
        return total if scale.bias is None else total + scale.bias

    def modified(self) -> _Coefficients:
        """The gamma-modified map, as coefficients of the contributions."""
        gamma, bias = self.gamma, self.bias
        if self.positive is None:
            return _Coefficients(1.0, 0.0, bias)
        up = self.value() > 0
        boosted: Tensor | float = 1.0
        if bias is not None:
            agrees = bias > 0 if self.kind == "source" else torch.where(up, bias > 0, bias < 0)
            boosted = torch.where(agrees, 1.0 + gamma, 1.0).to(self.linear)
            bias = boosted * bias
        if self.kind == "source":
            return _Coefficients(1.0, gamma, bias, boosted)
        signed_gamma = torch.where(up, gamma, -gamma).to(self.linear)
        linear = torch.where(up, 1.0, 1.0 + gamma).to(self.linear)
        return _Coefficients(linear, signed_gamma, bias, boosted)


def contributions(
    signal: Signal, weight: Tensor, bias: Tensor | None, gamma: float, kind: RuleName
) -> LinearStep:
    """The map ``W a + b`` of a signal.

    Args:
        signal: Input, ``[..., I]``. Its constant part goes to the bias.
        weight: W, ``[K, I]``, or ``[..., K, I]`` for a signal of ``[..., rows, I]``.
        bias: b, ``[K]`` or ``None``.
        gamma: The map's gamma.
        kind: The rule.
    """
    step = _contributions(signal, weight, bias, gamma, kind)
    return step if signal.constant is None else step.shifted(_apply(signal.constant, weight))


def _contributions(
    signal: Signal, weight: Tensor, bias: Tensor | None, gamma: float, kind: RuleName
) -> LinearStep:
    """The map of a signal without its constant part."""
    a = signal.data
    linear = _apply(a, weight)
    if gamma == 0:
        return LinearStep(linear, None, bias, gamma, kind)
    positive_weight = weight.clamp_min(0)
    if kind == "source":
        if signal.turned is not None:
            positive_weight = torch.where(signal.turned, weight.clamp_max(0), positive_weight)
        return LinearStep(linear, _apply(a, positive_weight), bias, gamma, kind)
    positive = _apply(a.clamp_min(0), positive_weight)
    if bool((a < 0).any()):
        positive = positive + _apply(a.clamp_max(0), weight.clamp_max(0))
    return LinearStep(linear, positive, bias, gamma, kind)


def each_contribution(
    sent: Sent, weight: Tensor, bias: Tensor | None, gamma: float, kind: RuleName
) -> LinearStep:
    """The map ``W a + b`` of a sum, as one map of all that neighbours send."""
    step = contributions(sent.signal, weight, None, gamma, kind)
    constant = step.bias if step.placed is None else step.placed
    if constant is not None:
        constant = of_constant(sent.collect, constant)
    step = replace(step, bias=None, placed=None)
    return step.each(sent.collect).shifted(constant).shifted(bias)


def _apply(a: Tensor, weight: Tensor) -> Tensor:
    if weight.dim() == 2:
        return functional.linear(a, weight)
    return a @ weight.mT


def _sum(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    if a is None or b is None:
        return b if a is None else a
    return a + b
