import logging

import pytest
import torch

from pyg_siamex import PairDataset
from pyg_siamex.chemistry import Standardisation
from pyg_siamex.datasets import MoleculeTable, OneHotMolecule, molecule

STRIPPED = Standardisation(largest_fragment=True)


def table(tmp_path, text, encoding="utf-8", **arguments):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    return MoleculeTable(path, **arguments)


def test_bad_rows_are_listed_with_line_and_reason(tmp_path, caplog):
    text = 'smiles,act,name\nCCO,1,a\nC1CC,0,b\n\n"CCN",0,"two\nlines"\n,1,d\nCCC,,e\nCCCC,0,f\n'
    with caplog.at_level(logging.WARNING):
        out = table(tmp_path, text, label="act", name="name")
    assert [row.line for row in out.rejected] == [3, 7, 8]
    assert "unclosed ring" in out.rejected[0].reason
    assert "empty SMILES" in out.rejected[1].reason
    assert "column 'act': no value" in out.rejected[2].reason
    assert "3 rows refused" in caplog.text and "line 3: 'C1CC'" in caplog.text
    assert [out[k].smiles for k in range(len(out))] == ["CCO", "CCN", "CCCC"]
    assert out[1].name == "two\nlines"
    assert repr(out) == "MoleculeTable(3 molecules, 3 rows refused, 2 classes)"
    assert repr(table(tmp_path, "smiles\nCCO\n")) == "MoleculeTable(1 molecules, 0 rows refused)"
    with pytest.raises(ValueError, match=r"3 rows refused:\n  line 3"):
        table(tmp_path, text, label="act", invalid="raise")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_delimiters_line_ends_and_byte_order_mark(tmp_path, delimiter, end, encoding):
    rows = [["smiles", "Größe"], ["CCO", "aktiv"], ["CCN", "inaktiv"]]
    text = end.join(delimiter.join(row) for row in rows)
    out = table(tmp_path, text, encoding, label="Größe")
    assert len(out) == 2 and out.class_names == ["aktiv", "inaktiv"]


@pytest.mark.parametrize(
    ("values", "names", "targets"),
    [
        (["1", "0", "10"], None, [1, 0, 10]),
        (["1.0", "0", "1"], ["0", "1"], [1, 0, 1]),
        (["b", "a", "b"], ["a", "b"], [1, 0, 1]),
        (["0.5", "-1", "2"], None, [0.5, -1, 2]),
        (["1", "2", "0.5 or so", "1 or so"], ["0.5 or so", "1", "1 or so", "2"], [1, 3, 0]),
    ],
)
def test_kinds_of_labels(tmp_path, values, names, targets):
    text = "smiles,y\n" + "\n".join(f"{'C' * (k + 1)},{value}" for k, value in enumerate(values))
    out = table(tmp_path, text, label="y")
    assert out.class_names == names
    assert [out[k].y.item() for k in range(3)] == targets
    assert out[0].y.dtype == (torch.float if names is None else torch.long)


def test_salts_stay_whole_or_lose_their_counter_ions(tmp_path):
    text = "smiles\n[Na+].CC(=O)[O-]\nCCO.CCO\n[He]\n"
    whole = table(tmp_path, text)
    assert [whole[k].num_nodes for k in range(3)] == [5, 6, 1]
    stripped = table(tmp_path, text, standardisation=STRIPPED)
    assert stripped[0].smiles == "CC(=O)[O-]" and stripped[0].num_nodes == 4
    assert stripped[1].num_nodes == 3


