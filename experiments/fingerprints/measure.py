"""Pair AUC of advised models and of fingerprints, on the same pairs of molecules held out."""

import csv
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
from rdkit import RDConfig
from runner.needs import data_file
from runner.quiet import quiet

from pyg_siamex.recipe import MoleculeColumns, Settings, train_molecules

KEYS = {"set": str, "split": str, "seed": int, "epochs": int}

_SERIES = Path(RDConfig.RDContribDir) / "FreeWilson" / "data"
"""Activities of a series of ChEMBL (document CHEMBL2321810), which RDKit ships."""


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Columns: ``method``, ``auc`` with its interval, ``low`` to ``high``, and ``molecules``."""
    with quiet(), tempfile.TemporaryDirectory() as folder:
        path, label, columns = _TABLES[unit["set"]](Path(folder))
        settings = Settings(split=unit["split"], seed=unit["seed"], epochs=unit["epochs"])
        trained = train_molecules(path, label, columns, settings=settings)
    count = trained.metadata["parts"]["test"]
    rows = [(name, a.auc, a.low, a.high, count) for name, a in trained.judged.items()]
    return pd.DataFrame(rows, columns=["method", "auc", "low", "high", "molecules"]).round(4)


def _chembl_series(folder: Path) -> tuple[Path, str, MoleculeColumns]:
    """The series as one table."""
    lines = (_SERIES / "CHEMBL2321810.smi").read_text().splitlines()
    smiles = {name: text for text, name in (line.split() for line in lines if line.strip())}
    path = folder / "series.csv"
    with (
        (_SERIES / "CHEMBL2321810_act.csv").open(newline="") as file,
        path.open("w", newline="") as out,
    ):
        writer = csv.writer(out)
        writer.writerow(["name", "smiles", "activity"])
        rows = csv.DictReader(file)
        writer.writerows([row["Name"], smiles[row["Name"]], row["Act"]] for row in rows)
    return path, "activity", MoleculeColumns("smiles", "name")


def _esol(folder: Path) -> tuple[Path, str, MoleculeColumns]:
    """Measured solubilities in water (Delaney 2004)."""
    path = data_file("esol/raw/delaney-processed.csv")
    label = "measured log solubility in mols per litre"
    return path, label, MoleculeColumns("smiles", "Compound ID")


_TABLES = {"chembl_series": _chembl_series, "esol": _esol}
