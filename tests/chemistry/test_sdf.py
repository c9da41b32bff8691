"""Molecules come back from an SDF with their properties."""

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem

from pyg_siamex._visible import visible
from pyg_siamex.chemistry.sdf import write_sdf
from pyg_siamex.datasets.sdf_rows import read_sdf_rows


def test_molecules_and_properties_come_back(tmp_path):
    table = pd.DataFrame({"pIC50": [5.5, np.nan], "note": ["a b", ""], "rank": [1, 2]})
    path = tmp_path / "hits.sdf"
    write_sdf(path, ["C[C@H](N)C(=O)O", "c1ccccc1"], ["L-alanine", "benzene"], table)
    first, second = Chem.SDMolSupplier(str(path))
    assert Chem.MolToSmiles(first) == Chem.CanonSmiles("C[C@H](N)C(=O)O")
    assert first.GetPropsAsDict() == {"pIC50": 5.5, "note": "a b", "rank": 1}
    assert second.GetProp("_Name") == "benzene" and set(second.GetPropNames()) == {"rank"}
    assert np.ptp(second.GetConformer().GetPositions(), axis=0)[:2].min() > 1


def test_a_wrong_molecule_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="invalid SMILES"):
        write_sdf(tmp_path / "hits.sdf", ["C1CC"], ["x"], pd.DataFrame({"a": [1]}))
    assert not list(tmp_path.iterdir())


HOSTILE = [
    "$$$$",
    "a\n$$$$\nb",
    "M  END",
    "> <n>",
    "x\n\n> <n>\n1",
    "\u202eabc",
    "a\x00b",
    "a\u2028b\x0c",
]


def test_no_text_ends_its_record_or_starts_another(tmp_path):
    table = pd.DataFrame([HOSTILE, HOSTILE], columns=["_", "a<b>", "_a(b)", *HOSTILE[:5]])
    path = tmp_path / "hits.sdf"
    write_sdf(path, ["CCO", "CCN"], ["$$$$", "a\nM  END"], table)
    found = list(Chem.SDMolSupplier(str(path)))
    assert [Chem.MolToSmiles(molecule) for molecule in found] == ["CCO", "CCN"]
    assert all(len(list(molecule.GetPropNames())) == len(HOSTILE) for molecule in found)
    assert found[0].GetProp("_Name") == "($$$$)" and found[1].GetProp("_Name") == "a M END"
    assert found[0].GetProp("unnamed") == "($$$$)" and found[0].GetProp("a(b)_") == "M END"
    rows = read_sdf_rows(path, [])
    assert [row.cells["smiles"] for row in rows] == ["CCO", "CCN"]
    assert not any(row.problem for row in rows)
    text = path.read_text(encoding="utf-8")
    assert visible(text) == text


def test_names_of_files_may_be_no_utf_8(tmp_path):
    table = pd.DataFrame({"note": ["é"]})
    for name in ("a.sdf", "\udcff.sdf"):
        write_sdf(tmp_path / name, ["CCO"], ["x"], table)
    assert (tmp_path / "\udcff.sdf").read_bytes() == (tmp_path / "a.sdf").read_bytes()
    assert Chem.SDMolSupplier(str(tmp_path / "a.sdf"))[0].GetProp("note") == "é"
