"""Build models without memory for their weights, to learn how large they would be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import TypeVar

import torch
from torch import nn
from torch.nn.modules.module import register_module_module_registration_hook
from torch.nn.parameter import is_lazy

from pyg_siamex._memory import check_memory

_M = TypeVar("_M", bound=nn.Module)

_MOST_MODULES = 10_000
"""Most modules of a model; PyG's have about ten for each layer."""

_COPIES = 4
"""How often weights are held while a model is trained: with gradients and two moments."""


def on_meta(build: Callable[[], _M], most: int = _MOST_MODULES) -> _M:
    """The model that ``build`` makes, on the device ``meta``.

    Args:
        build: Makes a model. If it computes with values while it builds, it is built with values.
        most: Most modules that it may have.

    Raises:
        ValueError: If it has more modules, or sizes that no tensor can have.
    """
    with _at_most(most):
        try:
            with torch.device("meta"):
                return build()
        except (NotImplementedError, RuntimeError) as error:
            if "meta" in str(error):
                return build()
            text = " ".join(str(error).split())[:200]
            raise ValueError(f"a model of these sizes cannot be built ({text})") from None


def check_size(build: Callable[[], nn.Module]) -> None:
    """Refuse a model that has too many layers, or does not fit into memory while it is trained.

    Args:
        build: Makes the model.

    Raises:
        ValueError: Tells how much it would take.
    """
    if torch.empty(0).is_meta:  # asked for by the caller
        return
    parameters = [one for one in on_meta(build).parameters() if not is_lazy(one)]
    size = sum(one.numel() * one.element_size() for one in parameters)
    check_memory(_COPIES * size, "training this model", "take a smaller width, or fewer layers")


def check_weights(numbers: int) -> None:
    """Refuse weights that do not fit into memory while they are trained.

    Args:
        numbers: How many there are.

    Raises:
        ValueError: Tells how much they would take.
    """
    size = _COPIES * numbers * torch.get_default_dtype().itemsize
    check_memory(size, "training weights of these sizes", "take smaller sizes")


@contextmanager
def _at_most(count: int) -> Iterator[None]:
    """Stop after ``count`` new modules: a million layers would take hours."""
    left, own = count, get_ident()

    def counted(module: nn.Module, name: str, submodule: nn.Module | None) -> None:
        nonlocal left
        left -= get_ident() == own  # the hook hears all threads
        if left < 0:
            raise ValueError(f"a model of these sizes has more than {count:,} layers and parts")

    handle = register_module_module_registration_hook(counted)
    try:
        yield
    finally:
        handle.remove()
