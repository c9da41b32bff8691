import json
import math

import pandas as pd
import pytest
from runner.archive import INDEX, TABLE
from runner.store import Store
from runner.unit import Unit

UNIT = Unit({"seed": 3, "kind": "a", "scale": 0.5}, ("seed", "kind"))
OTHER = Unit({"seed": 4, "kind": "a", "scale": 0.5}, ("seed", "kind"))
ROWS = pd.DataFrame({"method": ["none", "NA"], "value": [1 / 3, math.nan]})


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def new_file(store, unit=UNIT):
    """Where a unit is until it is folded."""
    return store.folder / ".units" / f"{unit.slug}.unit"


def files(store):
    """Names of what git sees."""
    return sorted(path.name for path in store.folder.iterdir() if path.is_file())


@pytest.mark.parametrize("folded", [False, True])
def test_rows_come_back_with_the_keys_of_their_grid(store, folded):
    store.write(UNIT, ROWS, {})
    if folded:
        store.fold()
    read = store.read(UNIT)
    assert list(read) == ["seed", "kind", "method", "value"]
    assert read.seed.tolist() == [3, 3] and read.kind.tolist() == ["a", "a"]
    assert read.method.tolist() == ["none", "NA"]
    assert read.value[0] == 0.333333 and math.isnan(read.value[1])


@pytest.mark.parametrize("folded", [False, True])
def test_the_record_says_with_what_values_and_how_the_rows_were_made(store, folded):
    store.write(UNIT, ROWS, {"commit": "abc", "dirty": None, "seconds": 1.5})
    if folded:
        store.fold()
    record = store.record(UNIT)
    assert record["unit"] == dict(UNIT.values)
    assert (record["seed"], record["rows"], record["commit"]) == (3, 2, "abc")
    assert record["configuration"] == UNIT.fingerprint
    assert (record["dirty"], record["seconds"]) == (None, 1.5)


def test_folding_moves_new_units_into_two_files(store):
    for unit in (OTHER, UNIT):
        store.write(unit, ROWS, {})
    assert files(store) == []
    store.fold()
    assert files(store) == [TABLE, INDEX]
    assert not new_file(store).exists() and not new_file(store, OTHER).exists()
    assert store.has(UNIT) and store.has(OTHER)


def test_folding_nothing_writes_nothing(store):
    store.fold()
    assert files(store) == []


def test_equal_rows_are_equal_files(store):
    written = []
    for _ in range(2):
        store.write(UNIT, ROWS, {})
        store.fold()
        written.append([(store.folder / name).read_bytes() for name in (TABLE, INDEX)])
    assert written[0] == written[1]


def test_a_new_unit_stands_in_place_of_its_rows_in_the_table_until_it_replaces_them(store):
    changed = Unit({**UNIT.values, "scale": 2.0}, UNIT.grid)
    for unit in (UNIT, OTHER):
        store.write(unit, ROWS, {})
    store.fold()
    store.write(changed, ROWS * 2, {})
    for _ in range(2):
        assert store.has(changed) and not store.has(UNIT)
        assert store.read(changed).value[0] == 0.666667
        store.fold()
    assert len((store.folder / INDEX).read_text().splitlines()) == 3
    assert len(pd.read_csv(store.folder / TABLE)) == 4


def test_a_unit_that_a_process_holds_is_folded_another_time(store):
    for unit in (UNIT, OTHER):
        store.write(unit, ROWS, {})
    with store.lock(UNIT, wait=False):
        store.fold()
        assert new_file(store).exists() and not new_file(store, OTHER).exists()
        assert store.has(UNIT) and store.has(OTHER)
    store.fold()
    assert not new_file(store).exists() and store.has(UNIT)


def test_a_new_unit_that_is_cut_off_or_altered_is_neither_read_nor_folded(store):
    store.write(UNIT, ROWS, {})
    whole = new_file(store).read_bytes()
    for found in (whole[:-5], whole.replace(b'"scale": 0.5', b'"scale": 0.6')):
        new_file(store).write_bytes(found)
        assert not store.has(UNIT)
        store.fold()
        assert files(store) == []
    with pytest.raises(FileNotFoundError, match="seed-3_kind-a is not measured yet"):
        store.read(UNIT)
    with pytest.raises(FileNotFoundError, match="seed-3_kind-a is not measured yet"):
        store.record(UNIT)


def test_a_folded_unit_that_is_altered_is_not_measured_and_is_named(store):
    for unit in (UNIT, OTHER):
        store.write(unit, ROWS, {"seconds": 1.5 if unit is UNIT else 2.5})
    store.fold()
    assert store.altered() == ()
    index = store.folder / INDEX
    index.write_text(index.read_text().replace('"seconds": 1.5', '"seconds": 15.0'))
    assert store.altered() == (UNIT.slug,)
    assert not store.has(UNIT) and store.has(OTHER)
    store.write(UNIT, ROWS, {"seconds": 1.5})
    store.fold()
    assert store.altered() == () and store.has(UNIT) and store.has(OTHER)


@pytest.mark.parametrize("gone", [TABLE, INDEX])
def test_without_one_of_the_two_files_nothing_folded_counts(store, gone):
    store.write(UNIT, ROWS, {})
    store.fold()
    (store.folder / gone).unlink()
    assert not store.has(UNIT)


def test_a_unit_whose_line_is_deleted_is_measured_again(store):
    for unit in (UNIT, OTHER):
        store.write(unit, ROWS, {})
    store.fold()
    index = store.folder / INDEX
    kept = [line for line in index.read_text().splitlines() if UNIT.slug not in line]
    index.write_text("\n".join([*kept, ""]))
    assert not store.has(UNIT) and store.has(OTHER)
    assert store.altered() == ()


def test_rows_of_other_values_are_no_rows_of_the_unit(store):
    store.write(UNIT, ROWS, {})
    assert not store.has(Unit({**UNIT.values, "scale": 0.25}, UNIT.grid))
    assert store.has(Unit(dict(reversed(UNIT.values.items())), UNIT.grid))


@pytest.mark.parametrize(
    "rows", [ROWS[:0], ROWS.rename(columns={"value": "seed"}), ROWS.set_axis(["a", "a"], axis=1)]
)
def test_no_rows_and_ambiguous_columns_are_refused_before_anything_is_written(store, rows):
    with pytest.raises(ValueError, match="rows must be some, with columns of unique names"):
        store.write(UNIT, rows, {})
    assert files(store) == [] and not new_file(store).exists()


def test_a_table_for_each_unit_of_an_older_version_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "seed-3_kind-a.csv.gz").touch()
    (tmp_path / "seed-3_kind-a.json").touch()
    with pytest.raises(ValueError, match=r"\(seed-3_kind-a.csv.gz\).*: delete .* measure again"):
        Store(tmp_path)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".gz", ".json"]


def test_the_index_is_json_that_others_can_read(store):
    store.write(UNIT, ROWS, {"dirty": None})
    store.fold()
    run, line = map(json.loads, (store.folder / INDEX).read_text().splitlines())
    assert run["dirty"] is None and line["run"] == run["run"] and line["name"] == UNIT.slug


@pytest.mark.parametrize(
    "rows", [None, [], {"value": [1]}, pd.Series([1])], ids=lambda r: type(r).__name__
)
def test_what_is_no_table_is_named_with_its_unit(store, rows):
    with pytest.raises(TypeError, match=r"seed-3_kind-a: measure must return a pandas\.DataFrame"):
        store.write(UNIT, rows, {})
