import pytest

from pyg_siamex.chemistry import Standardisation
from pyg_siamex.datasets import MoleculeTable
from pyg_siamex.datasets.molecule_rows import MoleculeRows

ROWS = "id,SMILES,y\na,CCO,1\nb,C1CC,2\n,c1ccccc1,3\nd,,4\ne,[Na+].CC(=O)[O-],5\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    return path


def test_rows_are_what_a_table_makes_of_them(path):
    rows, rejected = MoleculeRows(path), []
    found = list(rows.usable(rejected))
    table = MoleculeTable(path, "SMILES", name="id")
    assert [position for position, _ in found] == [0, 2, 4] and len(rows) == 5
    for (_, graph), k in zip(found, range(3), strict=True):
        assert (graph.x == table[k].x).all() and (graph.edge_index == table[k].edge_index).all()
        assert graph.smiles == table[k].smiles
    assert [str(row) for row in rejected] == [str(row) for row in table.rejected]


def test_columns_are_found_by_their_usual_names(path):
    rows = MoleculeRows(path)
    assert (rows.smiles, rows.name) == ("SMILES", "id")
    assert rows[0].name == "a" and rows[2].name == "c1ccccc1"
    path.write_text("molecule;structure\nx;CC\n")
    rows = MoleculeRows(path)
    assert (rows.smiles, rows.name, rows[0].name) == ("structure", "molecule", "x")
    path.write_text("a,b\nCC,x\n")
    with pytest.raises(ValueError, match="name it as `smiles`, of a, b"):
        MoleculeRows(path)
    assert MoleculeRows(path, "a")[0].name == "CC"


def test_salts_are_stripped_if_asked_for(path):
    assert MoleculeRows(path)[4].num_nodes == 5
    stripped = MoleculeRows(path, standardisation=Standardisation(largest_fragment=True))
    table = MoleculeTable(path, "SMILES", standardisation=Standardisation(largest_fragment=True))
    assert stripped[4].smiles == table[2].smiles and stripped[4].num_nodes == 4
    assert stripped.graph("CCO.Cl").smiles == "CCO"


def test_bad_rows_say_why(path):
    with pytest.raises(ValueError, match="invalid SMILES 'C1CC'"):
        MoleculeRows(path)[1]
    path.write_text("smiles\nCC,extra\n")
    with pytest.raises(ValueError, match="2 cells under 1 columns"):
        MoleculeRows(path)[0]
    path.write_text("smiles\n")
    with pytest.raises(ValueError, match="a header and no rows"):
        MoleculeRows(path)
