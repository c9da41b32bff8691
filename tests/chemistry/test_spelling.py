from pyg_siamex.chemistry import atom_names, bond_name, canonical_smiles, parse_smiles


def test_atoms_are_named_by_element_and_number():
    assert atom_names(parse_smiles("CCO")) == ["C0", "C1", "O2"]


def test_bonds_are_named_by_their_ends_and_order():
    mol = parse_smiles("N#CC=Cc1ccccc1")
    assert bond_name(mol, 0, 1) == "N0#C1"
    assert bond_name(mol, 1, 2) == "C1-C2"
    assert bond_name(mol, 3, 2) == "C3=C2"
    assert bond_name(mol, 4, 5) == "C4:C5"


def test_one_molecule_has_one_canonical_smiles():
    assert canonical_smiles("OC(=O)C") == canonical_smiles("CC(O)=O") != canonical_smiles("CCO")
