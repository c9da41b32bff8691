import gzip
import json
import math

import pandas as pd
import pytest
from runner.store import Store
from runner.unit import Unit

UNIT = Unit({"seed": 3, "kind": "a", "scale": 0.5}, ("seed", "kind"))
ROWS = pd.DataFrame({"method": ["none", "NA"], "value": [1 / 3, math.nan]})


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def test_rows_come_back_with_the_keys_of_their_grid(store):
    store.write(UNIT, ROWS, {})
    read = store.read(UNIT)
    assert list(read) == ["seed", "kind", "method", "value"]
    assert read.seed.tolist() == [3, 3] and read.kind.tolist() == ["a", "a"]
    assert read.method.tolist() == ["none", "NA"]
    assert read.value[0] == 0.333333 and math.isnan(read.value[1])


def test_the_record_says_with_what_values_and_how_the_rows_were_made(store):
    store.write(UNIT, ROWS, {"commit": "abc", "seconds": 1.5})
    record = store.record(UNIT)
    assert record["unit"] == dict(UNIT.values)
    assert (record["seed"], record["rows"], record["commit"]) == (3, 2, "abc")
    assert record["configuration"] == UNIT.fingerprint


def test_equal_rows_are_equal_files(store, tmp_path):
    store.write(UNIT, ROWS, {})
    first = (tmp_path / f"{UNIT.slug}.csv.gz").read_bytes()
    store.write(UNIT, ROWS, {})
    assert (tmp_path / f"{UNIT.slug}.csv.gz").read_bytes() == first


def test_a_table_without_its_record_or_changed_by_hand_is_not_complete(store, tmp_path):
    table, record = tmp_path / f"{UNIT.slug}.csv.gz", tmp_path / f"{UNIT.slug}.json"
    store.write(UNIT, ROWS, {})
    table.write_bytes(gzip.compress(gzip.decompress(table.read_bytes()) + b"3,a,mine,1\n"))
    assert not store.has(UNIT)
    store.write(UNIT, ROWS, {})
    table.write_bytes(table.read_bytes()[:-5])
    assert not store.has(UNIT)
    store.write(UNIT, ROWS, {})
    assert store.has(UNIT)
    record.unlink()
    assert not store.has(UNIT)
    with pytest.raises(FileNotFoundError, match="seed-3_kind-a is not measured yet"):
        store.read(UNIT)


def test_rows_of_other_values_are_no_rows_of_the_unit(store):
    store.write(UNIT, ROWS, {})
    assert not store.has(Unit({**UNIT.values, "scale": 0.25}, UNIT.grid))
    assert store.has(Unit(dict(reversed(UNIT.values.items())), UNIT.grid))


@pytest.mark.parametrize(
    "rows", [ROWS[:0], ROWS.rename(columns={"value": "seed"}), ROWS.set_axis(["a", "a"], axis=1)]
)
def test_no_rows_and_ambiguous_columns_are_refused_before_anything_is_written(
    store, rows, tmp_path
):
    with pytest.raises(ValueError, match="rows must be some, with columns of unique names"):
        store.write(UNIT, rows, {})
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_the_record_is_json_that_others_can_read(store, tmp_path):
    store.write(UNIT, ROWS, {"dirty": None})
    assert json.loads((tmp_path / f"{UNIT.slug}.json").read_text())["dirty"] is None
