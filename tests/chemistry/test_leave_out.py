"""Molecules without atoms have sound valences, and the other atoms as they were."""

import pytest
from rdkit import Chem

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.chemistry.leave_out import without_atoms

MOLECULES = [
    "CC(=O)Oc1ccccc1C(=O)O",
    "C[N+](C)(C)CC([O-])=O",
    "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
    "N[C@@H](Cc1c[nH]c2ccccc12)C(=O)O",
    "O=[N+]([O-])c1ccc(F)cc1",
    "F/C(Cl)=C(/Br)I",
    "C1CN(CCN1)c1ncccn1",
]


@pytest.mark.parametrize("smiles", MOLECULES)
def test_every_atom_can_be_left_out(smiles):
    molecule = parse_smiles(smiles)
    hydrogens = sum(atom.GetTotalNumHs() for atom in molecule.GetAtoms())
    kekulised = Chem.Mol(molecule)
    Chem.Kekulize(kekulised, clearAromaticFlags=True)
    for atom in kekulised.GetAtoms():
        rest = Chem.MolFromSmiles(without_atoms(molecule, [atom.GetIdx()]))
        assert rest is not None
        elements = sorted(a.GetSymbol() for a in molecule.GetAtoms() if a.GetIdx() != atom.GetIdx())
        assert sorted(a.GetSymbol() for a in rest.GetAtoms()) == elements
        assert not any(a.GetNumRadicalElectrons() for a in rest.GetAtoms())
        lost = sum(bond.GetBondTypeAsDouble() for bond in atom.GetBonds())
        expected = hydrogens - atom.GetTotalNumHs() + lost
        assert sum(a.GetTotalNumHs() for a in rest.GetAtoms()) == expected


@pytest.mark.parametrize("smiles", MOLECULES)
def test_masked_atoms_are_dummies_with_the_same_bonds(smiles):
    molecule = parse_smiles(smiles)
    for k in range(molecule.GetNumAtoms()):
        rest = Chem.MolFromSmiles(without_atoms(molecule, [k], "mask"))
        assert rest.GetNumAtoms() == molecule.GetNumAtoms()
        assert rest.GetNumBonds() == molecule.GetNumBonds()
        [dummy] = [a for a in rest.GetAtoms() if a.GetAtomicNum() == 0]
        assert dummy.GetDegree() == molecule.GetAtomWithIdx(k).GetDegree()


def test_a_sulfone_without_an_oxygen_is_a_sulfoxide():
    assert without_atoms(parse_smiles("CS(C)(=O)=O"), [3]) == Chem.CanonSmiles("CS(C)=O")


def test_groups_of_atoms_and_all_atoms_are_left_out():
    molecule = parse_smiles("CC(=O)Oc1ccccc1")
    assert without_atoms(molecule, [0, 1, 2]) == "Oc1ccccc1"
    assert without_atoms(molecule, range(4)) == "c1ccccc1"
    assert without_atoms(molecule, range(10)) == ""
    assert without_atoms(molecule, []) == Chem.MolToSmiles(molecule)


def test_an_unknown_way_is_named():
    with pytest.raises(ValueError, match="`leave_out` must be one of delete, mask"):
        without_atoms(parse_smiles("CC"), [0], "drop")
