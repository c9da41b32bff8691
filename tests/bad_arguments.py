"""Arguments that no public function should take, and how calls with them end."""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch_geometric.data import Data


class _Liar(list[int]):
    """A list that claims to be longer than it is."""

    def __len__(self) -> int:
        return 10**9


GIVEN: Mapping[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "a text": lambda: "abc",
    "no text": lambda: "",
    "a long text": lambda: "x" * 1_000_000,
    "a zero in a text": lambda: "a\0b",
    "half a character": lambda: "\udcff",
    "bytes": lambda: b"ab",
    "yes": lambda: True,
    "zero": lambda: 0,
    "below zero": lambda: -1,
    "a half": lambda: 1.5,
    "nan": lambda: math.nan,
    "infinity": lambda: math.inf,
    "a huge number": lambda: 2**70,
    "a complex number": lambda: 1j,
    "a decimal": lambda: Decimal("1.5"),
    "a fraction": lambda: Fraction(1, 3),
    "a date": lambda: date(2020, 1, 1),
    "no list": list,
    "a list of nothing": lambda: [None],
    "a list of texts": lambda: ["a", "b"],
    "a list of lists": lambda: [[1], [2, 3]],
    "a long list": lambda: list(range(300_000)),
    "a list that lies": lambda: _Liar([1, 2]),
    "a tuple": lambda: (1, 2),
    "a set": lambda: {1, 2},
    "a dict": lambda: {0: "a"},
    "a range": lambda: range(3),
    "a generator": lambda: (k for k in (1, 2)),
    "a function": lambda: len,
    "a class": lambda: dict,
    "an object": object,
    "an array with nan": lambda: np.array([1.0, math.nan]),
    "an array of texts": lambda: np.array(["a", "b"]),
    "an array of objects": lambda: np.array([None, 1], dtype=object),
    "a tensor": lambda: torch.rand(3, 3),
    "an empty tensor": lambda: torch.tensor([]),
    "a complex tensor": lambda: torch.ones(4, dtype=torch.complex64),
    "a tensor without memory": lambda: torch.ones(4, device="meta"),
    "a tensor of nan": lambda: torch.tensor(math.nan),
    "a frame": lambda: pd.DataFrame({"a": [1, 2]}),
    "a series": lambda: pd.Series(["a", None]),
    "a path": lambda: Path("nothing/here"),
    "a graph": lambda: Data(x=torch.rand(3, 9), edge_index=torch.tensor([[0], [1]])),
    "a module": lambda: torch.nn.Linear(2, 2),
}
"""Values by what they are; each call makes a new one."""


@dataclass(frozen=True)
class Tried:
    """A call that works.

    Attributes:
        function: The function.
        arguments: All arguments, by name.
        takes: Names of values of :data:`GIVEN` that an argument may have, by argument.
    """

    function: Callable[..., Any]
    arguments: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called."""
        return getattr(self.function, "__qualname__", str(self.function))


def results(tried: Tried, argument: str) -> Iterator[tuple[str, str]]:
    """How calls with other values for an argument end: empty if well, else what is wrong."""
    for what, make in GIVEN.items():
        try:
            tried.function(**{**tried.arguments, argument: make()})
        except (TypeError, ValueError, OSError, KeyError, IndexError) as error:
            yield what, _told(error)
        except Exception as error:
            yield what, f"{type(error).__name__}: {str(error)[:150]}"
        else:
            yield what, ""


def _told(error: Exception) -> str:
    """What is wrong with an error: it is not of this library, or too long."""
    frame = inspect.trace()[-1]
    line = (frame.code_context or [""])[0].strip()
    if "pyg_siamex" not in frame.filename or not line.startswith("raise"):
        return f"{type(error).__name__} of {Path(frame.filename).name}: {str(error)[:150]}"
    return f"{len(str(error)):,} characters" if len(str(error)) > 1500 else ""
