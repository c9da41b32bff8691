"""Ring systems are named by their SMILES, whatever hangs on them."""

import pytest
from rdkit import Chem

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.chemistry.ring_name import ring_smiles


@pytest.mark.parametrize(
    ("smiles", "name"),
    [
        ("Cc1ccccc1", "c1ccccc1"),
        ("Oc1ccc(Cl)cc1", "c1ccccc1"),
        ("Cn1cccc1", "c1cc[nH]c1"),
        ("c1cc[nH]c1", "c1cc[nH]c1"),
        ("Cn1ccnc1", "c1c[nH]cn1"),
        ("O=c1cccc[nH]1", "O=c1cccc[nH]1"),
        ("CCC1(C)CCCC1", "C1CCCC1"),
        ("C[C@H]1CCCC[C@@H]1O", "C1CCCCC1"),
        ("C[n+]1ccccc1", "c1cc[nH+]cc1"),
        ("[13CH3]c1cc[nH]c1", "c1cc[nH]c1"),
        ("CC=C1CCCCC1", "C=C1CCCCC1"),
    ],
)
def test_substituents_do_not_change_the_name(smiles, name):
    molecule = parse_smiles(smiles)
    [system] = [set().union(*molecule.GetRingInfo().AtomRings())]
    found = ring_smiles(molecule, system)
    assert found == Chem.CanonSmiles(name)


def test_the_order_of_atoms_does_not_matter():
    molecule = parse_smiles("COc1ccc2c(c1)[nH]c1ccccc12")
    names = set()
    for seed in range(5):
        other = parse_smiles(Chem.MolToRandomSmilesVect(molecule, 1, randomSeed=seed)[0])
        names.add(ring_smiles(other, set().union(*other.GetRingInfo().AtomRings())))
    assert names == {Chem.CanonSmiles("c1ccc2c(c1)[nH]c1ccccc12")}
