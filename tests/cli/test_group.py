"""Groups as a user compares them, in two commands."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from pyg_siamex.cli import app

run = CliRunner().invoke


@pytest.fixture(scope="module")
def model(folder):
    out = folder / "group.siamex"
    arguments = ["train", folder / "matrices", "--labels", folder / "ages.csv", "--label", "group"]
    arguments += ["--atlas", folder / "atlas.csv", "--density", "0.3", "--folds", "2"]
    arguments += ["--confounds", "age", "--epochs", "3", "--hidden", "8", "--out", out]
    result = run(app, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    assert "confounds alone" in result.output and "linear model" in result.output
    return out


def group(model, folder, *more):
    labels = ["--labels", folder / "ages.csv", "--label", "group", "--permutations", "99"]
    return run(app, list(map(str, ["group", model, *labels, "--models", "1", *more])))


def test_matrices_become_a_page_and_a_table(model, folder, tmp_path):
    page, table = tmp_path / "g.html", tmp_path / "t.csv"
    result = group(model, folder, "--out", page, "--table", table)
    assert result.exit_code == 0, result.output
    assert "p FWE <= .05" in result.output and "raw connections" in result.output
    assert "default" in result.output and "What tells control from patient" in page.read_text()
    assert table.read_text().startswith("region,other,effect,z,p,p_fwe,q")


@pytest.mark.parametrize("name", ["g.svg", "g.png", "g.pdf"])
def test_a_picture_is_written_in_every_format(model, folder, tmp_path, name):
    result = group(model, folder, "--out", tmp_path / name)
    assert result.exit_code == 0, result.output
    assert (tmp_path / name).stat().st_size > 5000


def test_errors_name_the_way_out(model, folder, tmp_path):
    for words, more in (
        ("must end in .html", ("--out", tmp_path / "g.txt")),
        ("classes are control, patient", ("--classes", "ill")),
        ("--array is for .npz, .mat and .netcc files", ("--array", "x")),
        ("--file-name must contain '{subject}' once", ("--file-name", "aal")),
        ("no folder", ("--table", tmp_path / "none" / "t.csv")),
        ("must end in .csv", ("--table", tmp_path / "t.txt")),
        ("is read, and would be written over", ("--table", folder / "ages.csv")),
    ):
        result = group(model, folder, *more)
        assert result.exit_code == 2, result.output
        assert words in " ".join(result.output.split())


def test_a_folder_of_xcp_d_becomes_a_figure_in_two_commands(folder, tmp_path):
    regions = [line.split(",")[0] for line in (folder / "atlas.csv").read_text().splitlines()[1:]]
    for file in sorted((folder / "matrices").iterdir()):
        inner = tmp_path / "xcp_d" / file.stem / "func"
        inner.mkdir(parents=True)
        stem = inner / f"{file.stem}_task-rest_space-MNI152NLin2009cAsym_seg-Own"
        frame = pd.DataFrame(np.loadtxt(file, delimiter=","), index=regions, columns=regions)
        name = f"{stem}_stat-pearsoncorrelation_relmat.tsv"
        frame.rename_axis("Node").to_csv(name, sep="\t")
        frame.to_csv(f"{stem}_stat-mean_timeseries.tsv", sep="\t", index=False)
        (inner / f"{file.stem}_task-rest_motion.tsv").write_text("x\ty\n1\t2\n")
    labels, out = ["--labels", folder / "labels.csv"], tmp_path / "m.siamex"
    more = ["--atlas", folder / "atlas.csv", "--epochs", "2", "--hidden", "8", "--folds", "2"]
    picture = tmp_path / "group.png"
    for command in (
        ["train", tmp_path / "xcp_d", *labels, *more, "--out", out],
        ["group", out, *labels, "--permutations", "99", "--models", "1", "--out", picture],
    ):
        result = run(app, list(map(str, command)))
        assert result.exit_code == 0, result.output
    assert picture.stat().st_size > 5000 and "against the own class" in result.output


def test_a_subject_is_compared_with_its_class(model, folder, tmp_path):
    table = tmp_path / "t.csv"
    more = ["--subject-map", "sub-05", "--columns", "1"]
    result = group(model, folder, "--out", tmp_path / "s.svg", "--table", table, *more)
    if "no subject 'sub-05' among" in result.output:  # of the first block, which is not explained
        more[1] = "sub-06"
        result = group(model, folder, "--out", tmp_path / "s.svg", "--table", table, *more)
    assert result.exit_code == 0, result.output
    assert "farthest from other members" in (tmp_path / "s.svg").read_text()
    assert table.read_text().startswith("region,other,for_own_class,z,p_fwe")
