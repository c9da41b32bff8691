"""Excel and Parquet."""

import re
import time
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from openpyxl.chart import BarChart
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


def workbook(path, *sheets, hidden=False):
    """Sheets of rows of cells, the first hidden or not."""
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if not number else book.create_sheet()
        sheet.title = f"S{number}"
        for row in rows:
            sheet.append(row)
    book.worksheets[0].sheet_state = "hidden" if hidden else "visible"
    book.save(path)
    return book


def test_sheets_of_charts_are_passed_over_and_empty_ones_named(tmp_path):
    path = tmp_path / "a.xlsx"
    book = workbook(path, TABLE)
    sheet = book.create_chartsheet("chart", 0)
    book.save(path)
    with pytest.raises(ValueError, match="a sheet for a chart, and no chart in it: delete that"):
        read_excel_rows(path, [])
    sheet.add_chart(BarChart())
    book.save(path)
    assert [row.cells["smiles"] for row in read_excel_rows(path, ["smiles"])] == ["CCO", "CC"]
    del book["S0"]
    book.save(path)
    with pytest.raises(ValueError, match="it has no sheet of cells, charts alone"):
        read_excel_rows(path, [])


TABLE = [["smiles", "y"], ["CCO", 1], ["CC", 2]]


@pytest.mark.parametrize(
    ("sheets", "columns", "message"),
    [
        ([[], TABLE], ["smiles"], r"sheet 'S0' of .*a\.xlsx, which is read, has nothing in its f"),
        ([[[], *TABLE]], [], r"a\.xlsx has nothing in its first row: the first row of the first"),
        (
            [[["My assay", None, None], ["smiles", "y", "z"], ["CCO", 1, 2]]],
            ["smiles"],
            r"has 3 columns, and its first row holds My assay: the first row of the first sheet",
        ),
        ([TABLE], ["z"], r"a\.xlsx has no column 'z': it has smiles, y$"),
    ],
    ids=["empty sheet", "empty row", "title", "column"],
)
def test_a_sheet_whose_first_row_names_no_columns_is_told(tmp_path, sheets, columns, message):
    workbook(tmp_path / "a.xlsx", *sheets)
    with pytest.raises(ValueError, match=message):
        read_excel_rows(tmp_path / "a.xlsx", columns)


def test_a_hidden_sheet_is_read_and_said(tmp_path, caplog):
    workbook(tmp_path / "a.xlsx", TABLE, TABLE, hidden=True)
    assert len(read_excel_rows(tmp_path / "a.xlsx", ["smiles"])) == 2
    assert "2 sheets: 'S0', which is hidden, is read" in caplog.text


@pytest.mark.parametrize("row", [1, 3])
def test_a_stray_cell_far_to_the_right_costs_little(tmp_path, row):
    book = workbook(tmp_path / "a.xlsx", TABLE)
    book.active.cell(row, 10_000, "stray")
    book.save(tmp_path / "a.xlsx")
    start = time.process_time()
    rows = read_excel_rows(tmp_path / "a.xlsx", ["smiles"])
    assert time.process_time() - start < 8  # many times as long where columns are taken out singly
    assert [list(row.cells.values())[:2] for row in rows] == [["CCO", "1"], ["CC", "2"]]
    assert all(len(row.cells) == 3 for row in rows)


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


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9, 0.97])
def test_damage_of_parquet_is_told_without_words_of_its_reader(tmp_path, place):
    path = tmp_path / "a.parquet"
    FRAME.to_parquet(path)
    content = bytearray(path.read_bytes())
    start = int(place * len(content))
    content[start : start + 40] = b"\xff" * len(content[start : start + 40])
    path.write_bytes(content[:-8] + path.read_bytes()[-8:])
    for read in (read_parquet_rows, lambda *given: list(stream_parquet_rows(*given))):
        try:
            read(path, [] if read is read_parquet_rows else lambda names, where: names)
        except ValueError as error:
            assert not re.search("thrift|codec|TProtocol", str(error))


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
@pytest.mark.parametrize("part", range(8))
def test_one_changed_bit_is_told_as_damage_with_the_way_out(tmp_path, part, ending):
    path = tmp_path / f"a.{ending}"
    FRAME.to_parquet(path) if ending == "parquet" else FRAME.to_excel(path, index=False)
    content = path.read_bytes()
    reads = [read_parquet_rows, lambda path, _: list(stream_parquet_rows(path, lambda n, w: n))]
    for place in range(part, len(content), len(content) // 8):
        changed = bytearray(content)
        changed[place] ^= 1 << part
        path.write_bytes(changed)
        for read in reads if ending == "parquet" else [read_excel_rows]:
            try:
                read(path, [])
            except ValueError as error:
                assert re.search("damaged.*write it again|has no column|must be text", str(error))


def test_archives_that_are_no_workbooks_are_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("table.csv", "smiles\nC\n")
    with pytest.raises(ValueError, match=r"a.xlsx is a ZIP archive of table\.csv: unpack it"):
        read_excel_rows(tmp_path / "a.xlsx", [])


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


def test_whole_numbers_of_parquet_are_whole_beside_gaps(tmp_path):
    path = tmp_path / "a.parquet"
    numbers = [2**53 + 1, None, 7]
    pq.write_table(pa.table({"smiles": ["C", "CC", "CCC"], "id": pa.array(numbers)}), path)
    found = [row.cells["id"] for row in read_parquet_rows(path, ["id"])]
    streamed = [row.cells["id"] for row in stream_parquet_rows(path, lambda names, where: ["id"])]
    assert found == streamed == [str(2**53 + 1), "", "7"]


@pytest.mark.parametrize("index", [["name"], ["name", "y"], ["smiles"]], ids=" and ".join)
def test_the_index_of_pandas_is_read_as_columns(tmp_path, index):
    path = tmp_path / "a.parquet"
    frame = pd.DataFrame({"smiles": ["CC", "CN"], "name": ["a", "b"], "y": [1, 2]})
    frame.to_parquet(path)
    plain = [row.cells for row in read_parquet_rows(path, ["name"])]
    frame.set_index(index).to_parquet(path)
    assert [row.cells for row in read_parquet_rows(path, ["smiles", "name", "y"])] == plain
    frame.iloc[[1, 0]].to_parquet(path)  # an index without a name
    assert [row.cells for row in read_parquet_rows(path, [])] == plain[::-1]


def test_an_index_without_a_name_is_no_column_to_choose(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"left": ["CC", "CN"], "right": ["C", "N"]}).iloc[[1, 0]].to_parquet(path)
    rows = list(stream_parquet_rows(path, lambda names, where: names))
    assert rows[0].cells == {"left": "CN", "right": "N"}
