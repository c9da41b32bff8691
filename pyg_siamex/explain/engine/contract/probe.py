"""Small passes that show what an encoder does with its inputs."""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.watch import EdgeRecord, Watch
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass
class Probe:
    """What one forward and backward pass showed.

    Attributes:
        h: Embeddings, ``[G, D]``.
        edges: What each layer received.
        moves_with_x: Whether a gradient reaches float features.
        still_columns: Columns of float features that no gradient reaches, among others.
        lookups: Look-ups by x, a row for each node: name of the table and number of the call.
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
    """Encode a union and watch what happens to its edges and features."""
    leaf = inputs.x.detach().clone()
    if leaf.is_floating_point():
        leaf.requires_grad_()
    x = leaf.clone()  # the encoder may write into it
    watch = Watch(model.encoder, x, inputs.edge_index)
    version = x._version
    with watch.watching():
        h = model.encode(replace(inputs, x=x))
    found = Probe(h.detach(), watch.records, lookups=watch.lookups, writes=x._version != version)
    if not h.requires_grad:
        return found
    if _has_node(h, "CheckpointFunction"):  # reentrant: takes no gradient by inputs at all
        found.recomputes = found.moves_with_x = True
        return found
    mixture = torch.linspace(1, 2, h.numel(), dtype=h.dtype, device=h.device).view_as(h)
    wanted = leaf if leaf.requires_grad else h
    with watch.running_again() as again:
        total = (h * mixture).sum()
        try:
            gradient = torch.autograd.grad(total, wanted, allow_unused=True)[0]
        except RuntimeError:  # a step that takes gradients by its parameters alone
            gradient = torch.ones_like(wanted)
            again.append("backward")
    if leaf.requires_grad and gradient is not None:
        moved = (gradient != 0).view(len(leaf), -1).any(0)
        found.moves_with_x = bool(moved.any())
        found.still_columns = (~moved).nonzero().flatten().tolist()
    found.recomputes = bool(again)
    return found


def _has_node(h: Tensor, name: str) -> bool:
    """Whether a step of this name led to ``h``."""
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
    """All nodes with the features of the first: no symmetry of a graph can hide the change."""
    return replace(inputs, x=inputs.x[:1].expand_as(inputs.x).clone())


def culprit(model: SiameseGNN, inputs: GraphInputs) -> str:
    """The innermost module that gives two outputs for the same input."""
    names = {module: name or "encoder" for name, module in model.encoder.named_modules()}
    runs: list[list[tuple[nn.Module, Any, Any]]] = []
    for _ in range(2):
        calls: list[tuple[nn.Module, Any, Any]] = []
        with ExitStack() as hooks, torch.no_grad():
            for module in names:

                def note(m: nn.Module, i: Any, o: Any, calls: list = calls) -> None:
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
