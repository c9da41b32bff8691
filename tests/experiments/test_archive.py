import gzip
import io
import json
import os

import pandas as pd
import pytest
from runner.archive import INDEX, TABLE, read_archive, write_archive
from runner.measured import Measured

RUNS = ({"commit": "abc", "machine": {"cores": 2}}, {"commit": "def", "machine": None})


def unit(seed, run=0, value=0.5, column="value"):
    """Two rows of a unit."""
    record = {"unit": {"seed": seed}, "configuration": "c", "seconds": value, "rows": 2}
    content = f"seed,{column}\n{seed},{value}\n{seed},\n".encode()
    return Measured.of(record | RUNS[run], content)


UNITS = {f"seed-{seed}": unit(seed, run=seed % 2) for seed in (3, 1, 2, 0)}


@pytest.fixture
def folder(tmp_path):
    write_archive(tmp_path, UNITS)
    return tmp_path


def edit(path, old, new):
    """Replace bytes of a file."""
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


def test_units_come_back_as_they_were(folder):
    assert read_archive(folder).units == UNITS
    assert read_archive(folder).altered == ()


def test_without_files_nothing_is_measured(tmp_path):
    assert read_archive(tmp_path).units == {}


def test_the_index_says_each_run_once_and_then_a_line_for_each_unit_by_name(folder):
    lines = [json.loads(line) for line in (folder / INDEX).read_text().splitlines()]
    assert sorted(line["commit"] for line in lines[:2]) == ["abc", "def"]
    assert [line["name"] for line in lines[2:]] == ["seed-0", "seed-1", "seed-2", "seed-3"]
    assert not any("commit" in line for line in lines[2:])
    assert lines[2]["run"] == lines[4]["run"] != lines[3]["run"] == lines[5]["run"]


def test_the_table_is_one_csv_that_others_can_read(folder):
    text = gzip.decompress((folder / TABLE).read_bytes())
    assert text.count(b"seed,value") == 1
    assert pd.read_csv(folder / TABLE).equals(pd.read_csv(io.BytesIO(text)))
    assert pd.read_csv(folder / TABLE).seed.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_the_same_units_make_the_same_bytes_in_any_order(folder):
    before = [(folder / name).read_bytes() for name in (INDEX, TABLE)]
    write_archive(folder, dict(sorted(UNITS.items())))
    assert [(folder / name).read_bytes() for name in (INDEX, TABLE)] == before


def test_a_unit_measured_again_changes_one_line_and_its_own_rows(folder):
    lines, rows = (folder / INDEX).read_bytes().splitlines(), (folder / TABLE).read_bytes()
    write_archive(folder, UNITS | {"seed-2": unit(2, value=0.75)})
    changed = set((folder / INDEX).read_bytes().splitlines()) - set(lines)
    assert [json.loads(line)["name"] for line in changed] == ["seed-2"]
    expected = rows.replace(UNITS["seed-2"].packed, unit(2, value=0.75).packed)
    assert (folder / TABLE).read_bytes() == expected


def test_units_with_columns_of_their_own_keep_them(tmp_path):
    mixed = {f"seed-{i}": unit(i, column=c) for i, c in enumerate("abba")}
    record = {"unit": {"seed": 9}, "configuration": "c", "rows": 1}
    one_row = Measured.of(record, b"seed,a\n9,1\n")
    write_archive(tmp_path, mixed | {"seed-9": one_row})
    assert read_archive(tmp_path).units == mixed | {"seed-9": one_row}


@pytest.mark.parametrize(
    ("old", "new", "altered", "lost"),
    [
        (b'"seconds": 0.5', b'"seconds": 0.4', [*sorted(UNITS)], [*UNITS]),
        (b'"seed": 2', b'"seed": 5', ["seed-2"], ["seed-2"]),
        (b'"commit": "abc"', b'"commit": "fed"', ["seed-0", "seed-2"], ["seed-0", "seed-2"]),
        (b'{"name": "seed-1"', b'{"name": seed-1"', [f"line 4 of {INDEX}"], ["seed-1"]),
        (b'{"name": "seed-1"', b'7, {"name": "seed-1"', [f"line 4 of {INDEX}"], ["seed-1"]),
        (b'{"name": "seed-3"', b'<<<<<<< ours\n{"name": "seed-3"', [f"line 6 of {INDEX}"], []),
        (b'{"name": "seed-3"', b'["run"]\n{"name": "seed-3"', [f"line 6 of {INDEX}"], []),
        (b'{"name": "seed-3"', b"[" * 9**5 + b'\n{"name": "seed-3"', [f"line 6 of {INDEX}"], []),
    ],
)
def test_an_altered_line_of_the_index_is_noticed_and_the_others_count(
    folder, old, new, altered, lost
):
    edit(folder / INDEX, old, new)
    found = read_archive(folder)
    assert list(found.altered) == altered
    assert found.units == {name: UNITS[name] for name in UNITS if name not in lost}


def test_an_index_cut_anywhere_gives_whole_units_only(folder):
    whole = (folder / INDEX).read_bytes()
    for length in range(len(whole)):
        (folder / INDEX).write_bytes(whole[:length])
        found = read_archive(folder)
        assert all(UNITS[name] == measured for name, measured in found.units.items())
        assert len(found.units) + len(found.altered) <= len(UNITS) + len(RUNS)


def test_rows_that_are_altered_or_cut_off_are_noticed_and_the_others_count(folder):
    whole, packed = (folder / TABLE).read_bytes(), UNITS["seed-1"].packed
    edit(folder / TABLE, packed, packed[:12] + bytes([packed[12] ^ 1]) + packed[13:])
    found = read_archive(folder)
    assert found.altered == ("seed-1",)
    assert found.units == {k: v for k, v in UNITS.items() if k != "seed-1"}
    for length in range(len(whole)):
        (folder / TABLE).write_bytes(whole[:length])
        found = read_archive(folder)
        assert all(UNITS[name] == measured for name, measured in found.units.items())
        assert sorted([*found.units, *found.altered]) == sorted(UNITS)


def test_rows_put_in_by_hand_are_no_rows_of_the_unit(folder):
    mine = gzip.compress(b"1,0.9\n1,\n", mtime=0)
    edit(folder / TABLE, UNITS["seed-1"].packed, mine)
    assert read_archive(folder).altered == ("seed-1",)


def test_a_writer_that_dies_between_the_files_leaves_every_unit_it_did_not_replace(
    folder, monkeypatch
):
    rename = os.replace

    def dies(source, target):
        if str(target).endswith(INDEX):
            raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr("os.replace", dies)
    with pytest.raises(KeyboardInterrupt):
        write_archive(folder, UNITS | {"seed-2": unit(2, value=0.75), "seed-7": unit(7)})
    found = read_archive(folder)
    assert found.units == {k: v for k, v in UNITS.items() if k != "seed-2"}


def test_what_a_killed_writer_leaves_is_cleared_by_the_next(folder):
    stray = folder / f".{TABLE}.abc123"
    stray.write_bytes(b"half")
    write_archive(folder, UNITS)
    assert not stray.exists()
