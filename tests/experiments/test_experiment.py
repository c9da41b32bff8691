import re
import shutil

import pytest
import typer
from report import main as report_main
from run import main as run_main
from runner.experiment import EXPERIMENTS, find
from runner.figure import save_figure
from runner.needs import VARIABLE, why_missing
from typer.testing import CliRunner

NAMES = sorted(path.parent.name for path in EXPERIMENTS.glob("*/config.yaml"))


def command(function):
    app = typer.Typer()
    app.command()(function)
    return lambda *arguments: CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_of_the_project_has_valid_configurations(name, quick):
    experiment = find(name, quick)
    units = experiment.configuration().units
    assert units
    assert callable(experiment.measure) and callable(experiment.report)


@pytest.mark.parametrize("name", NAMES)
def test_quick_configurations_are_no_larger(name):
    full, quick = (find(name, quick).configuration().units for quick in (False, True))
    assert len(quick) <= len(full)


def test_an_unknown_experiment_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"no experiment 'none': choose among .*bilrp"):
        find("none")
    with pytest.raises(ValueError, match=r"no experiment 'x+ \.\.\. x+ \(5,000 char") as error:
        find("x" * 5000)
    assert len(str(error.value)) < 600


def test_the_command_measures_and_reports(experiment, monkeypatch):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    name = experiment.folder.name
    done = command(run_main)(name, "--quick", "--set", "seed=4")
    assert done.exit_code == 0, done.output
    results = experiment.folder / "results-quick-set"
    assert {path.name for path in results.iterdir() if path.is_file()} == {
        "results.md",
        "rows.csv.gz",
        "units.jsonl",
    }
    (results / "results.md").unlink()
    assert command(report_main)(name, "--quick", "--set", "seed=4").exit_code == 0
    assert (results / "results.md").exists()
    assert not (experiment.folder / "results").exists()


def test_without_its_data_an_experiment_is_skipped_and_nothing_fails(experiment, monkeypatch):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    monkeypatch.delenv(VARIABLE, raising=False)
    config = experiment.folder / "config.yaml"
    config.write_text(config.read_text() + "needs: [some/file.csv]\n")
    done = command(run_main)(experiment.folder.name)
    assert done.exit_code == 0, done.output
    assert done.output.count("skipped (needs some/file.csv") == 7
    assert "no report: nothing is measured" in done.output


def test_a_unit_that_raises_fails_the_command(experiment, monkeypatch):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    measure = experiment.folder / "measure.py"
    measure.write_text(measure.read_text().replace("time.sleep(0.03)", "raise OSError('no disk')"))
    done = command(run_main)(experiment.folder.name)
    assert done.exit_code == 1 and "no disk" in done.output


def test_the_command_refuses_before_it_measures(experiment, monkeypatch):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    done = command(run_main)(experiment.folder.name, "--set", "sed=4")
    assert done.exit_code == 2 and "cannot set 'sed=4'" in done.output
    assert command(report_main)(experiment.folder.name).exit_code == 2


@pytest.mark.parametrize(
    ("file", "old", "lacks"),
    [
        ("measure.py", None, "has no measure.py, which every experiment needs"),
        ("report.py", None, "has no report.py, which every experiment needs"),
        ("measure.py", "measure(", "measure.py has no measure, which must be a function"),
        ("measure.py", "KEYS =", "measure.py has no KEYS, which must be a dict"),
        ("report.py", "report(", "report.py has no report, which must be a function"),
    ],
)
@pytest.mark.parametrize("main", [run_main, report_main], ids=["run", "report"])
def test_code_that_an_experiment_lacks_is_named_before_anything_is_measured(
    experiment, monkeypatch, main, file, old, lacks
):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    code = experiment.folder / file
    if old is None:
        code.unlink()
    else:
        code.write_text(code.read_text().replace(old, f"other_{old}"))
    done = command(main)(experiment.folder.name)
    assert done.exit_code == 2 and not experiment.results.exists()
    assert re.sub(r"\s", "", lacks) in re.sub(r"[\s│]", "", done.output)


