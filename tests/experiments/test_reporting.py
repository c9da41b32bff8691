import pytest
from runner.archive import INDEX, TABLE
from runner.reporting import how_measured, make_report
from runner.schedule import run
from runner.store import Store


def quiet(line):
    """Say nothing."""


def test_a_report_says_how_its_files_were_made(experiment):
    run(experiment, say=quiet)
    assert make_report(experiment) == [experiment.folder / "results.md"]
    page = (experiment.folder / "results.md").read_text()
    assert "350 rows" in page
    assert "## How it was measured" in page and "7 units" in page and "torch 2." in page
    assert "minutes on one thread" in page
    assert "Not measured" not in page


@pytest.mark.parametrize(("processor", "said"), [(90.0, True), (0.1, False), (None, False)])
def test_processor_time_is_told_where_it_is_known(processor, said):
    made = {"versions": {}, "commit": None, "dirty": None, "machine": None, "seconds": 120.0}
    page = "\n".join(how_measured([made | {"processor_seconds": processor}], []))
    assert "2.0 minutes on one thread" in page
    assert ("1.5 of processor" in page) is said


def test_a_report_of_some_units_names_the_missing_ones(experiment):
    run(experiment, say=quiet)
    index = experiment.results / INDEX
    lines = index.read_text().splitlines(keepends=True)
    index.write_text("".join(line for line in lines if "seed-1_kind-sum" not in line))
    make_report(experiment)
    page = (experiment.folder / "results.md").read_text()
    assert "300 rows" in page and "Not measured: seed-1_kind-sum." in page


def test_a_report_of_nothing_is_refused(experiment):
    with pytest.raises(FileNotFoundError, match=r"no unit of .* is measured yet: run it first"):
        make_report(experiment)


def test_a_report_that_fails_leaves_the_old_one(experiment):
    run(experiment, say=quiet)
    make_report(experiment)
    before = (experiment.folder / "results.md").read_text()
    (experiment.results / TABLE).unlink()
    run(experiment, say=quiet)
    module = __import__(f"{experiment.folder.name}.report", fromlist=["report"])
    module.report = lambda rows, folder: (folder / "results.md").write_text(rows.no_such_column)
    with pytest.raises(AttributeError):
        make_report(experiment)
    assert (experiment.folder / "results.md").read_text() == before
    assert list(experiment.results.glob(".report.*")) == []


def test_results_of_before_are_marked(experiment):
    run(experiment, say=quiet)
    store, unit = Store(experiment.results), experiment.configuration().units[2]
    unknown = {"recorded": True, "commit": None, "machine": None, "seconds": None}
    store.write(unit, store.read(unit)[["draw", "value"]], store.record(unit) | unknown)
    store.fold()
    make_report(experiment)
    page = (experiment.folder / "results.md").read_text()
    assert "minutes" not in page  # not known of every unit
    assert "before there was a runner" in page and "unknown" in page
