"""Record and compare all state that an explainer could change."""

import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.data import Data


class ModelState:
    """A model's weights, gradients, buffers, modes, attributes and hooks at one moment.

    Args:
        model: The model.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.before: dict[str, Any] = dict(_of_model(model))

    def changes(self) -> list[str]:
        """Short descriptions of all changes since."""
        return _changes(self.before, dict(_of_model(self.model)))


class GlobalState:
    """Random number generators and switches of the process at one moment."""

    def __init__(self) -> None:
        self.before: dict[str, Any] = dict(_of_process())

    def changes(self) -> list[str]:
        """Short descriptions of all changes since."""
        return _changes(self.before, dict(_of_process()))


class GraphState:
    """The content of graphs at one moment.

    Args:
        graphs: Graphs by name.
    """

    def __init__(self, graphs: dict[str, Data]) -> None:
        self.graphs = graphs
        self.before: dict[str, Any] = dict(_of_graphs(graphs))

    def changes(self) -> list[str]:
        """Short descriptions of all changes since."""
        return _changes(self.before, dict(_of_graphs(self.graphs)))


def _of_model(model: nn.Module) -> Iterator[tuple[str, Any]]:
    for name, parameter in model.named_parameters():
        yield f"the values of parameter '{name}'", _copied(parameter)
        yield f"requires_grad of parameter '{name}'", parameter.requires_grad
        yield f"the gradient of parameter '{name}'", _copied(parameter.grad)
    for name, buffer in model.named_buffers():
        yield f"the values of buffer '{name}'", _copied(buffer)
    for name, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            continue
        where = f"of module '{name}' ({type(module).__name__})"
        for attribute, value in vars(module).items():
            yield f"attribute '{attribute}' {where}", _content(value)


def _content(value: Any) -> Any:
    """Identity of an attribute: its value if it is plain, else the objects it holds."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):  # hooks, parameters, submodules
        return [(key, id(item)) for key, item in value.items()]
    if isinstance(value, list | tuple | set):
        return [id(item) for item in value]
    return id(value)


def _of_process() -> Iterator[tuple[str, Any]]:
    yield "torch's random state", torch.get_rng_state()
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        yield "CUDA's random states", torch.stack(torch.cuda.get_rng_state_all())
    yield "the state of Python's random", random.getstate()

    yield "NumPy's random state", str(np.random.get_state(legacy=False))
    for name in ("_global_forward_pre_hooks", "_global_forward_hooks", "_global_backward_hooks"):
        yield f"torch.nn's {name}", _content(getattr(torch.nn.modules.module, name))
    yield "gradient mode", torch.is_grad_enabled()
    yield "inference mode", torch.is_inference_mode_enabled()
    yield "autocast", torch.is_autocast_enabled("cpu")
    yield "anomaly detection", torch.is_anomaly_enabled()
    yield "deterministic algorithms", torch.are_deterministic_algorithms_enabled()
    yield "the default dtype", torch.get_default_dtype()
    yield "the number of threads", torch.get_num_threads()


def _of_graphs(graphs: dict[str, Data]) -> Iterator[tuple[str, Any]]:
    for name, graph in graphs.items():
        yield f"the attributes of {name}", sorted(graph.keys())
        for key, value in graph.to_dict().items():
            yield f"'{key}' of {name}", _copied(value)
            if isinstance(value, Tensor):
                yield f"requires_grad of '{key}' of {name}", value.requires_grad
                yield f"the gradient of '{key}' of {name}", _copied(value.grad)


def _copied(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, Tensor) else value


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    gone = [f"{name} is gone" for name in before if name not in after]
    new = [f"{name} is new" for name in after if name not in before]
    changed = [
        f"{name} changed"
        for name, value in before.items()
        if name in after and not _equal(value, after[name])
    ]
    return changed + gone + new


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        same_kind = one.dtype == other.dtype and one.shape == other.shape
        # Compared by bits, so that NaN equals itself.
        return same_kind and _bits(one) == _bits(other)
    return type(one) is type(other) and bool(one == other)


def _bits(value: Tensor) -> bytes:
    plain = value.cpu().resolve_conj().resolve_neg().contiguous()
    return plain.view(-1).view(torch.uint8).numpy().tobytes()
