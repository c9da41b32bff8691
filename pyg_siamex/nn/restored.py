"""Finding a model as it was: modes, attributes, hooks, flags and buffers of every module."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put ``model`` in evaluation mode and give every submodule its own mode back after."""
    with _modes(model), _modes(model):  # one undoes what an error in the other leaves
        model.eval()
        yield


@contextmanager
def restored(model: nn.Module) -> Iterator[None]:
    """Find every module of ``model`` as it was, also after an error.

    Put back are attributes, what dictionaries, lists and sets among them hold (parameters, buffers,
    submodules, hooks and caches by name), the content of buffers, and of parameters the gradient
    and whether they take one.
    """
    snapshot = Snapshot(model)
    try:
        yield
    finally:
        snapshot.put_back()


class Snapshot:
    """What :func:`restored` puts back.

    Args:
        model: The model.
    """

    def __init__(self, model: nn.Module) -> None:
        self.modules = [(module, _attributes(module)) for module in model.modules()]
        self.parameters = [(p, p.requires_grad, p.grad) for p in model.parameters()]
        self.buffers = [(b, version(b), b.clone()) for b in model.buffers() if b is not None]

    def put_back(self) -> None:
        """Undo every change since; what has not changed is not written."""
        for module, attributes in self.modules:
            _put_back(module, attributes)
        for parameter, requires_grad, grad in self.parameters:
            if parameter.requires_grad is not requires_grad:
                parameter.requires_grad_(requires_grad)
            if parameter.grad is not grad:
                parameter.grad = grad
        for buffer, number, content in self.buffers:
            if version(buffer) != number:
                with torch.no_grad():
                    buffer.copy_(content)

    def changed(self) -> list[str]:
        """Names ``Class.attribute`` of what has changed since."""
        found = []
        for module, attributes in self.modules:
            now = vars(module)
            names = {n for n in now.keys() | attributes.keys() if _differs(n, now, attributes)}
            found += [f"{type(module).__name__}.{name}" for name in sorted(names)]
        owners = {id(b): n for n, b in self._named_buffers()}
        return found + [owners[id(b)] for b, number, _ in self.buffers if version(b) != number]

    def _named_buffers(self) -> Iterator[tuple[str, Tensor]]:
        for module, _ in self.modules:
            for name, buffer in module.named_buffers(recurse=False):
                yield f"{type(module).__name__}.{name}", buffer


def version(tensor: Tensor) -> int:
    """Number of in-place changes so far; inference tensors do not count them."""
    return 0 if tensor.is_inference() else tensor._version


@contextmanager
def _modes(model: nn.Module) -> Iterator[None]:
    modes = [(module, module.training) for module in model.modules()]
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def _attributes(module: nn.Module) -> dict[str, tuple[Any, Any]]:
    """Attributes of a module, each container with a copy of its content."""
    if isinstance(module, torch.jit.ScriptModule):
        return {}
    return {name: (value, _content(value)) for name, value in vars(module).items()}


def _content(value: Any) -> list[Any] | None:
    if isinstance(value, dict):
        return list(value.items())
    return list(value) if isinstance(value, list | set) else None


def _put_back(module: nn.Module, attributes: dict[str, tuple[Any, Any]]) -> None:
    if isinstance(module, torch.jit.ScriptModule):
        return
    now = vars(module)
    for name in [name for name in now if name not in attributes]:
        del now[name]
    for name, (value, content) in attributes.items():
        if now.get(name, now) is not value:
            now[name] = value
        if content is not None and not _same(_content(value), content):
            # In the same container: the user's hook handles point at it.
            value.clear()
            value.extend(content) if isinstance(value, list) else value.update(content)


def _differs(name: str, now: dict[str, Any], before: dict[str, tuple[Any, Any]]) -> bool:
    if name not in now or name not in before or now[name] is not before[name][0]:
        return True
    return before[name][1] is not None and not _same(_content(now[name]), before[name][1])


def _same(one: list[Any] | None, other: list[Any] | None) -> bool:
    """Whether two contents hold the very same objects."""
    if one is None or other is None or len(one) != len(other):
        return False
    return all(_identical(a, b) for a, b in zip(one, other, strict=True))


def _identical(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) == 2:
        return a[0] is b[0] and a[1] is b[1]
    return a is b
