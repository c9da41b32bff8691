r"""The relevance step of a linear map, and what the rules of layers and operations share.

A step replaces the output :math:`z` of a linear map by
:math:`z_g\,[z / (z_g + \epsilon)]_{\text{constant}}`, where :math:`z_g` is the map modified by the
gamma rule. Its value stays :math:`z`. The gradient of an embedding coordinate times an input is
that input's relevance.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from pyg_siamex.explain.relevance.lrp.change import change
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.ledger import Absorber, Ledger
from pyg_siamex.explain.relevance.lrp.linear_step import (
    LinearMap,
    LinearStep,
    Signal,
    contributions,
    each_contribution,
)
from pyg_siamex.explain.relevance.lrp.origins import Origins
from pyg_siamex.explain.relevance.lrp.running import RunningModules
from pyg_siamex.explain.relevance.lrp.weights import HeldWeights, Weight


class Propagation:
    """One run of an encoder, step by step.

    Args:
        rule: Gamma, epsilon, kind and attention.
        gammas: The gamma of each linear map in order, or one for all. With ``None`` all are 0, and
            the run only finds out which linear maps there are.
        ledger: Where biases and the stabiliser are booked, or ``None`` to book nothing.
        node_gate: Multiplies what embedding tables give for integer node features.
        gates_messages: Whether there are gates on messages.
        num_graphs: Number of graphs of the run.

    Attributes:
        layers: Layer of each linear map met so far.
        looks_up: Whether an embedding table was read for all nodes.
        signed: Whether the ``"source"`` rule met negative inputs.
        paused: Whether operations run as they are, without a rule.
        origins: Where tensors come from.
        running: The modules that are running.
        weights: Attention weights and gates, which are held constant.
    """

    def __init__(
        self,
        rule: GammaRule,
        gammas: Sequence[float] | float | None = None,
        ledger: Ledger | None = None,
        node_gate: Tensor | None = None,
        gates_messages: bool = False,
        num_graphs: int = 1,
    ) -> None:
        self.rule = rule
        self.gammas = gammas
        self.ledger = ledger
        self.node_gate = node_gate
        self.gates_messages = gates_messages
        self.num_graphs = num_graphs
        self.restart()

    def restart(self) -> None:
        """Forget what was met so far."""
        self.layers: list[str] = []
        self.signed: bool = False
        self.paused: bool = False
        self.looks_up: bool = False
        self.origins: Origins = Origins()
        self.running: RunningModules = RunningModules()
        self.weights: HeldWeights = HeldWeights()

    @property
    def follows_attention(self) -> bool:
        """Whether relevance goes through attention weights."""
        return self.rule.attention == "attnlrp"

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Compute inside without rules."""
        before, self.paused = self.paused, True
        try:
            yield
        finally:
            self.paused = before

    def held(self, value: Any, what: str, factor: bool = False) -> Any:
        """``value`` as something that takes no relevance.

        Args:
            value: Tensors without gradient.
            what: What it is, for the error where it is used as something other than a factor.
            factor: Whether it may be used as a factor as it is.
        """
        return self.weights.hold(value, Weight(self.running.refusal(what), factor))

    def step(self, signal: Signal, weight: Tensor, bias: Tensor | None) -> LinearStep:
        """Count one more linear map, and return it."""
        position = len(self.layers)
        self.layers.append(self.running.layer)
        gammas = 0.0 if self.gammas is None else self.gammas
        gamma = gammas[position] if isinstance(gammas, Sequence) else gammas
        return self.branch(signal, weight, bias, gamma)

    def branch(
        self, signal: Signal, weight: Tensor, bias: Tensor | None, gamma: float
    ) -> LinearStep:
        """A linear map that belongs to a step already counted."""
        with self.unseen():
            if self.rule.kind == "source" and gamma > 0 and signal.signed:
                self.signed = True
            sent = signal.sent if self.rule.neighbours == "each" else None
            if sent is not None:
                step = each_contribution(sent, weight, bias, gamma, self.rule.kind)
            else:
                step = contributions(signal, weight, bias, gamma, self.rule.kind)
            return replace(step, layer=self.running.layer)

    def linear(
        self, x: Tensor, weight: Tensor, bias: Tensor | None = None, value: Tensor | None = None
    ) -> Tensor:
        """The linear map ``W x + b`` by the rule.

        Args:
            x: Input, ``[..., I]``.
            weight: W, ``[K, I]``.
            bias: b, ``[K]`` or ``None``.
            value: What the model computes there, or ``None`` for the map's own value.

        Returns:
            A tensor equal to ``value``, ``[..., K]``. It is a constant if ``x`` is one.
        """
        if not x.requires_grad:
            return nn.functional.linear(x, weight, bias) if value is None else value
        signal = self.origins.signal(x)
        step = self.step(signal, weight, bias)
        out = self.emit(step, value)
        self.origins.note_map(out, LinearMap(signal, weight, bias, step.gamma, step.layer))
        return out

    def emit(self, step: LinearStep, value: Tensor | None = None) -> Tensor:
        """The output of a linear map, with the gradient that the rule gives it.

        Args:
            step: The map.
            value: What the model computes there, or ``None`` for the step's own sum.

        Returns:
            A tensor equal to ``value``.
        """
        with self.unseen():
            return self.origins.remember(self._emit(step, value), step)

    def _emit(self, step: LinearStep, value: Tensor | None) -> Tensor:
        scale, own = step.modified(), step.value()
        total = step.modified_value(scale)
        stabiliser = torch.where(total < 0, -self.rule.epsilon, self.rule.epsilon).to(total)
        denominator = total + stabiliser
        ratio = torch.where(denominator == 0, torch.zeros_like(own), own / denominator)
        out = (own if value is None else value).detach()
        out = out + change(step.linear) * (ratio * scale.linear)
        if step.positive is not None:
            out = out + change(step.positive) * (ratio * scale.positive)
        if scale.bias is not None:
            bias = scale.bias
            if step.placed is not None:
                out = out + change(step.placed) * (ratio * scale.of_bias)
                bias = bias - step.placed.detach() * scale.of_bias
            out = self.absorb(out, bias * ratio, "bias")
        if self.rule.epsilon > 0:
            out = self.absorb(out, stabiliser * ratio, "epsilon")
        return out

    def placed(self, constant: Tensor) -> Tensor:
        """A constant that is added at nodes, with the gradient of their gates if it is theirs.

        Args:
            constant: ``[rows, ..., K]``.
        """
        return constant if self.ledger is None else self.ledger.placed(constant)

    def absorb(
        self, out: Tensor, amount: Tensor, absorber: Absorber, side_by_side: bool = False
    ) -> Tensor:
        """``out``, with ``amount`` of it booked if there is a ledger; see ``Ledger.book``."""
        return out if self.ledger is None else self.ledger.book(out, amount, absorber, side_by_side)
