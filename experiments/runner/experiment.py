"""An experiment's folder: its code and where its files go."""

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from pyg_siamex._visible import in_one_line
from runner.configuration import Configuration, Keys, read_configuration

EXPERIMENTS = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Experiment:
    """One folder, in one size.

    Attributes:
        folder: With ``config.yaml``, ``quick.yaml``, ``measure.py`` and ``report.py``.
        quick: Its quick configuration, with files of its own.
        changes: ``KEY=VALUE`` each, with files of their own.
    """

    folder: Path
    quick: bool = False
    changes: tuple[str, ...] = ()

    @property
    def results(self) -> Path:
        """Where result files go: ``results``, or a folder that git ignores."""
        kind = "-quick" if self.quick else ""
        return self.folder / f"results{kind}{'-set' if self.changes else ''}"

    @property
    def reports(self) -> Path:
        """Where tables and figures go: beside the configuration, or beside passing results."""
        return self.results if self.quick or self.changes else self.folder

    @property
    def measure(self) -> Callable[[dict], pd.DataFrame]:
        """Measures one unit."""
        return self._given("measure", "measure", "a function")

    @property
    def keys(self) -> Keys:
        """Name and type of each key of a unit."""
        return self._given("measure", "KEYS", "a dict")

    @property
    def report(self) -> Callable[[pd.DataFrame, Path], None]:
        """Writes tables and figures of rows into a folder."""
        return self._given("report", "report", "a function")

    def configuration(self) -> Configuration:
        """What it runs."""
        return read_configuration(self.folder, self.keys, self.quick, self.changes)

    def check_code(self, reported: bool = True) -> None:
        """Refuse a folder without the code that measures its units and reports them.

        Args:
            reported: Whether a report is made.

        Raises:
            ValueError: Names the file and what it lacks.
        """
        self.keys, self.measure  # noqa: B018
        if reported:
            self.report  # noqa: B018

    def _given(self, module: str, name: str, kind: str) -> Any:
        found = getattr(self._module(module), name, None)
        if not (isinstance(found, Mapping) if kind == "a dict" else callable(found)):
            raise ValueError(f"{self.folder / module}.py has no {name}, which must be {kind}")
        return found

    def _module(self, name: str) -> ModuleType:
        file = self.folder / f"{name}.py"
        if not file.is_file():
            raise ValueError(f"{self.folder} has no {file.name}, which every experiment needs")
        parent = str(self.folder.parent)
        if parent not in sys.path:
            sys.path.insert(0, parent)
        return importlib.import_module(f"{self.folder.name}.{name}")


def find(name: str, quick: bool = False, changes: Sequence[str] = ()) -> Experiment:
    """The experiment of a name.

    Raises:
        ValueError: If there is none.
    """
    known = sorted(path.parent.name for path in EXPERIMENTS.glob("*/config.yaml"))
    if name not in known:
        shown = in_one_line(name, 60)
        raise ValueError(f"no experiment '{shown}': choose among {', '.join(known)}")
    return Experiment(EXPERIMENTS / name, quick, tuple(changes))
