"""Matched pairs differ by one substituent, whose atoms are known."""

import pytest
from rdkit import Chem

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.chemistry.matched_pairs import matched_pairs

SERIES = [
    "Cc1ccc(C(=O)O)cc1",
    "Fc1ccc(C(=O)O)cc1",
    "c1ccc(C(=O)O)cc1",
    "Cc1ccc(C(N)=O)cc1",
    "CCOc1ccc(C(=O)O)cc1",
    "CCCC",
]


def by_pair(smiles):
    return {(pair.one, pair.other): pair for pair in matched_pairs(smiles)}


def test_substituents_and_their_atoms_are_found():
    found = by_pair(SERIES)
    assert set(found) == {(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 4), (2, 4)}
    assert found[0, 1].change == "C[*:1]>>F[*:1]"
    assert found[0, 1].changed == ((0,), (0,))
    assert found[1, 4].change == "F[*:1]>>CCO[*:1]"
    assert found[1, 4].changed == ((0,), (0, 1, 2))
    assert found[0, 3].changed == ((5, 6, 7), (5, 6, 7))


def test_hydrogen_is_a_substituent_without_atoms():
    pair = by_pair(SERIES)[0, 2]
    assert pair.change == "C[*:1]>>[H][*:1]"
    assert pair.changed == ((0,), ())


@pytest.mark.parametrize("one, other", [(0, 1), (0, 4), (2, 4), (0, 3)])
def test_both_molecules_are_the_constant_part_with_a_substituent(one, other):
    pair = by_pair(SERIES)[one, other]
    for molecule, part in zip((one, other), pair.change.split(">>"), strict=True):
        joined = Chem.molzip(Chem.MolFromSmiles(f"{pair.constant}.{part}"))
        assert Chem.CanonSmiles(SERIES[molecule]) == Chem.MolToSmiles(Chem.RemoveHs(joined))


def test_of_several_differences_the_smallest_is_taken():
    [pair] = matched_pairs(["CCc1ccccc1", "CCCc1ccccc1"])
    assert pair.changed[0] in ((0,), ())
    whole = matched_pairs(["Cc1ccccc1", "Oc1ccccc1"])[0]
    assert whole.constant == Chem.MolToSmiles(Chem.MolFromSmiles("c1ccc([*:1])cc1"))


def test_order_numbers_and_stereo_of_atoms_do_not_matter():
    one = "C[C@H](N)c1ccc(F)cc1"
    other = Chem.MolToRandomSmilesVect(parse_smiles("C[C@@H](N)c1ccc(Cl)cc1"), 1, randomSeed=7)[0]
    [pair] = matched_pairs([one, other])
    assert pair.change == "F[*:1]>>Cl[*:1]"
    [atom] = pair.changed[1]
    assert parse_smiles(other).GetAtomWithIdx(atom).GetSymbol() == "Cl"


def test_salts_large_substituents_and_equal_molecules_make_no_pairs():
    assert matched_pairs(["CC(=O)[O-].[Na+]", "CCC(=O)[O-].[Na+]"]) == []
    assert matched_pairs(["Cc1ccccc1", "Cc1ccccc1"]) == []
    assert matched_pairs(["c1ccccc1" + "C" * 14, "c1ccccc1" + "O" * 2]) == []
