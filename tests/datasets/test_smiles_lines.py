"""Lists of SMILES."""

import pytest

from pyg_siamex.datasets import MoleculeRows, MoleculeTable
from pyg_siamex.datasets.smiles_lines import read_smiles_lines


def rows(tmp_path, text, columns=()):
    path = tmp_path / "list.smi"
    path.write_text(text)
    return [(row.line, *row.cells.values()) for row in read_smiles_lines(path, columns)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CCO\nCCN\n", [(1, "CCO", ""), (2, "CCN", "")]),
        ("CCO ethanol\n\nCCN  ethyl amine\n", [(1, "CCO", "ethanol"), (3, "CCN", "ethyl amine")]),
        ("CCO\t1\t0.5\nCCN\t2\t0.7\n", [(1, "CCO", "1", "0.5"), (2, "CCN", "2", "0.7")]),
        ("CCO a 0.5\nCCN b 7\n", [(1, "CCO", "a", "0.5"), (2, "CCN", "b", "7")]),
        ("SMILES Name\nCCO a\n", [(2, "CCO", "a")]),
        ("smiles name group\nCCO a no\nCC b yes\n", [(2, "CCO", "a", "no"), (3, "CC", "b", "yes")]),
        ("smiles compound name\nCCO ethyl alcohol\n", [(2, "CCO", "ethyl alcohol")]),
        ("SMILES\tpIC50\nCCO\t5\nCC\t\n", [(2, "CCO", "5"), (3, "CC", "")]),
        ("# from a catalogue\nCCO a\n", [(2, "CCO", "a")]),
        ("C[C@H](F)Cl |o1:1| mixed\n", [(1, "C[C@H](F)Cl |o1:1|", "mixed")]),
    ],
)
def test_lines_are_molecules_with_what_is_known_of_them(tmp_path, text, found):
    assert rows(tmp_path, text) == found


def test_a_header_whose_words_become_one_name_is_told(tmp_path, caplog):
    found = rows(tmp_path, "smiles name group\nCCO ethyl alcohol no\nCCN b no\n")
    assert found == [(2, "CCO", "ethyl alcohol no"), (3, "CCN", "b no")]
    assert "its header has 3 words" in caplog.text and "'name group' holds the rest" in caplog.text


def test_columns_have_names(tmp_path):
    path = tmp_path / "list.smi"
    path.write_text("CCO a 0.5\nCCN b 7.5\n")
    assert list(read_smiles_lines(path, ["column 3"])[0].cells) == ["smiles", "name", "column 3"]
    with pytest.raises(ValueError, match="no column 'y': it has smiles, name, column 3"):
        read_smiles_lines(path, ["y"])
    path.write_text("\n\n")
    with pytest.raises(ValueError, match="is empty"):
        read_smiles_lines(path, [])


def test_the_second_word_can_be_the_label(tmp_path):
    path = tmp_path / "list.smi"
    path.write_text("CCO active\nCCN inactive\nCCC Active\nC1CC active\n")
    table = MoleculeTable(path, label="name")
    assert table.class_names == ["active", "inactive"] and len(table) == 3
    assert table.rejected[0].line == 4


def test_a_cell_that_a_spreadsheet_could_not_compute_is_a_row(tmp_path):
    found = rows(tmp_path, "# made by hand\nCCO a\n#N/A b\nCCN c\n")
    assert found == [(2, "CCO", "a"), (3, "#N/A", "b"), (4, "CCN", "c")]


@pytest.mark.parametrize(
    "text",
    ["smiles\tname\ty\nCCO |$a$|\t\t5.2\nCCN\tb\t3\n", "smiles\tname\ty\nCCO\t\t5.2\nCCN\tb\t3\n"],
    ids=["with extensions", "plain"],
)
def test_an_empty_cell_keeps_its_place(tmp_path, text):
    path = tmp_path / "list.smi"
    path.write_text(text)
    found = read_smiles_lines(path, ["y"])
    assert [row.cells["y"] for row in found] == ["5.2", "3"]
    assert [row.cells["name"] for row in found] == ["", "b"]


def test_a_line_without_a_molecule_is_not_its_name(tmp_path):
    path = tmp_path / "list.smi"
    path.write_text("CCO\tethanol\n\tN\nCC\tC\n")
    assert [row.cells["smiles"] for row in read_smiles_lines(path, [])] == ["CCO", "", "CC"]
    path.write_text("\tCCO\ta\n\tCCN\tb\n")
    assert [row.cells["smiles"] for row in read_smiles_lines(path, [])] == ["CCO", "CCN"]


@pytest.mark.parametrize("column", ["id", "smiles"])
def test_columns_that_are_there_twice_are_refused(tmp_path, column):
    path = tmp_path / "list.smi"
    path.write_text(f"smiles\tid\t{column}\nCCO\ta\tb\nCCN\tc\td\n")
    with pytest.raises(ValueError, match=f"has 2 columns '{column}'"):
        MoleculeRows(path)


def test_a_line_has_no_more_cells_than_its_header(tmp_path):
    path = tmp_path / "list.smi"
    path.write_text("smiles\tname\ty\nCCO\ta\t1\t5.2\nCCN\tb\t3\n")
    found = read_smiles_lines(path, ["y"])
    assert [row.problem for row in found] == ["4 cells under 3 columns", ""]


@pytest.mark.parametrize(
    "text",
    ["id\tsmiles\nC\tCCO\nN\tCCN\n", "name smiles\nC CCO\nN CCN\n", "\tsmiles\n0\tCCO\n1\tCCN\n"],
    ids=["tabs", "blanks", "index"],
)
def test_a_header_says_where_the_molecules_are(tmp_path, text):
    path = tmp_path / "list.smi"
    path.write_text(text)
    assert [graph.smiles for graph in MoleculeRows(path)] == ["CCO", "CCN"]
