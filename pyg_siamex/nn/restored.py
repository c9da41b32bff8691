"""Restore a model: the attributes, hooks, flags and buffers of every module."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


@contextmanager
def restored(model: nn.Module) -> Iterator[None]:
    """Restore every module of ``model`` at the end of the block, also after an error.

    Restores the attributes, the content of dictionaries, lists and sets among them (parameters,
    buffers, submodules, hooks and caches by name), the content of buffers, and the gradient and
    ``requires_grad`` of parameters.
    """
    snapshot = Snapshot(model)
    # Restore twice: each undoes what an error in the other leaves.
    with _put_back_after(snapshot), _put_back_after(snapshot):
        yield


@contextmanager
def _put_back_after(snapshot: "Snapshot") -> Iterator[None]:
    try:
        yield
    finally:
        snapshot.put_back()


class Snapshot:
    """The state of a model that :func:`restored` puts back.

    Args:
        model: The model.
    """

    def __init__(self, model: nn.Module) -> None:
        self.modules: list[tuple[nn.Module, dict[str, tuple[Any, Any]]]] = [
            (module, _attributes(module)) for module in model.modules()
        ]
        self.parameters: list[tuple[nn.Parameter, bool, Tensor | None]] = [
            (p, p.requires_grad, p.grad) for p in model.parameters()
        ]
        self.buffers: list[tuple[Tensor, Tensor]] = [(b, b.clone()) for b in model.buffers()]

    def put_back(self) -> None:
        """Undo every change since; unchanged values are not written."""
        for module, attributes in self.modules:
            _put_back(module, attributes)
        for parameter, requires_grad, grad in self.parameters:
            if parameter.requires_grad is not requires_grad:
                parameter.requires_grad_(requires_grad)
            if parameter.grad is not grad:
                parameter.grad = grad
        for buffer, content in self.buffers:
            if not _equal(buffer, content):  # some operations count no change
                with torch.no_grad():
                    buffer.copy_(content)

    def changed(self) -> list[str]:
        """Names ``Class.attribute`` of the attributes and buffers that have changed since."""
        found = []
        for module, attributes in self.modules:
            now = vars(module)
            names = {n for n in now.keys() | attributes.keys() if _differs(n, now, attributes)}
            found += [f"{type(module).__name__}.{name}" for name in sorted(names)]
        owners = {id(b): n for n, b in self._named_buffers()}
        return found + [owners[id(b)] for b, c in self.buffers if not _equal(b, c)]

    def _named_buffers(self) -> Iterator[tuple[str, Tensor]]:
        for module, _ in self.modules:
            for name, buffer in module.named_buffers(recurse=False):
                yield f"{type(module).__name__}.{name}", buffer


def _attributes(module: nn.Module) -> dict[str, tuple[Any, Any]]:
    """Attributes of a module, each with its content to restore."""
    if isinstance(module, torch.jit.ScriptModule):
        return {}
    return {name: (value, _content(value, name)) for name, value in vars(module).items()}


def _content(value: Any, name: str = "") -> Any:
    """The content of a container, a tensor or an array; ``None`` for anything else."""
    if value is None or isinstance(value, _PLAIN):
        return None
    if isinstance(value, dict):
        if name in _OF_TORCH:  # holds modules, tensors and functions that are restored elsewhere
            return list(value.items())
        return [(key, one, _content(one)) for key, one in value.items()]
    if isinstance(value, list | deque):
        return [(one, _content(one)) for one in value]
    if isinstance(value, set):
        return list(value)
    if isinstance(value, Tensor) and not isinstance(value, nn.Parameter):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, SimpleNamespace):
        return _content(vars(value))
    return None


def _put_content_back(value: Any, content: Any, name: str = "") -> None:
    """Restore the content of a container in place, since handles and views point at it."""
    if content is None or (isinstance(content, list) and not content and not _content_now(value)):
        return
    if not _changed(value, content, name):
        return
    if isinstance(value, SimpleNamespace):
        _put_content_back(vars(value), content)
    elif isinstance(value, dict):
        for item in content:
            if len(item) == 3:
                _put_content_back(item[1], item[2])
        _put_items_back(value, {item[0]: item[1] for item in content})
    elif isinstance(value, list | deque):
        for one, inside in content:
            _put_content_back(one, inside)
        value.clear()
        value.extend(one for one, _ in content)
    elif isinstance(value, set):
        value.clear()
        value.update(content)
    elif isinstance(value, Tensor):
        with torch.no_grad():
            value.copy_(content)
    elif isinstance(value, np.ndarray):
        value[...] = content


def _put_items_back(value: dict[Any, Any], content: dict[Any, Any]) -> None:
    """Restore the items and their order, never without those that stay: other threads read them."""
    for key in [key for key in value if key not in content]:
        del value[key]
    value.update(content)
    for key in content if list(value) != list(content) else ():
        value[key] = value.pop(key)


def _put_back(module: nn.Module, attributes: dict[str, tuple[Any, Any]]) -> None:
    if isinstance(module, torch.jit.ScriptModule):
        return
    now = vars(module)
    for name in [name for name in now if name not in attributes]:
        del now[name]
    for name, (value, content) in attributes.items():
        if now.get(name, now) is not value:
            now[name] = value
        _put_content_back(value, content, name)


def _differs(name: str, now: dict[str, Any], before: dict[str, tuple[Any, Any]]) -> bool:
    if name not in now or name not in before or now[name] is not before[name][0]:
        return True
    return before[name][1] is not None and _changed(now[name], before[name][1], name)


def _changed(value: Any, content: Any, name: str = "") -> bool:
    """Whether a container no longer holds the same objects, or one of them has changed."""
    if isinstance(value, Tensor):
        return not _equal(value, content)
    if isinstance(value, np.ndarray):
        return not np.array_equal(value, content, equal_nan=value.dtype.kind == "f")
    now = _content_now(value)
    if len(now) != len(content):
        return True
    for one, before in zip(now, content, strict=True):
        if isinstance(before, tuple) and len(before) == 3:  # key, value, inside
            if one[0] is not before[0] or one[1] is not before[1]:
                return True
            if before[2] is not None and _changed(before[1], before[2]):
                return True
        elif isinstance(value, dict):
            if one[0] is not before[0] or one[1] is not before[1]:
                return True
        elif isinstance(value, set):
            if one is not before:
                return True
        elif one is not before[0] or (before[1] is not None and _changed(before[0], before[1])):
            return True
    return False


def _equal(one: Tensor, other: Tensor) -> bool:
    """Whether two tensors have equal values; assumed for tensors without plain values."""
    if one.layout is not torch.strided or one.is_meta or one.is_quantized:
        return True
    return torch.equal(one, other)


def _content_now(value: Any) -> list[Any]:
    if isinstance(value, SimpleNamespace):
        value = vars(value)
    return list(value.items()) if isinstance(value, dict) else list(value)


_PLAIN = (bool, int, float, str, nn.Module)
_OF_TORCH = frozenset(vars(nn.Module())) | {"_message_forward_hooks"}
