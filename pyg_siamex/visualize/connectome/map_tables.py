"""Tables of connections that a map is drawn of, compared with the atlas first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pyg_siamex._tables import Columns
from pyg_siamex.datasets.connectome.atlas import Atlas

if TYPE_CHECKING:
    import pandas as pd


MapKind = Literal["group", "changes", "subject"]
"""What a table of connections is about."""

_MARKS: dict[MapKind, tuple[str, str]] = {
    "group": ("raw_p_fwe", "a comparison of groups: use draw_group"),
    "changes": ("alike", "changes between sessions: use draw_changes"),
    "subject": ("for_own_class", "one subject: use draw_subject"),
}
"""A column that only the tables of a kind have, and what they are of."""


def check_tables(
    tables: "Mapping[str, pd.DataFrame]",
    atlas: Atlas,
    columns: Sequence[str],
    of_networks: Sequence[str],
    kind: MapKind,
    names: tuple[str, str] | None = None,
) -> None:
    """Refuse tables that are no map of connections between the regions of an atlas.

    Args:
        tables: ``"connections"`` and, where they are known, ``"networks"``.
        atlas: The regions.
        columns: Columns that ``"connections"`` needs, besides ``"region"`` and ``"other"``.
        of_networks: Columns that ``"networks"`` needs, besides ``"network"`` and ``"other"``.
        kind: What they must be about.
        names: What ``"stronger_in"`` must name: both sides of a comparison, where there is one.

    Raises:
        ValueError: If a table or a column is missing, tables are of another kind, a column is not
            of numbers, there are no connections, a region or a network is not of the atlas, two
            rows are one connection, or ``names`` are not those of the tables.
    """
    if "connections" not in tables:
        raise ValueError(f"tables has no 'connections' (got {', '.join(map(str, tables))})")
    for name in ("connections", "networks"):
        if name in tables:
            _check_kind(tables[name], name, kind)
    _check(tables["connections"], "connections", ("region", "other"), columns, atlas.names)
    if not len(tables["connections"]):
        raise ValueError("the table 'connections' has no rows")
    if "networks" in tables:
        ends = ("network", "other")
        _check(tables["networks"], "networks", ends, of_networks, atlas.network_names)
    if names is not None:
        _check_names(tables["connections"], names)


def _check_names(table: "pd.DataFrame", names: tuple[str, str]) -> None:
    """Refuse names that are not those of the table, whose connections would have wrong colours."""
    told = " and ".join(f"'{name}'" for name in names)
    if names[0] == names[1]:
        raise ValueError(f"the two sides of a comparison have different names (got {told})")
    other = next((one for one in table.get("stronger_in", []) if one not in names), None)
    if other is not None:
        raise ValueError(
            f"the table 'connections' has connections that are stronger in '{other}', and the "
            f"names given are {told}: give those of the tables"
        )


def _check_kind(table: "pd.DataFrame", name: str, kind: MapKind) -> None:
    if _MARKS[kind][0] in table:
        return
    for mark, what in _MARKS.values():
        if mark in table:
            raise ValueError(f"the table '{name}' has a column '{mark}', so it is of {what}")


def _check(
    table: "pd.DataFrame",
    name: str,
    ends: tuple[str, str],
    columns: Sequence[str],
    known: Iterable[str],
) -> None:
    missing = [column for column in (*ends, *columns) if column not in table]
    if missing:
        raise ValueError(
            f"the table '{name}' has no column {', '.join(map(repr, missing))} (it has "
            f"{', '.join(map(str, table.columns[:10]))})"
        )
    texts = [column for column in columns if column == "stronger_in"]
    numbers = [column for column in columns if column not in texts]
    told = Columns([*ends, *texts], numbers=numbers).wrong(table)
    if told:
        raise ValueError(f"the table '{name}' cannot be drawn: {told}")
    names = set(known)
    for column in ends:
        other = next((one for one in table[column] if one not in names), None)
        if other is not None:
            raise ValueError(f"the table '{name}' has '{other}', which the atlas has not")
    seen: set[frozenset[str]] = set()
    for one, other in zip(*(table[column] for column in ends), strict=True):
        if frozenset((one, other)) in seen:
            raise ValueError(f"the table '{name}' has '{one}' and '{other}' in two rows")
        if one == other and ends[0] == "region":
            raise ValueError(f"the table '{name}' has a connection of '{one}' with itself")
        seen.add(frozenset((one, other)))
