"""Tables of connections that a map is drawn of, compared with the atlas first."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from pyg_siamex._tables import Columns
from pyg_siamex.datasets.connectome.atlas import Atlas

if TYPE_CHECKING:
    import pandas as pd


def check_tables(
    tables: "Mapping[str, pd.DataFrame]",
    atlas: Atlas,
    columns: Sequence[str],
    of_networks: Sequence[str],
) -> None:
    """Refuse tables that are no map of connections between the regions of an atlas.

    Args:
        tables: ``"connections"`` and, where they are known, ``"networks"``.
        atlas: The regions.
        columns: Columns that ``"connections"`` needs, besides ``"region"`` and ``"other"``.
        of_networks: Columns that ``"networks"`` needs, besides ``"network"`` and ``"other"``.

    Raises:
        ValueError: If a table or a column is missing, a column is not of numbers, there are no
            connections, or a region or a network is not of the atlas.
    """
    if "connections" not in tables:
        raise ValueError(f"tables has no 'connections' (got {', '.join(map(str, tables))})")
    _check(tables["connections"], "connections", ("region", "other"), columns, atlas.names)
    if not len(tables["connections"]):
        raise ValueError("the table 'connections' has no rows")
    if "networks" in tables:
        ends = ("network", "other")
        _check(tables["networks"], "networks", ends, of_networks, atlas.network_names)


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
