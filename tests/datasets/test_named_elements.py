"""Types of atoms and bonds get their names."""

import shutil
from pathlib import Path

import pytest
import torch
from rdkit import Chem
from torch_geometric.data import Data
from torch_geometric.datasets import TUDataset

from pyg_siamex.chemistry import molecule_of
from pyg_siamex.datasets import NamedElements

MUTAG = Path(__file__).parents[3] / "shared" / "data" / "MUTAG" / "raw"


def graph(x, edge_attr=None):
    return Data(x=x, edge_index=torch.tensor([[0, 1], [1, 0]]), edge_attr=edge_attr)


def test_one_hot_columns_and_integers_name_elements():
    name = NamedElements(["C", "O", "N"])
    assert name(graph(torch.eye(3)[[2, 0]])).elements == ["N", "C"]
    assert name(graph(torch.tensor([[2], [0]]))).elements == ["N", "C"]
    wide = torch.cat([torch.eye(3)[[2, 0]], torch.rand(2, 4)], dim=1)
    assert name(graph(wide)).elements == ["N", "C"]


def test_bonds_have_orders():
    name = NamedElements(["C", "O"], ["aromatic", "double"])
    found = name(graph(torch.eye(2), torch.eye(2)[[1, 1]]))
    assert found.bond_order.tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.zeros(2, 3), "row 0 of x is not one-hot in its first 3 columns"),
        (torch.eye(2), r"there are 2\): give one name for each column"),
        (torch.tensor([[0], [7]]), "type 7 in row 1 of x, and 3 names"),
        (None, "the graph has none"),
    ],
)
def test_what_has_no_type_is_refused(x, message):
    with pytest.raises(ValueError, match=message):
        NamedElements(["C", "O", "N"])(graph(x))


@pytest.mark.parametrize("symbol", ["Xx", "CL", "c", "", "carbon", "C "])
def test_what_is_no_element_is_refused(symbol):
    with pytest.raises(ValueError, match=f"elements must be symbols .*got '{symbol}'"):
        NamedElements(["C", symbol])


def test_elements_are_those_of_rdkit():
    table = Chem.GetPeriodicTable()
    symbols = [table.GetElementSymbol(number) for number in range(119)]
    assert NamedElements(symbols).elements == symbols


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="single, double, triple, aromatic"):
        NamedElements(["C"], ["strong"])
    with pytest.raises(ValueError, match=r"'PROTEINS' are unknown \(known: MUTAG\)"):
        NamedElements.of("PROTEINS")


@pytest.mark.skipif(not MUTAG.is_dir(), reason="needs MUTAG in ../shared/data")
def test_mutag_reads_as_nitro_compounds(tmp_path):
    shutil.copytree(MUTAG, tmp_path / "MUTAG" / "raw")
    data = TUDataset(str(tmp_path), "MUTAG", transform=NamedElements.of("MUTAG"))
    nitro = Chem.MolFromSmarts("[N+](=O)[O-]")
    assert all(molecule_of(graph).HasSubstructMatch(nitro) for graph in data)
