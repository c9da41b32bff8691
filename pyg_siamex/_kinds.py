"""Kinds of arguments, as annotations name them, and how they are called in messages."""

import inspect
import os
import sys
import types
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral, Real
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pyg_siamex._numbers import shown
from pyg_siamex._tables import Columns, Tables

_COUNTED = (Sequence, Collection, list, tuple)


@dataclass(frozen=True)
class Kind:
    """A kind of arguments.

    Attributes:
        words: What it is called.
        fits: Whether a value is of it.
        entry: The kind of a list's entries, or ``None``.
        exact: Whether entries of lists must be of it as they are: a number is no name then.
        wrong: What is wrong with a table or a tuple that does not fit, empty where its words say
            it already; ``None`` for other kinds.
    """

    words: str
    fits: Callable[[Any], bool]
    entry: "Kind | None" = None
    exact: bool = False
    wrong: Callable[[Any], str] | None = None

    def instead(self, value: Any) -> str:
        """What was given instead, in words.

        Args:
            value: A value that does not fit.
        """
        told = "" if self.wrong is None else self.wrong(value)
        if told:
            return told
        entry = self.entry
        if entry is None or not _is_list(value):
            return f"got {shown(value)}"
        wrong = next((k for k in _numbered(value) if not _fits(entry, k[1])), None)
        if wrong is None:
            return f"got {shown(value)}"
        inner = entry.instead(wrong[1])
        if inner.startswith(_HAS):
            return f"entry {wrong[0]} {inner}"
        deeper = inner.startswith(("entry ", "value "))
        return f"entry {wrong[0]}{f', {inner}' if deeper else f' is {shown(wrong[1])}'}"

    def way_out(self, value: Any) -> str:
        """What to give instead, where it is known; else empty.

        Args:
            value: A value that does not fit.
        """
        if type(value).__name__ == "HeteroData":
            return ": HeteroEncoder(encoder, data) makes graphs of several types homogeneous"
        if "SiameseGNN" in self.words and hasattr(value, "state_dict"):
            return ": wrap the encoder, SiameseGNN(encoder), or any model, adapt(model)"
        return ""


_HAS = "has "
"""How what is wrong with the number of values of a tuple begins."""


def kind_of(annotation: Any, exact: bool = False) -> Kind | None:
    """The kind that an annotation names; ``None`` if it names no kind.

    Args:
        annotation: An annotation, not as a text.
        exact: Whether the values are parts of results, which nothing else checks: choices are
            compared, and numbers are no texts in lists of texts.
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _of_annotated(arguments[0], arguments[1:], exact)
    if _is_array_like(annotation):
        kind = _either([kind_of(one, exact) for one in arguments])
        return kind and Kind("a ndarray or a list of numbers", kind.fits)
    if origin in (Union, types.UnionType):
        return _either([kind_of(one, exact) for one in arguments])
    if annotation is str and exact:
        return _EXACT_TEXT
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if origin is Literal:
        return _of_choices(arguments, exact)
    if origin is not None:
        return _of_many(origin, arguments, exact)
    if not inspect.isclass(annotation):
        return None
    if getattr(annotation, "_is_protocol", False):
        return _PLAIN_LIST if "__getitem__" in vars(annotation) else _of_protocol(annotation)
    return _of_class(annotation)


def _is_array_like(annotation: Any) -> bool:
    """Whether it is NumPy's ``ArrayLike``, which no annotation is before NumPy is loaded."""
    typing = sys.modules.get("numpy.typing")
    return typing is not None and bool(annotation == typing.ArrayLike)


def _of_annotated(annotation: Any, notes: tuple[Any, ...], exact: bool) -> Kind | None:
    """The kind of an annotation that may say which columns its tables have."""
    kind = kind_of(annotation, exact)
    told = next((one for one in notes if isinstance(one, Columns | Tables)), None)
    if kind is None or told is None:
        return kind

    def wrong(value: Any) -> str:
        return told.wrong(value) if value is not None and kind.fits(value) else ""

    words = f"{told.words} or None" if kind.words.endswith(" or None") else told.words
    return Kind(words, lambda value: kind.fits(value) and not wrong(value), wrong=wrong)


def _of_choices(choices: tuple[Any, ...], exact: bool) -> Kind:
    """One of some values; of arguments, functions compare them."""
    classes = tuple({type(one) for one in choices})
    words = f"one of {', '.join(repr(one) if one == '' else str(one) for one in choices)}"
    return Kind(words, lambda value: isinstance(value, classes) and (not exact or value in choices))


