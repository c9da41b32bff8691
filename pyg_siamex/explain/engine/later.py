"""Values that are computed when they are first read."""

import copy
from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from typing import Any, Generic, TypeVar, cast

Value = TypeVar("Value")


class Later(Generic[Value]):
    """A value that is computed at the first call, and kept.

    Args:
        compute: Computes the value.
    """

    def __init__(self, compute: Callable[[], Value]) -> None:
        self._compute: Callable[[], Value] | None = compute
        self._value: Value | None = None

    def __call__(self) -> Value:
        """The value."""
        compute = self._compute
        if compute is not None:
            self._value = compute()
            self._compute = None
        return cast(Value, self._value)

    def __repr__(self) -> str:
        """The value, if it is known."""
        return "<computed when read>" if self._compute is not None else repr(self._value)

    def __copy__(self) -> "Later[Value]":
        """Copies share the value."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Later[Value]":
        """Copies share the value."""
        return self


class Results(dict[str, Any]):
    """A dict of results, some of them computed when they are first read.

    Args:
        values: Values by name; of :class:`Later` readers get the value.
    """

    def __getitem__(self, name: str) -> Any:
        """The value of ``name``."""
        value = super().__getitem__(name)
        if isinstance(value, Later):
            value = value()
            super().__setitem__(name, value)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """The value of ``name``, or ``default``."""
        try:
            return self[name]
        except KeyError:
            return default

    def pop(self, name: str, *default: Any) -> Any:
        """Remove ``name`` and return its value."""
        value = super().pop(name, *default)
        return value() if isinstance(value, Later) else value

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """Names and values, all computed."""
        return self.plain().items()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        """Values, all computed."""
        return self.plain().values()

    def __iter__(self) -> Iterator[str]:  # also makes ``{**results}`` use ``__getitem__``
        """The names."""
        return super().__iter__()

    def __eq__(self, other: object) -> bool:
        """Whether all values are equal."""
        return self.plain() == other

    __hash__ = None

    def __or__(self, other: Any) -> dict[str, Any]:  # type: ignore[override]
        """A plain dict of both."""
        return self.plain() | dict(other)

    def __ror__(self, other: Any) -> dict[str, Any]:  # type: ignore[override]
        """A plain dict of both."""
        return dict(other) | self.plain()

    def plain(self) -> dict[str, Any]:
        """A plain dict with all values computed."""
        return {name: self[name] for name in self}

    def copy(self) -> "Results":
        """A copy that computes nothing."""
        return Results(dict.items(self))

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> "Results":
        """A copy that computes nothing."""
        return Results({name: copy.deepcopy(value, memo) for name, value in dict.items(self)})

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as a plain dict."""
        return dict, (self.plain(),)


def results(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` as :class:`Results` if some are computed later, otherwise unchanged."""
    if isinstance(values, dict) and any(isinstance(v, Later) for v in dict.values(values)):
        return Results(dict.items(values))
    return cast(dict[str, Any], values)
