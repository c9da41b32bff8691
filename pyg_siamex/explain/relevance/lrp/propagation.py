r"""The relevance step of a linear map, and what the rules of layers and operations share.

A step replaces the output :math:`z` of a linear map by
:math:`z_g\,[z / (z_g + \epsilon)]_{\text{constant}}`, where :math:`z_g` is the map modified by the
gamma rule. Its value stays :math:`z`. The gradient of an embedding coordinate times an input is
that input's relevance.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.lrp.change import change
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.ledger import Absorber, Ledger
from pyg_siamex.explain.relevance.lrp.linear_step import LinearStep, Signal, contributions
from pyg_siamex.explain.relevance.lrp.origins import Origins
from pyg_siamex.explain.relevance.lrp.running import RunningModules


class Propagation:
    """One run of an encoder, step by step.

    Args:
        rule: Gamma, epsilon and kind.
        gammas: The gamma of each linear map in order, or one for all. With ``None`` all are 0, and
            the run only finds out which linear maps there are.
        ledger: Where biases and the stabiliser are booked, or ``None`` to book nothing.
        node_gate: Multiplies what embedding tables give for integer node features.

    Attributes:
        layers: Layer of each linear map met so far.
        signed: Whether the ``"source"`` rule met negative inputs.
        paused: Whether operations run as they are, without a rule.
        origins: Where tensors come from.
        running: The modules that are running.
    """

    def __init__(
        self,
        rule: GammaRule,
        gammas: Sequence[float] | float | None = None,
        ledger: Ledger | None = None,
        node_gate: Tensor | None = None,
    ) -> None:
        self.rule, self.gammas = rule, gammas
        self.ledger, self.node_gate = ledger, node_gate
        self.layers: list[str] = []
        self.signed = self.paused = False
        self.origins, self.running = Origins(), RunningModules()

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Compute inside without rules."""
        before, self.paused = self.paused, True
        try:
            yield
        finally:
            self.paused = before

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
            if self.rule.kind == "source" and gamma > 0 and bool((signal.data < 0).any()):
                self.signed = True
            return contributions(signal, weight, bias, gamma, self.rule.kind)

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
            out = self.absorb(out, scale.bias * ratio, "bias")
        if self.rule.epsilon > 0:
            out = self.absorb(out, stabiliser * ratio, "epsilon")
        return out

    def absorb(self, out: Tensor, amount: Tensor, absorber: Absorber) -> Tensor:
        """``out``, with ``amount`` of it booked if there is a ledger."""
        return out if self.ledger is None else self.ledger.book(out, amount, absorber)
