"""Arguments of public functions, compared with their annotations before any work."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from os import PathLike, fsencode, sep
from types import FunctionType
from typing import Any, TypeVar, cast

from pyg_siamex._fields import field_kinds, holds_fields, was_edited
from pyg_siamex._kinds import Kind, kind_of
from pyg_siamex._names import resolved
from pyg_siamex._numbers import SEEDS, real, shown, whole
from pyg_siamex._visible import in_one_line
from pyg_siamex._writable import LONGEST_NAME

_T = TypeVar("_T", bound=Callable[..., Any])
_C = TypeVar("_C")

LONGEST = 32_768
"""Most characters of a text; a SMILES of a thousand atoms has a few thousand."""


def checked(target: _T) -> _T:
    """Let a function, or the construction of a class, refuse arguments of the wrong kind by name.

    What an annotation says of lists, numbers, texts, functions and classes is checked; ranges and
    choices are left to the function. Seeds are whole numbers from 0, dropouts are from 0 to 1,
    tensors are real, and texts have at most :data:`LONGEST` characters. Iterators are not read.
    What a constructor passes on by name, ``**kwargs``, is compared with the constructors of the
    parent classes.

    Args:
        target: A function, a method or a class, with annotations.

    Returns:
        The function, which raises ``TypeError`` or ``ValueError`` first; or the class itself.

    Example:
        >>> @checked
        ... def half(size: int) -> int:
        ...     return size // 2
        >>> half("8")
        Traceback (most recent call last):
        ...
        TypeError: `size` must be a whole number (got '8')
    """
    if not isinstance(target, type):
        return cast(_T, _guarded(target))
    target.__init__ = _guarded(target.__init__, target.__mro__[1:-1])  # type: ignore[misc]
    return target


def is_checked(target: Any) -> bool:
    """Whether :func:`checked` was applied.

    Args:
        target: A function or a class.
    """
    function: Any = vars(target).get("__init__") if isinstance(target, type) else target
    return hasattr(inspect.unwrap(function, stop=lambda one: hasattr(one, _MARK)), _MARK)


def check_arguments(target: type, given: Mapping[str, Any]) -> None:
    """Compare arguments with the annotations of a class of another library.

    Args:
        target: The class.
        given: Arguments of its construction, by name.

    Raises:
        TypeError: If one is of another kind.
        ValueError: If one is out of range, see :func:`check_argument`.

    Example:
        >>> from fractions import Fraction
        >>> check_arguments(Fraction, {"numerator": 1})
    """
    construct: Any = target.__init__  # type: ignore[misc]
    door = _Door(construct, target.__mro__[1:-1])
    kinds = {**door.passed_on, **door.kinds}
    for name in kinds.keys() & given.keys():
        if given[name] is not None:
            check_argument(name, given[name], kinds[name])


def check_options(function: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse options that a function does not have.

    Args:
        function: Its name, for the message.
        given: Names of the options.
        known: Names that it has.

    Raises:
        TypeError: If a name is none of them.

    Example:
        >>> check_options("fidelity", ["side"], ["side", "seed"])
    """
    names = sorted(known)
    for name in given:
        if name not in names:
            raise TypeError(f"{function} has no option `{name}`: choose from {', '.join(names)}")


def made(cls: type[_C], **arguments: Any) -> _C:
    """An object of a checked class from what the library itself computed, which is right.

    Args:
        cls: The class.
        **arguments: Arguments of its construction.

    Example:
        >>> @checked
        ... class Half:
        ...     def __init__(self, size: int) -> None:
        ...         self.size = size // 2
        >>> made(Half, size=4).size
        2
    """
    found = object.__new__(cls)
    construct: Any = cls.__init__
    getattr(construct, "__wrapped__", construct)(found, **arguments)
    return found


_MARK = "_arguments_checked"


