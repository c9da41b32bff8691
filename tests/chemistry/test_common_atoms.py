"""What two molecules share."""

import pytest
from rdkit import Chem

from pyg_siamex.chemistry import parse_smiles
from pyg_siamex.chemistry.common_atoms import common_atoms


@pytest.mark.parametrize(
    ("one", "other", "least"),
    [
        ("CC(=O)Oc1ccccc1C(=O)O", "O=C(O)c1ccccc1O", 9),
        (
            "O=C(O)c1ccc(cc1)c2cc(Cl)ccc2Oc3ccc(cc3C#N)S(=O)(=O)Nc4ncns4",
            "CC(C)Oc1ccc(cc1)c2cc(Cl)ccc2Oc3ccc(cc3C#N)S(=O)(=O)Nc4nccs4",
            26,
        ),
        ("c1ccccc1CCN", "c1ccccc1CCO", 8),
    ],
)
def test_common_atoms_are_the_same_elements_bonded_alike(one, other, least):
    query, reference = parse_smiles(one), parse_smiles(other)
    shared = common_atoms(query, reference)
    assert len(shared) >= least
    assert len({i for i, _ in shared}) == len({j for _, j in shared}) == len(shared)
    place = dict(shared)
    for i, j in shared:
        a, b = query.GetAtomWithIdx(i), reference.GetAtomWithIdx(j)
        assert a.GetSymbol() == b.GetSymbol() and a.IsInRing() == b.IsInRing()
    bonds = [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in query.GetBonds()]
    inside = [bond for bond in bonds if all(end in place for end in bond)]
    assert all(reference.GetBondBetweenAtoms(place[u], place[v]) for u, v in inside)


def test_little_in_common_is_nothing():
    assert common_atoms(parse_smiles("CCCCCC"), parse_smiles("c1ccsc1")) == []
    assert common_atoms(Chem.Mol(), Chem.Mol()) == []


def test_the_whole_molecule_is_common_to_itself_in_any_order():
    molecule = parse_smiles("CC(C)Oc1ccc(CNC(=O)CCl)cc1")
    other = parse_smiles(Chem.MolToRandomSmilesVect(molecule, 1, randomSeed=3)[0])
    assert len(common_atoms(molecule, other)) == molecule.GetNumAtoms()
