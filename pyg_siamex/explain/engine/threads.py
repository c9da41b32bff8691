"""Other threads keep predicting: hooks are not theirs, and dictionaries of modules hold still."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from torch import nn


class SteadyDict(OrderedDict[Any, Any]):
    """A dictionary of a module that may change while another thread runs through it.

    :meth:`items`, :meth:`keys`, :meth:`values` and iteration are over copies.
    """

    def __iter__(self) -> Iterator[Any]:
        """The keys as they are now."""
        return iter(self._now())

    def keys(self) -> Any:
        """The keys as they are now."""
        return self._now().keys()

    def items(self) -> Any:
        """The items as they are now."""
        return self._now().items()

    def values(self) -> Any:
        """The values as they are now."""
        return self._now().values()

    def _now(self) -> dict[Any, Any]:
        return dict(list(super().items()))  # a list is made without a change of the thread


_HELD = {"_parameters", "_buffers", "_modules"}


def steady_dicts(model: nn.Module) -> None:
    """Replace the dictionaries of hooks, parameters, buffers and children of all modules.

    Other threads that run through the former dictionaries see no change, and the new ones are
    :class:`SteadyDict`.
    """
    for module in list(model.modules()):
        own = vars(module)
        for name in [name for name in own if name in _HELD or name.endswith("_hooks")]:
            if type(own[name]) in (dict, OrderedDict):
                own[name] = SteadyDict(own[name])


def only_here(hook: Callable[..., Any]) -> Callable[..., Any]:
    """Run the hook in the calling thread and skip it in other threads."""
    thread = threading.get_ident()

    @wraps(hook)
    def run(*args: Any, **kwargs: Any) -> Any:
        return hook(*args, **kwargs) if threading.get_ident() == thread else None

    return run
