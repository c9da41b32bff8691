"""A small simulated study as its files would lie on a user's disk."""

import csv
from pathlib import Path

import numpy as np

from pyg_siamex.datasets import PlantedConnectomes
from pyg_siamex.datasets.connectome import dosenbach_160


def write_study(folder: Path) -> Path:
    """A folder with ``matrices/``, ``labels.csv`` and ``atlas.csv``; 40 regions of two networks."""
    atlas = dosenbach_160()
    networks = list(atlas.networks or [])
    chosen = [
        k for name in ("default", "occipital") for k in np.flatnonzero(np.array(networks) == name)
    ]
    small = atlas.subset([int(k) for k in chosen[:20] + chosen[-20:]])
    planted = PlantedConnectomes(40, effect=3.0, density=0.3, atlas=small)
    (folder / "matrices").mkdir()
    rows = []
    for k in range(len(planted)):
        name = f"sub-{k + 1:02d}"
        np.savetxt(folder / "matrices" / f"{name}.csv", planted.matrices[k], delimiter=",")
        rows.append([name, planted.class_names[int(planted[k].y)], 20 + k / 7])
    _write(folder / "labels.csv", ["subject", "group"], [row[:2] for row in rows])
    _write(folder / "ages.csv", ["participant_id", "group", "age"], rows)
    places = small.required_coordinates().tolist()
    table = zip(small.names, *zip(*places, strict=True), small.networks or [], strict=True)
    _write(folder / "atlas.csv", ["name", "x", "y", "z", "network"], table)
    return folder


def write_sessions(folder: Path) -> None:
    """Beside a study, a folder ``sessions`` of ten persons with two noisy scans each."""
    rng = np.random.default_rng(0)
    (folder / "sessions").mkdir()
    for k in range(10):
        matrix = np.loadtxt(folder / "matrices" / f"sub-{k + 1:02d}.csv", delimiter=",")
        for session in (1, 2):
            noise = np.triu(rng.normal(scale=0.05, size=matrix.shape), 1)
            scan = np.clip(matrix + noise + noise.T, -1, 1)
            name = f"sub-{k + 1:02d}_ses-{session}.csv"
            np.savetxt(folder / "sessions" / name, scan, delimiter=",")


def _write(path: Path, header, rows) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
