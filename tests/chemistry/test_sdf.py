"""Molecules come back from an SDF with their properties."""

import numpy as np
import pandas as pd
import pytest
from rdkit import Chem

from pyg_siamex.chemistry.sdf import write_sdf


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
