"""Kinds of arguments, by annotations."""

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import ArrayLike
from torch.utils.data import Dataset
from torch_geometric.data import Data, HeteroData

from pyg_siamex._kinds import kind_of
from pyg_siamex.nn import SiameseGNN

GRAPH = Data(x=torch.ones(2, 2), edge_index=torch.tensor([[0], [1]]))


class _Graphs(Dataset):
    def __len__(self):
        return 1

    def __getitem__(self, position):
        return GRAPH


CASES = [
    (int, "a whole number", [3, np.int64(3)], [True, 3.0, "3", None, torch.tensor(3)]),
    (float, "a number", [3, 0.5, np.float32(1)], [False, "1", 1j, torch.tensor(1.0)]),
    (bool, "True or False", [True, np.bool_(True)], [1, None, "yes", torch.tensor(True)]),
    (str | None, "a text or None", ["", None], [b"a", Path("a"), 1]),
    (str | os.PathLike[str], "a text or a path", ["a", Path("a")], [b"a", 1, None]),
    (Literal["a", "b"], "one of a, b", ["a", "z"], [1, None, ["a"]]),
    (Mapping[str, int], "a dict of a text to a whole number", [{}, {"a": 1}], [[], "a", GRAPH]),
    (Callable[[int], str], "a function", [len, str], ["len", None]),
    (type[Data], "a class", [Data], [GRAPH, "Data"]),
    (Data, "a Data", [GRAPH], [None, {"x": 1}, [GRAPH]]),
    (
        Sequence[str],
        "a list, each a text",
        [["a"], ("a", "b"), [1, 2], np.array(["a"]), pd.Series(["a"]), torch.arange(2), []],
        [
            "ab",
            ["a", 1.5],
            ["a", None],
            {"a"},
            {"a": 1},
            iter("a"),
            np.array([1.0]),
            list,
            GRAPH,
            3,
        ],
    ),
    (
        Sequence[float],
        "a list, each a number",
        [[1, 2.5], range(3), torch.rand(3), [torch.tensor(1.0)], np.arange(3)],
        [["1"], [None], np.array(["a"]), np.array(1.0), torch.tensor(1.0)],
    ),
    (
        Sequence[Data] | Dataset,
        "a list, each a Data or a Dataset",
        [[GRAPH], _Graphs()],
        [GRAPH, [None], "a", pd.DataFrame({"a": [1]})],
    ),
    (Iterable[int], "a list or an iterator", [iter([1]), [1], {1}], ["a", 1, {"a": 1}]),
    (Collection[int], "a list, each a whole number", [{1}, [1]], [{"a"}, "a", 1]),
    (tuple[str, str], "2 values, each a text", [("a", "b"), ["a", "b"]], ["ab", ("a",), (1, 2)]),
    (tuple[int, ...], "a list, each a whole number", [(1,), []], [(1.5,), 1]),
]


@pytest.mark.parametrize(
    ("annotation", "words", "right", "wrong"),
    CASES,
    ids=[f"{k} {one[1]}" for k, one in enumerate(CASES)],
)
def test_values_fit_their_kind(annotation, words, right, wrong):
    kind = kind_of(annotation)
    assert kind is not None and kind.words == words
    assert [kind.fits(value) for value in right] == [True] * len(right)
    assert [kind.fits(value) for value in wrong] == [False] * len(wrong)


def test_what_names_no_kind_is_anything():
    assert [kind_of(one) for one in (Any, object, Any | None)] == [None] * 3


class _Named(Protocol):
    name: str


class _Speaks(_Named, Protocol):
    def speak(self) -> str: ...


@dataclass
class _Person:
    name: str

    def speak(self):
        return self.name


def test_protocols_are_compared_by_what_they_have():
    kind = kind_of(_Speaks)
    assert kind.words == "a Speaks with name, speak"
    assert kind.fits(_Person("a"))
    wrong = [_Person, None, "abc", 3, [], {"name": "a"}, torch.ones(2)]
    assert not any(kind.fits(one) for one in wrong)


def test_tensors_are_no_protocols_by_chance():
    class Solves(Protocol):
        name: str

        def solve(self) -> None: ...

    assert hasattr(torch.ones(2), "solve") and not kind_of(Solves).fits(torch.ones(2))


@pytest.mark.parametrize("annotation", [Sequence[str], Sequence[int], Sequence[float]])
@pytest.mark.parametrize("made", [torch.rand, lambda *size: torch.rand(*size).numpy()])
def test_matrices_are_no_lists_of_numbers_or_texts(annotation, made):
    kind = kind_of(annotation)
    assert not kind.fits(made(3, 3))
    assert kind.fits(made(3)) == (annotation == Sequence[float])


def test_tables_of_results_are_not_read():
    class Counted(dict):
        def values(self):
            raise AssertionError

    assert kind_of(Mapping[str, Any]).fits(Counted(a=1))


def test_the_first_wrong_entry_is_named():
    kind = kind_of(Sequence[str])
    assert kind.instead(["a", "b", 3.5]) == "entry 2 is 3.5"
    assert kind.instead("abc") == "got 'abc'" and kind.instead({1}) == "got set"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([("C", "C", "C")], "entry 0 has 3 values"),
        ([("C", "C"), ("C",)], "entry 1 has 1 value"),
        ([("C", "C"), ("C", float("nan"))], "entry 1, value 1 is nan"),
        ([("C", "C"), (3.5, "C")], "entry 1, value 0 is 3.5"),
        ([1], "entry 0 is 1"),
        (["CC"], "entry 0 is 'CC'"),
        (5, "got 5"),
    ],
    ids=["more", "fewer", "a gap", "a number", "no pair", "a text", "no list"],
)
def test_what_is_wrong_with_a_tuple_is_told(value, told):
    for kind in (kind_of(Sequence[tuple[str, str]]), kind_of(Path | Sequence[tuple[str, str]])):
        assert not kind.fits(value) and kind.instead(value) == told


def test_what_is_wrong_with_one_tuple_is_told():
    for kind in (kind_of(tuple[int, int]), kind_of(tuple[int, int] | None)):
        assert (
            kind.instead((1, 2, 3)) == "has 3 values" and kind.instead((1, "a")) == "value 1 is 'a'"
        )
        assert kind.instead(5) == "got 5"


def test_the_way_out_is_told():
    assert "HeteroEncoder" in kind_of(Data).way_out(HeteroData())
    assert "adapt(model)" in kind_of(SiameseGNN).way_out(torch.nn.Linear(2, 2))
    assert kind_of(Data).way_out(3) == ""


def test_a_million_entries_are_compared_at_once():
    kind = kind_of(Sequence[int])
    assert kind.fits(list(range(1_000_000))) and not kind.fits([*range(1_000_000), "a"])


def test_an_expanded_tensor_is_compared_row_by_row():
    kind, rows = kind_of(Sequence[str]), torch.zeros(1).expand(10**9)
    assert not kind.fits(rows) and kind.instead(rows).startswith("entry 0 is ")
    assert kind_of(Sequence[Data]).instead(pd.Series([3], index=["a"])) == "entry 0 is 3"


def test_arrays_are_called_by_their_name():
    told = kind_of(Sequence[ArrayLike] | np.ndarray)
    assert "a ndarray or a list of numbers" in told.words and "_" not in told.words
    assert told.fits([np.eye(2)]) and told.fits([[[0, 1], [1, 0]]]) and not told.fits(3)
