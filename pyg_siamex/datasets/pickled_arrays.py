"""Read dicts of arrays that NumPy pickled, without unpickling: nothing in the file is run.

Instructions of the pickle format are carried out only where they make what the known files hold:
lists and dicts with text as keys, and numeric arrays. Any other instruction, and any name of a
function beside the four that NumPy writes, is refused.
"""

import math
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

_DEPTH = 8
"""Deepest nesting of lists, tuples and dicts."""


class _UnknownError(ValueError):
    """What the known files do not hold."""


class _Mark:
    """Start of a list, tuple or dict on the stack."""


@dataclass
class _Type:
    """A NumPy type."""

    text: str
    order: str = "="

    @property
    def numpy(self) -> np.dtype:
        """The type, numeric."""
        if self.text[:1] not in "biuf" or not self.text[1:].isdecimal():
            raise _UnknownError(f"it holds values of type '{self.text[:20]}', which are no numbers")
        order = "=" if self.order == "|" else self.order
        return np.dtype(order + self.text if order in "<>=" else self.text)


@dataclass
class _Array:
    """A NumPy array, filled in by the instructions that follow it."""

    found: Any = None


_NAMES = {
    **{f"numpy.{core}.multiarray _reconstruct": "array" for core in ("core", "_core")},
    **{f"numpy.{core}.multiarray scalar": "scalar" for core in ("core", "_core")},
    **{"numpy ndarray": "ndarray", "numpy dtype": "dtype"},
}


@dataclass(frozen=True)
class _Name:
    """One of the functions that NumPy writes."""

    name: str


def read_pickled_arrays(content: bytes) -> list[Any]:
    """The entries of a pickled NumPy array of objects, in order.

    Args:
        content: The pickle.

    Returns:
        Dicts of text to numeric arrays, numbers or ``None``.

    Raises:
        ValueError: If the pickle holds anything else.
    """
    machine = _Machine()
    try:
        for code, argument, _ in pickletools.genops(content):
            machine.run(code.name, argument)
            if code.name == "STOP":
                break
        outer = machine.result()
    except _UnknownError as error:
        raise ValueError(str(error)) from None
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError):
        raise ValueError("it holds something else than dicts of arrays, or is damaged") from None
    if not isinstance(outer, list):
        raise ValueError("it holds something else than a list of objects")
    return [_plain(one, 0) for one in outer]


def _plain(value: Any, depth: int) -> Any:
    """A value with its arrays put in place."""
    if depth > _DEPTH:
        raise ValueError("it is nested too deeply")
    if isinstance(value, _Array):
        return _plain(value.found, depth + 1) if isinstance(value.found, list) else value.found
    if isinstance(value, dict):
        return {key: _plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, depth + 1) for one in value]
    if value is None or isinstance(value, bool | int | float | str | np.ndarray | np.generic):
        return value
    raise ValueError("it holds something else than dicts of arrays")


class _Machine:
    """Stack and memory of the pickle format, for few of its instructions."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.memory: dict[int, Any] = {}

    def result(self) -> Any:
        """What is left on the stack, the entries of the outer array."""
        [outer] = self.stack
        return outer.found if isinstance(outer, _Array) else outer

    def run(self, code: str, argument: Any) -> None:
        """Carry out one instruction."""
        if code in _CONSTANTS:
            self.stack.append(_CONSTANTS[code]())
        elif code in _LITERALS:
            self.stack.append(argument)
        elif code in ("BINPUT", "LONG_BINPUT", "PUT", "MEMOIZE"):
            place = len(self.memory) if code == "MEMOIZE" else argument
            self.memory[place] = self.stack[-1]
        elif code in ("BINGET", "LONG_BINGET", "GET"):
            self.stack.append(self.memory[argument])
        elif code in _ACTIONS:
            _ACTIONS[code](self, argument)
        elif code not in ("PROTO", "FRAME", "STOP"):
            raise _UnknownError(f"it has the instruction {code}, which known files do not have")

    def since_mark(self) -> list[Any]:
        """Everything above the last mark, which is removed with it."""
        start = max(k for k, one in enumerate(self.stack) if isinstance(one, _Mark))
        found = self.stack[start + 1 :]
        del self.stack[start:]
        return found

    def pop(self, count: int) -> list[Any]:
        """The uppermost ``count`` values."""
        if len(self.stack) < count:
            raise IndexError
        found = self.stack[-count:]
        del self.stack[-count:]
        return found


def _named(machine: _Machine, text: str) -> None:
    if text not in _NAMES:
        raise _UnknownError(f"it names '{text[:60]}', which known files do not")
    machine.stack.append(_Name(_NAMES[text]))


def _reduce(machine: _Machine) -> None:
    function, arguments = machine.pop(2)
    if function == _Name("array"):
        machine.stack.append(_Array())
    elif function == _Name("dtype"):
        machine.stack.append(_Type(str(arguments[0])))
    elif function == _Name("scalar"):
        kind, content = arguments
        [value] = np.frombuffer(content, kind.numpy)
        machine.stack.append(value)
    else:
        raise TypeError


def _build(machine: _Machine) -> None:
    [state] = machine.pop(1)
    made = machine.stack[-1]
    if isinstance(made, _Type):
        made.order = str(state[1])
    elif isinstance(made, _Array) and made.found is None:
        _, shape, kind, fortran, content = state
        size = math.prod(shape)
        if isinstance(content, list):
            if len(content) != size:
                raise _UnknownError("it has an array of objects that does not fit its shape")
            made.found = content
            return
        array = np.frombuffer(content, kind.numpy)
        if array.size != size or not all(length >= 0 for length in shape):
            raise _UnknownError("it has an array that does not fit its shape")
        made.found = array.reshape(shape, order="F" if fortran else "C")
    else:
        raise TypeError


def _set_items(machine: _Machine) -> None:
    found = machine.since_mark()
    keys = found[::2]
    if len(found) % 2 or not all(isinstance(key, str) for key in keys):
        raise TypeError
    machine.stack[-1].update(zip(keys, found[1::2], strict=True))


def _set_item(machine: _Machine) -> None:
    key, value = machine.pop(2)
    if not isinstance(key, str):
        raise TypeError
    machine.stack[-1].update({key: value})


def _extend(machine: _Machine, found: list[Any]) -> None:
    if type(machine.stack[-1]) is not list:
        raise TypeError
    machine.stack[-1].extend(found)


_CONSTANTS: dict[str, Callable[[], Any]] = {
    **{"NONE": lambda: None, "NEWTRUE": lambda: True, "NEWFALSE": lambda: False},
    **{"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple, "MARK": _Mark},
}
_LITERALS = (
    *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
)
_ACTIONS: dict[str, Callable[[_Machine, Any], None]] = {
    "GLOBAL": lambda machine, text: _named(machine, text),
    "STACK_GLOBAL": lambda machine, _: _named(machine, " ".join(map(str, machine.pop(2)))),
    "REDUCE": lambda machine, _: _reduce(machine),
    "BUILD": lambda machine, _: _build(machine),
    "SETITEMS": lambda machine, _: _set_items(machine),
    "SETITEM": lambda machine, _: _set_item(machine),
    "APPENDS": lambda machine, _: _extend(machine, machine.since_mark()),
    "APPEND": lambda machine, _: _extend(machine, machine.pop(1)),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.since_mark())),
    "TUPLE1": lambda machine, _: machine.stack.append(tuple(machine.pop(1))),
    "TUPLE2": lambda machine, _: machine.stack.append(tuple(machine.pop(2))),
    "TUPLE3": lambda machine, _: machine.stack.append(tuple(machine.pop(3))),
}
