"""Write molecules with properties as an SDF."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from rdkit import Chem

from pyg_siamex._visible import visible
from pyg_siamex.chemistry.layout import lay_out
from pyg_siamex.chemistry.smiles import parse_smiles
from pyg_siamex.data.file import whole_file


def write_sdf(
    path: str | Path, smiles: Sequence[str], names: Sequence[str], properties: pd.DataFrame
) -> None:
    """Write molecules with 2-D coordinates, in the order of the rows of their properties.

    Titles, names of properties and values are written in one line each, as the format asks.

    Args:
        path: The file; it appears complete or not at all.
        smiles: The molecules.
        names: Title of each.
        properties: A row for each molecule; empty cells are left out.

    Raises:
        ValueError: If a SMILES is invalid or too large to be laid out, or lengths differ.

    Example:
        >>> write_sdf("hits.sdf", ["CCO"], ["ethanol"], pd.DataFrame({"pIC50": [4.2]}))
    """
    molecules = [parse_smiles(text) for text in smiles]
    for molecule in molecules:
        lay_out(molecule)
    rows = properties.astype(str).where(properties.notna(), "").to_numpy().tolist()
    fields = _fields(properties.columns)
    # The file is opened here: RDKit refuses names that are no UTF-8.
    with (
        whole_file(path) as temporary,
        open(temporary, "w", encoding="utf-8", newline="\n") as file,
        Chem.SDWriter(file) as writer,
    ):
        for molecule, name, row in zip(molecules, names, rows, strict=True):
            molecule.SetProp("_Name", _line(name))
            for key, text in zip(fields, row, strict=True):
                if text.strip():
                    molecule.SetProp(key, _line(text))
            writer.write(molecule)


def _fields(columns: Iterable[object]) -> list[str]:
    """Names of properties, each its own: in ``<>``, and RDKit writes none that begin with _."""
    fields: list[str] = []
    for column in columns:
        field = (
            _line(str(column).translate({ord("<"): "(", ord(">"): ")"})).lstrip("_") or "unnamed"
        )
        while field in fields:
            field += "_"
        fields.append(field)
    return fields


def _line(text: str) -> str:
    """A text in one line that does not end its record."""
    line = visible(" ".join(text.split()))
    return f"({line})" if line.startswith(("$$$$", ">")) else line
