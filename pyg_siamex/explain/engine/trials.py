"""Trials of an encoder under gates: do they stop all messages, and are its gradients true?"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.threads import only_here

TRUE_TO = 0.25
"""Relative gap between a gradient and a finite difference that kinks and rounding may make."""

STEP = 5e-3
"""Step of the finite difference; gates are of size 1."""

Encode = Callable[[GraphInputs, Tensor | None, Tensor | None], Tensor]
Key = tuple[nn.Module, int, str]
"""A module, the number of its call, and ``"input"`` or ``"output"``."""


@torch.no_grad()
def leaking_module(
    encoder: nn.Module,
    encode: Encode,
    graph: GraphInputs,
    sound: set[str],
    like: Tensor,
    together: bool,
) -> str | None:
    """Name of a module that lets a node see a neighbour through closed gates, or ``None``.

    The features of a node are changed. With all gates closed, no other node's row may change in any
    module's output that has a row for each node, unless it changes without any edge as well (a
    norm, global attention). Attention is forgiven: the softmax over a node's neighbours reads them
    whatever the gates are.

    Args:
        encoder: The encoder.
        encode: Encodes graphs under gates.
        graph: A small graph with edges.
        sound: Names of the layers that are known to receive the graph's edges, or that are left
            unmasked by choice.
        like: What gates are like.
        together: Graphs of a batch do not influence each other.
    """
    changed, node = _with_a_changed_node(graph)
    if changed is None:
        return None
    names = {module: name or "encoder" for name, module in encoder.named_modules()}
    none = torch.zeros_like(graph.edge_index[0], dtype=torch.bool)
    graphs = [graph, changed]
    with suppress(ValueError):  # an input that points at edges
        graphs += [graph.select_edges(none), changed.select_edges(none)]
    rows = _rows(names, encode, graphs, like, together)
    reached = torch.zeros(len(graph.x), dtype=torch.bool, device=graph.x.device)
    for (module, _, side), values in rows.items():
        new = _differ(values[0], values[1]) & ~reached
        if len(values) == 4:
            new &= ~_differ(values[2], values[3])
        new[node] = False
        if not bool(new.any()):
            continue
        name = names[module]
        forgiven = any(name == layer or name.startswith(f"{layer}.") for layer in sound)
        if not forgiven or (side == "input" and name in sound):
            return name
        reached |= new
    return None


def gradient_gap(
    function: Callable[[Tensor], Tensor], size: tuple[int, ...], like: Tensor
) -> float:
    """Relative gap between the gradient of a function of gates and its finite difference.

    At the first of three random points where they agree, so that a kink at one does not count.

    Args:
        function: From gates to embeddings.
        size: Shape of the gates.
        like: What gates are like.
    """
    gaps = []
    for seed in range(3):
        generator = torch.Generator().manual_seed(seed)
        gates, direction = (
            torch.rand(size, generator=generator, dtype=torch.double).to(like) for _ in range(2)
        )

        def value(t: Tensor, gates: Tensor = gates, direction: Tensor = direction) -> Tensor:
            h = function(gates + t * direction).double()
            return (
                h * torch.linspace(1, 2, h.numel(), dtype=h.dtype).to(h.device).view_as(h)
            ).sum()

        with torch.enable_grad():
            t = like.new_zeros(()).requires_grad_()
            out = value(t)
            exact = 0.0
            if out.requires_grad:
                (found,) = torch.autograd.grad(out, t, allow_unused=True, materialize_grads=True)
                exact = float(found)
        with torch.no_grad():
            step = like.new_tensor(STEP)
            above, below = float(value(step)), float(value(-step))
        difference, noise = (above - below) / (2 * STEP), 1e-6 * abs(above) / STEP
        scale = max(abs(exact), abs(difference))
        gaps.append(0.0 if scale <= noise else abs(exact - difference) / scale)
        if gaps[-1] <= TRUE_TO:
            break
    return min(gaps)


def _with_a_changed_node(graph: GraphInputs) -> tuple[GraphInputs | None, int]:
    """The graph with the features of its busiest node changed, and the node."""
    row, col = graph.edge_index
    ends = torch.cat([row[row != col], col[row != col]])
    if not len(ends):
        return None, 0
    node = int(ends.bincount(minlength=len(graph.x)).argmax())
    x, flat = graph.x.clone(), graph.x.reshape(len(graph.x), -1)
    other = (flat != flat[node]).any(1).nonzero().flatten()
    if len(other):
        x[node] = graph.x[other[0]]
    elif x.is_floating_point():
        x[node] = x[node] + 1
    else:
        return None, 0
    return replace(graph, x=x), node


def _rows(
    names: dict[nn.Module, str],
    encode: Encode,
    graphs: list[GraphInputs],
    like: Tensor,
    together: bool,
) -> dict[Key, list[Tensor]]:
    """Values with a row for each node, ``[N, ...]`` of each graph, in the order of the modules."""
    unions = [GraphInputs.join(graphs)] if together else graphs
    found: list[dict[Key, Tensor]] = []
    for union in unions:
        with suppress(*([] if together else [ValueError, RuntimeError, IndexError])):
            found.append(_recorded_rows(names, encode, union, like))
    if not together:
        return {k: [f[k] for f in found if k in f] for k, v in found[0].items()}
    return {key: list(value.chunk(len(graphs))) for key, value in found[0].items()}


def _recorded_rows(
    names: dict[nn.Module, str], encode: Encode, union: GraphInputs, like: Tensor
) -> dict[Key, Tensor]:
    """Values with a row for each node of a union that is encoded with all gates closed."""
    found: dict[Key, Tensor] = {}
    calls: dict[nn.Module, int] = {}

    def keep(module: nn.Module, value: Any, side: str) -> None:
        value = value[0] if isinstance(value, tuple) and value else value
        value = value[0] if isinstance(value, tuple) and value else value  # (x, x) of a layer
        real = isinstance(value, Tensor) and value.is_floating_point() and value.dim() > 0
        if real and len(value) == len(union.x):
            found[module, calls[module], side] = value.detach()

    def enter(module: nn.Module, given: Any) -> None:
        calls[module] = calls.get(module, -1) + 1
        keep(module, given, "input")

    def leave(module: nn.Module, _: Any, output: Any) -> None:
        keep(module, output, "output")

    with ExitStack() as hooks:
        for module in names:
            if not isinstance(module, torch.jit.ScriptModule):
                hooks.callback(module.register_forward_pre_hook(only_here(enter)).remove)
                hooks.callback(module.register_forward_hook(only_here(leave)).remove)
        encode(union, like.new_zeros(union.edge_index.size(1)), None)
    return found


def _differ(one: Tensor, other: Tensor) -> Tensor:
    """Rows that differ by more than rounding."""
    if one.shape != other.shape:
        return torch.zeros(len(one), dtype=torch.bool, device=one.device)
    gap = (one - other).abs().reshape(len(one), -1).amax(1)
    return gap > 1e-5 * one.abs().max().clamp_min(1e-30)
