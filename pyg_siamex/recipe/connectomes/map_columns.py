"""Columns of the tables of connections, regions and networks that recipes find."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pyg_siamex._numbers import shown
from pyg_siamex._tables import Columns, Tables

if TYPE_CHECKING:
    import pandas as pd

_ENDS = {
    "connections": ["region", "other"],
    "regions": ["region"],
    "networks": ["network", "other"],
}
_BESIDE = ("effect", "p", "q", "g", "g_low", "g_high")


def _levels(tests: tuple[str, ...], numbers: list[str], known: list[str]) -> Tables:
    """Tables by level, each with the statistics of its places; connections are always known.

    Args:
        tests: Beginnings of the names of the columns of each test, such as ``"raw_"``.
        numbers: Further columns of numbers.
        known: Columns of numbers that may be there.
    """
    found = {}
    for level, ends in _ENDS.items():
        needed = ("z", "p_fwe", "p_cluster") if level == "connections" else ("z", "p_fwe")
        found[level] = Columns(
            [*ends, "stronger_in"],
            numbers=[*(f"{test}{name}" for test in tests for name in needed), *numbers],
            known=[*(f"{test}{name}" for test in tests for name in _BESIDE), *known],
        )
    return Tables({"connections": found.pop("connections")}, found)


GROUP_LEVELS = _levels(("", "raw_"), [], ["least_z"])
"""What tells two groups apart, beside the same test of the raw connections."""

CHANGE_LEVELS = _levels(("",), ["alike", "alike_share"], [])
"""What changes between two sessions, and what keeps persons like themselves."""


def connections_of(tables: "Mapping[str, pd.DataFrame]", name: str) -> "pd.DataFrame":
    """The table of connections, to be written.

    Args:
        tables: By level.
        name: The result that they are of.

    Raises:
        TypeError: If there is no such table.
    """
    table = tables.get("connections") if isinstance(tables, Mapping) else None
    if not hasattr(table, "columns"):
        got = shown(table) if isinstance(tables, Mapping) else shown(tables)
        raise TypeError(
            f"`{name}.tables` has no table 'connections' (got {got}): it was changed after it was "
            f"made"
        )
    return table
