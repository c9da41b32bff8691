"""Excel and Parquet."""

import zipfile

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from pyg_siamex.datasets.sheet_rows import read_excel_rows, read_parquet_rows, stream_parquet_rows

FRAME = pd.DataFrame({"smiles": ["CCO", None, "CC"], "n": [1, None, 3], "y": [0.1, None, 1e-7]})


@pytest.mark.parametrize(
    ("ending", "read", "lines"),
    [(".xlsx", read_excel_rows, [2, 4]), (".parquet", read_parquet_rows, [1, 3])],
)
def test_cells_are_text_and_empty_rows_are_left_out(tmp_path, ending, read, lines):
    path = tmp_path / f"a{ending}"
    (FRAME.to_excel(path, index=False) if ending == ".xlsx" else FRAME.to_parquet(path))
    rows = read(path, ["smiles"])
    assert [row.line for row in rows] == lines
    assert rows[0].cells["smiles"] == "CCO" and float(rows[0].cells["n"]) == 1
    assert [float(row.cells["y"]) for row in rows] == [0.1, 1e-7]


def test_the_first_sheet_is_read_and_said(tmp_path, caplog):
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path) as book:
        FRAME.to_excel(book, sheet_name="assay", index=False)
        FRAME.to_excel(book, sheet_name="notes", index=False)
    assert len(read_excel_rows(path, [])) == 2
    assert "2 sheets: 'assay' is read" in caplog.text


def test_words_for_nothing_stay_words(tmp_path):
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"smiles": ["C", "CC"], "y": ["NA", "None"]}).to_excel(path, index=False)
    assert [row.cells["y"] for row in read_excel_rows(path, [])] == ["NA", "None"]


@pytest.mark.parametrize("read", [read_excel_rows, read_parquet_rows])
def test_what_cannot_be_read_is_named(tmp_path, read):
    path = tmp_path / "a.bin"
    path.write_bytes(b"PK\x03\x04 rubbish")
    with pytest.raises(ValueError, match="cannot be read as"):
        read(path, [])
    with pytest.raises(FileNotFoundError, match="no table at"):
        read(tmp_path / "none", [])


def test_workbooks_and_tables_that_unfold_are_refused_before_they_do(tmp_path):
    path = tmp_path / "a.xlsx"
    FRAME.to_excel(path, index=False)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", bytes(2**27))
    with pytest.raises(ValueError, match=r"a.xlsx is .* and unfolds to"):
        read_excel_rows(path, [])
    path = tmp_path / "a.parquet"
    pd.DataFrame({"smiles": ["C"]}).loc[[0] * 10_000_000].to_parquet(path, index=False)
    with pytest.raises(ValueError, match=r"a.parquet is .* and unfolds to"):
        read_parquet_rows(path, [])


def test_parquet_is_streamed_row_by_row(tmp_path):
    path = tmp_path / "a.parquet"
    FRAME.to_parquet(path)
    rows = list(stream_parquet_rows(path, lambda names, where: names[:2]))
    assert [row.line for row in rows] == [1, 2, 3]
    assert [row.cells["smiles"] for row in rows] == ["CCO", "", "CC"]
    assert set(rows[0].cells) == {"smiles", "n"}
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(ValueError, match="cannot be read as Parquet"):
        list(stream_parquet_rows(path, lambda names, where: names))


def test_parquet_columns_are_of_text_or_numbers_and_each_once(tmp_path):
    path = tmp_path / "a.parquet"
    write = {
        "twice": pa.table([pa.array(["C"]), pa.array(["CC"])], names=["smiles", "smiles"]),
        "lists": pa.table({"smiles": pa.array([["C"]])}),
        "structs": pa.table({"smiles": pa.array([{"a": "C"}])}),
    }
    for name, message in {
        "twice": "has 2 columns 'smiles': rename one",
        "lists": "cells of column 'smiles' must be text or numbers, and are list<",
        "structs": "cells of column 'smiles' must be text or numbers, and are struct<",
    }.items():
        pq.write_table(write[name], path)
        with pytest.raises(ValueError, match=message):
            read_parquet_rows(path, ["smiles"])
        with pytest.raises(ValueError, match=message):
            next(stream_parquet_rows(path, lambda names, where: ["smiles"]))


def test_text_that_its_writer_called_bytes_is_text(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"smiles": pa.array([b"CCO", "é".encode(), b"\xff"])}), path)
    cells = [row.cells["smiles"] for row in read_parquet_rows(path, ["smiles"])]
    assert cells == ["CCO", "é", r"\xff"]


def test_names_of_files_may_be_no_utf_8(tmp_path):
    FRAME.to_parquet(tmp_path / "a.parquet")
    path = (tmp_path / "a.parquet").rename(tmp_path / "\udcff.parquet")
    assert len(read_parquet_rows(path, ["smiles"])) == 2
    assert len(list(stream_parquet_rows(path, lambda names, file: names))) == 3
