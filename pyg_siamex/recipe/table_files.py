"""Tables that are written: their endings, and that they replace none of another kind."""

from pathlib import Path

from pyg_siamex._writable import check_same_table
from pyg_siamex.recipe.choices import check_suffix

_HITS = {".csv": "rank,entry,", ".sdf": "<rank>"}


def check_hits(path: Path) -> None:
    """Refuse a file that no hits can be written to.

    Args:
        path: The file.

    Raises:
        ValueError: If it does not end in ``.csv`` or ``.sdf``, or is there and holds no hits.
        OSError: If it cannot be written.

    Example:
        >>> check_hits(Path("hits.sdf"))
    """
    check_suffix("hits", path, list(_HITS))
    check_same_table(path, "hits", _HITS[path.suffix.lower()])


def check_connections(path: Path) -> None:
    """Refuse a file that no table of connections can be written to.

    Args:
        path: The file.

    Raises:
        ValueError: If it does not end in ``.csv``, or is there and holds no such table.
        OSError: If it cannot be written.

    Example:
        >>> check_connections(Path("connections.csv"))
    """
    check_suffix("table", path, [".csv"])
    check_same_table(path, "connections", "region,other,")


def check_cliffs(path: Path) -> None:
    """Refuse a file that no table of cliffs can be written to.

    Args:
        path: The file.

    Raises:
        ValueError: If it does not end in ``.csv``, or is there and holds no such table.
        OSError: If it cannot be written.

    Example:
        >>> check_cliffs(Path("cliffs.csv"))
    """
    check_suffix("csv", path, [".csv"])
    check_same_table(path, "cliffs", "rank,one,")
