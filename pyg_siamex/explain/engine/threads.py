"""Hooks that run only in the explaining thread, while other threads keep predicting."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Any

from torch import nn


class SteadyHooks(OrderedDict[int, Any]):
    """Hooks of a module that may be added and removed while another thread runs them.

    :meth:`items` and :meth:`values` are copies, so a run in progress keeps its hooks.
    """

    def items(self) -> Any:
        """The hooks and their ids as they are now."""
        return list(super().items())

    def values(self) -> Any:
        """The hooks as they are now."""
        return list(super().values())


def steady_hooks(model: nn.Module) -> None:
    """Replace the dictionaries of hooks of all modules by :class:`SteadyHooks`."""
    for module in model.modules():
        own = vars(module)
        for name in [name for name in own if name.endswith("_hooks")]:
            if type(own[name]) in (dict, OrderedDict):
                own[name] = SteadyHooks(own[name])


def only_here(hook: Callable[..., Any]) -> Callable[..., Any]:
    """Run the hook in the calling thread and skip it in other threads."""
    thread = threading.get_ident()

    @wraps(hook)
    def run(*args: Any, **kwargs: Any) -> Any:
        return hook(*args, **kwargs) if threading.get_ident() == thread else None

    return run