def test_duplicates_share_a_group_and_conflicts_are_said(tmp_path, caplog):
    lines = ["smiles,y", "CCO,1", "OCC,0", *[f"{'C' * k},{k % 2}" for k in range(3, 23)]]
    with caplog.at_level(logging.WARNING):
        out = table(tmp_path, "\n".join(lines), label="y")
    assert out.canonical_smiles[0] == out.canonical_smiles[1] == "CCO"
    assert "1 molecules stand in the table with different labels" in caplog.text
    for seed in range(5):
        parts = PairDataset(out).split((0.5, 0.5), seed=seed, together=out.canonical_smiles)
        assert sum("CCO" in [g.smiles for g in part.graphs] for part in parts) == 1
        assert sum("OCC" in [g.smiles for g in part.graphs] for part in parts) == 1


@pytest.mark.parametrize("missing", ["", " ", "NA", "n/a", "NaN", "null", "<NA>"])
@pytest.mark.parametrize("values", [["0.5", "1.5"], ["1", "0"], ["a", "b"]])
def test_missing_labels_are_no_class_of_their_own(tmp_path, missing, values):
    text = f"smiles,y\nC,{values[0]}\nCC,{missing}\nCCC,{values[1]}\n"
    out = table(tmp_path, text, label="y")
    assert [row.line for row in out.rejected] == [3] and len(out) == 2
    assert "column 'y': no value" in out.rejected[0].reason
    assert out.class_names == (None if values[0] == "0.5" else sorted(values))


def test_a_word_among_measured_values_is_refused(tmp_path):
    text = "smiles,y\nC,0.5\nCC,>10\nCCC,1.5\nCCCC,inf\nCO,2\n"
    out = table(tmp_path, text, label="y")
    assert [row.line for row in out.rejected] == [3, 5]
    assert "'>10' is a bound, not a value" in out.rejected[0].reason
    assert "'inf' is not finite" in out.rejected[1].reason
    assert out.label_reason == "measured values (2 of 5 are numbers with a fraction)"


def test_a_class_for_every_molecule_is_doubted(tmp_path, caplog):
    rows = [f"{'C' * (k + 1)},{k},5" for k in range(30)]
    text = "\n".join(["smiles;y", *(row.replace(",", ";", 1) for row in rows)])
    out = table(tmp_path, text, label="y")
    assert not caplog.text and out.class_names is None and out[3].y == 3.5  # decimal commas
    table(tmp_path, text, label="y", label_kind="classes")
    assert "column 'y' makes 30 classes of 30 labels" in caplog.text


def test_equal_labels_written_otherwise_are_no_conflict(tmp_path, caplog):
    table(tmp_path, "smiles,y\nC,1\nC,1.0\nCC,0\n", label="y")
    assert "different labels" not in caplog.text


def test_a_row_with_a_stray_delimiter_or_quote_is_refused(tmp_path):
    text = 'smiles,name,y\nC,a,0\nCC,2,3-dimethyl,1\nCCC,b,0,,\nCCCC,"c" d,1\nCO,e,1\n'
    out = table(tmp_path, text, label="y")
    assert [row.line for row in out.rejected] == [3, 5]
    assert "4 cells under 3 columns" in out.rejected[0].reason
    assert "not a CSV row" in out.rejected[1].reason
    assert [graph.smiles for graph in out] == ["C", "CCC", "CO"]


def test_an_open_quote_does_not_swallow_the_table(tmp_path):
    with pytest.raises(ValueError, match="opened on line 3 or after is never closed"):
        table(tmp_path, 'smiles,y\nC,0\n"CC,1\nCCC,0\n', label="y")


def test_lines_are_counted_under_a_header_of_two_lines(tmp_path):
    out = table(tmp_path, '"my\nlabel",smiles\n1,C\n0,xx\n0,CC\n', label="my\nlabel")
    assert [row.line for row in out.rejected] == [4] and len(out) == 2


def test_the_delimiter_is_the_one_that_shows_the_columns(tmp_path):
    out = table(tmp_path, 'smiles;"a, b, c, d";y\nC;x;1\nCC;x;0\n', label="y")
    assert len(out) == 2


