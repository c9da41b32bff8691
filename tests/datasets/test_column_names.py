"""Columns by what chemists' programs call them."""

import pytest

from pyg_siamex.datasets.column_names import (
    activity_column,
    is_smiles_name,
    name_column,
    relation_column,
    smiles_column,
    type_column,
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


OWN = ["Smiles", "Standard Relation", "Standard Units", "Standard Type"]
STANDARD = ("Standard Relation", "Standard Units", "Standard Type")


@pytest.mark.parametrize(
    ("label", "more", "found"),
    [
        ("IC50", [], STANDARD),
        ("Ki", [], STANDARD),
        ("activity", [], STANDARD),
        ("pIC50", [], ("Standard Relation", None, "Standard Type")),
        ("-log Ki", [], ("Standard Relation", None, "Standard Type")),
        ("pChEMBL Value", [], (None, None, "Standard Type")),
        ("logP", [], (None, None, None)),
        ("class", [], (None, None, None)),
        ("Molecular Weight", [], (None, None, None)),
        ("IC50", ["Standard Value"], (None, None, None)),
        ("pIC50", ["Standard Value"], ("Standard Relation", None, "Standard Type")),
        ("IC50", ["IC50 units", "ic50_relation"], ("ic50_relation", "IC50 units", "Standard Type")),
        ("half-life", ["Half-life Unit"], (None, "Half-life Unit", None)),
        ("Value", ["Units", "Relation"], ("Relation", "Units", None)),
    ],
)
def test_columns_beside_an_activity(label, more, found):
    columns = [*OWN, label, *more]
    beside = relation_column, units_column, type_column
    assert tuple(one(columns, label) for one in beside) == found


def test_headings_of_lists():
    assert is_smiles_name("SMILES") and is_smiles_name("canonical_smiles")
    assert not is_smiles_name("CCO") and not is_smiles_name("C")
