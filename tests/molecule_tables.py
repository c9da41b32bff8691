"""Tables of real molecules as they would lie on a user's disk."""

import csv
from pathlib import Path

from pyg_siamex.datasets import FunctionalGroups


def write_molecules(path: Path, every: int = 5) -> Path:
    """Molecules with a nitro group or a nitrile, of RDKit's NCI set, and one bad row."""
    groups = FunctionalGroups()
    chosen = [groups[k] for k in range(0, len(groups), every) if int(groups[k].y) in (0, 5)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "smiles", "group"])
        for number, data in enumerate(chosen):
            writer.writerow([f"nci {number}", data.smiles, groups.class_names[int(data.y)]])
        writer.writerow(["broken", "C1CC", "nitro"])
    return path


def write_measured(molecules: Path, path: Path) -> Path:
    """The first molecules of a table with a made-up value that goes up and down."""
    with molecules.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["name"] != "broken"][:60]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "smiles", "logS"])
        writer.writerows([row["name"], row["smiles"], k % 7 - 3.5] for k, row in enumerate(rows))
    return path
