"""Trials of an encoder: whether gates stop all messages and whether gradients are correct."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_join import join_unions
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.threads import only_here

TRUE_TO = 0.2
"""Relative gap between a gradient and a finite difference that is allowed."""

_AGREEING, _POINTS = 2, 5
"""Number of points at which the two must agree, and number of points that are tried."""

_STEPS = {torch.float64: 1e-3}
"""Step of the finite difference, above the rounding of a type; gates are of size 1."""

_STEP = 1e-2
"""Step for all other types."""

_Encode = Callable[[GraphInputs, Tensor | None, Tensor | None], Tensor]
_Key = tuple[nn.Module, int, str]
"""A module, the number of its call, and ``"input"`` or ``"output"``."""


@torch.no_grad()
def leaking_module(
    encoder: nn.Module,
    encode: _Encode,
    graph: GraphInputs,
    sound: set[str],
    like: Tensor,
    together: bool,
) -> str | None:
    """Name of a module that lets a node see a neighbour through closed gates, or ``None``.

    Changes the features of a node. With all gates closed, no other node's row may change in any
    module output with a row per node, unless it also changes without edges (a norm, global
    attention). Attention is allowed, since the softmax over a node's neighbours reads them under
    any gates.

    Args:
        encoder: The encoder.
        encode: Encodes graphs under gates.
        graph: A small graph with edges.
        sound: Names of the layers that are known to receive the graph's edges, or that are left
            unmasked by choice.
        like: Tensor with the device and type of gates.
        together: Whether graphs of a batch do not influence each other.
    """
    changed, node = _with_a_changed_node(graph)
    if changed is None:
        return None
    names = {module: name or "encoder" for name, module in encoder.named_modules()}
    graphs = [graph, changed]
    rows: dict[_Key, list[Tensor]] = {}
    for kept in (_no_edge, _only_loops):
        apart: list[GraphInputs] = []
        with suppress(ValueError):  # an input with indices into edges
            apart = [kept(one) for one in graphs]
        rows = _rows(names, encode, graphs + apart, like, together)
        if any(len(values) == 4 for values in rows.values()):
            break  # medians of PyG fail where a node has no edge
    reached = torch.zeros(len(graph.x), dtype=torch.bool, device=graph.x.device)
    reached[node] = True
    others = (~reached).nonzero().flatten()
    for (module, _, side), values in rows.items():
        if torch.equal(values[0][others], values[1][others]):
            continue
        new = _differ(values[0], values[1]) & ~reached
        if len(values) == 4:
            new &= ~_differ(values[2], values[3])
        if not bool(new.any()):
            continue
        name = names[module]
        forgiven = any(name == layer or name.startswith(f"{layer}.") for layer in sound)
        if not forgiven or (side == "input" and name in sound):
            return name
        reached |= new
    return None


def cut_layer(
    encoder: nn.Module, encode: Callable[[], Tensor], layers: list[MessagePassing], like: Tensor
) -> tuple[str, float] | None:
    """A layer whose messages have a wrong gradient, and the relative gap, or ``None``.

    Scales all messages of a layer together and compares the change with the gradient, at up to
    three scales, so that a kink at one of them does not count.

    Args:
        encoder: The encoder.
        encode: Encodes a small graph, without gates.
        layers: Layers to gate.
        like: Tensor with the device and type of gates.
    """
    names = {module: name or "encoder" for name, module in encoder.named_modules()}
    best = {layer: 1.0 for layer in layers}
    for scale in (1.0, 0.8, 0.6):
        left = [layer for layer in layers if best[layer] > TRUE_TO]
        if not left:
            return None
        scales = {layer: like.new_full((), scale).requires_grad_() for layer in layers}
        for layer, gap in _layer_gaps(encode, scales, left).items():
            best[layer] = min(best[layer], gap)
    worst = max(layers, key=lambda layer: best[layer])
    return (names[worst], best[worst]) if best[worst] > TRUE_TO else None


def _layer_gaps(
    encode: Callable[[], Tensor], scales: dict[MessagePassing, Tensor], tried: list[MessagePassing]
) -> dict[MessagePassing, float]:
    def scaled(layer: MessagePassing, _: Any, messages: Any) -> Any:
        return messages * scales[layer].to(messages) if isinstance(messages, Tensor) else None

    with ExitStack() as hooks:
        for layer in scales:
            hooks.callback(layer.register_message_forward_hook(only_here(scaled)).remove)
        with torch.enable_grad():
            whole = _mixture(encode())
            exact = dict.fromkeys(scales, 0.0)
            if whole.requires_grad:
                leaves = list(scales.values())
                found = torch.autograd.grad(
                    whole, leaves, allow_unused=True, materialize_grads=True
                )
                exact = {layer: float(one) for layer, one in zip(scales, found, strict=True)}
        gaps, dtype = {}, next(iter(scales.values())).dtype
        step = _STEPS.get(dtype, _STEP)
        noise = 64 * torch.finfo(dtype).eps * abs(float(whole.detach())) / step
        for layer in tried:
            own = scales[layer]
            with torch.no_grad():
                scales[layer] = own + step
                difference = (float(_mixture(encode())) - float(whole)) / step
                scales[layer] = own
            size = max(abs(exact[layer]), abs(difference))
            gaps[layer] = 0.0 if size <= noise else abs(exact[layer] - difference) / size
    return gaps


def _mixture(h: Tensor) -> Tensor:
    """A weighted sum of all coordinates of all embeddings."""
    h = h.double().flatten()
    return h @ torch.linspace(1, 2, len(h), dtype=h.dtype, device=h.device)


def gradient_gap(
    function: Callable[[Tensor], Tensor], size: tuple[int, ...], like: Tensor
) -> float:
    """Relative gap between the gradient of a function of gates and its finite difference.

    It is the larger gap of the two best of a few random points, so that neither a kink at one point
    nor agreement by chance counts.

    Args:
        function: From gates to embeddings.
        size: Shape of the gates.
        like: Tensor with the device and type of gates.
    """
    gaps: list[float] = []
    for seed in range(_POINTS):
        generator = torch.Generator().manual_seed(seed)
        gates = torch.rand(size, generator=generator, dtype=torch.double).to(like)
        signs = torch.randint(0, 2, size, generator=generator).to(like) * 2 - 1
        gaps.append(_gap(function, gates, signs))
        if sum(gap <= TRUE_TO for gap in gaps) == _AGREEING:
            break
    return sorted(gaps)[_AGREEING - 1]


def _gap(function: Callable[[Tensor], Tensor], gates: Tensor, signs: Tensor) -> float:
    """The gap at the given gates in the direction of the given signs."""

    def value(t: Tensor) -> Tensor:
        return _mixture(function(gates + t * signs))

    with torch.enable_grad():
        t = gates.new_zeros(()).requires_grad_()
        out, exact = value(t), 0.0
        if out.requires_grad:
            (found,) = torch.autograd.grad(out, t, allow_unused=True, materialize_grads=True)
            exact = float(found)
    with torch.no_grad():
        step = _STEPS.get(gates.dtype, _STEP)
        above, below = (float(value(gates.new_tensor(t))) for t in (step, -step))
    difference = (above - below) / (2 * step)
    noise = 64 * torch.finfo(gates.dtype).eps * abs(above) / step
    scale = max(abs(exact), abs(difference))
    return 0.0 if scale <= noise else abs(exact - difference) / scale


def _with_a_changed_node(graph: GraphInputs) -> tuple[GraphInputs | None, int]:
    """The graph with changed features of the node with most edges, and the node."""
    ends = graph.edge_index[:, ~graph.loops].flatten()
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
    return changed(graph, x=x), node


def _no_edge(graph: GraphInputs) -> GraphInputs:
    """The graph without edges."""
    return graph.select_edges(torch.zeros_like(graph.edge_index[0], dtype=torch.bool))


def _only_loops(graph: GraphInputs) -> GraphInputs:
    """The graph with an edge of each node to itself, all of which are as its first edge."""
    nodes = torch.arange(len(graph.x), device=graph.edge_index.device)
    alike = graph.select_edges(torch.zeros_like(nodes))
    return changed(alike, edge_index=torch.stack([nodes, nodes]))


def _rows(
    names: dict[nn.Module, str],
    encode: _Encode,
    graphs: list[GraphInputs],
    like: Tensor,
    together: bool,
) -> dict[_Key, list[Tensor]]:
    """Values with a row per node, ``[N, ...]`` for each graph, in the order of the modules."""
    unions = [join_unions(graphs)] if together else graphs
    found: list[dict[_Key, Tensor]] = []
    for union in unions:
        with suppress(*([] if together else [ValueError, RuntimeError, IndexError])):
            found.append(_recorded_rows(names, encode, union, like))
    if not together:
        return {k: [f[k] for f in found if k in f] for k, v in found[0].items()}
    return {key: list(value.chunk(len(graphs))) for key, value in found[0].items()}


def _recorded_rows(
    names: dict[nn.Module, str], encode: _Encode, union: GraphInputs, like: Tensor
) -> dict[_Key, Tensor]:
    """Values with a row per node of a union encoded with all gates closed."""
    found: dict[_Key, Tensor] = {}
    calls: dict[nn.Module, int] = {}

    def keep(module: nn.Module, value: Any, side: str) -> None:
        value = value[0] if isinstance(value, tuple) and value else value
        value = value[0] if isinstance(value, tuple) and value else value  # (x, x) of a layer
        real = isinstance(value, Tensor) and value.is_floating_point() and value.dim() > 0
        if real and len(value) == len(union.x):
            found[module, calls[module], side] = value.detach().clone()  # some free their inputs

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
    """Whether rows differ by more than rounding."""
    if one.shape != other.shape:
        return torch.zeros(len(one), dtype=torch.bool, device=one.device)
    gap = (one - other).abs().reshape(len(one), -1).amax(1)
    return gap > 1e-5 * one.abs().max().clamp_min(1e-30)
