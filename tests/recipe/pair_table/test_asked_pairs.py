"""Pairs of any table, one by one."""

import gzip

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

from pyg_siamex.recipe import PairColumns
from pyg_siamex.recipe.pair_table.asked_pairs import AskedPair, asked_pairs, counted

PAIRS = [("CCO", "CCN"), ("a, b", 'c "d"'), ("Säure", "7")]
FRAME = pd.DataFrame(PAIRS, columns=["query", "reference"])


def write(path, frame=FRAME):
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        text = frame.to_csv(index=False, sep="\t" if path.suffix == ".tsv" else ";")
        content = text.encode("utf-16" if path.suffix == ".txt" else "utf-8")
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    return path


@pytest.mark.parametrize("name", ["p.csv", "p.tsv", "p.txt", "p.csv.gz", "p.parquet", "p.xlsx"])
def test_every_kind_of_table_gives_the_same_pairs(tmp_path, name):
    found = asked_pairs(write(tmp_path / name), PairColumns())
    first = 1 if name == "p.parquet" else 2  # the header of others is line 1
    wanted = [AskedPair(k, *pair, line=k + first) for k, pair in enumerate(PAIRS)]
    assert list(found) == wanted
    assert list(found) == wanted, "it can be read again"
    assert counted(found) == counted(asked_pairs(FRAME, PairColumns()))
    assert counted(found) == counted(asked_pairs(PAIRS, PairColumns()))
    assert counted(found) == counted(asked_pairs(pa.Table.from_pandas(FRAME), PairColumns()))


def test_order_and_content_are_in_the_fingerprint():
    same = counted(asked_pairs(PAIRS, PairColumns()))
    assert same != counted(asked_pairs(PAIRS[::-1], PairColumns()))
    assert same != counted(asked_pairs([(b, a) for a, b in PAIRS], PairColumns()))


def test_broken_rows_keep_their_place(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("query,reference\nCCO,CCN\n,CCN\nCCO\n\nCCO,CC,C\nC,N\n")
    found = list(asked_pairs(path, PairColumns()))
    assert [pair.row for pair in found] == [0, 1, 2, 3, 4]
    problems = [pair.problem for pair in found]
    assert problems[0] == problems[4] == ""
    assert problems[1] == "no query" and problems[2].startswith("1 cells under 2 columns")
    assert problems[3] == "3 cells under 2 columns: quote the text"
    assert [pair.place for pair in found] == [f"line {k}: " for k in (2, 3, 4, 6, 7)]


def test_missing_values_and_numbers_of_frames():
    frame = pd.DataFrame({"query": [1, 2], "reference": ["x", None]})
    found = list(asked_pairs(frame, PairColumns()))
    assert found == [AskedPair(0, "1", "x"), AskedPair(1, "2", "", "no reference")]


def test_what_cannot_be_read_is_said_before_any_work(tmp_path):
    with pytest.raises(FileNotFoundError, match="no table of pairs at"):
        counted(asked_pairs(tmp_path / "none.csv", PairColumns()))
    (tmp_path / "e.csv").write_text("query,reference\n")
    with pytest.raises(ValueError, match="no rows"):
        counted(asked_pairs(tmp_path / "e.csv", PairColumns()))
    (tmp_path / "b.parquet").write_bytes(b"PAR1 is all")
    with pytest.raises(ValueError, match="cannot be read as Parquet"):
        counted(asked_pairs(tmp_path / "b.parquet", PairColumns()))
    (tmp_path / "q.csv").write_text('query,reference\n"CCO,CC\n')
    with pytest.raises(ValueError, match="never closed"):
        counted(asked_pairs(tmp_path / "q.csv", PairColumns()))


def test_a_long_table_is_never_held(tmp_path, monkeypatch):
    path = tmp_path / "p.csv"
    path.write_text("query,reference\n" + "CCO,CCN\n" * 1000)
    first = next(iter(asked_pairs(path, PairColumns())))
    assert first[:3] == (0, "CCO", "CCN")
    monkeypatch.setattr("pathlib.Path.read_bytes", None)  # reading all of it would fail
    assert counted(asked_pairs(path, PairColumns()))[0] == 1000


@pytest.mark.parametrize(
    "given", [torch.device("cpu"), object(), 3, None], ids=lambda one: type(one).__name__
)
def test_what_is_no_list_of_pairs_is_named(given):
    with pytest.raises(TypeError, match="`pairs` must be a file, a table or a list of pairs"):
        asked_pairs(given, PairColumns())


TWICE = pd.DataFrame([("CCO", "CCN", "C")], columns=["query", "query", "reference"])


@pytest.mark.parametrize("columns", [PairColumns(), PairColumns("query", "reference")])
@pytest.mark.parametrize("name", ["p.csv", "p.tsv", "p.xlsx", "frame"])
def test_a_column_that_is_there_twice_is_refused(tmp_path, name, columns):
    with pytest.raises(ValueError, match=r"has 2 columns 'query': rename one"):
        list(asked_pairs(TWICE if name == "frame" else write(tmp_path / name, TWICE), columns))


@pytest.mark.parametrize("name", ["p.csv", "p.xlsx", "frame"])
def test_another_column_may_be_there_twice(tmp_path, name):
    frame = TWICE.set_axis(["note", "note", "reference"], axis=1).assign(query="CCO")
    pairs = frame if name == "frame" else write(tmp_path / name, frame)
    assert [pair.query for pair in asked_pairs(pairs, PairColumns())] == ["CCO"]


@pytest.mark.parametrize(
    "given",
    [iter(PAIRS), zip(*map(list, zip(*PAIRS, strict=True)), strict=True), (pair for pair in PAIRS)],
    ids=["iterator", "zip", "generator"],
)
def test_pairs_that_are_read_once_are_all_there(given):
    found = asked_pairs(given, PairColumns())
    assert counted(found) == counted(asked_pairs(PAIRS, PairColumns()))


@pytest.mark.parametrize("given", [PAIRS, np.array(PAIRS)], ids=["list", "array"])
def test_columns_of_what_has_none_are_refused(given):
    with pytest.raises(ValueError, match="`columns` names columns of a table"):
        asked_pairs(given, PairColumns("a", "b"))
    named = FRAME.rename(columns={"query": "a", "reference": "b"})
    for table in (named, pa.Table.from_pandas(named)):
        assert len(list(asked_pairs(table, PairColumns("a", "b")))) == len(PAIRS)