def test_measuring_alone_needs_no_report(experiment, monkeypatch):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    (experiment.folder / "report.py").unlink()
    assert command(run_main)(experiment.folder.name, "--quick", "--no-report").exit_code == 0


@pytest.mark.parametrize(("place", "why"), [("nope", "it is not there"), ("a.csv", "it is a file")])
def test_data_must_be_in_a_folder(experiment, monkeypatch, tmp_path, place, why):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / "a.csv").touch()
    done = command(run_main)(experiment.folder.name, "--data", tmp_path / place)
    said = re.sub(r"[\s│]", "", done.output)
    assert done.exit_code == 2 and f"isnone:{why.replace(' ', '')}" in said
    assert not experiment.results.exists()
    monkeypatch.setenv(VARIABLE, str(tmp_path / place))
    assert why_missing(["x.csv"]).endswith(f"{place} is no folder")


def test_no_folder_is_made_before_all_experiments_are_checked(experiment, monkeypatch):
    other = experiment.folder.parent / "other"
    shutil.copytree(experiment.folder, other)  # its configuration has another name
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    assert command(run_main)(experiment.folder.name, other.name).exit_code == 2
    assert not experiment.results.exists()


def test_the_commands_refuse_result_files_of_an_older_version(experiment, monkeypatch):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    experiment.results.mkdir()
    (experiment.results / "seed-0_kind-sum.csv.gz").touch()
    for main in (run_main, report_main):
        done = command(main)(experiment.folder.name)
        said = " ".join(re.findall(r"[\w.]+", done.output))  # without the frame and its line breaks
        assert done.exit_code == 2 and "which older versions wrote delete" in said


@pytest.mark.parametrize("place", ["config.yaml", "results", "units.jsonl", "rows.csv.gz"])
@pytest.mark.parametrize("main", [run_main, report_main], ids=["run", "report"])
def test_files_of_another_kind_end_in_a_message_that_names_them(
    experiment, monkeypatch, place, main
):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    if place == "results":
        (experiment.folder / place).write_text("x")
    elif place == "config.yaml":
        (experiment.folder / place).unlink()
        (experiment.folder / place).mkdir()
    else:
        (experiment.results / place).mkdir(parents=True)
    done = command(main)(experiment.folder.name)
    assert done.exit_code == 2 and not isinstance(done.exception, OSError)
    assert place in re.sub(r"[\s│]", "", done.output)


def test_a_report_only_reads(experiment, monkeypatch):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    assert command(report_main)(experiment.folder.name).exit_code == 2
    assert not experiment.results.exists()


def test_a_report_of_damaged_files_is_refused_and_the_old_one_stays(experiment, monkeypatch):
    monkeypatch.setattr("runner.experiment.EXPERIMENTS", experiment.folder.parent)
    assert command(run_main)(experiment.folder.name).exit_code == 0
    page = (experiment.folder / "results.md").read_bytes()
    table = experiment.results / "rows.csv.gz"
    table.write_bytes(table.read_bytes()[:-20])
    done = command(report_main)(experiment.folder.name)
    said = re.sub(r"[\s│]", "", done.output)
    assert done.exit_code == 2 and "seed-7_kind-sum-of-squaresdoesnotfititsdigest" in said
    assert (experiment.folder / "results.md").read_bytes() == page
    assert command(run_main)(experiment.folder.name).exit_code == 0
    assert command(report_main)(experiment.folder.name).exit_code == 0


def test_a_figure_is_the_same_bytes_every_time(tmp_path):
    from matplotlib.figure import Figure

    written = []
    for _ in range(2):
        figure = Figure()
        figure.subplots().plot([0, 1], [1, 0], label="line")
        save_figure(figure, tmp_path / "line.svg")
        written.append((tmp_path / "line.svg").read_bytes())
    assert written[0] == written[1]
