"""Arguments of public functions are compared with their annotations."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from re import escape

import numpy as np
import pandas as pd
import pytest
import torch
from bad_arguments import GIVEN, ending
from graphs import random_graph

from pyg_siamex import PairDataset
from pyg_siamex._door import LONGEST, check_arguments, checked, is_checked
from pyg_siamex._kinds import kind_of
from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import Subjects


@checked
def listed(size: int, names: Sequence[str] | None = None, *, share: float = 0.5, seed: int = 0):
    """Any function."""
    return size, names, share, seed


@checked
@dataclass(frozen=True)
class Named:
    """Any class."""

    name: str
    where: str | Path = "."


@checked
class Built:
    """A class with a constructor of its own."""

    def __init__(self, values: torch.Tensor) -> None:
        self.values = values

    @classmethod
    @checked
    def of(cls, size: int) -> "Built":
        """By another door."""
        return cls(torch.ones(size))


def test_numbers_of_numpy_are_passed_on_as_pythons():
    found = listed(np.int64(3), share=np.float32(0.5), seed=np.uint8(4))
    assert [type(one) for one in found] == [int, type(None), float, int]
    assert type(listed(3, share=np.float64(0.5))[2]) is float  # which is a float by itself


@checked
def numbered(
    values: Sequence[float] | torch.Tensor | None = None, names: tuple[str, str] = ("a", "b")
) -> object:
    """A function of several kinds of lists."""
    return values, names


def test_columns_of_pandas_are_passed_on_as_lists():
    assert listed(3, pd.Series(["a", "b"], [5, 6]))[1] == ["a", "b"]
    found = numbered(pd.Series([1.0, 2.0], [5, 6]), pd.Series(["a", "c"], [5, 6]))
    assert found == ([1.0, 2.0], ["a", "c"])


def test_arrays_of_texts_are_passed_on_as_lists():
    assert listed(3, np.array(["a", "b"]))[1] == ["a", "b"]
    assert [type(one) for one in listed(3, np.array(["a", "b"]))[1]] == [str, str]


def test_numbers_of_numpy_are_no_arrays():
    either = kind_of(float | Sequence[float])
    assert either.fits(np.float64(0.5)) and either.fits(np.int64(2))
    assert not either.fits(np.array(0.5)) and not either.fits(torch.tensor(0.5))


def test_what_fits_is_passed_on():
    assert listed(3, ["a"], share=1, seed=2**40) == (3, ["a"], 1, 2**40)
    assert listed(np.int64(3), ("a",), share=np.float32(0.5))[0] == 3
    assert Named("a", Path("b")).where == Path("b") and Built.of(2).values.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"size": "3"}, r"`size` must be a whole number \(got '3'\)"),
        ({"size": True}, r"`size` must be a whole number \(got True\)"),
        ({"size": torch.tensor(3)}, r"`size` must be a whole number \(got Tensor\)"),
        ({"names": "abc"}, r"`names` must be a list, each a text or None \(got 'abc'\)"),
        ({"names": ["a", None]}, r"`names` .* \(entry 1 is NoneType\)"),
        ({"names": iter("ab")}, r"`names` .* \(got str_\w*iterator\)"),
        ({"share": 2**70}, "`share` must be a number of at most 63 bits"),
        ({"share": None}, r"`share` must be a number \(got NoneType\)"),
        ({"seed": -1}, "`seed` must be at least 0"),
        ({"seed": [0]}, r"`seed` must be a whole number \(got list\)"),
    ],
)
def test_what_does_not_fit_is_named(wrong, message):
    with pytest.raises((TypeError, ValueError), match=message):
        listed(**{"size": 3, **wrong})


def test_constructors_have_a_door():
    with pytest.raises(TypeError, match="`where` must be a text or a Path"):
        Named("a", 3)
    with pytest.raises(TypeError, match="`values` must be a Tensor"):
        Built([1.0])
    with pytest.raises(TypeError, match="`size` must be a whole number"):
        Built.of(None)


def test_long_texts_are_not_repeated():
    with pytest.raises(ValueError, match=f"`name` has {LONGEST + 1:,} characters") as caught:
        Named("x" * (LONGEST + 1))
    assert len(str(caught.value)) < 200


def test_iterators_are_not_read():
    @checked
    def first(values: Iterable[int]) -> int:
        return next(iter(values))

    assert first(k for k in (5, 6)) == 5
    with pytest.raises(TypeError, match="`values` must be a list or an iterator"):
        first("56")


def test_wrong_calls_are_told_by_python():
    with pytest.raises(TypeError, match="unexpected keyword argument 'sizes'"):
        listed(sizes=3)


def test_signatures_and_globals_are_those_of_the_function():
    assert str(inspect.signature(Named)) == "(name: str, where: str | pathlib.Path = '.') -> None"
    assert listed.__globals__ is globals() and listed.__doc__ == "Any function."
    assert is_checked(listed) and is_checked(Named) and is_checked(Built.of)
    assert not is_checked(ending) and not is_checked(dict)


@pytest.mark.parametrize("what", GIVEN)
@pytest.mark.parametrize("name", ["size", "share", "seed"])
def test_anything_else_is_refused_by_name(what, name):
    numbers = ("zero", "below zero", "a half", "infinity", "nan", "a member of an enumeration")
    if what in numbers:
        return
    with pytest.raises((TypeError, ValueError), match=f"`{name}`") as caught:
        listed(**{"size": 3, name: GIVEN[what]()})
    assert len(str(caught.value)) < 300


ROOMS = (
    *("data", "datasets", "datasets.connectome", "chemistry", "nn", "nn.similarity"),
    *("nn.training", "nn.neighbours", "explain", "explain.check", "explain.overview"),
    *("explain.relevance", "explain.self_learned", "explain.self_learned.invariance", "metric"),
    *("visualize", "recipe"),
)

OPEN = {
    "check_model",  # says how an encoder is wrapped
    "compare",  # looks itself, as it is called at every step
}
"""Public functions without a door."""


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_function_has_a_door(room):
    module = import_module(f"pyg_siamex.{room}")
    functions = [getattr(module, name) for name in module.__all__]
    without = {
        one.__name__
        for one in functions
        if inspect.isfunction(inspect.unwrap(one))
        and not is_checked(inspect.unwrap(one, stop=is_checked))
    }
    assert without <= OPEN


MATRICES = np.array([[[0.0, 1, 2], [1, 0, 3], [2, 3, 0]], [[0, 3, 2], [3, 0, 1], [2, 1, 0]]])


@pytest.mark.parametrize(
    "given",
    [
        MATRICES,
        list(MATRICES),
        MATRICES.tolist(),
        torch.tensor(MATRICES),
        list(torch.tensor(MATRICES)),
        [pd.DataFrame(one) for one in MATRICES],
    ],
    ids=["array", "arrays", "lists", "tensor", "tensors", "frames"],
)
def test_matrices_come_in_any_container(given):
    assert len(Connectomes(given)) == len(Subjects(given)) == 2


@pytest.mark.parametrize(
    "scores",
    [[True, False], [1, 0], [1.0, 0.0], np.array([True, False]), torch.tensor([1, 0]), (1, 0)],
    ids=["truths", "whole", "floats", "array", "tensor", "tuple"],
)
def test_scores_come_in_any_container(scores):
    graphs = [random_graph(5, k) for k in range(3)]
    found = PairDataset.from_pairs(graphs, np.array([[0, 1], [1, 2]]), scores)
    assert found.target.tolist() == [1, 0]


def test_truths_of_numpy_are_passed_on_as_pythons():
    @checked
    def chosen(both: bool = True) -> bool:
        return both

    assert chosen(np.bool_(False)) is False and chosen(np.array(True)) is True


class Parent:
    """A class without a door, as of another library."""

    def __init__(self, size: int, dropout: float = 0.0, name: str | None = None) -> None:
        self.size, self.dropout, self.name = size, dropout, name


@checked
class Child(Parent):
    """Passes arguments on."""

    def __init__(self, width: int, **kwargs) -> None:
        super().__init__(width, **kwargs)


def test_what_is_passed_on_is_compared_with_the_parents():
    assert Child(3, dropout=1, name=None).dropout == 1
    with pytest.raises(TypeError, match=r"`name` must be a text or None \(got 3\)"):
        Child(3, name=3)
    for wrong in ("a half", -0.1, 1.5, float("nan")):
        with pytest.raises((TypeError, ValueError), match="`dropout` must be"):
            Child(3, dropout=wrong)
    with pytest.raises(TypeError, match="unexpected keyword argument 'height'"):
        Child(3, height=3)


def test_classes_of_other_libraries_are_compared():
    check_arguments(Parent, {"size": 3, "further": object()})
    with pytest.raises(TypeError, match=r"`size` must be a whole number \(got True\)"):
        check_arguments(Parent, {"size": True})


def test_a_type_of_numbers_is_an_argument():
    @checked
    def made(dtype: torch.dtype) -> torch.Tensor:
        return torch.zeros(1, dtype=dtype)

    assert made(torch.complex64).is_complex()


WITHOUT_NUMBERS = pytest.mark.parametrize(
    ("value", "message"),
    [
        (torch.eye(2).to_sparse(), "is a sparse tensor: give {}.to_dense()"),
        (torch.ones(2, device="meta"), "has no values"),
        (torch.ones(2) * 1j, "has complex numbers"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), "is a masked array"),
    ],
    ids=["sparse", "meta", "complex", "masked"],
)


@WITHOUT_NUMBERS
def test_numbers_that_are_not_there_are_refused(value, message):
    @checked
    def read(values: torch.Tensor | np.ndarray) -> None:
        """Any function."""

    told = escape(f"`values` {message.format('values')}")
    with pytest.raises((TypeError, ValueError), match=told):
        read(value)


@WITHOUT_NUMBERS
def test_lists_and_dicts_with_numbers_that_are_not_there_are_refused(value, message):
    @checked
    def read(
        listed: Sequence[torch.Tensor | np.ndarray] = (),
        named: Mapping[str, torch.Tensor | np.ndarray] | None = None,
    ) -> None:
        """Any function."""

    read([torch.ones(2), np.ones(2), np.ma.masked_array([1.0])], {"a": torch.ones(2)})
    for place, given in (
        ("listed[1]", {"listed": [torch.ones(2), value]}),
        ("named['b']", {"named": {"a": torch.ones(2), "b": value}}),
    ):
        told = escape(f"`{place}` {message.format(place)}")
        with pytest.raises((TypeError, ValueError), match=told):
            read(**given)


def test_subjects_with_masked_values_are_refused():
    matrix, other = np.eye(4) + 0.5, np.eye(4) + 0.25
    with pytest.raises(TypeError, match=r"`subjects\[1\]` is a masked array"):
        Connectomes([matrix, np.ma.masked_array(other, other > 1)])
    assert len(Connectomes([matrix, np.ma.masked_array(other)])) == 2


def test_objects_that_cannot_be_read_are_named():
    with pytest.raises(TypeError, match=r"`names` cannot be read \(RuntimeError: unread\)"):
        listed(3, GIVEN["a list that cannot be read"]())


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (torch.arange(2), ["0", "1"]),
        (np.array([7, 8]), ["7", "8"]),
        (["a", 5], ["a", "5"]),
        ((5, "a"), ("5", "a")),
    ],
    ids=["tensor", "array", "list", "tuple"],
)
def test_numbers_in_lists_of_names_are_passed_on_as_texts(names, expected):
    assert listed(3, names)[1] == expected


def test_paths_of_halves_of_characters_are_refused():
    with pytest.raises(ValueError, match="`where` is no path: it has half a character"):
        Named("a", "\ud800")


def test_paths_of_no_letters_are_refused():
    with pytest.raises(ValueError, match="`where` is empty: name a file, or a folder"):
        Named("a", "")
    Named("a", Path(""))
    Named("a", ".")
    Named("", "a")


def test_paths_with_names_that_no_system_takes_are_refused():
    Named("a", "folder/" * 100)
    with pytest.raises(ValueError, match="`where` is no path: a name in it has 300 bytes"):
        Named("a", f"folder/{'é' * 150}/model")


def test_nested_tensors_are_refused():
    with pytest.raises(TypeError, match=r"`names` is a nested tensor: give names.unbind()"):
        listed(3, torch.nested.nested_tensor([torch.ones(1)], layout=torch.jagged))


def test_names_of_halves_of_characters_are_refused():
    assert listed(3, ["a", "é"])[1] == ["a", "é"]
    with pytest.raises(ValueError, match=r"`names\[1\]` has half a character: 'b"):
        listed(3, ["a", "b\ud800"])


def test_arrays_of_pandas_lack_names_as_lists_do():
    assert listed(3, pd.array([1, 2], dtype="Int64"))[1] == ["1", "2"]
    with pytest.raises(TypeError, match="`names` must be a list, each a text"):
        listed(3, pd.array([1, None], dtype="Int64"))


def test_texts_of_numpy_are_pythons():
    assert type(Named(np.str_("a")).name) is str
