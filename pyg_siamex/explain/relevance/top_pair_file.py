"""The strongest node pairs of very many graph pairs, in a Parquet file."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex._numbers import whole
from pyg_siamex._writable import check_table
from pyg_siamex.data.file import whole_file
from pyg_siamex.explain.relevance.pairs import Block
from pyg_siamex.explain.relevance.strongest_pairs import TopPairs, top_pairs
from pyg_siamex.nn.similarity import Similarity, compare

if TYPE_CHECKING:
    import pyarrow as pa

_VERSION = b"1"
_ROWS = 65_536
"""Rows of a row group, and most rows that are held at once."""


@checked
def write_top_pairs(
    blocks: Iterable[Block], similarity: Similarity, path: str | Path, k: int = 5
) -> int:
    """Stream the ``k`` strongest node pairs of each pair of graphs to Parquet; needs pyarrow.

    Memory does not grow with the number of pairs.

    ==================  ==========================================================================
    ``query``           position of the query graph
    ``reference``       position of the reference graph
    ``similarity``      the head's similarity of what is explained of both
    ``explained``       sum of the pair matrix
    ``query_node``      node of the query in each of the strongest node pairs, the strongest first
    ``reference_node``  node of the reference in each of them
    ``relevance``       relevance of each of them, signed
    ==================  ==========================================================================

    Args:
        blocks: From :func:`~pyg_siamex.explain.relevance.all_pairs`, or of neighbours alone from
            :func:`~pyg_siamex.explain.relevance.nearest_pairs`.
        similarity: The head.
        path: File to write, ``.parquet``, whole or not at all. The metadata have ``pyg_siamex``,
            the version of the columns.
        k: Node pairs to keep, at least 1; a pair has fewer where others have no relevance.

    Returns:
        Number of pairs.

    Raises:
        MissingExtraError: If pyarrow is not installed.
        ValueError: If ``k`` is below 1, or the file does not end in ``.parquet`` or holds something
            of the library's own.
        OSError: If the file cannot be written.

    Example:
        >>> from pyg_siamex.explain.relevance import nearest_pairs
        >>> factors = BiLRP().factors(model, graphs)
        >>> blocks = nearest_pairs(factors, model.similarity, k=3)
        >>> write_top_pairs(blocks, model.similarity, "pairs.parquet") == 3 * len(graphs)
        True
    """
    whole("k", k)
    check_table(path, [".parquet", ".pq"])
    with needed_for("a table of pairs"):
        import pyarrow as pa
        from pyarrow import parquet as pq
    schema, count = _schema(), 0
    floats = ["similarity", "explained", "relevance.list.element"]
    with (
        whole_file(path) as temporary,
        open(temporary, "wb") as file,  # names of files may be no UTF-8, which pyarrow refuses
        pq.ParquetWriter(
            file,
            schema,
            compression="zstd",
            use_dictionary=["query", "query_node.list.element", "reference_node.list.element"],
            column_encoding=dict.fromkeys(floats, "BYTE_STREAM_SPLIT"),
        ) as writer,
    ):
        for tables in _gathered(_table(block, similarity, k, schema) for block in blocks):
            writer.write_table(pa.concat_tables(tables), row_group_size=_ROWS)
            count += sum(table.num_rows for table in tables)
    return count


def _schema() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema(
        [
            *((name, pa.int32()) for name in ("query", "reference")),
            *((name, pa.float32()) for name in ("similarity", "explained")),
            *((name, pa.list_(pa.int32())) for name in ("query_node", "reference_node")),
            ("relevance", pa.list_(pa.float32())),
        ],
        metadata={b"pyg_siamex": _VERSION},
    )


def _gathered(tables: "Iterable[pa.Table]") -> "Iterator[list[pa.Table]]":
    """Tables of about a row group together."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        if sum(one.num_rows for one in held) >= _ROWS:
            yield held
            held = []
    if held:
        yield held


def _table(block: Block, similarity: Similarity, k: int, schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    best = top_pairs([block], k)
    query, reference = best.graphs.unbind(1)
    columns = [query, reference, _similarities(block, similarity).float(), best.total.float()]
    arrays = [pa.array(column.cpu().numpy()) for column in columns]
    return pa.Table.from_arrays([*arrays, *_lists(best)], schema=schema)


@torch.no_grad()
def _similarities(block: Block, similarity: Similarity) -> Tensor:
    """Similarity of each wanted pair, in the order of ``top_pairs``."""
    query, reference = block.query_embedding.unsqueeze(1), block.reference_embedding.unsqueeze(0)
    return compare(similarity, query, reference)[block.wanted]


def _lists(best: TopPairs) -> "list[pa.ListArray]":
    """Nodes and relevance of each pair without its padding."""
    import pyarrow as pa

    there = best.relevance != 0
    offsets = torch.cat([torch.zeros(1, dtype=torch.long), there.sum(1).cumsum(0).cpu()])
    values = (best.nodes[there][:, 0], best.nodes[there][:, 1], best.relevance[there].float())
    starts = pa.array(offsets.int().numpy())
    return [pa.ListArray.from_arrays(starts, pa.array(one.cpu().numpy())) for one in values]