def _of_protocol(protocol: type) -> Kind:
    """An object with the attributes and methods of a protocol."""
    bases = [one for one in protocol.__mro__ if getattr(one, "_is_protocol", False)]
    names = {name for one in bases for name in (*vars(one), *inspect.get_annotations(one))}
    wanted = sorted(name for name in names if not name.startswith("_"))

    def fits(value: Any) -> bool:
        # Tensors and arrays have many attributes, by chance also a protocol's.
        other = isinstance(value, type) or hasattr(value, "dtype")
        return not other and all(hasattr(value, name) for name in wanted)

    told = f" with {', '.join(wanted)}" if wanted else ""
    return Kind(f"{_with_article(protocol.__name__.lstrip('_'))}{told}", fits)


def _of_class(wanted: type) -> Kind | None:
    if wanted in (object, Hashable, inspect.Parameter.empty) or hasattr(wanted, "__set__"):
        return None  # a descriptor checks what it is set to
    if wanted in _COUNTED or wanted in (Iterable, Mapping, dict, set, frozenset, Callable):
        return _of_many(wanted, (), False)
    return Kind(_with_article(wanted.__name__), lambda value: isinstance(value, wanted))


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _either(kinds: list[Kind | None]) -> Kind | None:
    known = [kind for kind in kinds if kind is not None]
    if len(known) < len(kinds):
        return None
    if len(known) == 1:
        return known[0]
    entries = [kind.entry for kind in known if kind.entry is not None]
    # None last, as people say it.
    words = sorted(dict.fromkeys(kind.words for kind in known), key=lambda one: one == "None")
    many = any(kind.words.startswith("a list") for kind in known)

    def fits(value: Any) -> bool:
        known_one = isinstance(value, Real) or not hasattr(value, "dtype")
        single = many and not known_one and getattr(value, "ndim", 1) == 0
        return not single and any(kind.fits(value) for kind in known)

    others = [kind for kind in known if kind.words != "None"]
    return Kind(
        " or ".join(words),
        fits,
        _either(list(entries)) if entries else None,
        wrong=others[0].wrong if len(others) == 1 else None,
    )


def _of_many(origin: Any, arguments: tuple[Any, ...], exact: bool) -> Kind | None:
    if origin in _PLAIN:
        return _PLAIN[origin]
    if origin is type:
        return Kind("a class", inspect.isclass)
    if origin in (Mapping, dict):
        return _of_dict(arguments, exact)
    if origin in (set, frozenset, AbstractSet):
        return Kind("a set", lambda value: isinstance(value, AbstractSet))
    if origin is Iterable:
        return Kind("a list or an iterator", _is_iterable)
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        return _of_tuple(arguments, exact)
    if origin in _COUNTED:
        return _of_list(arguments, origin is Collection, exact)
    return _of_class(origin) if inspect.isclass(origin) else None


def _of_list(arguments: tuple[Any, ...], sets: bool, exact: bool) -> Kind:
    entry = kind_of(arguments[0], exact) if arguments else None

    def fits(value: Any) -> bool:
        if sets and isinstance(value, AbstractSet):
            return _entries_fit(list(value), entry)
        return _is_list(value) and _entries_fit(value, entry)

    return Kind("a list" if entry is None else f"a list, each {entry.words}", fits, entry)


def _of_dict(arguments: tuple[Any, ...], exact: bool) -> Kind:
    key, entry = (kind_of(one, exact) for one in arguments) if arguments else (None, None)

    def fits(value: Any) -> bool:
        return (
            isinstance(value, Mapping)
            and (key is None or _entries_fit(list(value), key))
            and (entry is None or _entries_fit(list(value.values()), entry))
        )

    known = [kind.words for kind in (key, entry) if kind is not None]
    return Kind(f"a dict of {' to '.join(known)}" if known else "a dict", fits)


def _of_tuple(arguments: tuple[Any, ...], exact: bool) -> Kind:
    kinds = [kind_of(one, exact) for one in arguments]

    def fits(value: Any) -> bool:
        return (
            _is_list(value)
            and len(value) == len(kinds)
            and all(kind is None or kind.fits(one) for kind, one in zip(kinds, value, strict=True))
        )

    def wrong(value: Any) -> str:
        if not _is_list(value):
            return ""
        if len(value) != len(kinds):
            return f"{_HAS}{len(value)} value{'' if len(value) == 1 else 's'}"
        for k, (kind, one) in enumerate(zip(kinds, value, strict=True)):
            if kind is not None and not kind.fits(one):
                return f"value {k} is {shown(one)}"
        return ""

    words = [kind.words if kind else "anything" for kind in kinds]
    same = len(set(words)) == 1
    told = f"each {words[0]}" if same else ", ".join(words)
    return Kind(f"{len(kinds)} values, {told}", fits, wrong=wrong)


def _numbered(value: Any) -> Iterable[tuple[int, Any]]:
    """Entries with their numbers; rows of a tensor one by one, of which there may be millions."""
    if hasattr(value, "is_meta"):
        return ((k, value[k]) for k in range(len(value)))
    return enumerate(value)


