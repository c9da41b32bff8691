import itertools
import multiprocessing
import os
import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from runner.archive import INDEX, TABLE
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
    """Names and rows of all measured units, folded or not."""
    store = Store(experiment.results)
    return {
        unit.slug: store.read(unit).to_csv()
        for unit in experiment.configuration().units
        if store.has(unit)
    }


def table(experiment):
    """Bytes of the table."""
    return (experiment.results / TABLE).read_bytes()


def new_files(experiment):
    """Names of units that are not folded."""
    return sorted(path.name for path in (experiment.results / ".units").iterdir())


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
    assert len(first) == UNITS and new_files(experiment) == []


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
    killed = table(experiment)
    assert new_files(experiment) == []
    assert len(rows(experiment)) == 50 * UNITS
    assert not rows(experiment).duplicated().any()
    shutil.rmtree(experiment.results)
    run(experiment, say=quiet)
    assert killed == table(experiment)


class Killed(BaseException):
    """Stands for the end of a process."""


def dying(function, monkeypatch, module, name, survived):
    """Run ``function`` and end it at the call of ``module.name`` after so many; say if it ended."""
    original, calls = getattr(module, name), itertools.count()

    def call(*arguments):
        if next(calls) == survived:
            raise Killed
        return original(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(module, name, call)
        try:
            function()
        except Killed:
            return True
    return False


@pytest.mark.parametrize(("module", "name"), [(os, "replace"), (Path, "unlink")])
@pytest.mark.parametrize("survived", range(4))
def test_a_process_that_dies_while_it_folds_loses_and_doubles_nothing(
    experiment, monkeypatch, module, name, survived
):
    run(experiment, say=quiet)
    before, whole = contents(experiment), table(experiment)
    index = (experiment.results / INDEX).read_bytes()
    store, units = Store(experiment.results), experiment.configuration().units
    read = [store.read(unit)[["draw", "value"]] for unit in units]
    made = [
        {k: v for k, v in store.record(unit).items() if k not in ("digest", "sha256")}
        for unit in units
    ]
    for path in (experiment.results / TABLE, experiment.results / INDEX):
        path.unlink()
    for half in (slice(0, 3), slice(3, None)):  # what is folded before, and what is folded now
        for unit, frame, facts in zip(units[half], read[half], made[half], strict=True):
            store.write(unit, frame, facts)
        if half.start == 0:
            store.fold()
    died = dying(store.fold, monkeypatch, module, name, survived)
    assert died == (survived < (2 if module is os else len(units) - 3))
    assert contents(experiment) == before
    store.fold()
    assert contents(experiment) == before and new_files(experiment) == []
    assert table(experiment) == whole
    assert (experiment.results / INDEX).read_bytes() == index


@pytest.mark.parametrize("survived", range(3))
def test_a_process_that_dies_while_it_replaces_a_unit_leaves_its_new_rows_or_its_old_ones(
    experiment, monkeypatch, survived
):
    run(experiment, say=quiet)
    unit = experiment.configuration().units[0]
    changed = replace(unit, values={**unit.values, "scale": 9.0})
    store, before = Store(experiment.results), contents(experiment)
    frame = store.read(unit)[["draw", "value"]] * 2

    def measure_again():
        store.write(changed, frame, {})
        store.fold()

    assert dying(measure_again, monkeypatch, os, "replace", survived)
    assert store.has(unit) == (survived == 0)
    assert store.has(changed) == (survived > 0)
    del before[unit.slug]
    assert contents(experiment).items() >= before.items()
    store.fold()
    assert store.has(changed) == (survived > 0)
    assert len(pd.read_csv(experiment.results / TABLE)) == 50 * UNITS


def test_a_runner_killed_while_others_run_and_fold_loses_nothing(experiment):
    experiment.configuration(), experiment.measure
    moments = random.Random(0)
    for _ in range(4):
        both = [start(experiment) for _ in range(2)]
        time.sleep(moments.uniform(0.05, 0.3))
        both[0].kill()
        for process in both:
            process.join(60)
        assert both[1].exitcode == 0
        assert len(contents(experiment)) == UNITS
        # A unit that the killed one had just written may have been in its hands at the other's
        # fold; whoever folds next finds it.
        Store(experiment.results).fold()
        assert new_files(experiment) == []
        assert len(pd.read_csv(experiment.results / TABLE)) == 50 * UNITS
        shutil.rmtree(experiment.results)


def test_what_a_killed_writer_leaves_is_neither_counted_nor_kept(experiment):
    unit = experiment.configuration().units[0]
    store = Store(experiment.results)
    store.ready()
    stray = experiment.results / ".units" / f".{unit.slug}.unit.abc123"
    stray.write_bytes(b"half")
    assert not store.has(unit)
    assert store.strangers(experiment.configuration().units) == []
    run(experiment, say=quiet)
    assert store.has(unit) and not stray.exists()


def test_what_an_interrupted_run_left_is_folded_by_the_next(experiment):
    run(experiment, say=quiet)
    whole, unit = table(experiment), experiment.configuration().units[0]
    store = Store(experiment.results)
    store.write(unit, store.read(unit)[["draw", "value"]], {})
    said = []
    run(experiment, say=said.append)
    assert sum("kept" in line for line in said) == UNITS
    assert new_files(experiment) == [] and table(experiment) == whole


def test_altered_units_are_named_and_measured_again(experiment):
    run(experiment, say=quiet)
    whole, index = table(experiment), experiment.results / INDEX
    index.write_text(index.read_text().replace('"seed": 7', '"seed": 8'))
    said = []
    assert run(experiment, say=said.append)
    name = experiment.configuration().units[-1].slug
    assert said[0] == f"{name} does not fit its digest and counts as not measured"
    assert sum(": measured" in line for line in said) == 1
    assert table(experiment) == whole


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
    parallel = table(experiment)
    shutil.rmtree(experiment.results)
    run(experiment, say=quiet)
    assert table(experiment) == parallel


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
        "seed-5_kind-product",
        "seed-5_kind-sum",
        "seed-5_kind-sum-of-squares",
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


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_unit_that_exits_fails_alone(experiment, jobs):
    measure = experiment.folder / "measure.py"
    code = "if unit['seed'] == 1: raise SystemExit(3)\n    time.sleep(0.03)"
    measure.write_text(measure.read_text().replace("time.sleep(0.03)", code))
    said = []
    assert not run(experiment, jobs, said.append)
    assert sum(": measured" in line for line in said) == UNITS - 2
    assert sum("SystemExit: 3" in line for line in said) == 2


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
