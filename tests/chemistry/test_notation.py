"""Other notations are told from SMILES."""

import pytest

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.chemistry.notation import other_notation


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CCO>>CC=O", "a reaction SMILES"),
        ("CC(=O)O.OCC>[H+]>CC(=O)OCC.O", "a reaction SMILES"),
        ("[C][C][O]", "SELFIES"),
        ("[C][=C][C][=C][C][=C][Ring1][=Branch1]", "SELFIES"),
        ("[O][=C][Branch1][C][O][C]", "SELFIES"),
        ("InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3", "an InChI"),
        ("LFQSCWFLJHTTHZ-UHFFFAOYSA-N", "an InChIKey"),
    ],
)
def test_other_notations_are_named(text, name):
    assert other_notation(text) == name
    with pytest.raises(ValueError, match=f"is {name}, not the SMILES of a molecule"):
        parse_smiles(text)


@pytest.mark.parametrize(
    "smiles",
    ["CCO", "[H][H]", "[Na+].[Cl-]", "[Na]Cl", "N->[Cu]", "N->[Cu]<-N", "[C-]#[O+]", "[O][O]",
     "[CH3][CH2][OH]", "[2H][2H]", "[C]", "[13CH4]", "[NH4+].[O-]"],
)  # fmt: skip
def test_smiles_are_smiles(smiles):
    assert other_notation(smiles) is None
    assert parse_smiles(smiles).GetNumAtoms()


@pytest.mark.parametrize(
    "text",
    ["[#6]~[#8]", "C~C", "CC(~O)C", "*~*", "[C;H2]", "[C,N]C", "[!#6]", "[$([OX2])]", "C!@C",
     "[#6]!:[#6]", "[C&R]", "C1CC~1"],
)  # fmt: skip
def test_patterns_are_named(text):
    with pytest.raises(ValueError, match="is a SMARTS pattern, not the SMILES of a molecule"):
        parse_smiles(text)


@pytest.mark.parametrize(
    "smiles",
    ["N->[Cu]", "[Rh-](Cl)(Cl)(Cl)(Cl)$[Rh-](Cl)(Cl)(Cl)Cl", "[#6][#8]", "[#6H4]", "*", "C*",
     "[*:1]C", "C1=CC=CC=C1~[Fe]", "*C |$Q_e;$|", "CCC |s:1:*|", "C=C |H:0.0|", "CCO |C:1.1|",
     "C[C@H](N)O", "C/C=C/C", "[C@@H](C)(N)O", "F[P@TB1](Cl)(Br)(N)C"],
)  # fmt: skip
def test_molecules_are_no_patterns(smiles):
    assert parse_smiles(smiles).GetNumAtoms()


@pytest.mark.parametrize("smiles", ["C1CC", "C(C)(C)(C)(C)C", "c1cccc1", "C(", "[Xx]"])
def test_what_is_no_molecule_is_no_pattern_for_it(smiles):
    with pytest.raises(ValueError, match="invalid SMILES"):
        parse_smiles(smiles)
