"""Processor time and memory of growing tasks, on one thread but for workers."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle, islice
from typing import Any

import pandas as pd
import torch
from peers.memory import peak, reset_peak
from runner.quiet import quiet
from scale.methods import explain_by
from scale.subjects import lattice, molecules, siamese
from scale.workers import measure_table, measure_workers

from pyg_siamex import BiLRP, PairDataset
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.explain.relevance import all_pairs, nearest_pairs, write_top_pairs

KEYS = {
    **{"part": str, "subject": str, "limit": float},
    **{"edges": int, "pairs": int, "molecules": int, "classes": int},
}
NEIGHBOURS, STRONGEST, OUTPUTS = 20, 5, 64
"""Neighbours of each molecule, node pairs that are kept of each, and width of the embedding."""

CPU = torch.device("cpu")
Row = tuple[str, int, float, float, float]
"""What, its size, seconds of processor time, MiB of memory and MiB on disk."""


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Columns ``step``, ``size``, ``seconds``, ``memory`` and ``disk`` (MiB)."""
    with quiet(), seeded(0):
        rows = list(PARTS[unit["part"]](unit))
    return pd.DataFrame(rows, columns=["step", "size", "seconds", "memory", "disk"])


def cost(job: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor time, and growth of the highest memory in MiB."""
    before, start = reset_peak(CPU), time.process_time()
    job()
    return time.process_time() - start, peak(CPU) - before


def _sizes(first: int, most: int) -> list[int]:
    return [size for k in range(8) if (size := first * 10**k) <= most]


def _growing(
    sizes: list[int], limit: float, job_of: Callable[[int], Callable[[], object]]
) -> Iterator[Row]:
    """Cost of each size, while the next one, if growth goes on, stays within the limit."""
    job_of(sizes[0])()  # loads and compiles
    last = 0.0
    for size in sizes:
        seconds, memory = cost(job_of(size))
        yield "all", size, seconds, memory, 0.0
        if seconds * max(10, seconds / (last or seconds)) > limit:
            return
        last = seconds


def _edges(unit: dict[str, Any]) -> Iterator[Row]:
    """Two graphs that have so many edges together."""

    def job(size: int) -> Callable[[], object]:
        pair = [lattice(size // 2)], [lattice(size // 2)]
        explain = explain_by(unit["subject"], siamese(pair[0][0]))
        return lambda: explain(*pair)

    return _growing(_sizes(1000, unit["edges"]), unit["limit"], job)


def _pairs(unit: dict[str, Any]) -> Iterator[Row]:
    """So many pairs of 1,000 molecules."""
    graphs = molecules(1000)
    explain = explain_by(unit["subject"], siamese(graphs[0], OUTPUTS))

    def job(size: int) -> Callable[[], object]:
        queries = list(islice(cycle(graphs), size))
        others = list(islice(cycle(graphs[7:] + graphs[:7][::-1]), size))
        return lambda: explain(queries, others)

    return _growing(_sizes(1, unit["pairs"]), unit["limit"], job)


def _neighbours(unit: dict[str, Any]) -> Iterator[Row]:
    return _of_all(unit, lambda f, head: nearest_pairs(f, head, min(NEIGHBOURS, len(f) - 1)))


def _all_pairs(unit: dict[str, Any]) -> Iterator[Row]:
    """A tenth of the molecules: each with each."""
    return _of_all({**unit, "molecules": max(unit["molecules"] // 10, 3)}, all_pairs)


def _of_all(unit: dict[str, Any], blocks_of: Callable[..., Any]) -> Iterator[Row]:
    """Factors, then pair matrices whose strongest entries are streamed to Parquet."""
    graphs = molecules(unit["molecules"])
    model, found = siamese(graphs[0], OUTPUTS), []
    BiLRP().factors(model, graphs[:3])
    seconds, memory = cost(lambda: found.append(BiLRP().factors(model, graphs)))
    yield "factors", len(graphs), seconds, memory, 0.0
    with tempfile.TemporaryDirectory() as folder:
        path, head, rows = os.path.join(folder, "pairs.parquet"), model.similarity, []
        write = lambda: rows.append(  # noqa: E731
            write_top_pairs(blocks_of(found[0], head), head, path, STRONGEST)
        )
        seconds, memory = cost(write)
        yield "pairs", rows[0], seconds, memory, os.path.getsize(path) / 2**20


def _classes(unit: dict[str, Any]) -> Iterator[Row]:
    """Ten graphs of each class."""
    graph = lattice(100)

    def job(size: int) -> Callable[[], object]:
        labels = torch.arange(10 * size) % size
        return lambda: PairDataset([graph] * (10 * size), labels=labels)

    return _growing(_sizes(10, unit["classes"]), unit["limit"], job)


PARTS: Mapping[str, Callable[[dict[str, Any]], Iterator[Row]]] = {
    "edges": _edges,
    "pairs": _pairs,
    "neighbours": _neighbours,
    "all pairs": _all_pairs,
    "classes": _classes,
    "tables": measure_table,
    "workers": measure_workers,
}
