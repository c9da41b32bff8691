"""Two sessions of the same persons, in two commands."""

import numpy as np
import pytest
from small_study import noise, shifted
from typer.testing import CliRunner

from pyg_siamex.cli import app

run = CliRunner().invoke


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    place = tmp_path_factory.mktemp("sessions")
    (place / "files").mkdir()
    own = np.repeat(noise(24), 2, axis=0)
    second = np.arange(48) % 2
    matrices = shifted(own + 0.5 * noise(48, 1), 1.5 * second)
    rows = ["participant_id,group"]
    for k, matrix in enumerate(matrices):
        name = f"sub-{k // 2 + 1:02d}"
        np.savetxt(place / "files" / f"{name}_ses-{second[k] + 1}.csv", matrix, delimiter=",")
        rows += [f"{name},{'ab'[k // 2 % 2]}"] if second[k] else []
    (place / "labels.csv").write_text("\n".join(rows))
    more = ["--epochs", "2", "--hidden", "8", "--folds", "2", "--out", place / "m.siamex"]
    command = ["train", place / "files", "--labels", place / "labels.csv", *more]
    result = run(app, list(map(str, command)))
    assert result.exit_code == 0, result.output
    return place


def longitudinal(study, *more):
    command = ["longitudinal", study / "m.siamex", "--permutations", "99", *more]
    return run(app, list(map(str, command)))


def test_scans_become_a_page_and_a_table(study, tmp_path):
    page, table = tmp_path / "c.html", tmp_path / "t.csv"
    result = longitudinal(study, "--out", page, "--table", table)
    assert result.exit_code == 0, result.output
    assert "24 persons have both sessions" in result.output and "ROI 1" in result.output
    assert "held-out subjects" in result.output
    assert "What changes from ses-1 to ses-2" in page.read_text()
    assert table.read_text().startswith("region,other,effect,z,p,p_fwe,q")


@pytest.mark.parametrize("name", ["c.svg", "c.png", "c.pdf"])
def test_a_picture_is_written_in_every_format(study, tmp_path, name):
    more = ["--map", "likeness", "--columns", "1", "--sessions", "2,1"]
    result = longitudinal(study, "--out", tmp_path / name, *more)
    assert result.exit_code == 0, result.output
    assert (tmp_path / name).stat().st_size > 3000


def test_errors_name_the_way_out(study, tmp_path):
    for words, more in (
        ("must end in .html", ("--out", tmp_path / "g.txt")),
        ("--map must be one of change, likeness", ("--map", "both")),
        ("name two with --sessions", ("--sessions", "1,9")),
        ("--subject is a column of --labels, and none", ("--subject", "x")),
        ("--array is for .npz, .mat and .netcc files", ("--array", "x")),
    ):
        result = longitudinal(study, *more)
        assert result.exit_code == 2, result.output
        assert words in " ".join(result.output.split())


@pytest.mark.parametrize("name", ["m.siamex", "labels.json", "none"])
def test_what_holds_no_matrices_is_told_without_an_option_of_other_commands(study, name):
    (study / "labels.json").write_text("{}")
    result = longitudinal(study, study / name)
    told = " ".join(result.output.split())
    assert result.exit_code == 2 and f"{name}" in told
    assert "say with MATRICES where the matrices are" in told and "--matrices" not in told
    assert ("holds 'model' of pyg_siamex" in told) == (name == "m.siamex")
