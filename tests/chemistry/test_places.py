import pytest
from rdkit import Chem
from rdkit.Chem import rdDepictor

from pyg_siamex.chemistry.common_atoms import common_atoms
from pyg_siamex.chemistry.places import is_sound, lay_out_pair

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
CHOLESTEROL = "C[C@H](CCCC(C)C)[C@H]1CC[C@@H]2[C@@]1(CC[C@H]3[C@H]2CC=C4[C@@]3(CC[C@@H](C4)O)C)C"
TESTOSTERONE = "C[C@]12CC[C@H]3[C@H]([C@@H]1CC[C@@H]2O)CCC4=CC(=O)CC[C@]34C"


def laid_out(*smiles: str) -> list[Chem.Mol]:
    molecules = [Chem.MolFromSmiles(one) for one in smiles]
    lay_out_pair(*molecules)
    return molecules


@pytest.mark.parametrize(
    "pair",
    [
        (ASPIRIN, "O=C(O)c1ccccc1O"),
        (CHOLESTEROL, TESTOSTERONE),
        ("CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "Cn1c(=O)c2[nH]cnc2n(C)c1=O"),
    ],
)
def test_the_common_scaffold_lies_alike(pair):
    query, reference = laid_out(*pair)
    common = common_atoms(query, reference)
    assert len(common) >= 9
    ours, theirs = (mol.GetConformer().GetPositions() for mol in (query, reference))
    assert max(abs(ours[i] - theirs[j]).max() for i, j in common) < 0.5


def test_molecules_with_little_in_common_are_laid_out_alone():
    query, reference = laid_out("CCCCCC", "c1ccsc1")
    assert common_atoms(query, reference) == []
    assert reference.GetNumConformers() == 1


@pytest.mark.parametrize(
    "pair",
    [
        ("OC(=O)/C=C\\C(=O)Nc1ccccc1", "OC(=O)/C=C/C(=O)Nc1ccccc1"),
        ("C/C=C/C=C/C", "C/C=C\\C=C/C"),
        (CHOLESTEROL, TESTOSTERONE),
    ],
)
def test_alignment_never_changes_the_chemistry(pair):
    for molecule, smiles in zip(laid_out(*pair), pair, strict=True):
        assert is_sound(molecule)
        block = Chem.MolFromMolBlock(Chem.MolToMolBlock(molecule))
        assert Chem.MolToSmiles(block) == Chem.CanonSmiles(smiles)


def test_unsound_drawings_are_seen():
    (molecule,) = (Chem.MolFromSmiles("C/C=C/C"),)
    rdDepictor.Compute2DCoords(molecule)
    assert is_sound(molecule)
    other = Chem.MolFromSmiles("C/C=C\\C")
    other.AddConformer(molecule.GetConformer())
    assert not is_sound(other)
    positions = molecule.GetConformer().GetPositions()
    positions[3] += 9.0
    molecule.GetConformer().SetPositions(positions)
    assert not is_sound(molecule)


def test_both_molecules_have_bonds_of_one_length():
    for molecule in laid_out(ASPIRIN, "CC(C)Cc1ccc(cc1)C(C)C(=O)O"):
        positions = molecule.GetConformer().GetPositions()
        bond = molecule.GetBondWithIdx(0)
        gap = positions[bond.GetBeginAtomIdx()] - positions[bond.GetEndAtomIdx()]
        assert (gap**2).sum() ** 0.5 == pytest.approx(1.5, abs=0.15)


@pytest.mark.parametrize("preference", [True, False])
def test_the_coordgen_preference_comes_back(preference):
    before = rdDepictor.GetPreferCoordGen()
    try:
        rdDepictor.SetPreferCoordGen(preference)
        laid_out(ASPIRIN, "CCO")
        assert rdDepictor.GetPreferCoordGen() == preference
    finally:
        rdDepictor.SetPreferCoordGen(before)


def test_a_pair_that_is_too_large_is_refused_before_any_work():
    small = Chem.MolFromSmiles("CCO")
    with pytest.raises(ValueError, match="3,000 atoms"):
        lay_out_pair(small, Chem.MolFromSmiles(".".join("C" * 3000)))
    assert not small.GetNumConformers()
