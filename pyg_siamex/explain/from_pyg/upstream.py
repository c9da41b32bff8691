"""Let PyG's explainers work on a model, and undo all their changes."""

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
from pyg_siamex.nn.turns import PREDICTIONS

_logger = logging.getLogger(__name__)

_DEFAULTS = {kind: copy.deepcopy(kind.coeffs) for kind in (PGExplainer, GraphMaskExplainer)}


@contextmanager
def undone(model: nn.Module, seed: int) -> Iterator[None]:
    """Restore every module's attributes after another library's explainer ran on ``model``.

    Inside the block, the model starts without masks or their remains, masks act as in
    :func:`explaining`, and random numbers come from ``seed``. Afterwards, also after an error, all
    attributes, parameter names, buffers and hooks of all modules and the random state are restored.

    Args:
        model: A view of a pair, with records of its edges in ``model.edges``.
        seed: The seed.
    """
    devices = sorted({p.device.index or 0 for p in model.parameters() if p.is_cuda})
    notes: MessageGates = model.edges  # type: ignore[assignment]
    # Flags and masks on the layers would be seen by predictions of other threads.
    with seeded(seed, devices), PREDICTIONS.alone(), restored(model), noted(notes):
        for layer in notes.layers:
            _forget_masks(layer)
            if type(layer).explain_message is MessagePassing.explain_message:
                layer.explain_message = MethodType(explaining(notes), layer)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*did not already require gradients.*")
            warnings.filterwarnings("ignore", "Setting backward hooks on ReLU.*")
            warnings.filterwarnings("ignore", "Converting a tensor with requires_grad=True.*")
            yield


def explaining(notes: MessageGates) -> Callable[[MessagePassing, Tensor, int], Tensor]:
    """A layer's ``explain_message`` that gives every message the mask of its own edge.

    PyG's version uses the number of messages. It masks the wrong edges if a layer receives them in
    another order, or if a graph has as many self loops as nodes. Self loops always pass.

    Args:
        notes: Records of the edges that the layers receive.
    """

    def explain_message(layer: MessagePassing, inputs: Tensor, dim_size: int) -> Tensor:
        if not notes.active:
            return inputs
        mask = layer._edge_mask
        if mask is None:
            raise ValueError(f"no edge mask was set on {type(layer).__name__}")
        gate = notes.over_messages(layer, mask.sigmoid() if layer._apply_sigmoid else mask)
        if inputs.size(layer.node_dim) != len(gate):
            raise notes.refusal(
                layer, f"sends {inputs.size(layer.node_dim)} messages along {len(gate)} edges"
            )
        shape = [1] * inputs.dim()
        shape[layer.node_dim] = len(gate)
        return inputs * gate.view(shape)

    return explain_message


def copied(algorithm: ExplainerAlgorithm) -> Any:
    """Copy an algorithm with a forked random state, since PyG's linear layers draw when copied."""
    with torch.random.fork_rng(devices=[]):
        return copy.deepcopy(algorithm)


def own_coefficients(algorithm: ExplainerAlgorithm) -> None:
    """Give an algorithm its own coefficients.

    PyG keeps the coefficients of some algorithms on the class, and every constructor overwrites
    them for all instances. This function copies the current values to the instance, resets the
    class to PyG's defaults, and warns about values that differed.
    """
    kind = next((kind for kind in _DEFAULTS if isinstance(algorithm, kind)), None)
    if kind is None or "coeffs" in vars(algorithm):
        return
    algorithm.coeffs = copy.deepcopy(algorithm.coeffs)
    changed = {k: v for k, v in kind.coeffs.items() if v != _DEFAULTS[kind].get(k)}
    if changed:
        _logger.warning(
            "%s keeps its coefficients on the class, where this or an earlier instance set %s: "
            "this instance keeps them, the class is back at PyG's defaults",
            kind.__name__,
            ", ".join(f"{name}={value}" for name, value in changed.items()),
        )
        kind.coeffs.clear()
        kind.coeffs.update(copy.deepcopy(_DEFAULTS[kind]))


def _forget_masks(layer: MessagePassing) -> None:
    """Remove masks and their remains.

    A mask that was a parameter keeps its parameter name after PyG cleared it, and turns every later
    mask into a parameter without a gradient.
    """
    layer.explain = None
    for name in ("_edge_mask", "_loop_mask"):
        layer._parameters.pop(name, None)
        vars(layer)[name] = None
    layer._apply_sigmoid = True
