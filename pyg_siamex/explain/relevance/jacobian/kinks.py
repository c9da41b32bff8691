"""Where an encoder changes its linear piece along a path."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.like import mask_like
from pyg_siamex.explain.relevance.jacobian.integration import Points, pieces
from pyg_siamex.explain.relevance.jacobian.path import Path
from pyg_siamex.nn.siamese import SiameseGNN

_SIGNED = frozenset(["relu", "leaky_relu", "prelu", "rrelu", "threshold", "relu6"])
_MAXIMA = frozenset(["max", "amax", "maximum", "scatter_reduce", "min", "amin", "minimum"])
_OTHER = frozenset(["abs", "clamp", "clamp_min", "clamp_max", "hardtanh", "hardswish", "sign"])
_BUDGET = 65_536
"""Nodes plus edges encoded at once, over all points."""

_RUNS_OF_A_MAXIMUM = 12


class _Kinked(TorchFunctionMode):
    """Record the operations with kinks of a run of an encoder.

    Args:
        wanted: Number of the operation whose candidates are kept, or ``None``.
        points: Number of points that are encoded together.

    Attributes:
        names: Names of the operations.
        candidates: Values that compete at the wanted operation, ``[P, M]``: its inputs.
        winner: Position of the winner of each output among them, ``[P, W]``, -1 for none; or
            ``None`` if inputs compete with 0.
    """

    def __init__(self, wanted: int | None = None, points: int = 1) -> None:
        super().__init__()
        self.wanted, self.points = wanted, points
        self.names: list[str] = []
        self.candidates: Tensor | None = None
        self.winner: Tensor | None = None

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run ``func``, and record it if it has kinks."""
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "").strip("_")
        known = name in _SIGNED | _MAXIMA | _OTHER and _moves(args)
        if not known or (name == "scatter_reduce" and "sum" in (*args[1:], kwargs.get("reduce"))):
            return func(*args, **kwargs)
        keep = len(self.names) == self.wanted
        before = args[0].detach().clone() if keep else None
        out = func(*args, **kwargs)
        self.names.append(name)
        if before is not None:
            self._keep(name, before, args, kwargs, out)
        return out

    def _keep(
        self, name: str, before: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any
    ) -> None:
        if name in _SIGNED:
            self.candidates = before.reshape(self.points, -1)
        elif name == "scatter_reduce":
            self._keep_scattered(args, kwargs, out)
        elif name in ("max", "amax"):
            self._keep_maximum(before, args, kwargs)

    def _keep_maximum(self, x: Tensor, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        dim = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if not isinstance(dim, int) or dim % x.dim() == 0:
            return
        own = (len(x) // self.points, *x.shape[1:])
        place = torch.arange(x.numel() // self.points, device=x.device).view(own)
        place = place.repeat(self.points, *[1] * (x.dim() - 1))
        best = x.argmax(dim, keepdim=True)
        self.candidates = x.reshape(self.points, -1)
        self.winner = place.gather(dim, best).reshape(self.points, -1)

    def _keep_scattered(self, args: tuple[Any, ...], kwargs: dict[str, Any], out: Tensor) -> None:
        names = ("dim", "index", "src", "reduce")
        given = dict(zip(names, args[1:], strict=False)) | kwargs
        source, index = given["src"], given["index"]
        by_row = given["dim"] in (0, -source.dim()) and len(source) > 0
        if not by_row or given["reduce"] != "amax":
            return
        rows = torch.arange(len(source), device=source.device)
        rows = rows.view(-1, *[1] * (source.dim() - 1)).expand_as(source)
        none = len(source)
        tied = torch.where(source == out.gather(0, index), rows, torch.full_like(rows, none))
        first = torch.full(out.shape, none, device=out.device, dtype=torch.long)
        first = first.scatter_reduce(0, index, tied, "amin")  # [P * targets, ...]
        width = source[0].numel()
        channel = torch.arange(width, device=source.device)
        local = first.reshape(self.points, -1, width)
        lead = torch.arange(self.points, device=source.device).view(-1, 1, 1)
        place = (local - lead * (len(source) // self.points)) * width + channel
        place = torch.where(local == none, -1, place).reshape(self.points, -1)
        candidates = source.detach().reshape(self.points, -1)
        if bool((place < candidates.size(1)).all()):  # a point's rows lie together
            self.candidates, self.winner = candidates, place


def has_kinks(model: SiameseGNN, inputs: GraphInputs, path: Path) -> bool:
    """Whether what moves along a path goes through ReLU, maxima, clamps or the like."""
    like = mask_like(model, inputs)
    half, still = like.new_full((1,), 0.5), like.new_zeros(1).requires_grad_()
    with torch.enable_grad(), path.encoder(model, inputs, 1) as encode, _Kinked() as seen:
        encode(half, still.view(1, 1, 1), still.view(1, 1))
    return bool(seen.names)


@torch.no_grad()
def points_between_kinks(
    model: SiameseGNN, inputs: GraphInputs, path: Path, most: int
) -> Points | None:
    """One point for each linear piece of the path of one graph.

    The inputs of the first operation with kinks are linear in the path's time, so that its kinks
    are roots of lines through the path's ends. Between these, the inputs of the second operation
    are linear, and so on.

    Args:
        model: The Siamese model, inside ``untouched(model)``.
        inputs: One graph.
        path: From where, and what moves.
        most: Largest number of pieces.

    Returns:
        The points, or ``None`` if there are more pieces, or the embedding is not linear on each.
    """
    ends = torch.tensor([0.0, 1.0], dtype=torch.double)
    operation, runs = 0, 0
    close = 1e-6 if mask_like(model, inputs).dtype == torch.float32 else 1e-9
    while len(ends) <= most + 1:
        names, roots = _roots(model, inputs, path, ends, operation)
        if operation >= len(names):
            found = pieces(ends)
            return found if _is_linear(model, inputs, path, ends, found) else None
        new = _apart(torch.cat([ends, roots]), close)
        runs += 1
        if names[operation] in _SIGNED or len(new) == len(ends) or runs == _RUNS_OF_A_MAXIMUM:
            operation, runs = operation + 1, 0
        ends = new
    return None


def _roots(
    model: SiameseGNN, inputs: GraphInputs, path: Path, ends: Tensor, operation: int
) -> tuple[list[str], Tensor]:
    """All operations with kinks, and times at which one changes its piece between ``ends``."""
    values, winners, names = [], [], []
    for times in _chunks(inputs, ends):
        seen = _Kinked(operation, len(times))
        _embeddings(model, inputs, path, times, seen)
        names = seen.names
        if seen.candidates is None:
            return names, ends[:0]
        values.append(seen.candidates.double())
        winners += [] if seen.winner is None else [seen.winner]
    v = torch.cat(values).cpu()
    if winners:
        win = torch.cat(winners).cpu()
        step, output = ((win[:-1] != win[1:]) & (win[:-1] >= 0)).nonzero().unbind(1)
        one, other = win[step, output], win[step + 1, output]
        first, last = v[step, one] - v[step, other], v[step + 1, one] - v[step + 1, other]
    else:
        step, unit = (v[:-1] * v[1:] < 0).nonzero().unbind(1)
        first, last = v[step, unit], v[step + 1, unit]
    crosses = first * last < 0
    step, first, last = step[crosses], first[crosses], last[crosses]
    return names, ends[step] + (ends[step + 1] - ends[step]) * first / (first - last)


def _apart(times: Tensor, close: float) -> Tensor:
    """Distinct times in order; of times that rounding cannot tell apart, the first."""
    times = times.unique()
    keep = torch.ones_like(times, dtype=torch.bool)
    keep[1:-1] = (torch.diff(times)[:-1] > close) & (1 - times[1:-1] > close)
    return times[keep]


def _is_linear(
    model: SiameseGNN, inputs: GraphInputs, path: Path, ends: Tensor, found: Points
) -> bool:
    """Whether embeddings between the ends of all pieces are means of the embeddings there."""
    at_ends = torch.cat([_embeddings(model, inputs, path, t) for t in _chunks(inputs, ends)])
    inside = [_embeddings(model, inputs, path, t) for t in _chunks(inputs, found.times)]
    gap = torch.cat(inside) - (at_ends[1:] + at_ends[:-1]) / 2
    allowed = 2e-6 if gap.dtype == torch.float32 else 1e-12
    return bool(gap.abs().max() <= allowed * at_ends.abs().max().clamp_min(1e-12))


def _embeddings(
    model: SiameseGNN,
    inputs: GraphInputs,
    path: Path,
    times: Tensor,
    seen: _Kinked | None = None,
) -> Tensor:
    """Embeddings at some points, ``[P, D]``, recorded by ``seen``."""
    like = mask_like(model, inputs)
    still = like.new_zeros(1)
    with path.encoder(model, inputs, len(times)) as encode, seen or nullcontext():
        return encode(times.to(like), still.view(1, 1, 1), still.view(1, 1))[:, 0]


def _chunks(inputs: GraphInputs, times: Tensor) -> tuple[Tensor, ...]:
    size = len(inputs.x) + inputs.edge_index.size(1)
    parts: tuple[Tensor, ...] = times.split(max(1, _BUDGET // size))
    return parts


def _moves(args: tuple[Any, ...]) -> bool:
    """Whether an operation may depend on the path; without gradients, any may."""
    first = args[0] if args else None
    if not isinstance(first, Tensor) or not first.is_floating_point():
        return False
    others = [first, *(arg for arg in args[1:] if isinstance(arg, Tensor))]
    return not torch.is_grad_enabled() or any(other.requires_grad for other in others)
