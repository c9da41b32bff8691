"""A part is the same pairs, whoever reads it and in whatever order."""

import pickle

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_models import molecule_model

from pyg_siamex.recipe import PairColumns, TableExplainer
from pyg_siamex.recipe.pair_table.asked_pairs import asked_pairs
from pyg_siamex.recipe.pair_table.part_job import PartJob
from pyg_siamex.recipe.pair_table.run_folder import RunFolder

PAIRS = [("C" * (k % 7 + 1), "C" * (k % 5) + "O") for k in range(200)]
SIZE = 3


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    frame = pd.DataFrame(PAIRS, columns=["query", "reference"])
    frame.to_parquet(folder / "p.parquet", row_group_size=7)
    frame.to_csv(folder / "p.csv", index=False)
    return [folder / "p.parquet", folder / "p.csv", PAIRS]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(0, -(-len(PAIRS) // SIZE) - 1), max_size=8))
def test_parts_are_read_in_any_order(tables, tmp_path, numbers):
    for table in tables:
        asked = asked_pairs(table, PairColumns())
        job = PartJob(None, asked, RunFolder(tmp_path, len(PAIRS), SIZE))
        for number, part in zip(numbers, job.read(numbers), strict=True):
            rows = range(number * SIZE, min((number + 1) * SIZE, len(PAIRS)))
            assert part.number == number
            assert [pair[:4] for pair in part.pairs] == [(row, *PAIRS[row], "") for row in rows]


def test_workers_elsewhere_find_the_table_and_the_folder(tables, tmp_path, monkeypatch):
    monkeypatch.chdir(tables[0].parent)
    explainer = TableExplainer(molecule_model(), method="gradient")
    folder = RunFolder.begin(tmp_path / "out", len(PAIRS), 64, {})
    job = PartJob(explainer, asked_pairs("p.parquet", PairColumns()), folder)
    sent = pickle.dumps(job)
    monkeypatch.chdir(tmp_path)
    assert pickle.loads(sent)(1) == 64
    rows = pq.read_table(folder.file(1)).to_pylist()
    assert [row["row"] for row in rows] == list(range(64, 128))
    assert [(row["query"], row["reference"]) for row in rows] == PAIRS[64:128]


def test_a_device_is_handed_on():
    explainer = TableExplainer(molecule_model(), method="gradient")
    want = explainer([("CCO", "CCN")])
    PartJob(explainer, asked_pairs(PAIRS, PairColumns()), RunFolder("x", 1, 1)).to("cpu")
    assert explainer([("CCO", "CCN")]) == want
