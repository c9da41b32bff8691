"""The one place where a user's model is changed, and where every change is undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.nn.siamese import evaluating


@contextmanager
def untouched(model: nn.Module) -> Iterator[None]:
    """Explain inside this context and find ``model`` bit for bit as it was, also after an error.

    Inside, the model is in evaluation mode, no parameter takes a gradient (so none is computed or
    left in ``.grad``), and masks that another explainer left behind are out of the way.
    """
    wanted = [(parameter, parameter.requires_grad) for parameter in model.parameters()]
    stale = [layer for layer in message_layers(model) if layer.explain is True]
    with evaluating(model):
        try:
            for parameter, _ in wanted:
                parameter.requires_grad_(False)
            for layer in stale:
                layer.explain = None
            yield
        finally:
            for layer in stale:
                layer.explain = True
            for parameter, requires_grad in wanted:
                parameter.requires_grad_(requires_grad)


def message_layers(model: nn.Module) -> list[MessagePassing]:
    """Message passing layers that may be masked: all but those marked ``explain = False``."""
    return [
        layer
        for layer in model.modules()
        if isinstance(layer, MessagePassing) and layer.explain is not False
    ]


@contextmanager
def message_gates(
    model: nn.Module, num_nodes: int, num_edges: int, num_loops: int
) -> Iterator[Callable[[Tensor], None]]:
    r"""Multiply every message by the gate of its edge: :math:`m_{ji} \mapsto g_{ji} m_{ji}`.

    Uses the message hooks of :class:`~torch_geometric.nn.MessagePassing`, which leave no trace on
    the layer. Self loops, those of the data and those a layer adds, always pass.

    Args:
        model: The model whose layers are gated.
        num_nodes: N.
        num_edges: E, the loops included, which come last in ``edge_index``.
        num_loops: Self loops among them.

    Yields:
        A function that sets the gate, ``[E]``, for the forward passes to come.

    Raises:
        ValueError: If the model has no layer to gate, or a layer sends a number of messages that
            fits no edge.
    """
    layers = {
        layer: name for name, layer in model.named_modules() if layer in message_layers(model)
    }
    if not layers:
        raise ValueError(
            "the encoder has no MessagePassing layer that an edge mask could act on "
            "(a scripted or traced encoder hides them): use a node mask, or the eager module"
        )
    gates: dict[int, Tensor] = {}

    def set_gate(gate: Tensor) -> None:
        gates.clear()
        gates[num_edges] = gate
        proper = num_edges - num_loops
        if proper + num_nodes != num_edges:
            loops = gate.new_ones(num_nodes)
            gates[proper + num_nodes] = torch.cat([gate[:proper], loops])

    def apply_gate(layer: MessagePassing, inputs: tuple, messages: Tensor) -> Tensor | None:
        if not gates:
            return None
        count = messages.size(layer.node_dim)
        if count not in gates:
            raise ValueError(
                f"layer '{layers[layer]}' ({type(layer).__name__}) sends {count} messages for "
                f"{num_edges} edges, so no edge mask fits it: set its 'explain = False' to leave "
                f"it unmasked, or use a node mask"
            )
        shape = [1] * messages.dim()
        shape[layer.node_dim] = count
        return messages * gates[count].view(shape)

    handles = [layer.register_message_forward_hook(apply_gate) for layer in layers]
    try:
        yield set_gate
    finally:
        for handle in handles:
            handle.remove()
