"""The only place that changes a user's model and undoes every change."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import nn
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.engine.threads import steady_dicts
from pyg_siamex.nn.device import check_initialised
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.restored import restored
from pyg_siamex.nn.signature import eager
from pyg_siamex.nn.turns import Turn

_ONE_AT_A_TIME = Turn()
_INSIDE = threading.local()


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Restore ``model`` bit for bit after explanations inside this context, also after an error.

    Inside, the model is in evaluation mode and runs eagerly in its own precision (no autocast, no
    inference mode). Parameters do not require gradients, so no gradient is computed or left in
    ``.grad``. Masks of other explainers are ignored. Explaining threads wait for each other, since
    two models may share layers.

    Raises:
        ValueError: If parameters are not initialised yet, or were made under
            ``torch.inference_mode``.
    """
    if any(inside is model for inside in _entered_models()):
        yield
        return
    with (
        _ONE_AT_A_TIME.taken(),
        _checked(model),
        _entered(model),
        evaluating(model),
        restored(model),
        _own_precision(),
    ):
        steady_dicts(model)
        stale = [layer for layer in message_layers(model) if layer.explain is True]
        with _masks_aside(stale), _masks_aside(stale):
            for parameter in model.parameters():
                parameter.requires_grad_(False)
            _run_eagerly(model)
            yield


def _entered_models() -> list[nn.Module]:
    """Models that this thread currently explains."""
    if not hasattr(_INSIDE, "models"):
        _INSIDE.models = []
    models: list[nn.Module] = _INSIDE.models
    return models


@contextmanager
def _entered(model: nn.Module) -> Iterator[None]:
    models = _entered_models()
    before = len(models)
    # Leave twice: each undoes what an error in the other leaves.
    with _cut_after(models, before), _cut_after(models, before):
        models.append(model)
        yield


@contextmanager
def _cut_after(models: list[nn.Module], length: int) -> Iterator[None]:
    try:
        yield
    finally:
        del models[length:]


def message_layers(model: nn.Module) -> list[MessagePassing]:
    """Message passing layers that may be masked: all except layers with ``explain = False``."""
    return [
        layer
        for layer in model.modules()
        if isinstance(layer, MessagePassing) and layer.explain is not False
    ]


@contextmanager
def _masks_aside(layers: list[MessagePassing]) -> Iterator[None]:
    """Ignore the masks that another explainer left on ``layers``."""
    try:
        for layer in layers:
            layer.explain = None
        yield
    finally:
        for layer in layers:
            layer.explain = True


@contextmanager
def _checked(model: nn.Module) -> Iterator[None]:
    _check_usable(model)
    yield


def _check_usable(model: nn.Module) -> None:
    check_initialised(model)
    for name, parameter in model.named_parameters():
        if parameter.is_inference():
            raise ValueError(
                f"parameter '{name}' was made under torch.inference_mode, which allows no "
                f"gradients: build or load the model outside of it"
            )


@contextmanager
def _own_precision() -> Iterator[None]:
    """Disable inference mode and autocast of the caller."""
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        for device in {"cpu", *(["cuda"] if torch.cuda.is_available() else [])}:
            if torch.is_autocast_enabled(device):
                stack.enter_context(torch.autocast(device, enabled=False))
        yield


def _run_eagerly(model: nn.Module) -> None:
    """Remove compiled and parallel wrappers, inside which hooks do not run."""
    for module in list(model.modules()):
        for name, child in module._modules.items():
            if child is not None and eager(child) is not child:
                module._modules[name] = eager(child)
        if getattr(module, "_compiled_call_impl", None) is not None:
            module._compiled_call_impl = None
        for name, value in list(vars(module).items()):
            plain = getattr(value, "_torchdynamo_orig_callable", None)
            if plain is not None:
                vars(module)[name] = plain
