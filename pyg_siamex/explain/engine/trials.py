"""Trials of an encoder under gates: do they stop all messages, and are its gradients true?"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.threads import only_here

NODES = 2
"""Nodes whose features are changed, to see where the change arrives."""

TRUE_TO = 0.25
"""Relative gap between a gradient and a finite difference that kinks and rounding may make."""

STEP = 5e-3
"""Step of the finite difference; gates are of size 1."""

Encode = Callable[[GraphInputs, Tensor | None, Tensor | None], Tensor]


@torch.no_grad()
def leaking_module(
    encoder: nn.Module, encode: Encode, graph: GraphInputs, sound: set[str], like: Tensor
) -> str | None:
    """Name of a module that lets a node see a neighbour through closed gates, or ``None``.

    The features of a node are changed. With all gates closed, no other node's row may change in any
    module's output that has a row for each node, unless it changes without any edge as well (a
    norm, global attention). Attention is forgiven: the softmax over a node's neighbours reads them
    whatever the gates are.

    Args:
        encoder: The encoder.
        encode: Encodes a graph under gates.
        graph: A small graph with edges.
        sound: Names of the layers that are known to receive the graph's edges, or that are left
            unmasked by choice.
        like: What gates are like.
    """
    changed = _with_changed_nodes(graph)
    if not changed:
        return None
    none = torch.zeros_like(graph.edge_index[0], dtype=torch.bool)
    closed = like.new_zeros(graph.edge_index.size(1))
    names = {module: name or "encoder" for name, module in encoder.named_modules()}
    graphs = [graph, *(g for g, _ in changed)]
    along = [_rows(names, encode, g, closed) for g in graphs]
    try:
        apart = [_rows(names, encode, g.select_edges(none), closed[:0]) for g in graphs]
    except (ValueError, RuntimeError, IndexError):  # an encoder, or an input, that needs edges
        apart = [{} for _ in graphs]
    reached = torch.zeros(len(changed), len(graph.x), dtype=torch.bool, device=graph.x.device)
    for key, base in along[0].items():
        rows = len(graph.x)
        moved = torch.stack([_differ(base, other.get(key), rows) for other in along[1:]])
        free = torch.stack(
            [_differ(apart[0].get(key), other.get(key), rows) for other in apart[1:]]
        )
        new = moved & ~free & ~reached
        for k, (_, node) in enumerate(changed):
            new[k, node] = False
        if not bool(new.any()):
            continue
        name = names[key[0]]
        forgiven = any(name == layer or name.startswith(f"{layer}.") for layer in sound)
        if not forgiven or (key[2] == "input" and name in sound):
            return name
        reached |= new
    return None


def gradient_gap(
    function: Callable[[Tensor], Tensor], size: tuple[int, ...], like: Tensor
) -> float:
    """Relative gap between the gradient of a function of gates and its finite difference.

    The smallest of three random points, so that a kink at one of them does not count.

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
            difference = float(value(step) - value(-step)) / (2 * STEP)
            noise = 1e-6 * float(value(like.new_zeros(())).abs()) / STEP
        scale = max(abs(exact), abs(difference))
        gaps.append(0.0 if scale <= noise else abs(exact - difference) / scale)
    return min(gaps)


def _with_changed_nodes(graph: GraphInputs) -> list[tuple[GraphInputs, int]]:
    """The graph with the features of one of its busiest nodes changed, several times."""
    row, col = graph.edge_index
    ends = torch.cat([row[row != col], col[row != col]])
    degree = ends.bincount(minlength=len(graph.x))
    out = []
    for node in degree.argsort(descending=True, stable=True)[:NODES].tolist():
        if not int(degree[node]):
            continue
        other = (
            (graph.x != graph.x[node]).flatten(1).any(1)
            if graph.x.dim() > 1
            else (graph.x != graph.x[node])
        )
        x = graph.x.clone()
        if bool(other.any()):
            x[node] = graph.x[other.nonzero()[0, 0]]
        elif x.is_floating_point():
            x[node] = x[node] + 1
        else:
            continue
        out.append((replace(graph, x=x), node))
    return out


def _rows(
    names: dict[nn.Module, str], encode: Encode, graph: GraphInputs, gate: Tensor
) -> dict[tuple[nn.Module, int, str], Tensor]:
    """Values with a row for each node, by module, number of its call and side, in their order."""
    found: dict[tuple[nn.Module, int, str], Tensor] = {}
    calls: dict[nn.Module, int] = {}

    def keep(module: nn.Module, value: Any, side: str) -> None:
        value = value[0] if isinstance(value, tuple) and value else value
        value = value[0] if isinstance(value, tuple) and value else value  # (x, x) of a layer
        real = isinstance(value, Tensor) and value.is_floating_point() and value.dim() > 0
        if real and len(value) == len(graph.x):
            found[module, calls[module], side] = value.detach().clone()

    def enter(module: nn.Module, given: Any) -> None:
        calls[module] = calls.get(module, -1) + 1
        keep(module, given, "input")

    with ExitStack() as hooks:
        for module in names:
            if not isinstance(module, torch.jit.ScriptModule):
                hooks.callback(module.register_forward_pre_hook(only_here(enter)).remove)
                leave = only_here(lambda m, _, output: keep(m, output, "output"))
                hooks.callback(module.register_forward_hook(leave).remove)
        encode(graph, gate, None)
    return found


def _differ(one: Tensor | None, other: Tensor | None, rows: int) -> Tensor:
    """Rows that differ by more than rounding; none where there is nothing to compare."""
    if one is None or other is None or one.shape != other.shape:
        return torch.zeros(rows, dtype=torch.bool)
    one, other = (
        one.flatten(1).double() if one.dim() > 1 else one.double()[:, None],
        (other.flatten(1).double() if other.dim() > 1 else other.double()[:, None]),
    )
    scale = max(float(one.abs().max()), 1e-30) if one.numel() else 1.0
    return (one - other).abs().amax(1) > 1e-5 * scale
