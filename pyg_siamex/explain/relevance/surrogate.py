r"""LRP as gradient times input: an encoder that keeps its values and trades its derivatives.

Inside :func:`surrogate` every linear map's output :math:`z` is replaced by
:math:`z_g\,[z / (z_g + \epsilon)]_{\text{constant}}`, with :math:`z_g` the map modified by the
gamma rule (:mod:`~pyg_siamex.explain.relevance.rules`). Its value stays :math:`z`, and the gradient
of an embedding coordinate times an input is that input's relevance. Tensor operations without a
rule raise; nothing passes silently.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch_geometric.nn import MeanAggregation, SumAggregation
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.explain.relevance.layers import layer_rule
from pyg_siamex.explain.relevance.operations import dispatch
from pyg_siamex.explain.relevance.rules import (
    GammaRule,
    LinearStep,
    Signal,
    change,
    contributions,
)


class Accounts:
    """What biases and the stabiliser absorb, per graph: gates of value 1 to take gradients of.

    Attributes:
        bias: ``[num_graphs]``, multiplies every bias.
        epsilon: ``[num_graphs]``, multiplies every stabiliser.
    """

    def __init__(self, inputs: GraphInputs, dtype: torch.dtype) -> None:
        ones = torch.ones(inputs.num_graphs, dtype=dtype, device=inputs.batch.device)
        self.bias = ones.clone().requires_grad_()
        self.epsilon = ones.clone().requires_grad_()
        graphs = torch.arange(inputs.num_graphs, device=inputs.batch.device)
        self._graph_of_row = {
            inputs.edge_index.size(1): inputs.edge_graph,
            len(graphs): graphs,
            len(inputs.batch): inputs.batch,
        }

    def gated(self, gate: Tensor, amount: Tensor, like: Tensor) -> Tensor | None:
        """``amount``, ``[K]`` or ``[rows, ..., K]``, times the gate of each row of ``like``."""
        graph = self._graph_of_row.get(like.size(0))
        if graph is None:
            return None
        return amount * gate[graph].view(-1, *[1] * (like.dim() - 1))


class Surrogate(TorchFunctionMode):
    """Intercepts an encoder's operations and gives those that need one an LRP rule.

    Args:
        rule: Gamma, epsilon and kind.
        gammas: The gamma of each linear map in order, or ``None`` to only record their layers.
        accounts: Where biases and stabiliser are booked, or ``None`` for not at all.
        node_gate: Multiplies the output of embedding tables of integer node features.

    Attributes:
        layers: Layer of each linear map met so far.
        signed: Whether a plain gamma rule met negative inputs.
        unbooked: Whether a bias met rows that are neither nodes, edges nor graphs.
    """

    def __init__(
        self,
        rule: GammaRule,
        gammas: list[float] | None = None,
        accounts: Accounts | None = None,
        node_gate: Tensor | None = None,
    ) -> None:
        super().__init__()
        self.rule, self.gammas = rule, gammas
        self.accounts, self.node_gate = accounts, node_gate
        self.layers: list[str] = []
        self.signed = self.unbooked = False
        self.paused = False
        self.stack: list[tuple[str, nn.Module]] = []
        self._tags: dict[int, tuple[Tensor, LinearStep | Signal]] = {}

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run ``func``, by its rule if its arguments carry relevance."""
        if self.paused:
            return func(*args, **(kwargs or {}))
        return dispatch(self, func, args, kwargs or {})

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Compute inside without interception."""
        before, self.paused = self.paused, True
        try:
            yield
        finally:
            self.paused = before

    def step(self, signal: Signal, weight: Tensor, bias: Tensor | None) -> LinearStep:
        """Count one more linear map, and return it."""
        name = self.in_convolution() or self.where
        position = len(self.layers)
        self.layers.append(name)
        gamma = 0.0 if self.gammas is None else self.gammas[position]
        return self.branch(signal, weight, bias, gamma)

    def branch(
        self, signal: Signal, weight: Tensor, bias: Tensor | None, gamma: float
    ) -> LinearStep:
        """A linear map that is part of a step already counted."""
        with self.unseen():
            if self.rule.kind == "source" and gamma > 0 and bool((signal.data < 0).any()):
                self.signed = True
            return contributions(signal, weight, bias, gamma, self.rule.kind)

    def emit(self, step: LinearStep, value: Tensor | None = None) -> Tensor:
        """The output of a linear map: its ``value``, with the rule's gradient.

        Args:
            step: The map.
            value: What the model computes there; the step's own sum where not given.
        """
        with self.unseen():
            return self.tag(self._emit(step, value), step)

    def _emit(self, step: LinearStep, value: Tensor | None) -> Tensor:
        scale = step.modified()
        own = step.value()
        total = step.linear.detach() * scale.linear
        if step.positive is not None:
            total = total + step.positive.detach() * scale.positive
        if scale.bias is not None:
            total = total + scale.bias
        stabiliser = torch.where(total < 0, -self.rule.epsilon, self.rule.epsilon).to(total)
        denominator = total + stabiliser
        ratio = torch.where(denominator == 0, torch.zeros_like(own), own / denominator)
        out = (own if value is None else value).detach()
        out = out + change(step.linear) * (ratio * scale.linear)
        if step.positive is not None:
            out = out + change(step.positive) * (ratio * scale.positive)
        if scale.bias is not None:
            out = self.book(out, scale.bias * ratio, "bias")
        if self.rule.epsilon > 0:
            out = self.book(out, stabiliser * ratio, "epsilon")
        return out

    def book(self, out: Tensor, amount: Tensor, name: str) -> Tensor:
        """Give ``out`` the gradient of an absorbed ``amount`` and leave its value."""
        if self.accounts is None:
            return out
        with self.unseen():
            gated = self.accounts.gated(getattr(self.accounts, name), amount.detach(), out)
            if gated is None:
                self.unbooked = True
                return out
            return out + change(gated)

    def tag(self, out: Tensor, tag: LinearStep | Signal) -> Tensor:
        """Remember where ``out`` comes from, so that a following layer can fold into it."""
        self._tags[id(out)] = (out, tag)
        return out

    def step_of(self, x: Any) -> LinearStep | None:
        """The linear map whose direct output ``x`` is."""
        tag = self._tags.get(id(x), (None, None))[1]
        return tag if isinstance(tag, LinearStep) else None

    def signal(self, x: Tensor) -> Signal:
        """``x`` as data and constant part (the shift of a BatchNorm right before)."""
        tag = self._tags.get(id(x), (None, None))[1]
        return tag if isinstance(tag, Signal) else Signal(x)

    def forget(self, x: Any) -> None:
        """Drop what is known of ``x``, which is about to be changed in place."""
        self._tags.pop(id(x), None)

    def in_convolution(self) -> str | None:
        """Path of the graph convolution that is running, if any."""
        inside = (name for name, module in self.stack if isinstance(module, MessagePassing))
        return next(inside, None)

    @property
    def where(self) -> str:
        """Path of the module that is running."""
        return self.stack[-1][0] if self.stack else ""

    def refuse(self, what: str) -> ValueError:
        """The error for something without a rule."""
        name, module = self.stack[-1] if self.stack else ("the model", None)
        kind = "" if module is None else f" ({type(module).__name__})"
        return ValueError(
            f"{what} in '{name}'{kind} has no relevance rule: replace it by a layer that BiLRP "
            f"supports, or use IntegratedJacobians, which needs no rules"
        )


@contextmanager
def surrogate(model: nn.Module, mode: Surrogate, prefix: str = "") -> Iterator[None]:
    """Run ``model`` as its LRP surrogate in this context; hooks are gone after, whatever happens.

    Args:
        model: A model in evaluation mode whose parameters take no gradient.
        mode: The interceptor.
        prefix: Goes before module paths in messages.

    Raises:
        ValueError: If a module has no rule: a kind of :class:`MessagePassing` that is not known,
            or a scripted or compiled module.
    """
    with ExitStack() as hooks, torch.enable_grad():
        for name, module in model.named_modules():
            path = f"{prefix}{name}" or type(model).__name__
            rule = layer_rule(path, module)
            pool = isinstance(module, MeanAggregation | SumAggregation)
            for handle in _hook(mode, path, module, rule, pool):
                hooks.callback(handle.remove)
        with mode:
            yield


def _hook(
    mode: Surrogate, path: str, module: nn.Module, rule: Callable[..., Tensor] | None, pool: bool
) -> Iterator[Any]:
    pending: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def enter(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        mode.stack.append((path, module))
        if rule is None or mode.paused:
            return
        pending.append((args, kwargs))
        mode.paused = True  # the layer itself only gives the value
        torch.set_grad_enabled(False)

    def leave(module: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
        result = None
        if pending:
            original, named = pending.pop()
            mode.paused = False
            torch.set_grad_enabled(True)
            result = rule(mode, module, output, *original, **named) if rule else None
        elif pool and not mode.paused and not mode.in_convolution():
            result = _stabilised(mode, output)
        mode.stack.pop()
        return result

    yield module.register_forward_pre_hook(only_here(enter), with_kwargs=True)
    yield module.register_forward_hook(only_here(leave), with_kwargs=True)


def _stabilised(mode: Surrogate, z: Tensor) -> Tensor | None:
    """Pooling is a linear step of its own, with the stabiliser and without gamma."""
    if not z.requires_grad or mode.rule.epsilon == 0:
        return None
    return mode.emit(LinearStep(z, None, None, 0.0, mode.rule.kind), z)
