"""Molecules from SMILES."""

import pytest
from chemistry.molecules import SMILES
from rdkit import Chem

from pyg_siamex.chemistry import canonical_smiles, ecfp4, graph_of, molecule, parse_smiles


def ecfp4_of(smiles):
    return ecfp4([smiles])


@pytest.mark.parametrize("smiles", SMILES)
def test_nodes_are_rdkits_atoms_in_order(smiles):
    data = molecule(smiles)
    mol = Chem.MolFromSmiles(data.smiles)
    assert data.x[:, 0].tolist() == [atom.GetAtomicNum() for atom in mol.GetAtoms()]
    bonds = {
        end
        for bond in mol.GetBonds()
        for end in (
            (bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()),
            (bond.GetEndAtomIdx(), bond.GetBeginAtomIdx()),
        )
    }
    assert set(map(tuple, data.edge_index.T.tolist())) == bonds
    assert data.smiles == smiles.replace("[2H]", "")


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [("C1CC", "cannot be parsed"), ("", "empty SMILES"), ("  ", "empty SMILES"),
     ("C(C)(C)(C)(C)C", "valence"), ("CCO ethanol", "contains a blank: pass only 'CCO'"),
     ("line 99", "contains a blank: no SMILES does"),
     ("[Fe+7]", "cannot express"), ("CC\nCCC", "contains a blank"),
     ("hello", "cannot be parsed"), ("c1cccc1", "kekulize")],
)  # fmt: skip
def test_bad_smiles_are_refused_with_the_reason(smiles, reason, capfd):
    with pytest.raises(ValueError, match=f"(?i){reason}"):
        molecule(smiles)
    assert capfd.readouterr().err == ""


def test_rdkits_log_is_not_left_silenced(capfd):
    from rdkit import RDLogger

    RDLogger.EnableLog("rdApp.error")
    with pytest.raises(ValueError):
        parse_smiles("C1CC")
    Chem.MolFromSmiles("C1CC")
    assert "unclosed ring" in capfd.readouterr().err
    RDLogger.DisableLog("rdApp.error")


def test_extensions_of_smiles_are_read():
    assert molecule("CC |$a;b$|").num_nodes == 2


def test_molecules_that_take_minutes_are_refused_at_once():
    with pytest.raises(ValueError, match=r"100,000 characters: CCCCC"):
        parse_smiles("C" * 100_000)
    assert parse_smiles("NC(Cc1ccccc1)C(=O)" * 182).GetNumAtoms() == 2002


@pytest.mark.parametrize(
    ("smiles", "code"),
    [
        ("\u0421CO", "U+0421"),
        ("\uff23\uff23O", "U+FF23"),
        ("CCO\u200b", "U+200B"),
        ("\ufeffCCO", "U+FEFF"),
        ("CCO\0", "U+0000"),
        ("CC\u2013O", "U+2013"),
    ],
    ids=["cyrillic", "wide", "no width", "order mark", "null", "dash"],
)
def test_letters_that_rdkit_would_leave_out_are_refused(smiles, code):
    with pytest.raises(ValueError, match="which no SMILES has") as raised:
        parse_smiles(smiles)
    assert code in str(raised.value)
    with pytest.raises(ValueError, match="which no SMILES has"):
        molecule(smiles)


@pytest.mark.parametrize("smiles", ["[#119]", "C[#200]", "[13#257]", "CC.[#1000]"])
@pytest.mark.parametrize("read", [parse_smiles, molecule, canonical_smiles, ecfp4_of])
def test_atomic_numbers_of_no_element_are_refused(smiles, read, capfd):
    with pytest.raises(ValueError, match=r"the atomic number \d+, and the last element has 118"):
        read(smiles)
    assert capfd.readouterr().err == ""


def test_the_last_element_is_read():
    assert parse_smiles("[#118]").GetAtomWithIdx(0).GetSymbol() == "Og"


@pytest.mark.parametrize("smiles", ["CCCC", "C", "", "not a SMILES"])
def test_a_smiles_of_another_molecule_is_not_kept(smiles):
    with pytest.raises(
        ValueError, match=r"the molecule has 3 atoms, and its SMILES '.*' (has|can)"
    ):
        graph_of(parse_smiles("CCO"), smiles)


@pytest.mark.parametrize("smiles", ["[2H]C([2H])O", "[H]OC", "C* |$;R1$|", "[H][H]", "*"])
def test_hydrogens_and_dummy_atoms_fit_their_smiles(smiles):
    mol = parse_smiles(smiles)
    assert graph_of(mol, smiles).num_nodes == mol.GetNumAtoms()


@pytest.mark.parametrize("name", ["x", "edge_index", "edge_attr", "num_nodes"])
def test_what_a_molecule_makes_is_not_replaced(name):
    for make in (molecule, lambda smiles, **given: graph_of(parse_smiles(smiles), smiles, **given)):
        with pytest.raises(ValueError, match=f"`{name}` of the graph is made of the molecule"):
            make("CCO", **{name: 3})


@pytest.mark.parametrize("smiles", ["CCN", "OCC", "C(C)O"], ids=["element", "order", "bonds"])
def test_a_graph_has_the_smiles_that_its_molecule_was_parsed_from(smiles):
    with pytest.raises(ValueError, match="in their order, are not those of the molecule"):
        graph_of(parse_smiles("CCO"), smiles)
    assert graph_of(parse_smiles(smiles), smiles).smiles == smiles


@pytest.mark.parametrize(
    "smiles",
    ["CN(=O)=O", "[H]C([H])O", "C[Mg]Br", "c1ccccc1c1ccccc1", "*CC", "N[Pt](N)(Cl)Cl", "[2H]CO"],
)
def test_reading_changes_no_atom_that_a_graph_checks(smiles):
    assert graph_of(parse_smiles(smiles), smiles).smiles == smiles
