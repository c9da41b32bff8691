"""Evaluation mode, shared by the threads that need it at the same time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from pyg_siamex._door import checked
from pyg_siamex.nn.turns import locked


@contextmanager
@checked
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put ``model`` in evaluation mode and restore the mode of every submodule afterwards.

    A module that several threads evaluate gets its mode back when the last of them is done.
    """
    user, held = object(), list[_Held]()
    # Release twice: each undoes what an error in the other leaves.
    with _released_after(user, held), _released_after(user, held):
        _hold(model, user, held)
        model.eval()
        yield


class _Held:
    """A module in evaluation mode, the mode to restore, and who needs it."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.mode = module.training
        self.users: set[object] = set()


_LOCK = threading.Condition(threading.RLock())
_HELD: dict[int, _Held] = {}


def _hold(model: nn.Module, user: object, held: list[_Held]) -> None:
    with locked(_LOCK):
        for module in model.modules():
            known = _HELD.get(id(module))
            if known is None or not known.users:
                known = _HELD[id(module)] = _Held(module)
            held.append(known)
            known.users.add(user)


@contextmanager
def _released_after(user: object, held: list[_Held]) -> Iterator[None]:
    try:
        yield
    finally:
        with locked(_LOCK):
            for one in held:
                one.users.discard(user)
                if not one.users:
                    one.module.training = one.mode
                    if _HELD.get(id(one.module)) is one:
                        del _HELD[id(one.module)]
