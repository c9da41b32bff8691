r"""Similarities as products of two embeddings, the form that pair matrices need."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

import torch
from torch import Tensor, nn

Linearise = Callable[[nn.Module, Tensor], tuple[Tensor, Tensor]]
"""From a network and its inputs ``[B, F]`` to outputs ``[B]`` and coefficients ``[B, F]``."""


@dataclass(frozen=True)
class Form:
    r"""One pair's form, :math:`c\,a^\top M b + s\,(a^\top a + b^\top b) + l^\top(a + b) + o`.

    Attributes:
        scale: c.
        metric: M, ``[D, D]``, or its diagonal ``[D]``, or ``None`` for the identity.
        self_scale: s, the weight of each graph's terms with itself, which a distance has.
        linear: l, ``[D]`` or ``None``, the terms of a single graph, which a learned head has.
        constant: o, the part that the head's biases absorb.
    """

    scale: float = 1.0
    metric: Tensor | None = None
    self_scale: float = 0.0
    linear: Tensor | None = None
    constant: float = 0.0

    def apply(self, b: Tensor) -> Tensor:
        """``scale * M b`` for columns ``b``, ``[D, ...]``."""
        if self.metric is None:
            return self.scale * b
        metric = self.metric.to(b)
        if metric.dim() == 1:
            return self.scale * metric.view(-1, *[1] * (b.dim() - 1)) * b
        pairwise: Tensor = self.scale * torch.tensordot(metric, b, dims=1)
        return pairwise

    def apply_transposed(self, a: Tensor) -> Tensor:
        """``scale * M.T a`` for columns ``a``, ``[D, ...]``."""
        if self.metric is None or self.metric.dim() == 1:
            return self.apply(a)
        return replace(self, metric=self.metric.T).apply(a)

    def cross(self, a: Tensor, b: Tensor) -> Tensor:
        """Pair matrix ``[n, m]`` of factors ``[D, n]`` and ``[D, m]``."""
        return a.T @ self.apply(b)

    def value(self, a: Tensor, b: Tensor) -> Tensor:
        """The form at two embeddings, ``[D]`` each."""
        out = (a * self.apply(b)).sum() + self.self_scale * (a.square().sum() + b.square().sum())
        if self.linear is not None:
            out = out + (self.linear.to(a) * (a + b)).sum()
        return out + self.constant


@dataclass(frozen=True)
class ProductForm:
    r"""The form of all pairs of a head, :math:`c\,\hat a^\top M \hat b + s\,(a^\top a + b^\top b)`.

    :math:`\hat a = a / n(a)` if the head has a norm, which is held constant; otherwise
    :math:`\hat a = a`.

    Attributes:
        scale: c.
        metric: M, ``[D, D]``, or its diagonal ``[D]``, or ``None`` for the identity.
        self_scale: s, the weight of each graph's terms with itself, which a distance has.
        norm: n, from embeddings ``[B, D]`` to ``[B]``, or ``None``.
        exact: Whether the form is the similarity itself. Otherwise it is an increasing function of
            the similarity; the form of a Gaussian is its logarithm.
    """

    scale: float = 1.0
    metric: Tensor | None = None
    self_scale: float = 0.0
    norm: Callable[[Tensor], Tensor] | None = None
    exact: bool = True

    def pairs(self, a: Tensor, b: Tensor) -> list[Form]:
        """The form of each of B pairs with embeddings ``[B, D]``."""
        if self.norm is None:
            return [Form(self.scale, self.metric, self.self_scale)] * len(a)
        norms = [float(n * m) for n, m in zip(self.norm(a), self.norm(b), strict=True)]
        scales = [self.scale / norm if norm else inf for norm in norms]
        return [Form(scale, self.metric, self.self_scale) for scale in scales]

    def apply(self, values: Tensor) -> Tensor:
        """``scale * M b`` for columns ``b``, ``[D, ...]``, already divided by their norms."""
        return Form(self.scale, self.metric).apply(values)
