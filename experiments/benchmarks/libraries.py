"""Libraries: embedding molecules, and neighbours by scikit-learn and FAISS, exact or not."""

import os
import tempfile
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import torch
from benchmarks.subjects import ENCODERS, HIDDEN, seconds
from peers.memory import peak, reset_peak
from rdkit import RDConfig
from sklearn.neighbors import NearestNeighbors
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN
from pyg_siamex.datasets import OneHotMolecule
from pyg_siamex.datasets.molecule_rows import MoleculeRows
from pyg_siamex.nn import HNSWIndex, Library

MOLECULES, FEW, ENTRIES = 100_000, 2_000, (100_000, 1_000_000)
"""Molecules embedded, those featurised alone too, and entries searched."""

WIDTH, QUERIES = 64, 20
"""Width of entries, and queries."""

SPREAD, CENTRES = 0.5, 1000
"""Entries are around centres, as embeddings of related molecules are."""

CPU = torch.device("cpu")
Row = tuple[str, str, float]


def measure_libraries(unit: dict[str, Any]) -> list[Row]:
    """Seconds of embedding, or of building, loading and asking an index, and its recall."""
    return _embedding(unit) if unit["case"] == "molecules" else _neighbours()


def _embedding(unit: dict[str, Any]) -> list[Row]:
    """All rows of a table, against one row at a time for some of them."""
    source = Path(RDConfig.RDDataDir) / "NCI" / "first_5K.smi"
    smiles = [line.split()[0] for line in source.read_text().splitlines()]
    width = OneHotMolecule().num_node_features
    model = SiameseGNN(ENCODERS[unit["encoder"]](width, HIDDEN, 3), "add").eval()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "library.smi"
        table.write_text("\n".join(islice(cycle(smiles), MOLECULES)))
        rows = MoleculeRows(table)
        whole = seconds(lambda: Library.embed(model, (g for _, g in rows.usable([])), source="x"))
        some = [row for row, _ in islice(rows.usable([]), FEW)]
        together = seconds(lambda: _forget(islice(rows.usable([]), FEW)))
        alone = seconds(lambda: _forget(rows[row] for row in some))
    return [
        ("rows together", f"seconds to embed {MOLECULES:,}", whole),
        ("rows together", "ms of a molecule's features", 1e3 * together / len(some)),
        ("one row at a time", "ms of a molecule's features", 1e3 * alone / len(some)),
    ]


def _forget(graphs: Iterable[Data]) -> None:
    """Make graphs and keep none, as embedding does."""
    deque(graphs, maxlen=0)


def _neighbours() -> list[Row]:
    model, found = SiameseGNN(ENCODERS["GIN"](3, WIDTH, 1), "add"), []
    for count in ENTRIES:
        entries = torch.randn(CENTRES, WIDTH)[torch.randint(CENTRES, (count,))]
        entries += SPREAD * torch.randn(count, WIDTH)
        asked = entries[torch.randperm(count)[:QUERIES]] + 0.1 * torch.randn(QUERIES, WIDTH)
        found += _of_library(Library(model, entries, [str(k) for k in range(count)]), asked)
    return found


def _of_library(library: Library, asked: torch.Tensor) -> list[Row]:
    size, found = f"{len(library):,} entries", []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "library")
        library.save(path)
        before = reset_peak(CPU)
        load = seconds(lambda: Library.load(path, library.model))
        found.append(("file", f"seconds to load {size}", load))
        found.append(("file", f"MiB to load {size}", peak(CPU) - before))
    made: list[HNSWIndex] = []
    head = library.model.similarity
    build = seconds(lambda: made.append(HNSWIndex(head, library.embeddings)))
    approximate = replace(library, approximate=made[0])
    found.append(("HNSW", f"seconds to build {size}", build))
    found.append(("HNSW", f"recall of ten, {size}", made[0].measure(library.embeddings, QUERIES)))
    found.append(("HNSW", f"ms of a query, {size}", _query(approximate, asked)))
    found.append(("FAISS Flat", f"ms of a query, {size}", _query(library, asked)))
    found.append(("scikit-learn", f"ms of a query, {size}", _scikit(library, asked[:3])))
    return found


def _query(library: Library, asked: torch.Tensor) -> float:
    """Milliseconds of one query, once the index is there."""
    library.nearest(asked[0], 10)
    return 1e3 * seconds(lambda: [library.nearest(one, 10) for one in asked]) / len(asked)


def _scikit(library: Library, asked: torch.Tensor) -> float:
    points = library.embeddings.double().numpy()
    index = NearestNeighbors().fit(points)
    places = asked.double().numpy()
    index.kneighbors(places[:1], 10)
    return 1e3 * seconds(lambda: [index.kneighbors(one[None], 10) for one in places]) / len(asked)
