"""Rows of a table as a user wrote them."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.datasets import MoleculeRows, MoleculeTable, TableRows
from pyg_siamex.datasets.connectome.atlas_table import read_atlas_table
from pyg_siamex.datasets.connectome.subject_rows import SubjectTable
from pyg_siamex.datasets.csv_rows import columns_of, read_rows, stream_rows
from pyg_siamex.recipe.connectomes.matrix_source import label_columns

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), max_size=6
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("tables") / "table.csv"


@given(
    st.lists(st.tuples(WORDS, WORDS.filter(str.strip)), min_size=1, max_size=4),
    st.sampled_from(",;\t|:"),
    st.booleans(),
)
@settings(deadline=None)
def test_what_a_csv_writer_wrote_is_read_back(path, cells, delimiter, marked):
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([["name", "value"], *cells])
    path.write_text("\ufeff" * marked + text.getvalue(), encoding="utf-8", newline="")
    rows = read_rows(path, ["name", "value"])
    found = [(row.cells["name"], row.cells["value"]) for row in rows]
    assert found == [(name.strip(), value.strip()) for name, value in cells]
    assert not any(row.problem for row in rows)


def test_lines_are_counted_over_blank_rows_and_cells_of_several_lines(path):
    path.write_text('name,value\n\n"a\nb",1\nc\nd,2,extra\n')
    rows = read_rows(path, ["name"])
    assert [row.line for row in rows] == [3, 5, 6]
    assert rows[1].cells == {"name": "c", "value": ""}
    assert rows[2].problem == "3 cells under 2 columns: quote the text"


def test_the_delimiter_is_the_one_that_gives_the_columns(path):
    path.write_text("name;remark, if any;value\na;x, y;1\n")
    assert read_rows(path, ["value"])[0].cells["remark, if any"] == "x, y"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"a,b\n1,2\n", "has no column 'name': it has a, b"),
        (b"name,name\n1,2\n", "has 2 columns 'name': rename one"),
        (b"name\n\0\n", "is not text"),
        (b'name\n"open\n', "opened on line 2 or after is never closed"),
    ],
)
def test_what_cannot_be_read_is_named(path, text, message):
    path.write_bytes(text)
    with pytest.raises(ValueError, match=message):
        read_rows(path, ["name"])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no table at"):
        read_rows(tmp_path / "none.csv", [])


def test_blanks_separate_where_nothing_else_does(path):
    path.write_text("name value\na 1\nb   2\n")
    assert [row.cells for row in read_rows(path, ["value"])] == [
        {"name": "a", "value": "1"},
        {"name": "b", "value": "2"},
    ]
    path.write_text("the only column\na b c\n")
    assert read_rows(path, ["the only column"])[0].cells == {"the only column": "a b c"}


def test_a_stream_has_the_same_rows(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('smiles;y\nCC;1\n\n"C;C";2\nC;1;1\n')
    assert list(stream_rows(path, ["y"])) == read_rows(path, ["y"])
    with pytest.raises(ValueError, match="has no column 'z'"):
        list(stream_rows(path, ["z"]))
    path.write_text('smiles;y\nCC;1\n"C;1\n')
    rows = stream_rows(path)
    assert next(rows).line == 2
    with pytest.raises(ValueError, match="never closed"):
        next(rows)


def test_a_stream_that_ends_early_is_named(tmp_path):
    import gzip

    path = tmp_path / "table.csv.gz"
    content = gzip.compress(b"smiles,y\n" + b"CC,1\n" * 100, mtime=0)
    path.write_bytes(content[:-12])
    with pytest.raises(ValueError, match="damaged"):
        list(stream_rows(path))


READ = {
    "smiles": (["SMILES", "SMILES", "note"], MoleculeTable),
    "name": (["smiles", "name", "name"], MoleculeRows),
    "label": (["smiles", "y", "y"], lambda path: MoleculeTable(path, label="y")),
    "place": (["name", "x", "x"], read_atlas_table),
    "group": (["subject", "group", "group"], lambda path: label_columns(path, None, "group")),
    "subject": (["subject", "subject", "group"], lambda path: label_columns(path, None, None)),
    "feature": (["a", "a", "b"], TableRows.from_csv),
}


@pytest.mark.parametrize("what", READ)
def test_a_column_that_is_used_is_there_once(tmp_path, what):
    header, read = READ[what]
    path = tmp_path / "t.csv"
    path.write_text(f"{','.join(header)}\nCCO,1,2\nCCN,3,4\n")
    with pytest.raises(ValueError, match=r"has 2 columns '(SMILES|name|y|x|group|subject|a)'"):
        read(path)


@pytest.mark.parametrize("what", ["smiles", "name", "label"])
def test_workbooks_have_a_column_once_too(tmp_path, what):
    header, read = READ[what]
    path = tmp_path / "t.xlsx"
    pd.DataFrame([["CCO", "1", "2"], ["CCN", "3", "4"]], columns=header).to_excel(path, index=False)
    with pytest.raises(ValueError, match=r"has 2 columns '(SMILES|name|y)'"):
        read(path)


def test_a_column_that_is_not_used_may_be_there_twice(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("smiles,note,note,,\nCCO,1,2,,\n")
    assert len(MoleculeTable(path)) == 1


def test_a_cell_that_is_too_long_is_told_in_plain_words(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"a,b\n1,{'x' * 200_000}\n2,y\n")
    rows = read_rows(path, ["a"])
    assert [row.problem for row in rows] == [
        "not a CSV row: a cell has more than 131,072 letters",
        "",
    ]


SHORT = "4 cells under 5 columns: write the delimiters of empty cells too"
FULL = [["a", "CCO", "OH", "1.5", "1990"], ["b", "CCN", "no", "2.5", "1991"]] * 3


@pytest.mark.parametrize("lost", range(5))
@pytest.mark.parametrize("read", [read_rows, lambda path, columns: list(stream_rows(path))])
def test_a_row_that_lost_a_cell_has_a_problem(path, read, lost):
    rows = [*FULL, [cell for k, cell in enumerate(FULL[0]) if k != lost], *FULL]
    path.write_text("\n".join(map(",".join, [["name", "smiles", "group", "y", "year"], *rows])))
    assert [row.problem for row in read(path, [])] == [""] * 6 + [SHORT] + [""] * 6
    assert len(MoleculeTable(path, label="group", name="name").rejected) == 1


@pytest.mark.parametrize(
    "body",
    [
        "a,1,x\nb,2,\nc,3\nd,4,y\n",  # as Excel leaves out what is empty in a block of rows
        "a,1,x\nb,2\nc,3\nd,4\n",
        "a,1\nb,2\n",
        "a,1,x\n   \nb,2,y\nc,3,z\n",
    ],
)
def test_rows_may_lack_what_is_empty_in_others_too(path, body):
    path.write_text(f"name,value,note\n{body}")
    assert not any(row.problem for row in read_rows(path, []))


SHORT_TABLES = {
    "molecules": ("smiles,y\n", "CCO,{}\n", "CCO\n", MoleculeTable),
    "rows": ("a,b\n", "1,{}\n", "1\n", TableRows.from_csv),
    "atlas": ("name,network\n", "r{},n\n", "r\n", read_atlas_table),
    "labels": (
        "subject,group\n",
        "s{},n\n",
        "s\n",
        lambda path: SubjectTable.read(path, [], "subject"),
    ),
}


@pytest.mark.parametrize("kind", SHORT_TABLES)
def test_every_table_names_its_short_rows(tmp_path, caplog, kind):
    header, row, short, read = SHORT_TABLES[kind]
    path = tmp_path / "t.csv"
    path.write_text(header + row.format(1) + row.format(2) + short + row.format(3))
    try:
        read(path)
        told = caplog.text
    except ValueError as error:
        told = str(error)
    assert "line 4" in told and "1 cells under 2 columns" in told


def test_header_fields_without_a_name_may_be_lacking(path):
    path.write_text("name,value,\na,1,\nb,2,x\nc,3\n")
    assert not any(row.problem for row in read_rows(path, []))


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("# made by a tool\nquery,reference\nCCO,CCN\n", [], [3]),
        ("# a\n# made by a tool, of 2 words\nquery,reference\nCCO,CCN\nC\n,C\n", [], [4, 5, 6]),
        ("# left, right\nquery,reference\nCCO,CCN\n", ["query"], [3]),
        ("#query,reference\nCCO,CCN\n", [], [2]),
        ("#query reference\nCCO CCN\n", [], [2]),
        ("# query\nCCO\n", [], [2]),
    ],
)
def test_comments_stand_above_the_header_and_headers_may_begin_as_they_do(
    path, text, columns, lines
):
    path.write_text(text)
    rows = read_rows(path, columns)
    assert [row.line for row in rows] == lines and not rows[0].problem
    assert next(iter(rows[0].cells.values())) == "CCO" and list(stream_rows(path, columns)) == rows


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;", "\ufeffsep=;"])
@pytest.mark.parametrize("comment", ["", "# made by a tool\n"])
def test_a_line_that_names_the_delimiter_to_excel_is_passed_over(path, line, comment):
    path.write_text(f"{line}\n{comment}name;value\na;1,5\nb;2;3\n", encoding="utf-8")
    first, second = read_rows(path, ["name"])
    assert first.cells == {"name": "a", "value": "1,5"} and second.problem
    assert first.line == 3 + bool(comment)
    assert list(stream_rows(path, ["name"])) == [first, second]
    path.write_text("sep=\t\nname\tvalue\na\t1\n", encoding="utf-8")
    assert read_rows(path, [])[0].cells == {"name": "a", "value": "1"}


@pytest.mark.parametrize("header", ["sep=length;name", "sep", "sep=", "separator=;x"])
def test_a_column_may_be_called_so(path, header):
    path.write_text(f"{header}\n1;2\n")
    assert columns_of(read_rows(path, []))[0].startswith("sep")


@pytest.mark.parametrize("above", ["\n", "\r\n\r\n", "   \n", "# made by\n\n", "\nsep=,\n"])
def test_blank_lines_above_the_header_are_passed_over(path, above):
    path.write_text(f"{above}smiles,group\nCCO,a\n\nCCN,b\n", newline="")
    rows = read_rows(path, ["smiles"])
    lines = above.count("\n")
    assert [(row.line, row.cells["group"]) for row in rows] == [(lines + 2, "a"), (lines + 4, "b")]


@pytest.mark.parametrize("text", ["", "\n", " \n\n"])
def test_blank_lines_alone_are_an_empty_table(path, text):
    path.write_text(text)
    with pytest.raises(ValueError, match="is empty"):
        read_rows(path, ["smiles"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"smiles": "CCO", "y": 1}]', "holds JSON, which is no table"),
        ('a,"b "c,d\n1,2,3\n', "header of .* letters stand behind a quotation mark that ends"),
    ],
    ids=["json", "quotes"],
)
def test_a_header_that_is_none_is_told_in_words(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_rows(path, ())
