"""A table of pairs explained by one process, by two processes and by two threads, in turns."""

import pickle
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import torch
from rdkit import RDConfig

from pyg_siamex.datasets import OneHotMolecule
from pyg_siamex.nn import build_siamese
from pyg_siamex.recipe import TableExplainer, Trained
from pyg_siamex.recipe.pair_table.pair_schema import write_part

PAIRS, TURNS = 256, 3
"""Pairs of a turn, and turns, the best of which counts."""


def measure_table(unit: dict[str, Any]) -> Iterator[tuple[str, int, float, float, float]]:
    """Seconds of processor time of one process, and the size of the table."""
    pairs = _pairs(PAIRS if unit["limit"] > 5 else 16)
    explainer = TableExplainer(_model(), method=unit["subject"])
    explainer(pairs[:8])
    start = time.process_time()
    found = explainer(pairs)
    yield "one process", len(pairs), time.process_time() - start, 0.0, _size(found)


def measure_workers(unit: dict[str, Any]) -> Iterator[tuple[str, int, float, float, float]]:
    """Seconds of wall time for all pairs."""
    pairs = _pairs(PAIRS if unit["limit"] > 5 else 16)
    explainer = TableExplainer(_model(), method=unit["subject"])
    kept = pickle.dumps(explainer)
    explainers = [pickle.loads(kept) for _ in range(2)]
    halves = [pairs[::2], pairs[1::2]]
    for one, half in zip(explainers, halves, strict=True):
        one(half[:8])
    best: dict[str, float] = {}
    context = get_context("spawn")
    with (
        ProcessPoolExecutor(2, context, _begin, (kept,)) as processes,
        ThreadPoolExecutor(2) as threads,
    ):
        list(processes.map(_explain, [half[:8] for half in halves] * 2))
        for _ in range(TURNS):
            for name, job in {
                "one process": lambda: explainers[0](pairs),
                "two processes": lambda: list(processes.map(_explain, halves)),
                "two threads": lambda: list(threads.map(_call, explainers, halves)),
            }.items():
                start = time.perf_counter()
                job()
                best[name] = min(best.get(name, float("inf")), time.perf_counter() - start)
    for name, seconds in best.items():
        yield name, len(pairs), seconds, 0.0, 0.0


def _pairs(count: int) -> list[tuple[str, str]]:
    lines = (Path(RDConfig.RDDataDir) / "NCI" / "first_5K.smi").read_text().splitlines()
    smiles = [line.split()[0] for line in lines[: 2 * count]]
    return list(zip(smiles[:count], smiles[count:], strict=True))


def _model() -> Trained:
    features = OneHotMolecule()
    torch.manual_seed(0)
    sizes = {"in_channels": features.num_node_features, "hidden_channels": 64, "num_layers": 3}
    model = build_siamese("GIN", "mean", "cosine", **sizes)
    return Trained(model.eval(), {"features": features.to_dict()})


def _size(table: pa.Table) -> float:
    """MiB of a file of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part"
        write_part(table, path)
        return path.stat().st_size / 2**20


def _begin(kept: bytes) -> None:
    global _explainer
    torch.set_num_threads(1)
    _explainer = pickle.loads(kept)


def _explain(pairs: list[tuple[str, str]]) -> int:
    return _call(_explainer, pairs)


def _call(explainer: TableExplainer, pairs: list[tuple[str, str]]) -> int:
    return int(explainer(pairs).num_rows)


_explainer: TableExplainer
