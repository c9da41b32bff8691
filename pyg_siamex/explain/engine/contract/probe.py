"""Small passes that show how an encoder uses its inputs."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.contract.watch import EdgeRecord, Watch
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.nn.siamese import SiameseGNN

_WAY = (0.25, 0.5, 0.75, 1.0)
"""Positions between two inputs at which gradients are computed."""


@dataclass
class Probe:
    """Results of one forward and backward pass.

    Attributes:
        h: Embeddings, ``[G, D]``.
        edges: Edges that each layer received.
        moves_with_x: Whether a gradient reaches float features.
        still_columns: Columns of float features without a gradient, if other columns have one.
        lookups: Look-ups by x with a row for each node: name of the table and number of the call.
        recomputes: Whether modules run again in the backward pass.
        writes: Whether the encoder writes into x.
    """

    h: Tensor
    edges: list[EdgeRecord] = field(default_factory=list)
    moves_with_x: bool = False
    still_columns: list[int] = field(default_factory=list)
    lookups: list[tuple[str, int]] = field(default_factory=list)
    recomputes: bool = False
    writes: bool = False


@torch.enable_grad()
def probe(model: SiameseGNN, inputs: GraphInputs) -> Probe:
    """Encode a union and observe its edges and features."""
    leaf = inputs.x.detach().clone()
    if leaf.is_floating_point():
        leaf.requires_grad_()
    x = leaf.clone()  # the encoder may write into it
    watch = Watch(model.encoder, x, inputs.edge_index)
    version = x._version
    with watch.watching():
        h = model.encode(changed(inputs, x=x))
    found = Probe(h.detach(), watch.records, lookups=watch.lookups, writes=x._version != version)
    if not h.requires_grad:
        return found
    if _has_node(h, "CheckpointFunction"):  # reentrant: does not support gradients by inputs
        found.recomputes = found.moves_with_x = True
        return found
    mixture = torch.linspace(1, 2, h.numel(), dtype=h.dtype, device=h.device).view_as(h)
    wanted = leaf if leaf.requires_grad else h
    with watch.running_again() as again:
        total = (h * mixture).sum()
        try:
            gradient = torch.autograd.grad(total, wanted, allow_unused=True)[0]
        except RuntimeError:  # a step that only supports gradients by its parameters
            gradient = torch.ones_like(wanted)
            again.append("backward")
    if leaf.requires_grad and gradient is not None:
        moved = (gradient != 0).view(len(leaf), -1).any(0)
        found.moves_with_x = bool(moved.any())
        found.still_columns = (~moved).nonzero().flatten().tolist()
    found.recomputes = bool(again)
    return found


def moving_columns(model: SiameseGNN, inputs: GraphInputs, towards: Tensor) -> set[int]:
    """Columns of float features with a gradient somewhere on the path to other features.

    If all units of a ReLU are off at one input, the gradient is 0 there although the features
    matter. An embedding that changes between two inputs has a gradient somewhere between them,
    unless features are turned into types.

    Args:
        model: The model.
        inputs: A union of graphs.
        towards: Features at the other end, ``[N, F]``.
    """
    moving: set[int] = set()
    for t in _WAY:
        inside = changed(inputs, x=torch.lerp(inputs.x, towards, t))
        seen = probe(model, inside)
        columns = range(inputs.x[0].numel()) if seen.moves_with_x else ()
        moving |= set(columns) - set(seen.still_columns)
    return moving


def _has_node(h: Tensor, name: str) -> bool:
    """Whether ``h`` was computed by an operation of this name."""
    seen: set[Any] = set()
    queue = [h.grad_fn]
    while queue:
        node = queue.pop()
        if node is None or node in seen:
            continue
        if name in type(node).__name__:
            return True
        seen.add(node)
        queue += [following for following, _ in node.next_functions]
    return False


def all_as_the_first(inputs: GraphInputs) -> GraphInputs:
    """Give all nodes the features of the first, so that no symmetry can hide the change."""
    return changed(inputs, x=inputs.x[:1].expand_as(inputs.x).clone())


def culprit(model: SiameseGNN, inputs: GraphInputs) -> str:
    """The innermost module that gives two outputs for the same input."""
    names = {module: name or "encoder" for name, module in model.encoder.named_modules()}
    runs: list[list[tuple[nn.Module, Any, Any]]] = []
    for _ in range(2):
        calls: list[tuple[nn.Module, Any, Any]] = []
        with ExitStack() as hooks, torch.no_grad():
            for module in names:

                def note(
                    m: nn.Module, i: Any, o: Any, calls: list[tuple[nn.Module, Any, Any]] = calls
                ) -> None:
                    calls.append((m, _copied(i), _copied(o)))

                hooks.callback(module.register_forward_hook(only_here(note)).remove)
            model.encode(inputs)
        runs.append(calls)
    for (module, i, o), (_, j, p) in zip(*runs, strict=False):
        if _equal(i, j) and not _equal(o, p):
            return f"'{names[module]}' ({type(module).__name__})"
    return f"'encoder' ({type(model.encoder).__name__})"


def _copied(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value.detach().clone()]
    if isinstance(value, tuple | list):
        return [tensor for one in value for tensor in _copied(one)]
    return []


def _equal(one: list[Tensor], other: list[Tensor]) -> bool:
    return len(one) == len(other) and all(
        torch.equal(a, b) for a, b in zip(one, other, strict=True)
    )
