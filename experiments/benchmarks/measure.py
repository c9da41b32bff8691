"""Times and memory of one benchmark, ours and what it replaces in one process on one thread."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from benchmarks.constraints import measure_constraints
from benchmarks.kinks import measure_kinks
from benchmarks.libraries import measure_libraries
from benchmarks.links import measure_links
from benchmarks.marginals import measure_marginals
from benchmarks.masks import measure_masks
from benchmarks.relevance import measure_all_pairs, measure_relevance
from runner.quiet import quiet

from pyg_siamex.explain.engine.seeded import seeded

KEYS = {
    "benchmark": str,
    "encoder": str,
    "case": str,
    "pairs": int,
    "steps": int,
    "stock": int,
    "graphs": int,
    "sample": int,
    "many": int,
    "points": int,
}
SIZES = ("pairs", "steps", "graphs", "many", "points", "sample")
BENCHMARKS: Mapping[str, Callable[[dict[str, Any]], list[tuple[str, str, float]]]] = {
    "masks": measure_masks,
    "relevance": measure_relevance,
    "all pairs": measure_all_pairs,
    "marginals": measure_marginals,
    "kinks": measure_kinks,
    "constraints": measure_constraints,
    "links": measure_links,
    "libraries": measure_libraries,
}


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Columns ``method``, ``measure`` and ``value`` (seconds, MiB or a count), and the sizes."""
    with quiet(), seeded(0):
        rows = BENCHMARKS[unit["benchmark"]](unit)
    frame = pd.DataFrame(rows, columns=["method", "measure", "value"])
    return frame.assign(**{key: unit[key] for key in SIZES})
