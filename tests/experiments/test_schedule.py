import multiprocessing
import os
import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from runner.schedule import run
from runner.store import Store

UNITS = 7


def quiet(line):
    """Say nothing."""


def start(experiment, jobs=1, say=quiet):
    """A runner in a process of its own that shares nothing but files."""
    process = multiprocessing.get_context("fork").Process(target=run, args=(experiment, jobs, say))
    process.start()
    return process


def contents(experiment):
    """Names and bytes of all tables."""
    return {p.name: p.read_bytes() for p in Path(experiment.results).glob("*.csv.gz")}


def rows(experiment):
    """All rows, as a report gets them."""
    store = Store(experiment.results)
    return pd.concat([store.read(unit) for unit in experiment.configuration().units])


def test_every_unit_is_measured_once_and_then_kept(experiment):
    said = []
    assert run(experiment, say=said.append)
    assert sum("measured" in line for line in said) == UNITS
    first = contents(experiment)
    said.clear()
    assert run(experiment, say=said.append)
    assert sum("kept" in line for line in said) == UNITS
    assert contents(experiment) == first


@pytest.mark.parametrize("seed", range(3))
def test_a_run_killed_again_and_again_ends_with_the_rows_of_an_undisturbed_one(experiment, seed):
    experiment.configuration(), experiment.measure  # imported once, before the clock runs
    delays, sizes = random.Random(seed), [0]
    while sizes[-1] < UNITS - 1:
        process = start(experiment)
        while len(contents(experiment)) == sizes[-1] and process.is_alive():
            time.sleep(0.001)
        time.sleep(delays.uniform(0, 0.06))  # a unit takes about half of it
        process.kill()
        process.join()
        sizes.append(len(contents(experiment)))
    assert sizes == sorted(sizes)
    assert len(sizes) > 2  # killed more than once on the way
    run(experiment, say=quiet)
    killed = contents(experiment)
    assert len(rows(experiment)) == 50 * UNITS
    assert not rows(experiment).duplicated().any()
    shutil.rmtree(experiment.results)
    run(experiment, say=quiet)
    assert killed == contents(experiment)


@pytest.mark.parametrize("moment", ["record", "table"])
def test_a_writer_that_dies_while_replacing_a_unit_leaves_it_to_be_measured(
    experiment, monkeypatch, moment
):
    run(experiment, say=quiet)
    unit = experiment.configuration().units[0]
    changed = replace(unit, values={**unit.values, "scale": 9.0})
    store, written = Store(experiment.results), []

    def dies(source, target):
        if str(target).endswith(".json" if moment == "record" else ".csv.gz"):
            raise KeyboardInterrupt
        written.append(os.rename(source, target))

    monkeypatch.setattr(os, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        store.write(changed, store.read(unit)[["draw", "value"]] * 2, {})
    assert not store.has(changed)
    assert store.has(unit) == (moment == "record")
    assert len(written) == (moment == "table")


def test_what_a_killed_writer_leaves_is_neither_counted_nor_kept(experiment):
    unit = experiment.configuration().units[0]
    store = Store(experiment.results)
    stray = experiment.results / f".{unit.slug}.csv.gz.abc123"
    stray.write_bytes(b"half")
    assert not store.has(unit)
    assert store.strangers(experiment.configuration().units) == []
    run(experiment, say=quiet)
    assert store.has(unit) and not stray.exists()


def test_two_runners_at_the_same_time_share_the_work(experiment, tmp_path):
    experiment.configuration(), experiment.measure
    log = tmp_path / "log"

    def say(line):
        with log.open("a") as file:
            file.write(f"{line}\n")

    both = [start(experiment, say=say) for _ in range(2)]
    for process in both:
        process.join(60)
    assert [process.exitcode for process in both] == [0, 0]
    said = log.read_text()
    assert said.count(": measured") == UNITS and said.count(": kept") == UNITS
    assert len(rows(experiment)) == 50 * UNITS


@pytest.mark.slow
def test_numbers_do_not_depend_on_how_many_processes_measure(experiment):
    assert run(experiment, jobs=2, say=quiet)
    parallel = contents(experiment)
    shutil.rmtree(experiment.results)
    run(experiment, say=quiet)
    assert contents(experiment) == parallel


def test_a_changed_configuration_replaces_its_rows_and_mixes_none(experiment):
    run(experiment, say=quiet)
    before = rows(experiment)
    config = experiment.folder / "config.yaml"
    config.write_text(config.read_text().replace("scale: 2.0", "scale: 3.0"))
    store = Store(experiment.results)
    assert not any(store.has(unit) for unit in experiment.configuration().units)
    run(experiment, say=quiet)
    ratio = rows(experiment).value / before.value
    assert len(rows(experiment)) == len(before)
    assert ratio.sub(1.5).abs().max() < 1e-5


def test_quick_and_changed_runs_have_folders_of_their_own(experiment):
    quick, changed = replace(experiment, quick=True), replace(experiment, changes=("seed=5",))
    run(quick, say=quiet)
    run(changed, say=quiet)
    assert len(contents(quick)) == 1
    assert sorted(contents(changed)) == [
        "seed-5_kind-product.csv.gz",
        "seed-5_kind-sum-of-squares.csv.gz",
        "seed-5_kind-sum.csv.gz",
    ]
    assert contents(experiment) == {}


def test_a_unit_that_raises_leaves_no_file_and_does_not_stop_the_others(experiment):
    code = experiment.folder / "measure.py"
    text = code.read_text().replace(
        "    time.sleep(0.03)\n", "    if unit['seed'] == 1:\n        raise OSError('no seed 1')\n"
    )
    code.write_text(text)
    said = []
    assert not run(experiment, say=said.append)
    assert sum("failed" in line and "no seed 1" in line for line in said) == 2
    assert len(contents(experiment)) == UNITS - 2


def test_a_unit_without_its_data_is_skipped_with_the_reason(experiment, tmp_path, monkeypatch):
    config = experiment.folder / "config.yaml"
    config.write_text(config.read_text().replace("{seed: 7,", "{needs: [brain.npz], seed: 7,"))
    monkeypatch.delenv("PYG_SIAMEX_DATA", raising=False)
    said = []
    assert run(experiment, say=said.append)
    assert [line for line in said if "skipped" in line] == [
        "[1/7] seed-7_kind-sum-of-squares: skipped (needs brain.npz: give their folder with "
        "--data or in PYG_SIAMEX_DATA)"
    ]
    monkeypatch.setenv("PYG_SIAMEX_DATA", str(tmp_path))
    said.clear()
    run(experiment, say=said.append)
    assert f"{tmp_path} has no brain.npz" in said[-1]
    (tmp_path / "brain.npz").touch()
    assert run(experiment, say=said.append)
    assert len(contents(experiment)) == UNITS


def test_tables_of_units_that_left_the_configuration_are_named_and_not_read(experiment):
    run(experiment, say=quiet)
    config = experiment.folder / "config.yaml"
    config.write_text(config.read_text().replace("[0, 1, 2]", "[0, 1]"))
    said = []
    run(experiment, say=said.append)
    assert sum("seed-2" in line and "left alone" in line for line in said) == 2
    assert 2 not in set(rows(experiment).seed)
