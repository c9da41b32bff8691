"""The same molecules from every format."""

import gzip

import pandas as pd
import pytest
from rdkit import Chem

from pyg_siamex.datasets import MoleculeTable
from pyg_siamex.datasets.molecule_file import found_smiles, read_molecule_rows

FRAME = pd.DataFrame(
    {
        "Smiles": ["CCO", "C1CC", "c1ccccc1", "C[C@H](N)C(=O)O"],
        "Molecule ChEMBL ID": ["a", "b", "c", "d, e"],
        "pChEMBL Value": [5.5, 6.0, None, 7.25],
    }
)


def write(path):
    """The table in the format of the file's ending."""
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    kind = plain.suffix
    if kind == ".xlsx":
        FRAME.to_excel(path, index=False)
    elif kind == ".parquet":
        FRAME.to_parquet(path)
    elif kind == ".sdf":
        path.write_text(sdf())
    else:
        text = FRAME.to_csv(sep={".tsv": "\t", ".csv": ";", ".txt": "|"}[kind], index=False)
        content = text.encode("utf-16" if kind == ".tsv" else "utf-8")
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


def sdf():
    text = ""
    for smiles, name, value in FRAME.itertuples(index=False):
        mol = Chem.MolFromSmiles(smiles, sanitize=False) or Chem.Mol()
        mol.SetProp("_Name", name)
        text += Chem.MolToMolBlock(mol, kekulize=False)
        text += f"> <Molecule ChEMBL ID>\n{name}\n\n"
        text += "" if value != value else f"> <pChEMBL Value>\n{value}\n\n"
        text += "$$$$\n"
    return text


@pytest.mark.parametrize(
    "name", ["a.csv", "a.csv.gz", "a.tsv", "a.txt", "a.xlsx", "a.parquet", "a.sdf"]
)
def test_every_format_gives_the_same_molecules(tmp_path, name):
    path = write(tmp_path / name)
    table = MoleculeTable(path, label="pChEMBL Value", name="Molecule ChEMBL ID")
    assert [graph.name for graph in table] == ["a", "d, e"]
    assert [graph.y.item() for graph in table] == [5.5, 7.25]
    assert table.canonical_smiles == ["CCO", "C[C@H](N)C(=O)O"]
    assert len(table.rejected) == 2 and "no value" in table.rejected[1].reason


def test_formats_are_known_by_their_first_bytes(tmp_path):
    for name in ("a.xlsx", "a.parquet"):
        path = write(tmp_path / name).rename(tmp_path / "odd.csv")
        assert read_molecule_rows(path)[0].cells["Smiles"] == "CCO"
    path.write_bytes(b"\xd0\xcf\x11\xe0 and more")
    with pytest.raises(ValueError, match=r"before 2007: save it as .xlsx or .csv"):
        read_molecule_rows(path)


def test_columns_and_files_that_are_missing_are_named(tmp_path):
    for name in ("a.csv", "a.xlsx", "a.parquet", "a.sdf"):
        with pytest.raises(ValueError, match="has no column 'z': it has"):
            read_molecule_rows(write(tmp_path / name), ["z"])
        with pytest.raises(FileNotFoundError, match="no table at"):
            read_molecule_rows(tmp_path / f"none{name}")
    path = tmp_path / "odd.csv"
    path.write_text("a,b\nCC,1\n")
    with pytest.raises(ValueError, match="name it as `smiles`, of a, b"):
        found_smiles(path, read_molecule_rows(path), None)
    assert found_smiles(path, read_molecule_rows(path), "a") == "a"
