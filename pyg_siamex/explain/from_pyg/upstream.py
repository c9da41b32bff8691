"""Letting PyG's explainers work on a model, and undoing all they leave behind."""

import copy
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.explain import ExplainerAlgorithm, GraphMaskExplainer, PGExplainer
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.guard import message_layers
from pyg_siamex.explain.seeded import seeded

logger = logging.getLogger(__name__)

_DEFAULTS = {kind: copy.deepcopy(kind.coeffs) for kind in (PGExplainer, GraphMaskExplainer)}


@contextmanager
def undone(model: nn.Module, seed: int) -> Iterator[None]:
    """Give ``model`` to someone else's explainer and have every module's attributes back after.

    Inside, no mask and no trace of one is on the model, masks act as :func:`explain_message` says,
    and random numbers come from ``seed``. After, also after an error, all attributes, parameters'
    names, buffers and hooks of all modules are what they were, and so is the random state.
    """
    before = [(module, _attributes(module)) for module in model.modules()]
    devices = sorted({p.device.index or 0 for p in model.parameters() if p.is_cuda})
    try:
        for layer in message_layers(model):
            _forget_masks(layer)
            if type(layer).explain_message is MessagePassing.explain_message:
                layer.explain_message = MethodType(explain_message, layer)
        with seeded(seed, devices), warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*did not already require gradients.*")
            warnings.filterwarnings("ignore", "Setting backward hooks on ReLU.*")
            warnings.filterwarnings("ignore", "Converting a tensor with requires_grad=True.*")
            yield
    finally:
        for module, attributes in before:
            _put_back(module, attributes)


def explain_message(layer: MessagePassing, inputs: Tensor, dim_size: int) -> Tensor:
    """Multiply messages by the layer's edge mask, self loops always passing.

    Stands in for ``MessagePassing.explain_message``, which takes a graph with as many self loops as
    nodes for one whose loops the layer keeps in place, and then masks the wrong edges. Edges must
    come with their self loops last.

    Raises:
        ValueError: If the number of messages fits neither the edges nor the edges with added loops.
    """
    mask = layer._edge_mask
    if mask is None:
        raise ValueError(f"no edge mask was set on {type(layer).__name__}")
    if layer._apply_sigmoid:
        mask = mask.sigmoid()
    proper = mask[: int(layer._loop_mask.sum())]
    messages = inputs.size(layer.node_dim)
    loops = messages - len(proper)
    if loops not in (len(mask) - len(proper), dim_size):
        raise ValueError(
            f"a {type(layer).__name__} sends {messages} messages for {len(mask)} edges, so no edge "
            f"mask fits it: set its 'explain = False' to leave it unmasked, or use a node mask"
        )
    shape = [1] * inputs.dim()
    shape[layer.node_dim] = messages
    return inputs * torch.cat([proper, proper.new_ones(loops)]).view(shape)


def copied(algorithm: ExplainerAlgorithm) -> Any:
    """A copy of an algorithm; PyG's linear layers draw random numbers when they are copied."""
    with torch.random.fork_rng(devices=[]):
        return copy.deepcopy(algorithm)


def own_coefficients(algorithm: ExplainerAlgorithm) -> None:
    """Give an algorithm coefficients of its own.

    PyG keeps those of some algorithms on the class, where every constructor writes its own: they
    reach all instances, older ones too. The instance keeps what it has now, the class goes back to
    PyG's defaults, and a warning names what differed.
    """
    kind = next((kind for kind in _DEFAULTS if isinstance(algorithm, kind)), None)
    if kind is None or "coeffs" in vars(algorithm):
        return
    algorithm.coeffs = copy.deepcopy(algorithm.coeffs)
    changed = {k: v for k, v in kind.coeffs.items() if v != _DEFAULTS[kind].get(k)}
    if changed:
        logger.warning(
            "%s keeps its coefficients on the class, where this or an earlier instance set %s: "
            "this instance keeps them, the class is back at PyG's defaults",
            kind.__name__,
            ", ".join(f"{name}={value}" for name, value in changed.items()),
        )
        kind.coeffs.clear()
        kind.coeffs.update(copy.deepcopy(_DEFAULTS[kind]))


def _forget_masks(layer: MessagePassing) -> None:
    """Remove masks and what is left of them.

    A mask that was a parameter stays a parameter's name after PyG cleared it, and turns every later
    mask into a parameter without a gradient.
    """
    layer.explain = None
    for name in ("_edge_mask", "_loop_mask"):
        layer._parameters.pop(name, None)
        vars(layer)[name] = None
    layer._apply_sigmoid = True


def _attributes(module: nn.Module) -> dict[str, tuple[Any, Any]]:
    """Attributes of a module, each container with a copy of its content."""
    return {
        name: (value, copy.copy(value) if isinstance(value, dict | set) else None)
        for name, value in vars(module).items()
    }


def _put_back(module: nn.Module, attributes: dict[str, tuple[Any, Any]]) -> None:
    vars(module).clear()
    for name, (value, content) in attributes.items():
        vars(module)[name] = value
        if content is not None:  # in the same container: the user's hook handles point at it
            value.clear()
            value.update(content)
