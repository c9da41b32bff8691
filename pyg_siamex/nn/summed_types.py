"""Sums over neighbours in types that cannot hold them: of truths, and of small whole numbers."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

SMALL = (torch.bool, torch.uint8, torch.int8, torch.int16)
"""Types whose sums leave them: 1 + 1 is 1, or 100 + 100 is -56."""


@contextmanager
def sums_kept_right(given: Iterable[tuple[str, Any]]) -> Iterator[None]:
    """Refuse sums over neighbours in a type that cannot hold them, in this thread.

    It costs nothing where no input is of such a type. Inputs that are looked up in a table, or
    converted before they are summed, are used as they are.

    Args:
        given: The inputs of a model by name; what is no tensor is left out.

    Raises:
        ValueError: If such numbers are summed; names the input.

    Example:
        >>> x, index = torch.tensor([True, True]), torch.tensor([0, 0])
        >>> with sums_kept_right([("x", x)]):
        ...     torch.zeros(1, dtype=torch.bool).scatter_add_(0, index, x)
        Traceback (most recent call last):
        ...
        ValueError: x is torch.bool, and the encoder would sum it in ... graph.x = graph.x.float()
    """
    small = [(name, one) for name, one in given if isinstance(one, Tensor) and one.dtype in SMALL]
    if not small:
        yield
        return
    with _Refusing(small):
        yield


class _Refusing(TorchDispatchMode):
    """Raises at the first sum by index in a small type."""

    def __init__(self, small: list[tuple[str, Tensor]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.small = small

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Run an operation, unless it is such a sum."""
        first = args[0] if args else None
        summed = _SUMS.search(func._schema.name) and not {"amax", "amin"} & _texts(args)
        if summed and isinstance(first, Tensor) and first.dtype in SMALL:
            same = [name for name, one in self.small if one.dtype == first.dtype]
            name = (same or [name for name, _ in self.small])[0]
            raise ValueError(
                f"{name} is {dict(self.small)[name].dtype}, and the encoder would sum it in this "
                f"type, which cannot hold the sums: convert it, graph.{name} = graph.{name}.float()"
            )
        return func(*args, **({} if kwargs is None else kwargs))


_SUMS = re.compile("scatter_add|index_add|scatter_reduce|index_reduce|segment_")


def _texts(args: tuple[Any, ...]) -> set[str]:
    return {one for one in args if isinstance(one, str)}
