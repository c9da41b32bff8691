"""Follow an edge list through the operations that rearrange it."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from pyg_siamex.nn.renumber import renumbered, unmasked

NOWHERE, UNMASKED = -1, -2
"""Places of entries that do not come from the edge list, and of edges that no mask acts on."""

# fmt: off
_REARRANGING = frozenset((
    "__getitem__", "__get__", "cat", "concat", "concatenate", "stack", "hstack", "flip", "fliplr",
    "roll", "t", "transpose", "mT", "permute", "unbind", "chunk", "split", "tensor_split",
    "index_select", "masked_select", "take", "gather", "narrow", "select", "reshape", "view",
    "view_as", "flatten", "unsqueeze", "squeeze", "expand", "expand_as", "repeat",
    "repeat_interleave", "tile", "contiguous", "clone", "detach", "to", "long", "int", "cpu",
    "cuda", "type", "type_as", "take_along_dim", "swapaxes", "movedim",
))
# fmt: on
_IN_PLACE = ("__setitem__", "copy_", "fill_")


class Follow(TorchFunctionMode):
    """Track the edge of each entry in every tensor that is made from an edge list.

    Operations on the edge list are repeated on a second tensor with the positions of the edges:
    indexing, sorting by an order, joining, flipping, selecting. Arithmetic ends the trace, since it
    changes the node numbers, except :func:`~pyg_siamex.nn.renumber.renumbered`.

    Attributes:
        ends: Numbers of the two nodes of each edge where it is used, ``[2, E]``.
        part: Number of the part of the graph whose nodes were renumbered together, ``[E]``, or
            ``None``.
    """

    ends: Tensor
    part: Tensor | None

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[int, tuple[Tensor, Tensor]] = {}

    def start(self, edge_index: Tensor) -> None:
        """Start to follow ``edge_index``, ``[2, E]``, and stop following other tensors."""
        places = torch.arange(edge_index.size(1), device=edge_index.device)
        self._places = {id(edge_index): (edge_index, places.expand(2, -1))}
        self.ends, self.part = edge_index, None

    def edges_of(self, edge_index: Tensor) -> Tensor | None:
        """Edge that each column of ``edge_index``, ``[2, M]``, comes from, ``[M]``.

        :data:`NOWHERE` for columns that do not come from a single edge; ``None`` for unknown
        tensors.
        """
        known = self._places.get(id(edge_index))
        if known is None or known[1].dim() != 2 or len(known[1]) != 2:
            return None
        row, col = known[1]
        return torch.where(row == col, row, NOWHERE)

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run ``func`` and record where the entries of its result come from."""
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        if not self._places or not args:
            return out
        name = getattr(func, "__name__", "")
        if func is renumbered or func is unmasked:
            self._mark(func, args[0], out)
        elif name in _IN_PLACE:
            self._places.pop(id(args[0]), None)
        elif name in _REARRANGING and not _unchanged(out, args[0]):
            places = self._places_of(args[0])
            if places is not None:
                self._note(out, _repeated(func, places, args[1:], kwargs))
        return out

    def _mark(self, func: Callable[..., Any], edge_index: Tensor, out: Tensor) -> None:
        """Note the new numbers of edges, or that no mask acts on them."""
        known = self._places.get(id(edge_index))
        if known is None:
            return
        if func is unmasked:
            self._note(out, torch.full_like(known[1], UNMASKED))
            return
        self._note(out, known[1])
        edges = known[1][0]
        if self.part is None:
            self.ends, self.part = self.ends.clone(), torch.zeros_like(self.ends[0])
        self.ends[:, edges] = out
        self.part[edges] = int(self.part.max()) + 1 if len(self.part) else 1

    def _places_of(self, first: Any) -> Any:
        """Places of a tensor, or of tensors to join if at least one of them is known."""
        if isinstance(first, Tensor):
            known = self._places.get(id(first))
            return None if known is None else known[1]
        if not isinstance(first, list | tuple) or not all(isinstance(t, Tensor) for t in first):
            return None
        known_all = [self._places.get(id(t)) for t in first]
        if all(known is None for known in known_all):
            return None
        return [
            torch.full_like(t, NOWHERE, dtype=torch.long) if known is None else known[1]
            for t, known in zip(first, known_all, strict=True)
        ]

    def _note(self, out: Any, places: Any) -> None:
        if isinstance(out, Tensor):
            if isinstance(places, Tensor) and places.shape == out.shape:
                self._places[id(out)] = (out, places)
        elif isinstance(out, list | tuple) and isinstance(places, list | tuple):
            for one, place in zip(out, places, strict=False):
                self._note(one, place)


def _unchanged(out: Any, first: Any) -> bool:
    return out is first


def _repeated(
    func: Callable[..., Any], places: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """Repeat the operation on places; ``None`` if a tensor of places does not support it."""
    try:
        return func(places, *args, **kwargs)
    except (TypeError, RuntimeError, IndexError):
        return None
