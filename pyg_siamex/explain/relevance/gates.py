"""Gates on messages whose derivative is an edge's relevance."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor, nn
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.guard import message_layers


@contextmanager
def edge_gates(
    model: nn.Module,
    num_nodes: int,
    num_edges: int,
    num_loops: int,
    quiet: Callable[[], AbstractContextManager] = nullcontext,
) -> Iterator[Callable[[Tensor], None]]:
    """Multiply messages by the gates of their edges, by message hooks that leave no trace.

    Unlike :func:`~pyg_siamex.explain.guard.message_gates` it never replaces a layer's propagation,
    so that vectorised backward passes and interception see ordinary operations.

    Args:
        model: The model whose layers are gated.
        num_nodes: N.
        num_edges: E, self loops included, which come last in ``edge_index``.
        num_loops: Self loops among them; those always pass.
        quiet: Entered around the multiplication.

    Yields:
        A function that sets the gate, ``[E]``.

    Raises:
        ValueError: If no layer can be gated, or one sends a number of messages that fits no edge.
    """
    names = {layer: name for name, layer in model.named_modules() if layer in message_layers(model)}
    if not names:
        raise ValueError(
            "the encoder has no MessagePassing layer that an edge's relevance could be read from: "
            "use a node mask"
        )
    gates: dict[int, Tensor] = {}

    def set_gate(gate: Tensor) -> None:
        gates.clear()
        proper = gate[: num_edges - num_loops]
        gates[len(proper) + num_nodes] = torch.cat([proper, gate.new_ones(num_nodes)])
        gates[num_edges] = torch.cat([proper, gate.new_ones(num_loops)])

    def scale(layer: MessagePassing, inputs: tuple, messages: Tensor) -> Tensor | None:
        if not gates:
            return None
        count = messages.size(layer.node_dim)
        if count not in gates:
            raise ValueError(
                f"layer '{names[layer]}' ({type(layer).__name__}) sends {count} messages for "
                f"{num_edges} edges, so no edge relevance fits it: set its 'explain = False' to "
                f"leave it out, or use a node mask"
            )
        shape = [1] * messages.dim()
        shape[layer.node_dim] = count
        with quiet():
            return messages * gates[count].view(shape)

    handles = [layer.register_message_forward_hook(scale) for layer in names]
    try:
        yield set_gate
    finally:
        for handle in handles:
            handle.remove()