def _fits(entry: Kind, value: Any) -> bool:
    """Whether an entry fits; a tensor of one number is a number, and numbers are names too.

    So are truths numbers, as in a list of which pairs are alike.
    """
    if entry.fits(value) or (entry.words == "a text" and not entry.exact and _is_whole(value)):
        return True
    if isinstance(value, bool) and "a number" in entry.words:
        return True
    single = getattr(value, "ndim", None) == 0 and not getattr(value, "is_meta", False)
    return single and entry.fits(value.item())


def _entries_fit(values: Any, entry: Kind | None) -> bool:
    """Whether one entry of each type fits; arrays are of one type."""
    if entry is None:
        return True
    if isinstance(values, range):
        return _fits(entry, 0)
    if isinstance(values, list | tuple):
        # One entry for each type, which is fast also for a million.
        return all(_fits(entry, one) for one in {type(one): one for one in values}.values())
    if not hasattr(values, "dtype"):
        # Graphs of a data set are not read here: a transform may draw random numbers.
        return "Data" in entry.words or not len(values) or _fits(entry, values[0])
    kind, wanted = _kind_of_numbers(values.dtype), _OF_ARRAYS.get(entry.words)
    if kind == "O" and hasattr(values, "tolist"):
        return _entries_fit(values.tolist(), entry)
    if wanted is None:  # arrays hold numbers and texts, and lists of them
        rows = entry.words.startswith("a list") or " values, " in entry.words
        deep = getattr(values, "ndim", 1) > 1 or not rows
        return deep and any(word in entry.words for word in _IN_ARRAYS)
    wanted = wanted.removesuffix("iu") if entry.exact else wanted
    return getattr(values, "ndim", 1) == 1 and kind in wanted


def _kind_of_numbers(dtype: Any) -> str:
    """Numpy's letter for a kind of numbers, also of torch's and pandas' types."""
    own = getattr(dtype, "kind", None)
    if isinstance(own, str):
        return own
    name = str(dtype).removeprefix("torch.")
    starts = {"bool": "b", "uint": "u", "int": "i", "float": "f", "bfloat": "f", "complex": "c"}
    return next((letter for start, letter in starts.items() if name.startswith(start)), "")


_OF_ARRAYS = {"a whole number": "iu", "a number": "biuf", "a text": "UTiu", "True or False": "b"}
"""Kinds of numpy's types whose values are of a kind."""

_IN_ARRAYS = (*_OF_ARRAYS, "a list", "a Tensor", "a ndarray")
"""Words of kinds that arrays hold, or rows of arrays."""


def _is_list(value: Any) -> bool:
    """Whether a value has a length and numbered entries, as lists, arrays and data sets have."""
    own = type(value)
    if isinstance(value, str | bytes | bytearray | Mapping) or getattr(value, "ndim", 1) == 0:
        return False
    table = hasattr(own, "keys") and not hasattr(own, "to_list")  # graphs, frames, archives
    # Not hasattr(own, ...): classes of enumerations have a length, and their members have none.
    return not table and all(_defines(own, name) for name in ("__len__", "__getitem__"))


def _defines(own: type, name: str) -> bool:
    return any(name in vars(base) for base in own.__mro__)


def _is_iterable(value: Any) -> bool:
    other = isinstance(value, str | bytes | bytearray | Mapping) or getattr(value, "ndim", 1) == 0
    return _is_list(value) or (isinstance(value, Iterable) and not other)


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | Fraction)


def _is_truth(value: Any) -> bool:
    """Whether a value is a choice of yes or no, also of numpy."""
    single = getattr(value, "ndim", None) == 0
    return isinstance(value, bool) or (single and getattr(value.dtype, "kind", "") == "b")


def _is_numbered(value: Any) -> bool:
    """Whether a value has numbered entries, also where they are not counted."""
    other = isinstance(value, str | bytes | bytearray | Mapping | type)
    return not other and _defines(type(value), "__getitem__") and getattr(value, "ndim", 1) > 0


def _is_function(value: Any) -> bool:
    """Whether a value can be called; PyG's graphs can, and are no functions."""
    return callable(value) and not hasattr(type(value), "num_nodes")


_PLAIN_LIST = Kind("a list", _is_numbered)

_EXACT_TEXT = Kind("a text", lambda value: isinstance(value, str), exact=True)

_PLAIN: dict[Any, Kind | None] = {
    Any: None,
    None: Kind("None", lambda value: value is None),
    type(None): Kind("None", lambda value: value is None),
    bool: Kind("True or False", _is_truth),
    int: Kind("a whole number", _is_whole),
    float: Kind("a number", _is_number),
    str: Kind("a text", lambda value: isinstance(value, str)),
    os.PathLike: Kind("a path", lambda value: isinstance(value, os.PathLike)),
    Callable: Kind("a function", _is_function),
}
