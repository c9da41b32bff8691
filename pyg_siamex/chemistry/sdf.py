"""Write molecules with properties as an SDF."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rdkit import Chem

from pyg_siamex.chemistry.layout import lay_out
from pyg_siamex.chemistry.smiles import parse_smiles
from pyg_siamex.data.file import whole_file


def write_sdf(
    path: str | Path, smiles: Sequence[str], names: Sequence[str], properties: pd.DataFrame
) -> None:
    """Write molecules with 2-D coordinates, in the order of the rows of their properties.

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
    rows = properties.astype(str).where(properties.notna(), "").to_dict("records")
    with whole_file(path) as temporary, Chem.SDWriter(temporary) as writer:
        for molecule, name, row in zip(molecules, names, rows, strict=True):
            molecule.SetProp("_Name", " ".join(name.split()))
            for key, text in row.items():
                if text:
                    molecule.SetProp(str(key), text)
            writer.write(molecule)
