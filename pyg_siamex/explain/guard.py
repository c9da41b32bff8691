"""The one place where a user's model is changed, and where every change is undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.gated_sum import GatedPropagate, is_weighted_sum
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

    Uses the message hooks of :class:`~torch_geometric.nn.MessagePassing`, or one sparse product for
    layers that are a weighted sum; both leave no trace on the layer. Self loops, those of the data
    and those a layer adds, always pass.

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

    def gate_of(layer: MessagePassing, messages: int) -> Tensor | None:
        if gates and messages not in gates:
            raise ValueError(
                f"layer '{layers[layer]}' ({type(layer).__name__}) sends {messages} messages for "
                f"{num_edges} edges, so no edge mask fits it: set its 'explain = False' to leave "
                f"it unmasked, or use a node mask"
            )
        return gates.get(messages)

    def scale(layer: MessagePassing, inputs: tuple, messages: Tensor) -> Tensor | None:
        gate = gate_of(layer, messages.size(layer.node_dim))
        if gate is None:
            return None
        shape = [1] * messages.dim()
        shape[layer.node_dim] = len(gate)
        return messages * gate.view(shape)

    fused = [layer for layer in layers if is_weighted_sum(layer)]
    usual = [layer for layer in layers if layer not in fused]
    bound = [(layer, vars(layer).get("propagate")) for layer in fused]
    handles = [layer.register_message_forward_hook(scale) for layer in usual]
    try:
        for layer in fused:
            layer.propagate = GatedPropagate(layer, gate_of)
        yield set_gate
    finally:
        for layer, propagate in bound:
            vars(layer).pop("propagate", None)
            if propagate is not None:
                layer.propagate = propagate
        for handle in handles:
            handle.remove()
