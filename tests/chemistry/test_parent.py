"""Salts, charges, isotopes and stereo do not change the parent."""

import pytest

from pyg_siamex.chemistry.parent import parent_smiles


@pytest.mark.parametrize(
    "other",
    [
        "CC(N)C(=O)O",
        "C[C@H](N)C(=O)O",
        "C[C@@H](N)C(=O)[O-].[Na+]",
        "C[C@H]([NH3+])C(=O)[O-]",
        "[2H]C([2H])([2H])C(N)C(=O)O",
        "CC(N)[13C](=O)O.Cl",
        "[CH3:1]C(N)C(=O)O",
    ],
)
def test_alanine_is_alanine(other):
    assert parent_smiles(other) == "CC(N)C(=O)O"


def test_other_molecules_have_other_parents():
    assert parent_smiles("CC(N)C(=O)OC") != parent_smiles("CC(N)C(=O)O")
    with pytest.raises(ValueError, match="invalid SMILES"):
        parent_smiles("C1CC")


def test_large_molecules_are_their_own_parents():
    assert parent_smiles("C" * 400) == "C" * 400
