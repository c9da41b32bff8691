"""The columns of a table of explained pairs, and how its files are written."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyg_siamex._extras import needed_for
from pyg_siamex.data.file import whole_file
from pyg_siamex.data.plain_json import from_json

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1
"""Version of the columns; it grows when a column changes its name or meaning."""

_KEY = b"pyg_siamex"

_LEVEL = 9
"""Level of zstd: a part is written once and takes a small part of what explaining it takes."""


def pair_schema(
    measures: Sequence[str] = (), about: Mapping[str, Any] | None = None
) -> "pa.Schema":
    """The columns of a table of explained pairs; needs pyarrow.

    ==================  ============================================================================
    ``row``             number of the pair in the table that was explained, from 0
    ``query``           name of the query as that table has it
    ``reference``       name of the reference as that table has it
    ``similarity``      similarity of the pair
    ``probability``     that the two are alike, in (0, 1): the calibrated similarity
    ``kind``            what a mask has values of: ``"edge"``, ``"node"`` or ``"feature"``
    ``query_first``     for each value of the query's mask the lower node of its edge, or its node,
                        or its feature, from 0
    ``query_second``    the higher node of each edge; empty for nodes and features
    ``query_names``     their names, such as ``C3=O4`` of a bond
    ``query_mask``      importance of each of them, as pictures show it: positive where it makes the
                        two alike, if the method has signs
    ``top``             the strongest elements of both graphs by magnitude, as ``graph``,
                        ``element`` and ``importance``; for pair matrices the strongest pairs of
                        nodes, with the graph ``"pair"``
    ``query_distance``  distance to the training molecules, in [0, 1]; null for other graphs
    ``warnings``        what to know before the pair is trusted, such as an element that no training
                        molecule has, after ``query: `` or ``reference: ``; and why there is no
                        picture
    ``error``           why the pair could not be explained, after the line of a file; null if it
                        could. All others but ``row`` and the names are null then
    ==================  ============================================================================

    The same columns of the reference begin with ``reference_``.
    Every requested measure has a column of numbers. The file's metadata have, under
    ``pyg_siamex``, the version of the columns and what was explained by what, as JSON.

    Args:
        measures: Columns of measures.
        about: Plain values for the metadata.

    Raises:
        MissingExtraError: If pyarrow is not installed.

    Example:
        >>> pair_schema(["fidelity+"]).names[:3], pair_schema(["fidelity+"]).names[-2:]
        (['row', 'query', 'reference'], ['fidelity+', 'error'])
    """
    with needed_for("a table of explained pairs"):
        import pyarrow as pa
    numbers, places = pa.list_(pa.float32()), pa.list_(pa.int32())
    part = [("graph", pa.string()), ("element", pa.string()), ("importance", pa.float32())]
    sides = [
        (f"{side}_{name}", kind)
        for side in ("query", "reference")
        for name, kind in (
            *(("first", places), ("second", places)),
            *(("names", pa.list_(pa.string())), ("mask", numbers)),
        )
    ]
    fields = [
        pa.field("row", pa.int64(), nullable=False),
        *((name, pa.string()) for name in ("query", "reference")),
        *((name, pa.float64()) for name in ("similarity", "probability")),
        ("kind", pa.string()),
        *sides,
        ("top", pa.list_(pa.struct(part))),
        *((f"{side}_distance", pa.float32()) for side in ("query", "reference")),
        ("warnings", pa.list_(pa.string())),
        *((name, pa.float64()) for name in measures),
        ("error", pa.string()),
    ]
    known = {"version": VERSION, **(about or {})}
    return pa.schema(fields, metadata={_KEY: json.dumps(known, sort_keys=True).encode()})


def table_of(rows: Sequence[Mapping[str, Any]], schema: "pa.Schema") -> "pa.Table":
    """Rows as a table; what a row lacks is null.

    Args:
        rows: Values by column.
        schema: The columns.

    Example:
        >>> table_of([{"row": 0, "error": "no query"}], pair_schema()).num_rows
        1
    """
    import pyarrow as pa

    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    return pa.Table.from_pydict(columns, schema=schema)


def write_part(table: "pa.Table", path: Path) -> None:
    """Write a part whole or not at all.

    Args:
        table: The part.
        path: The file.
    """
    from pyarrow import parquet as pq

    split, others = _leaves(table.schema)
    # Files are opened here: pyarrow refuses names that are no UTF-8.
    with whole_file(path) as temporary, open(temporary, "wb") as file:
        pq.write_table(
            table,
            file,
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=others,
            column_encoding=dict.fromkeys(split, "BYTE_STREAM_SPLIT"),
            write_page_checksum=True,
        )


def read_part(path: Path, columns: Sequence[str] | None = None) -> "pa.Table":
    """Read a part whose bytes are as they were written.

    Args:
        path: The file.
        columns: Which columns. Default: all.

    Raises:
        ValueError: If it is no part of this library, or has changed since it was written.
    """
    from pyarrow import parquet as pq

    read_about(path)
    try:
        wanted = None if columns is None else list(columns)
        with path.open("rb") as file:
            return pq.read_table(file, columns=wanted, page_checksum_verification=True)
    except Exception:  # of any kind, where bytes have changed
        raise _damaged(path) from None


def _damaged(path: Path) -> ValueError:
    return ValueError(
        f"{path} is damaged: delete it and run the same command again, which explains its pairs"
    )


def _leaves(schema: "pa.Schema") -> tuple[list[str], list[str]]:
    """Columns of the file with fractions, whose bytes are stored apart, and all others."""
    import pyarrow as pa

    split: list[str] = []
    others: list[str] = []

    def add(name: str, kind: "pa.DataType") -> None:
        if pa.types.is_list(kind):
            add(f"{name}.list.element", kind.value_type)
        elif pa.types.is_struct(kind):
            for field in kind:
                add(f"{name}.{field.name}", field.type)
        else:
            (split if pa.types.is_floating(kind) else others).append(name)

    for field in schema:
        add(field.name, field.type)
    return split, others


def read_about(path: Path) -> dict[str, Any]:
    """What a file's metadata say.

    Args:
        path: The part.

    Raises:
        ValueError: If it is no part of this library, or of a version that is not known.
    """
    from pyarrow import parquet as pq

    try:
        with path.open("rb") as file:
            found = pq.read_schema(file)
        known = (found.metadata or {}).get(_KEY)
        about: dict[str, Any] = {} if known is None else from_json(known.decode(), dict)
    except FileNotFoundError:
        raise
    except Exception:  # of any kind, where bytes have changed
        raise _damaged(path) from None
    if about.get("version") != VERSION:
        raise ValueError(
            f"{path} has no explained pairs of version {VERSION} (got "
            f"{str(about.get('version'))[:20]})"
        )
    wanted = pair_schema()
    types = dict(zip(found.names, found.types, strict=True))
    if wrong := [name for name in wanted.names if types.get(name) != wanted.field(name).type]:
        raise ValueError(
            f"{path} lacks the column '{wrong[0]}' of {wanted.field(wrong[0]).type}: explain the "
            f"pairs again"
        )
    return about
