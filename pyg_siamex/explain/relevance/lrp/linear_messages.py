"""Layers that send linear messages: their sum over neighbours comes before their linear map."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.relevance.lrp.arguments import carries
from pyg_siamex.explain.relevance.lrp.linear_step import LinearMap, LinearStep, Signal, of_constant
from pyg_siamex.explain.relevance.lrp.propagation import Propagation

_SCALES = (-3.0, 1e-2, 1e2, 1e4)
"""Factors that must come out of a linear map, so that clamps and thresholds are found out."""


class LinearMessages:
    r"""Hook of a layer without a rule of its own, which sums linear messages over neighbours.

    Whether ``propagate`` is linear in all that carries relevance is tried on random inputs of
    several magnitudes. Where it is, and commutes with linear maps of channels, a linear map of the
    layer right before it becomes one step with it, as in GCN:
    :math:`P(W x + b) = W P(x) + P(b)`. Otherwise the two are steps of their own.

    Args:
        lrp: The propagation.
        known: Says which layers have a rule.
    """

    def __init__(self, lrp: Propagation, known: Callable[[], str]) -> None:
        self._lrp, self._known = lrp, known
        self._trying = False

    def after(self, conv: MessagePassing, inputs: tuple[Any, ...], out: Any) -> Tensor | None:
        """Hook after ``propagate``: the composed step, or ``None`` to keep what operations gave.

        Raises:
            ValueError: If messages are not linear.
        """
        edge_index, size, kwargs = inputs
        if self._trying or self._lrp.paused or not carries(kwargs):
            return None
        self._trying = True
        try:
            with self._lrp.unseen():
                step = self._composed(_Sum(conv, edge_index, size, kwargs), out)
            return None if step is None else self._lrp.emit(step, out.detach())
        finally:
            self._trying = False

    def _composed(self, total: "_Sum", out: Any) -> LinearStep | None:
        if not isinstance(out, Tensor) or not total.is_linear():
            raise self._lrp.running.no_rule(
                f"its messages are not linear in what it sends. {self._known()}"
            )
        maps = [self._lrp.origins.map(value) for value in total.values]
        layer = self._lrp.running.layer
        found = [origin for origin in maps if origin is not None and origin.layer == layer]
        if len(found) < len(maps) or len({origin.gamma for origin in found}) > 1:
            return None
        if not all(total.commutes(place, origin) for place, origin in enumerate(found)):
            return None
        step = self._step(total, found)
        return step if _close(step.value(), out.detach()) else None

    def _step(self, total: "_Sum", maps: list[LinearMap]) -> LinearStep:
        """The sum of messages first, then the maps."""
        steps = []
        for place, origin in enumerate(maps):
            with torch.no_grad():
                start = total.at(place, torch.zeros_like(origin.signal.data))
            collect = partial(total.at, place)
            constant = origin.signal.constant
            if constant is not None:
                constant = of_constant(collect, constant) - start
            data = total.at(place, origin.signal.data) - start
            signal = Signal(data, constant, turned=origin.signal.turned)
            step = self._lrp.branch(signal, origin.weight, None, origin.gamma)
            if origin.bias is not None:
                bias = origin.bias.expand(len(origin.signal.data), -1)
                step = step.shifted(of_constant(collect, self._lrp.placed(bias)) - total.start())
            steps.append(step)
        step = steps[0]
        for other in steps[1:]:
            step = step.plus(other)
        start = total.start()
        return step.shifted(start) if bool((start != 0).any()) else step


class _Sum:
    """One call of ``propagate`` as a function of the tensors that carry relevance.

    Attributes:
        values: Those tensors, each once.
    """

    def __init__(
        self, conv: MessagePassing, edge_index: Any, size: Any, kwargs: dict[str, Any]
    ) -> None:
        self._call: Callable[[dict[str, Any]], Tensor] = lambda given: conv.propagate(
            edge_index, size=size, **given
        )
        self._kwargs = kwargs
        self.values = list({id(value): value for value in _carrying(kwargs)}.values())

    def of(self, values: Sequence[Tensor]) -> Tensor:
        """What is collected of other values."""
        new = {id(old): value for old, value in zip(self.values, values, strict=True)}
        return self._call(_replaced(self._kwargs, new))

    def at(self, place: int, value: Tensor) -> Tensor:
        """What is collected where one input has a value, of any width, and the others are 0."""
        width = self.values[place].size(-1)

        def zeros(other: Tensor) -> Tensor:
            alike = other.size(-1) == width
            return other.new_zeros(*other.shape[:-1], value.size(-1) if alike else other.size(-1))

        return self.of([value if k == place else zeros(v) for k, v in enumerate(self.values)])

    @torch.no_grad()
    def start(self) -> Tensor:
        """What is collected of zeros: what the layer adds itself."""
        return self.of([torch.zeros_like(value) for value in self.values])

    @torch.no_grad()
    def is_linear(self) -> bool:
        """Whether what is collected is linear in all values, up to a constant."""
        generator, start = torch.Generator().manual_seed(0), self.start()

        def linear_part(values: Sequence[Tensor]) -> Tensor:
            return self.of(values) - start

        actual = [value.detach() for value in self.values]
        for _ in range(2):
            u = [_drawn(value.shape, value, generator) for value in self.values]
            at_u = linear_part(u)
            both = linear_part([a + b for a, b in zip(actual, u, strict=True)])
            if not _close(both - at_u, linear_part(actual), both):
                return False
            for scale in _SCALES:
                if not _close(linear_part([scale * value for value in u]) / scale, at_u, start):
                    return False
        return True

    @torch.no_grad()
    def commutes(self, place: int, origin: LinearMap) -> bool:
        """Whether summing and then mapping channels equals mapping and then summing."""
        generator = torch.Generator().manual_seed(1)
        weight, x = origin.weight, origin.signal.data
        try:
            before = self.at(place, torch.zeros_like(x))
            for matrix in (weight, _drawn(weight.shape, weight, generator)):
                y = _drawn(x.shape, x, generator)
                first = self.at(place, y) - before
                then = self.at(place, y @ matrix.T) - self.start()
                if first.shape[:-1] != then.shape[:-1] or not _close(first @ matrix.T, then):
                    return False
        except (RuntimeError, ValueError, IndexError, AssertionError, TypeError):
            return False  # the messages have a width of their own
        return True


def _drawn(shape: Sequence[int], like: Tensor, generator: torch.Generator) -> Tensor:
    return torch.randn(tuple(shape), generator=generator, dtype=like.dtype).to(like.device)


def _close(a: Tensor, b: Tensor, scale: Tensor | None = None) -> bool:
    """Whether two tensors are equal up to rounding of numbers as large as in ``scale``."""
    if a.shape != b.shape:
        return False
    size = max(float(part.abs().max()) if part.numel() else 0.0 for part in (a, b))
    if scale is not None and scale.numel():
        size = max(size, float(scale.abs().max()))
    allowed = 1e-9 if a.dtype == torch.float64 else 1e-4
    return not a.numel() or float((a - b).abs().max()) <= allowed * size


def _carrying(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        if value.requires_grad:
            yield value
    elif isinstance(value, tuple | list):
        for element in value:
            yield from _carrying(element)
    elif isinstance(value, dict):
        yield from _carrying(list(value.values()))


def _replaced(value: Any, new: dict[int, Tensor]) -> Any:
    if isinstance(value, Tensor):
        return new.get(id(value), value)
    if isinstance(value, tuple | list):
        return type(value)(_replaced(element, new) for element in value)
    if isinstance(value, dict):
        return {name: _replaced(element, new) for name, element in value.items()}
    return value
