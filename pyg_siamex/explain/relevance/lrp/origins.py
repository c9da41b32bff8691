"""Which linear map or normalisation a tensor comes from."""

from typing import Any

from torch import Tensor

from pyg_siamex.explain.relevance.lrp.linear_step import LinearMap, LinearStep, Signal


class Origins:
    """The origins of tensors, so that a layer can fold into the one before it."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[Tensor, LinearStep | Signal]] = {}
        self._maps: dict[int, LinearMap] = {}

    def remember(self, out: Tensor, origin: LinearStep | Signal) -> Tensor:
        """Note where ``out`` comes from, and return it."""
        self._found[id(out)] = (out, origin)  # the tensor is kept, so that its id stays taken
        return out

    def note_map(self, out: Tensor, origin: LinearMap) -> None:
        """Note that ``out``, which is remembered, is the output of a map and nothing else."""
        self._maps[id(out)] = origin

    def map(self, x: Any) -> LinearMap | None:
        """The map ``W a + b`` whose direct output ``x`` is, if any."""
        return self._maps.get(id(x)) if self._find(x) is not None else None

    def step(self, x: Any) -> LinearStep | None:
        """The linear map whose direct output ``x`` is, if any."""
        origin = self._find(x)
        return origin if isinstance(origin, LinearStep) else None

    def signal(self, x: Tensor) -> Signal:
        """``x`` as data and constant part (the shift of a BatchNorm right before)."""
        origin = self._find(x)
        return origin if isinstance(origin, Signal) else Signal(x)

    def forget(self, x: Any) -> None:
        """Drop the origin of ``x``, which is about to change in place."""
        self._found.pop(id(x), None)
        self._maps.pop(id(x), None)

    def _find(self, x: Any) -> LinearStep | Signal | None:
        return self._found.get(id(x), (None, None))[1]
