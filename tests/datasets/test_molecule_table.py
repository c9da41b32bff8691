import logging

import pytest
import torch

from pyg_siamex import PairDataset
from pyg_siamex.datasets import MoleculeTable


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
        (["1", "n/a", "1"], ["1", "n/a"], [0, 1, 0]),
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
    stripped = table(tmp_path, text, largest_fragment=True)
    assert stripped[0].smiles == "CC(=O)[O-]" and stripped[0].num_nodes == 4
    assert stripped[1].num_nodes == 3


def test_duplicates_share_a_group_and_conflicts_are_said(tmp_path, caplog):
    lines = ["smiles,y", "CCO,1", "OCC,0", *[f"{'C' * k},{k % 2}" for k in range(3, 23)]]
    with caplog.at_level(logging.WARNING):
        out = table(tmp_path, "\n".join(lines), label="y")
    assert out.groups[0] == out.groups[1] == "CCO"
    assert "1 molecules stand in the table with different labels" in caplog.text
    for seed in range(5):
        parts = PairDataset(out).split((0.5, 0.5), seed=seed, groups=out.groups)
        assert sum("CCO" in [g.smiles for g in part.graphs] for part in parts) == 1
        assert sum("OCC" in [g.smiles for g in part.graphs] for part in parts) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
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
