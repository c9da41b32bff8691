"""The commands as a user runs them."""

import csv

import pytest
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.nn import build_siamese, load_model, save_model
from pyg_siamex.recipe import METHODS

run = CliRunner().invoke


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Some real molecules of two classes, with a few bad rows."""
    path = tmp_path_factory.mktemp("cli") / "molecules.csv"
    groups = FunctionalGroups()
    chosen = [groups[k] for k in range(0, len(groups), 5) if int(groups[k].y) in (0, 5)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["structure", "group"])
        writer.writerows([d.smiles, groups.class_names[int(d.y)]] for d in chosen)
        writer.writerow(["C1CC", "nitro"])
    return path


@pytest.fixture(scope="module")
def trained(table):
    out = table.parent / "model.siamex"
    arguments = ["train", str(table), "--smiles", "structure", "--label", "group"]
    result = run(app, [*arguments, "--out", str(out), "--epochs", "6", "--hidden", "16"])
    assert result.exit_code == 0, result.output
    return out, result.output


def test_train_reports_and_writes_a_model(trained):
    path, output = trained
    assert "test pair AUC" in output and "rows refused" in output
    model, metadata = load_model(path)
    assert metadata["test_pair_auc"] > 0.8 and metadata["rule"] == "same class"
    assert model.config["encoder"] == "GIN"


@pytest.mark.parametrize("method", list(METHODS))
@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_explain_draws_and_tells(trained, tmp_path, method, suffix):
    out = tmp_path / f"pair{suffix}"
    result = run(
        app,
        ["explain", str(trained[0]), "Cc1ccccc1[N+](=O)[O-]", "CC[N+](=O)[O-]", "--out", str(out),
         "--method", method, "--names", "nitrotoluene,nitroethane"],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "similarity" in result.output and "probability" in result.output
    assert out.stat().st_size > 1000
    if suffix == ".svg":
        assert "nitrotoluene" in out.read_text()


def test_a_handful_of_molecules_is_learned_and_said_to_be_few(tmp_path, caplog):
    path, out = tmp_path / "few.csv", tmp_path / "few.siamex"
    rows = ["CCO;yes", "CCN;no", "CCCO;yes", "CCCN;no", "OCCO;yes", "NCCN;no"]
    path.write_text("SMILES;active\n" + "\n".join(rows))
    arguments = ["train", str(path), "--smiles", "SMILES", "--label", "active"]
    result = run(app, [*arguments, "--out", str(out), "--epochs", "3"])
    assert result.exit_code == 0, result.output
    assert "6 molecules are too few to hold some out" in caplog.text
    assert "training pair AUC" in result.output and "test pair AUC" not in result.output
    assert "training_pair_auc" in load_model(out)[1]


def error(*arguments):
    result = run(app, list(map(str, arguments)))
    assert result.exit_code == 2, result.output
    text = result.output
    assert "Traceback" not in text
    return " ".join(text.split())


def test_errors_are_one_line_and_exit_with_2(trained, table, tmp_path):
    model, out = trained[0], tmp_path / "m.siamex"
    wanted = ("--out", out)
    assert "no file or folder at" in error(
        "train", tmp_path / "none.csv", "--smiles", "a", "--label", "b", *wanted
    )
    assert "no column 'smiles': it has structure, group" in error(
        "train", table, "--smiles", "smiles", "--label", "group", *wanted
    )
    columns = ("--smiles", "structure", "--label", "group")
    assert "encoder must be one of" in error("train", table, *columns, "--encoder", "GPT", *wanted)
    assert "rows refused" in error("train", table, *columns, "--strict", *wanted)
    assert "column 'group': no label is a number, such as 'nitro'" in error(
        "train", table, *columns, "--threshold", "1", *wanted
    )
    assert "--max-difference is for measured values" in error(
        "train", table, *columns, "--threshold", "1", "--classes", *wanted
    )
    assert "--measured or --classes: leave one" in error(
        "train", table, *columns, "--measured", "--classes", *wanted
    )
    assert "--split must be random, scaffold" in error(
        "train", table, *columns, "--split", "colour", *wanted
    )
    assert "no folder" in error("train", table, *columns, "--out", tmp_path / "x" / "m")
    odd = tmp_path / "odd.csv"
    odd.write_text("a,b\nCC,1\n")
    assert "name it as --smiles" in error("train", odd, "--label", "b", *wanted)
    assert "name the label as --label" in error("train", odd, *wanted)
    assert f"--density is for connectomes, and {table} is of molecules" in error(
        "train", table, *columns, "--density", "0.1", *wanted
    )
    assert "holds no matrices" in error(
        "train", table, "--label", "active", "--domain", "connectomes", *wanted
    )
    assert "--domain must be one of" in error("train", table, *columns, "--domain", "cars", *wanted)
    assert not out.exists()
    assert "invalid SMILES 'C1CC'" in error("explain", model, "C1CC", "CCO")
    assert "no model at" in error("explain", tmp_path / "none", "C", "CCO")
    assert "not a model file" in error("explain", table, "C", "CCO")
    assert ".svg or .png" in error("explain", model, "CC", "CCO", "--out", "a.jpg")
    assert "--method must be one of" in error("explain", model, "CC", "CCO", "--method", "magic")
    assert "--style is for connectomes" in error("explain", model, "CC", "C", "--style", "brains")
    assert "--columns is for connectomes" in error("explain", model, "CC", "C", "--columns", "2")
    assert "two names" in error("explain", model, "CC", "CCO", "--names", "one")


def test_a_model_that_does_not_know_molecules(tmp_path):
    path = tmp_path / "m.siamex"
    save_model(build_siamese("GIN", in_channels=3, hidden_channels=4, num_layers=1), path)
    assert "does not say how its features were made" in error("explain", path, "CC", "CCO")


def test_help_is_for_chemists_and_neuroscientists():
    for command in ("train", "explain", "demo"):
        result = run(app, [command, "--help"])
        assert result.exit_code == 0
        assert "molecule" in result.output and "onnectomes" in result.output


@pytest.mark.parametrize("domain", [[], ["--connectomes"]], ids=["molecules", "connectomes"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seed", "-1", "--out", "d/e"], "seed must be at least 0"),
        (["--out", "a.csv"], "a.csv is a file: name a folder"),
        (["--out", "a.csv/x"], "a.csv is a file: name a folder"),
        (["--out", "x" * 300], "is longer than 255 bytes"),
        (["--out", "/proc/x"], "no files can be written into the folder /proc"),
    ],
    ids=["seed", "file", "below a file", "long", "proc"],
)
def test_a_demo_makes_no_folder_before_its_options_are_checked(
    domain, options, message, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("kept")
    assert message in error("demo", *domain, *options)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.slow
def test_demo_finds_the_groups(tmp_path):
    result = run(app, ["demo", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    auc = float(result.output.split("test pair AUC ")[1].split()[0])
    assert auc >= 0.95
    assert len(list(tmp_path.glob("*.svg"))) == 6
    rows = {line.split("│")[1].strip(): line for line in result.output.splitlines() if "│" in line}
    scores = {name: float(line.split("│")[2]) for name, line in rows.items()}
    assert scores["RandomExplainer"] < 0.6
    ours = ("SelfLearned (KL)", "SelfLearned (GDA)", "BiLRP")
    assert all(scores[name] > 0.95 for name in ours) and scores["MaskOptimization"] > 0.85
    assert scores["oracle (the truth itself)"] == 1