def test_a_table_that_is_not_utf8_is_read_and_said(tmp_path, caplog):
    out = table(tmp_path, "smiles,name\nC,Säure\n", "latin-1", name="name")
    assert out[0].name == "Säure" and "read as Windows-1252" in caplog.text


def test_the_organic_part_stays_though_the_counter_ion_is_larger(tmp_path):
    text = "smiles\nC[NH3+].[O-][Cr](=O)(=O)O[Cr](=O)(=O)[O-].C[NH3+]\n"
    assert table(tmp_path, text, standardisation=STRIPPED)[0].smiles == "C[NH3+]"


@pytest.mark.parametrize("smiles", ["OCC.Cl", "C(C)(F)O.[Na+].[Cl-]"])
def test_stripped_nodes_are_in_the_order_of_the_kept_smiles(tmp_path, smiles):
    data = table(tmp_path, f"smiles\n{smiles}\n", standardisation=STRIPPED)[0]
    again = OneHotMolecule()(molecule(data.smiles))
    assert torch.equal(data.x, again.x) and torch.equal(data.edge_index, again.edge_index)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("smiles,y,y\nC,1,2\n", "2 columns 'y': rename one"),
        ("", "is empty"),
        ("\n", "is empty"),
        ("smiles,y\n", "a header and no rows"),
        ("smile,y\nC,1\n", "name it as `smiles`, of smile, y"),
        ("smiles,z\nC,1\n", "no column 'y': it has smiles, z"),
        ("smiles,y\nC1CC,1\nxx,0\n", "2 rows refused"),
    ],
)
def test_unusable_files_are_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        table(tmp_path, text, label="y")


def test_missing_file_and_bad_option(tmp_path):
    with pytest.raises(FileNotFoundError, match="no table at"):
        MoleculeTable(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="invalid must be 'skip' or 'raise'"):
        table(tmp_path, "smiles\nC\n", invalid="ignore")


def test_short_rows_are_rows_without_a_value(tmp_path):
    out = table(tmp_path, "y,smiles\n1,CCO\n0\n0,CC\n", label="y")
    assert len(out) == 2 and out.rejected[0].line == 3


def test_the_user_says_what_the_label_is(tmp_path):
    text = "smiles,y\nC,1\nCC,100\nCCC,10\n"
    assert table(tmp_path, text, label="y", label_kind="classes").class_names == ["1", "10", "100"]
    measured = table(tmp_path, text, label="y", log=True)
    assert [graph.y.item() for graph in measured] == [0, 2, 1]
    assert measured.label_reason == "measured values (`log` is for measured values)"


def test_a_class_that_looks_like_nothing_is_named(tmp_path, caplog):
    table(tmp_path, "smiles,y\nC,active\nCC,?\nCCC,inactive\n", label="y")
    assert "'?' in column 'y' is taken for a class" in caplog.text


def test_classes_are_those_of_the_rows_that_are_left(tmp_path):
    out = table(tmp_path, "smiles,y\nC,a\nC1CC,b\nCC,c\n", label="y")
    assert out.class_names == ["a", "c"] and [graph.y.item() for graph in out] == [0, 1]


def test_any_column_can_be_asked_for(tmp_path):
    out = table(tmp_path, "smiles,year,y\nC,2020,a\nC1CC,2021,b\nCC,2022,c\n")
    assert out.cells("year") == ["2020", "2022"] and out.lines == [2, 4]
    assert out.columns == ["smiles", "year", "y"]
    with pytest.raises(ValueError, match="no column 'month': the table has smiles, year, y"):
        out.cells("month")


@pytest.mark.parametrize("smiles", ["smiles", None])
def test_the_column_of_the_smiles_is_no_label(tmp_path, smiles):
    path = tmp_path / "m.csv"
    path.write_text("smiles,y\nCCO,1\nCCN,0\n")
    with pytest.raises(ValueError, match="`label` is 'smiles', the column of the SMILES"):
        MoleculeTable(path, smiles, "smiles")