def _guarded(function: Any, parents: tuple[type, ...] = ()) -> Any:
    door = _Door(function, parents)

    def guarded(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = door(args, kwargs)
        try:
            return function(*args, **kwargs)
        except (ValueError, TypeError) as error:
            shorten(error)
            raise

    shorten = _shorten  # the function has other globals
    # With the globals of the function, so that doctest finds it in its module.
    own = FunctionType(
        guarded.__code__, function.__globals__, function.__name__, None, guarded.__closure__
    )
    setattr(own, _MARK, True)
    return functools.update_wrapper(own, function)


def _shorten(error: ValueError | TypeError) -> None:
    """Leave the middle out of a message as long as a file."""
    if len(error.args) == 1 and len(str(error.args[0])) > _LONGEST_MESSAGE:
        error.args = (in_one_line(str(error.args[0]), _LONGEST_MESSAGE // 2),)


_LONGEST_MESSAGE = 2000


class _Door:
    """Compares arguments with the annotations of a function, which are read at the first call."""

    def __init__(self, function: Any, parents: tuple[type, ...] = ()) -> None:
        self.function = function
        self.parents = parents

    @functools.cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.function)

    @functools.cached_property
    def kinds(self) -> dict[str, Kind]:
        parameters = self.signature.parameters.values()
        found = {p.name: kind_of(resolved(p.annotation, self.function)) for p in parameters}
        return {name: kind for name, kind in found.items() if kind is not None}

    @functools.cached_property
    def passed_on(self) -> dict[str, Kind]:
        """Kinds of the arguments of parent classes, the nearest first."""
        found: dict[str, Kind] = {}
        for parent in self.parents:
            if parent.__module__.startswith("torch.nn") or "__init__" not in vars(parent):
                continue
            found = {**_Door(vars(parent)["__init__"]).kinds, **found}
        return found

    @functools.cached_property
    def options(self) -> frozenset[str] | None:
        """Names that may be passed on, where the annotation lists them."""
        for parameter in self.signature.parameters.values():
            if parameter.kind is parameter.VAR_KEYWORD:
                noted = resolved(parameter.annotation, self.function)
                for listed in getattr(noted, "__args__", ()):
                    if hasattr(listed, "__required_keys__"):
                        return frozenset(listed.__annotations__)
        return None

    def __call__(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments, with Python's numbers for NumPy's, which generators and JSON refuse."""
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError:  # the call itself says it in Python's words
            return args, kwargs
        listed = {name: self._listed(name, value) for name, value in bound.arguments.items()}
        self._check(listed)
        numbers = {name: self._usual(name, value) for name, value in listed.items()}
        if all(numbers[name] is value for name, value in bound.arguments.items()):
            return args, kwargs
        bound.arguments.update(numbers)
        return bound.args, bound.kwargs

    def _listed(self, name: str, value: Any) -> Any:
        """A list for a column or an array of pandas, which is read by its index, if lists fit."""
        if not hasattr(value, "isna") or value.ndim != 1 or name not in self.kinds:
            return value
        listed, kind = value.tolist(), self.kinds[name]
        return listed if kind.fits([]) or kind.fits(listed) else value

    def _usual(self, name: str, value: Any) -> Any:
        """What functions expect: Python's numbers and truths, and lists for lists of objects.

        Whole numbers in a list of texts are written out.
        """
        kind = self.kinds.get(name)
        entry = None if kind is None else kind.entry
        if entry is not None and entry.words == "a text":
            return _texts(value)
        if entry is not None and _holds_objects(value):
            return value.tolist()
        return _plain(value)

    def _check(self, given: Mapping[str, Any]) -> None:
        for name, value in given.items():
            parameter = self.signature.parameters[name]
            if parameter.kind is parameter.VAR_KEYWORD:
                self._check_passed_on(value)
                continue
            kind = self.kinds.get(name)
            if value is parameter.default or kind is None:
                continue
            if parameter.kind is parameter.VAR_POSITIONAL:
                for one in value:
                    check_argument(name, one, kind)
            else:
                check_argument(name, value, kind)

    def _check_passed_on(self, given: Mapping[str, Any]) -> None:
        if self.options is not None:
            check_options(self.function.__name__, given, self.options)
        for name in self.passed_on.keys() & given.keys():
            check_argument(name, given[name], self.passed_on[name])


def _texts(value: Any) -> Any:
    """A list of texts for one with whole numbers in it; anything else as it is."""
    texts = getattr(getattr(value, "dtype", None), "kind", "") == "U"
    own = value.tolist() if texts or hasattr(value, "is_meta") or _holds_objects(value) else value
    numbers = getattr(getattr(own, "dtype", None), "kind", "") in ("i", "u")
    if not numbers and (type(own) not in (list, tuple) or set(map(type, own)) <= {str}):
        return own
    names = [str(one) if isinstance(one, Integral) else one for one in own]
    return tuple(names) if type(own) is tuple else names


def _plain(value: Any) -> Any:
    """Python's number, truth or text for one of NumPy; anything else as it is."""
    if getattr(getattr(value, "dtype", None), "kind", "") == "b" and value.ndim == 0:
        return bool(value)
    if isinstance(value, str) and hasattr(value, "dtype"):
        return str(value)
    own = isinstance(value, bool | int | float) and not hasattr(value, "dtype")
    if own or not isinstance(value, Integral | Real):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def _check_text(name: str, value: Any, names_file: bool) -> None:
    """Refuse a text that is as long as a file, no name of a file, or that no file can hold."""
    if names_file and isinstance(value, str | PathLike):
        _check_path(name, str(value)[:LONGEST])
    if not names_file and type(value) in (list, tuple) and value and isinstance(value[0], str):
        for k, one in enumerate(value):
            if isinstance(one, str):
                _check_letters(f"{name}[{k}]", one)
    if not isinstance(value, str):
        return
    if len(value) > LONGEST:
        raise ValueError(f"`{name}` has {len(value):,} characters: {in_one_line(value[:60])}...")
    if not names_file:
        _check_letters(name, value)


def _check_path(name: str, path: str) -> None:
    """Refuse a text that no file of this system can be called.

    A path object of an empty text is the folder that is worked in, and means it.
    """
    if not path:
        raise ValueError(f"`{name}` is empty: name a file, or a folder, '.' for this one")
    if "\0" in path:
        raise ValueError(f"`{name}` is no path: it has a zero in it")
    try:
        longest = max(map(len, fsencode(path).split(fsencode(sep))))
    except UnicodeEncodeError:
        raise ValueError(f"`{name}` is no path: it has half a character") from None
    if longest > LONGEST_NAME:
        raise ValueError(
            f"`{name}` is no path: a name in it has {longest} bytes, and systems take at most "
            f"{LONGEST_NAME}"
        )


def _check_letters(name: str, text: str) -> None:
    """Refuse a text with halves of characters, which no file can hold."""
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError(f"`{name}` has half a character: {in_one_line(text, 60)!r}")


def _fits(name: str, value: Any, kind: Kind) -> bool:
    try:
        if isinstance(value, list | tuple) and type(value) not in (list, tuple):
            next(iter(value), None)
        return kind.fits(value)
    except Exception as error:  # of an object with methods of its own
        told = in_one_line(str(error), 100)
        raise TypeError(f"`{name}` cannot be read ({type(error).__name__}: {told})") from error


def check_argument(name: str, value: Any, kind: Kind) -> None:
    """Refuse an argument that is not of its kind.

    Args:
        name: The argument.
        value: What is given.
        kind: What it must be.

    Raises:
        TypeError: If it is of another kind.
        ValueError: If it is a negative seed, a number of more than 63 bits, a text as long as a
            file, or an explanation whose parts do not fit together.
    """
    _check_text(name, value, "path" in kind.words.lower())
    _check_even(name, value)
    if not _fits(name, value, kind):
        told = f"({kind.instead(value)}){kind.way_out(value)}"
        raise TypeError(f"`{name}` must be {kind.words} {told}")
    if hasattr(value, "dtype"):
        check_has_values(name, value)
    else:
        _check_entries(name, value, kind)
    if isinstance(value, Integral) and abs(int(value)) >= SEEDS:
        raise ValueError(f"`{name}` must be a number of at most 63 bits (got {shown(value)})")
    if name == "seed" and kind.words.startswith("a whole number") and value is not None:
        whole("`seed`", value, 0)
    if name == "dropout" and value is not None:
        real("`dropout`", value, "[0, 1]")
    _check_parts(name, value)


def _check_entries(name: str, value: Any, kind: Kind) -> None:
    """Refuse a list, or a dict, with a tensor or an array without plain real numbers.

    Where it may hold more than tensors, who reads the entries says what complex numbers are.
    """
    if type(value) not in (list, tuple, dict):
        return
    entries = value.values() if type(value) is dict else value
    if not any(map(_may_lack_values, set(map(type, entries)))):
        return
    for key, one in value.items() if type(value) is dict else enumerate(value):
        if _may_lack_values(type(one)):
            _check_even(f"{name}[{key!r:.60}]", one)
            check_has_values(f"{name}[{key!r:.60}]", one, "Tensor" in kind.words)


def _may_lack_values(cls: type) -> bool:
    """Whether objects of a class are tensors or masked arrays, of those without NumPy's numbers."""
    return hasattr(cls, "is_meta") or cls.__name__ == "MaskedArray"


def _check_even(name: str, value: Any) -> None:
    """Refuse a tensor that has no shape."""
    if getattr(value, "is_nested", False) is True:
        raise TypeError(f"`{name}` is a nested tensor: give {name}.unbind(), a list of tensors")


def check_unmasked(name: str, value: Any) -> None:
    """Refuse an array of which values are masked: others would read what is under the mask.

    Args:
        name: The argument, for messages.
        value: What is given.

    Raises:
        TypeError: If a value is masked.

    Example:
        >>> check_unmasked("x", [1.0, 2.0])
    """
    if type(value).__name__ == "MaskedArray" and value.mask.any():
        raise TypeError(f"`{name}` is a masked array: give {name}.filled(...)")


def check_has_values(name: str, value: Any, real_alone: bool = True) -> None:
    """Refuse a tensor or an array without plain numbers.

    Args:
        name: The argument.
        value: What is given.
        real_alone: Whether complex numbers are refused.

    Raises:
        TypeError: If it is sparse, masked or quantized, or has complex numbers.
        ValueError: If it has no values.
    """
    if getattr(value, "is_meta", False) is True:
        raise ValueError(f"`{name}` has no values: it is on the device 'meta'")
    if str(getattr(value, "layout", "torch.strided")).startswith("torch.sparse"):
        raise TypeError(f"`{name}` is a sparse tensor: give {name}.to_dense()")
    check_unmasked(name, value)
    if getattr(value, "is_quantized", False) is True:
        raise TypeError(f"`{name}` has quantized numbers: give {name}.dequantize()")
    is_complex = getattr(value, "is_complex", None)  # an attribute of types, a method of tensors
    if real_alone and callable(is_complex) and is_complex():
        raise TypeError(f"`{name}` has complex numbers: give real ones")


def _check_parts(name: str, value: Any) -> None:
    """Let explanations and results, alone, in a list or by name, say whether their parts fit.

    Explanations compare their parts with each other. Parts of all other data classes of the library
    are of the kinds that their annotations name.
    """
    if hasattr(type(value), _OWN_CHECK):
        getattr(value, _OWN_CHECK)(f"`{name}`")
    elif holds_fields(type(value)):
        check_fields(name, value)
    elif type(value) is dict:  # others may compute their values when they are read
        for key, one in value.items():
            if type(one) not in _WITHOUT_PARTS:
                _check_parts(f"{name}[{key!r:.60}]", one)
    elif isinstance(value, list | tuple) or _holds_objects(value):
        for k, one in enumerate(value):
            if not _has_parts(type(one)) and one is not None:
                return
            _check_parts(f"{name}[{k}]", one)


def _has_parts(cls: type) -> bool:
    return hasattr(cls, _OWN_CHECK) or holds_fields(cls)


def check_fields(name: str, value: Any) -> None:
    """Refuse an object of a data class of the library with a part of another kind.

    Args:
        name: The object, for messages.
        value: The object.

    Raises:
        TypeError: If a part is of another kind.
        ValueError: If parts of a part do not fit together.
    """
    own = getattr(value, "__dict__", {})
    for part, kind in field_kinds(type(value)).items():
        if part not in own:
            continue
        if not _fits(f"{name}.{part}", own[part], kind):
            told = f"{kind.words} ({kind.instead(own[part])})"
            edited = was_edited(type(value), part, own[part])
            when = ": it was changed after it was made" if edited else ""
            raise TypeError(f"`{name}.{part}` must be {told}{when}")
        if type(own[part]) is int and abs(own[part]) >= SEEDS:
            raise ValueError(f"`{name}.{part}` must be a number of at most 63 bits")
        if type(own[part]) not in _WITHOUT_PARTS:
            _check_parts(f"{name}.{part}", own[part])


def _holds_objects(value: Any) -> bool:
    """Whether a value is an array of objects, in a row."""
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    return kind == "O" and getattr(value, "ndim", 0) == 1


_WITHOUT_PARTS = frozenset({int, float, bool, str, type(None)})
_OWN_CHECK = "_check_parts"
"""Method of explanations, which can be edited after they were made."""
