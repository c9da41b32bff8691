import logging

import pytest
import torch

from pyg_siamex import PairDataset
from pyg_siamex.chemistry import Standardisation
from pyg_siamex.datasets import MoleculeTable, OneHotMolecule, molecule


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
    assert "no value in column 'act'" in out.rejected[2].reason
    assert "3 rows refused" in caplog.text and "line 3: 'C1CC'" in caplog.text
    assert [out[k].smiles for k in range(len(out))] == ["CCO", "CCN", "CCCC"]
    assert out[1].name == "two\nlines"
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
        (["1", "0", "10"], ["0", "1", "10"], [1, 0, 2]),
        (["1.0", "0", "1"], ["0", "1"], [1, 0, 1]),
        (["b", "a", "b"], ["a", "b"], [1, 0, 1]),
        (["0.5", "-1", "2"], None, [0.5, -1, 2]),
        (["1", "inf", "1"], ["1", "inf"], [0, 1, 0]),
        (["1", "2", "0.5 or so"], ["0.5 or so", "1", "2"], [1, 2, 0]),
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
    stripped = table(tmp_path, text, standardisation=Standardisation(largest_fragment=True))
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
    assert "no value in column 'y'" in out.rejected[0].reason
    assert out.class_names == (None if values[0] == "0.5" else sorted(values))


def test_a_word_among_measured_values_is_refused(tmp_path):
    text = "smiles,y\nC,0.5\nCC,>10\nCCC,1.5\nCCCC,inf\nCO,2\n"
    out = table(tmp_path, text, label="y")
    assert [row.line for row in out.rejected] == [3, 5]
    assert "'>10' in column 'y' is not a number" in out.rejected[0].reason


def test_a_class_for_every_molecule_is_doubted(tmp_path, caplog):
    rows = [f"{'C' * (k + 1)},{k},5" for k in range(30)]
    table(tmp_path, "\n".join(["smiles;y", *(row.replace(",", ";", 1) for row in rows)]), label="y")
    assert "column 'y' makes 30 classes of 30 molecules" in caplog.text


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


def test_a_table_that_is_not_utf8_is_named(tmp_path):
    with pytest.raises(ValueError, match="is not UTF-8"):
        table(tmp_path, "smiles,name\nC,Säure\n", "latin-1")


def test_the_organic_part_stays_though_the_counter_ion_is_larger(tmp_path):
    text = "smiles\nC[NH3+].[O-][Cr](=O)(=O)O[Cr](=O)(=O)[O-].C[NH3+]\n"
    assert (
        table(tmp_path, text, standardisation=Standardisation(largest_fragment=True))[0].smiles
        == "C[NH3+]"
    )


@pytest.mark.parametrize("smiles", ["OCC.Cl", "C(C)(F)O.[Na+].[Cl-]"])
def test_stripped_nodes_are_in_the_order_of_the_kept_smiles(tmp_path, smiles):
    data = table(
        tmp_path, f"smiles\n{smiles}\n", standardisation=Standardisation(largest_fragment=True)
    )[0]
    again = OneHotMolecule()(molecule(data.smiles))
    assert torch.equal(data.x, again.x) and torch.equal(data.edge_index, again.edge_index)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("smiles,y,y\nC,1,2\n", "2 columns 'y': rename one"),
        ("", "is empty"),
        ("\n", "is empty"),
        ("smiles,y\n", "a header and no rows"),
        ("smile,y\nC,1\n", "no column 'smiles': it has smile, y"),
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
