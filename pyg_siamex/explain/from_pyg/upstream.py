"""Letting PyG's explainers work on a model, and undoing all they leave behind."""

import copy
import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.explain import ExplainerAlgorithm, GraphMaskExplainer, PGExplainer
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.engine.gates import MessageGates, noted
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.nn.restored import restored

logger = logging.getLogger(__name__)

_DEFAULTS = {kind: copy.deepcopy(kind.coeffs) for kind in (PGExplainer, GraphMaskExplainer)}


@contextmanager
def undone(model: nn.Module, seed: int) -> Iterator[None]:
    """Give ``model`` to someone else's explainer and have every module's attributes back after.

    Inside, no mask and no trace of one is on the model, masks act as :func:`explaining` says, and
    random numbers come from ``seed``. After, also after an error, all attributes, parameters'
    names, buffers and hooks of all modules are what they were, and so is the random state.

    Args:
        model: A view of a pair, with notes of its edges in ``model.edges``.
        seed: The seed.
    """
    devices = sorted({p.device.index or 0 for p in model.parameters() if p.is_cuda})
    notes: MessageGates = model.edges  # type: ignore[assignment]
    with restored(model), noted(notes):
        for layer in notes.layers:
            _forget_masks(layer)
            if type(layer).explain_message is MessagePassing.explain_message:
                layer.explain_message = MethodType(explaining(notes), layer)
        with seeded(seed, devices), warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*did not already require gradients.*")
            warnings.filterwarnings("ignore", "Setting backward hooks on ReLU.*")
            warnings.filterwarnings("ignore", "Converting a tensor with requires_grad=True.*")
            yield


def explaining(notes: MessageGates) -> Callable[[MessagePassing, Tensor, int], Tensor]:
    """A layer's ``explain_message`` that gives every message the mask of its own edge.

    PyG's own goes by the number of messages: it masks the wrong edges where a layer receives them
    in another order, or has as many self loops as nodes. Self loops always pass.

    Args:
        notes: Which edges the layers receive.
    """

    def explain_message(layer: MessagePassing, inputs: Tensor, dim_size: int) -> Tensor:
        if not notes.active:
            return inputs
        mask = layer._edge_mask
        if mask is None:
            raise ValueError(f"no edge mask was set on {type(layer).__name__}")
        gate = notes.spread(layer, mask.sigmoid() if layer._apply_sigmoid else mask)
        if inputs.size(layer.node_dim) != len(gate):
            raise notes.refusal(
                layer, f"sends {inputs.size(layer.node_dim)} messages along {len(gate)} edges"
            )
        shape = [1] * inputs.dim()
        shape[layer.node_dim] = len(gate)
        return inputs * gate.view(shape)

    return explain_message


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
