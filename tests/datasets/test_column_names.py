"""Columns by what chemists' programs call them."""

import pytest

from pyg_siamex.datasets.column_names import (
    activity_column,
    is_smiles_name,
    name_column,
    relation_column,
    smiles_column,
    units_column,
)

CHEMBL = ["Molecule ChEMBL ID", "Molecule Name", "Molecular Weight", "Smiles", "Standard Type",
          "Standard Relation", "Standard Value", "Standard Units", "pChEMBL Value"]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (CHEMBL, ("Smiles", "Molecule ChEMBL ID", "pChEMBL Value")),
        (
            ["molecule_chembl_id", "canonical_smiles", "standard_value"],
            ("canonical_smiles", "molecule_chembl_id", "standard_value"),
        ),
        (["SMILES", "Name"], ("SMILES", "Name", None)),  # RDKit
        (["Row ID", "Molecule", "Activity"], ("Molecule", "Row ID", "Activity")),  # KNIME
        (["Structure", "ID", "IC50"], ("Structure", "ID", "IC50")),  # DataWarrior
        (["Ligand SMILES", "Ki"], ("Ligand SMILES", None, "Ki")),
        (["PUBCHEM_CID", "PUBCHEM_EXT_DATASOURCE_SMILES", "PUBCHEM_ACTIVITY_OUTCOME"],
         ("PUBCHEM_EXT_DATASOURCE_SMILES", "PUBCHEM_CID", "PUBCHEM_ACTIVITY_OUTCOME")),
        (["compound", "my smiles", "value"], ("my smiles", "compound", None)),
        (["a", "b"], (None, None, None)),
        (["old smiles x", "new smiles x"], (None, None, None)),
    ],
)  # fmt: skip
def test_columns_are_found(columns, found):
    assert (smiles_column(columns), name_column(columns), activity_column(columns)) == found


def test_columns_beside_a_value():
    assert relation_column(CHEMBL, "Standard Value") == "Standard Relation"
    assert units_column(CHEMBL, "Standard Value") == "Standard Units"
    assert relation_column(CHEMBL, "pChEMBL Value") is None
    assert units_column(CHEMBL, "Molecular Weight") is None


def test_headings_of_lists():
    assert is_smiles_name("SMILES") and is_smiles_name("canonical_smiles")
    assert not is_smiles_name("CCO") and not is_smiles_name("C")
