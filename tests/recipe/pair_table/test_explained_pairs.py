"""Explained pairs as data frames and tables."""

import pandas as pd
import pytest
from pyarrow import parquet
from small_models import molecule_model

from pyg_siamex.recipe import ExplainedPairs, explain, explain_pairs

PAIRS = [("CCO", "CCN"), ("nonsense", "C"), ("CC=O", "CCN"), ("=1+1", "C")]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    out = tmp_path_factory.mktemp("pairs") / "out"
    return explain_pairs(molecule_model(), PAIRS, out, method="occlusion")


def test_a_row_for_each_pair(done):
    frame = ExplainedPairs.load(done.folder.path).to_frame()
    assert list(frame["row"]) == [0, 1, 2, 3]
    assert frame["error"].notna().tolist() == [False, True, False, True]
    assert done.failed == 2
    assert done.first_errors(1)[0].startswith("row 1: query: invalid SMILES 'nonsense'")


def test_a_row_for_each_element(done):
    frame = done.importances()
    assert set(frame["row"]) == {0, 2}
    for row in (0, 2):
        wanted = explain(molecule_model(), *PAIRS[row], method="occlusion").explanation.to_frame()
        part = frame[frame["row"] == row]
        assert list(part["graph"]) == list(wanted["graph"])
        assert list(part["importance"]) == pytest.approx(list(wanted["importance"]), abs=1e-6)
    assert "C1=O2" in set(frame[frame["row"] == 2]["element"])


def test_tables_for_spreadsheets(done):
    pairs = pd.read_csv(done.folder.path / "pairs.csv")
    long = pd.read_csv(done.folder.path / "importances.csv")
    assert list(pairs["row"]) == [0, 1, 2, 3] and "query C" in pairs["top"][0]
    assert pairs["query"][3] == "'=1+1", "no formula"
    assert len(long) == len(done.importances())
    assert list(long["importance"]) == pytest.approx(list(done.importances()["importance"]))


def test_tables_only_where_they_are_wanted(tmp_path):
    explain_pairs(molecule_model(), PAIRS, tmp_path / "out", method="gradient", tables=False)
    assert not list((tmp_path / "out").glob("*.csv"))


def test_a_folder_without_any_part_is_named(tmp_path):
    done = explain_pairs(molecule_model(), PAIRS[:1], tmp_path / "o", method="gradient")
    for file in done.files:
        file.unlink()
    for table in (done.to_frame, done.importances):
        with pytest.raises(ValueError, match="o has no explained pairs yet: go on with"):
            table()
    with (done.folder.path / "run.json").open("r+b") as file:
        file.truncate(2**33)
    with pytest.raises(ValueError, match=r"run\.json does not begin a run .* far larger"):
        ExplainedPairs.load(done.folder.path)


def test_parts_of_other_rows_are_named(tmp_path):
    done = explain_pairs(molecule_model(), PAIRS, tmp_path / "o", method="gradient")
    (file,) = done.files
    whole = parquet.read_table(file)
    for rows in (whole.slice(0, 3), whole.slice(1), whole.take([1, 0, 2, 3])):
        parquet.write_table(rows, file)
        for read in (done.to_frame, done.importances, done.first_errors, lambda: done.failed):
            with pytest.raises(
                ValueError, match=r"part-000000.parquet does not have the rows 0 to"
            ):
                read()
