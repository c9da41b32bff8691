"""Graphs that name their atoms."""

from torch_geometric.data import Data

from pyg_siamex.data.named_atoms import elements_of, names_atoms


def test_elements_are_a_list_of_symbols():
    assert elements_of(Data(elements=["C", "O"])) == ["C", "O"]
    assert elements_of(Data(elements=[["C", "O"]])) == ["C", "O"]
    assert elements_of(Data(elements=["C"])) == ["C"]
    for other in (None, 3, "CO", [1, 2], [["C"], ["O"]]):
        assert elements_of(Data(elements=other)) is None


def test_atoms_are_named_by_smiles_or_by_elements():
    assert names_atoms(Data(smiles="CO")) and names_atoms(Data(elements=["C", "O"]))
    assert not names_atoms(Data(num_nodes=3))
