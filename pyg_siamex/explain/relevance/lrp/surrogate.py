"""An encoder that keeps its values and takes its derivatives from relevance rules.

In the context :func:`surrogate` every operation of an encoder runs by its rule. An operation
without a rule raises.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from inspect import signature
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex._numbers import shown
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.explain.relevance.lrp.arguments import carries
from pyg_siamex.explain.relevance.lrp.layer_rules import LayerRule, known_layers, rule_of
from pyg_siamex.explain.relevance.lrp.linear_messages import LinearMessages
from pyg_siamex.explain.relevance.lrp.operations import run_operation
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


@contextmanager
def surrogate(model: nn.Module, lrp: Propagation, prefix: str = "") -> Iterator[None]:
    """Run ``model`` as its LRP surrogate in this context.

    The hooks are gone afterwards, also after an error.

    Args:
        model: A model in evaluation mode whose parameters take no gradient.
        lrp: What the rules share.
        prefix: Goes before module paths in messages.

    Raises:
        ValueError: If a module cannot have a rule, such as a scripted or compiled module.
    """
    with ExitStack() as hooks, torch.enable_grad():
        for name, module in model.named_modules():
            path = f"{prefix}{name}" or type(model).__name__
            for handle in _hooked(lrp, path, module):
                hooks.callback(handle.remove)
        with _Interceptor(lrp):
            yield


class _Interceptor(TorchFunctionMode):
    """Gives each operation of an encoder its rule."""

    def __init__(self, lrp: Propagation) -> None:
        super().__init__()
        self._lrp = lrp

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run ``func``, by its rule if its arguments carry relevance."""
        if self._lrp.paused:
            return func(*args, **(kwargs or {}))
        return run_operation(self._lrp, func, args, kwargs or {})


class _Layer:
    """What happens when a module's call begins and ends.

    A layer with a rule first computes its value without rules and gradients. The rule then gives
    the value its gradient.
    """

    def __init__(self, lrp: Propagation, path: str, rule: LayerRule | None) -> None:
        self._lrp, self._path, self._rule = lrp, path, rule
        self._calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self._sent = False

    def enter(self, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._lrp.running.enter(self._path, module)
        if self._rule is None or self._lrp.paused or not carries((args, kwargs)):
            return
        self._lrp.weights.check_unused((args[:1], list(kwargs.values())[:1] if not args else ()))
        self._calls.append((args, kwargs))
        self._lrp.paused = True
        torch.set_grad_enabled(False)

    def leave(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> Any:
        result = None
        if self._rule is not None and self._calls:
            given, named = self._calls.pop()
            self._lrp.paused = False
            torch.set_grad_enabled(True)
            self._sent = False
            result = _by_rule(self._rule, (self._lrp, module, output, *given), named)
            self._check(module, output, result)
        self._lrp.running.leave()
        return result

    def sends(self, *_: Any) -> None:
        """Note that the module passes messages."""
        self._sent = True

    def _check(self, module: nn.Module, output: Any, result: Any) -> None:
        """Refuse rules that return something else than the value, or lose relevance."""
        shape = list(output.shape) if isinstance(output, Tensor) else None
        if result is None or (shape is not None and not isinstance(result, Tensor)):
            raise self._lrp.running.no_rule(
                f"its rule returns {shown(result)}, and must return a tensor equal to `value`"
            )
        if shape is not None and list(result.shape) != shape:
            raise self._lrp.running.no_rule(
                f"its rule returns {list(result.shape)}, and must return a tensor equal to "
                f"`value`, {shape}"
            )
        lost = isinstance(result, Tensor) and not result.requires_grad
        if lost and self._lrp.weights.within(result) is None:
            raise self._lrp.running.no_rule("what its rule returns has no gradient")
        if self._lrp.gates_messages and isinstance(module, MessagePassing) and not self._sent:
            raise self._lrp.running.no_rule(
                "its rule sums messages without calling propagate, so no edge mask fits it: use a "
                "node mask"
            )


def _by_rule(rule: LayerRule, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """What a rule returns.

    Raises:
        ValueError: If it cannot be called as its layer is.
    """
    try:
        return rule(*given, **named)
    except TypeError as error:
        try:
            signature(rule).bind(*given, **named)
        except (TypeError, ValueError):
            lrp: Propagation = given[0]
            raise lrp.running.no_rule(
                f"its rule must be called as rule(lrp, module, value, ...), with the arguments of "
                f"the layer's call: {error}"
            ) from error
        raise


def _hooked(lrp: Propagation, path: str, module: nn.Module) -> Iterator[Any]:
    rule = rule_of(path, module, lrp.rule)
    layer = _Layer(lrp, path, None if isinstance(rule, str) else rule)
    yield module.register_forward_pre_hook(only_here(layer.enter), with_kwargs=True)
    yield module.register_forward_hook(only_here(layer.leave), with_kwargs=True)
    if callable(rule) and isinstance(module, MessagePassing):
        yield module.register_message_forward_hook(only_here(layer.sends))
    if rule == "messages" and isinstance(module, MessagePassing):
        messages = LinearMessages(lrp, known_layers)
        yield module.register_propagate_forward_hook(only_here(messages.after))
