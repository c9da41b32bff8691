"""Factors that depend on the inputs and are held constant: attention weights and gates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor

WEIGHING = frozenset(["sigmoid", "softmax", "softmin", "exp", "hardsigmoid"])
"""Operations whose results are weights: positive factors."""


@dataclass(frozen=True)
class Weight:
    """What is known of a tensor that depends on the inputs and carries no relevance.

    Attributes:
        refusal: Raised where the tensor is used as something other than a factor.
        factor: Whether it may multiply what carries relevance. Without, it may only enter an
            operation of :data:`WEIGHING`.
    """

    refusal: ValueError
    factor: bool


class HeldWeights:
    """The tensors of a run that are held constant.

    A weight takes no relevance: a product with it hands all relevance to the other factor.
    """

    def __init__(self) -> None:
        self._found: dict[int, tuple[Tensor, Weight]] = {}

    def hold(self, value: Any, weight: Weight) -> Any:
        """Note that the float tensors in ``value`` are held constant, and return it."""
        for tensor in _tensors(value):
            self._found[id(tensor)] = (tensor, weight)  # kept, so that its id stays taken
        return value

    def within(self, value: Any) -> Weight | None:
        """The weight in ``value`` that allows the least, or ``None`` if there are none."""
        found = [self._found[id(t)][1] for t in _tensors(value) if id(t) in self._found]
        return min(found, key=lambda weight: weight.factor, default=None)

    def check_unused(self, value: Any) -> None:
        """Refuse an output of a model that is a weight itself.

        Raises:
            ValueError: The refusal of the operation that the weight comes from.
        """
        weight = self.within(value)
        if weight is not None:
            raise weight.refusal


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        if value.is_floating_point():
            yield value
    elif isinstance(value, tuple | list):
        for element in value:
            yield from _tensors(element)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
