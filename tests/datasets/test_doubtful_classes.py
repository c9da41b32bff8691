"""Labels and names that are doubtful are told alike, wherever they are read."""

import numpy as np
import pandas as pd
import pytest

from pyg_siamex.datasets import MoleculeTable, TableRows
from pyg_siamex.datasets.connectome import read_folder, read_npz
from pyg_siamex.datasets.doubtful_classes import words_among_numbers

SIZE = 8


def _molecules(folder, cells):
    path = folder / "t.csv"
    smiles = ["C" * (k + 1) for k in range(SIZE)]
    path.write_text(
        "smiles,y\n" + "".join(f"{s},{c}\n" for s, c in zip(smiles, cells, strict=True))
    )
    return MoleculeTable(path, label="y")


def _rows(folder, cells):
    return TableRows(pd.DataFrame({"a": range(SIZE), "y": cells}), label="y")


def _folder(folder, cells):
    for k in range(SIZE):
        np.savetxt(folder / f"s{k}.csv", np.eye(3), delimiter=",")
    table = pd.DataFrame({"subject": [f"s{k}" for k in range(SIZE)], "y": cells})
    table.to_csv(folder / "labels.csv", index=False)
    return read_folder(folder, folder / "labels.csv", label="y")


def _npz(folder, cells):
    np.savez(folder / "t.npz", r=np.zeros((SIZE, 3, 3)), y=np.array(cells))
    return read_npz(folder / "t.npz", "r", "y")


READERS = {"molecules": _molecules, "rows": _rows, "folder": _folder, "npz": _npz}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ("TRUE", "'TRUE' in "),
        ("'3", "''3' in "),
        ("#DIV/0!", "'#DIV/0!' in "),
        ("1", ""),
    ],
)
def test_a_word_among_numbers_is_told(tmp_path, caplog, read, odd, told):
    found = READERS[read](tmp_path, [odd, "1", "0", "1", "0", "1", "0", "0"])
    assert len(found.class_names) == 3 - (not told)
    assert told in caplog.text and bool(told) == ("is taken for a class" in caplog.text)


@pytest.mark.parametrize("read", READERS)
def test_a_class_of_each_is_told(tmp_path, caplog, read):
    READERS[read](tmp_path, [f"c{k}" for k in range(SIZE)])
    assert f"makes {SIZE} classes of {SIZE} labels, such as 'c0': is it a label?" in caplog.text
    caplog.clear()
    READERS[read](tmp_path, ["a", "b"] * (SIZE // 2))
    assert not caplog.text


def test_names_are_no_labels(tmp_path, caplog):
    TableRows(pd.DataFrame({"a": range(SIZE), "y": list("abcdefgh")}), label="y", name="y")
    assert "is it a label?" in caplog.text
    _folder(tmp_path, ["a", "b"] * (SIZE // 2))
    with pytest.raises(ValueError, match="`label` and `subject` are both 'subject'"):
        read_folder(tmp_path, tmp_path / "labels.csv", label="subject")


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["", "b", "", "d"], "has no name in 2 of 4 entries, such as entry 1"),
        (["a", "b", "a", "a"], "has 1 names more than once, such as 'a', 3 times"),
        (["a", "b", "c", "d"], ""),
    ],
)
@pytest.mark.parametrize("what", ["rows", "npz"])
def test_names_that_tell_nothing_apart_are_told(tmp_path, caplog, what, names, told):
    if what == "rows":
        TableRows(pd.DataFrame({"a": range(4), "id": names}), name="id")
    else:
        np.savez(tmp_path / "t.npz", r=np.zeros((4, 3, 3)), id=np.array(names))
        read_npz(tmp_path / "t.npz", "r", names="id")
    assert told in caplog.text and bool(told) == bool(caplog.text)


def test_words_are_told_where_most_classes_are_numbers():
    assert words_among_numbers(["0", "1", "TRUE", "?"]) == []
    assert words_among_numbers(["0", "1", "2", "TRUE", "?"]) == ["TRUE"]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("code", ["-9999", "-9", "999"])
def test_a_code_among_words_is_told(tmp_path, caplog, read, code):
    found = READERS[read](tmp_path, [code, "a", "b", "a", "b", "a", "b", "b"])
    assert len(found.class_names) == 3
    assert f"'{code}' in " in caplog.text and "is taken for a class" in caplog.text


@pytest.mark.parametrize("read", READERS)
def test_other_numbers_among_words_are_classes(tmp_path, caplog, read):
    READERS[read](tmp_path, ["7", "a", "b", "a", "b", "a", "b", "b"])
    assert not caplog.text


@pytest.mark.parametrize("read", [_molecules, _rows])
@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["1", "0", "True", "False"] * 2, "'1' and 'True'"),
        (["yes", "no", "Y", "no"] * 2, "'Y' and 'yes'"),
        (["yes", "no"] * 4, ""),
        (["yes", "no", "y", "maybe"] * 2, ""),
    ],
    ids=["numbers and truths", "yes and y", "plain", "other classes"],
)
def test_truths_that_are_written_in_two_ways_are_told(read, cells, told, tmp_path, caplog):
    read(tmp_path, cells)
    assert (told in caplog.text) if told else "two classes" not in caplog.text
