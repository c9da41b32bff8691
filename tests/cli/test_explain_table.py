"""``explain --pairs`` as a user runs it."""

import json

import pandas as pd
import pytest
from same import command
from small_models import molecule_model
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.recipe import ExplainedPairs, explain_pairs


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    molecule_model().save("m.siamex")
    (tmp_path / "lib.csv").write_text("name,smiles\nethanol,CCO\namine,CCN\n")
    (tmp_path / "pairs.csv").write_text("query,reference\nethanol,amine\nCC=O,amine\nnobody,C\n")
    return tmp_path


def refused(*arguments):
    result = CliRunner().invoke(app, ["explain", "m.siamex", *arguments])
    assert result.exit_code == 2 and "Traceback" not in result.output
    return " ".join(result.output.split())


def test_the_command_does_what_the_recipe_does(files):
    output = command(
        *("explain", "m.siamex", "--pairs", "pairs.csv", "--library", "lib.csv"),
        *("--method", "occlusion", "--draw", "svg", "--measures", "simplicity, fidelity"),
    )
    assert "2 of 3 pairs explained" in output and "line 4: query: 'nobody' is neither" in output
    assert "folder: explained" in output
    frame = ExplainedPairs.load("explained").to_frame()
    from pyg_siamex.recipe import MoleculeView

    own = explain_pairs(
        "m.siamex",
        "pairs.csv",
        "own",
        method="occlusion",
        view=MoleculeView(library="lib.csv"),
        measures=["simplicity", "fidelity"],
    )
    pd.testing.assert_frame_equal(frame, own.to_frame())
    assert (files / "explained" / "pictures" / "000001.svg").is_file()
    assert json.loads((files / "explained" / "run.json").read_text())["measures"] == [
        "simplicity",
        "fidelity",
    ]


def test_refusals_come_first(files):
    pairs = ("--pairs", "pairs.csv")
    assert "no table of pairs at none.csv" in refused("--pairs", "none.csv")
    assert "--measures must be one of" in refused(*pairs, "--measures", "beauty")
    assert "has 'fidelity' twice" in refused(*pairs, "--measures", "fidelity,fidelity")
    assert "--measures names none" in refused(*pairs, "--measures", " , ")
    assert "QUERY is for one pair, and --pairs is a table" in refused("CCO", *pairs)
    assert "--save is for one pair" in refused(*pairs, "--save", "x")
    assert "give a query and a reference, or a table" in refused("CCO")
    assert "--workers is for a table of pairs" in refused("CC", "CO", "--workers", "2")
    assert "--draw is for a table of pairs" in refused("CC", "CO", "--draw", "svg")
    assert "is a file, and --out of --pairs is a folder" in refused(*pairs, "--out", "lib.csv")
    assert "is read, and would be written over" in refused(*pairs, "--out", "pairs.csv")
    assert "name both, or neither" in refused(*pairs, "--query-column", "query")
    assert "has no column 'x': it has query, reference" in refused(
        *pairs, "--query-column", "x", "--reference-column", "query"
    )
    assert "--matrices is for connectomes" in refused(*pairs, "--matrices", ".")
    assert "--size is for pictures, and none is made" in refused(*pairs, "--size", "900x400")
    assert "--smiles is a column of a library: give --library" in refused(*pairs, "--smiles", "s")
    assert "--name is a column of a library" in refused("CC", "CO", "--name", "s")
    assert not (files / "explained").exists()


def test_a_row_that_is_no_molecule_is_named_with_its_file(files):
    (files / "lib.csv").write_text("name,smiles\nethanol,CCO\nm1,C1CC\n")
    text = refused("ethanol", "m1", "--library", "lib.csv")
    assert "line 3 of lib.csv, 'm1', is not a molecule: invalid SMILES 'C1CC'" in text
    (files / "pairs.csv").write_text("query,reference\nm1,ethanol\n")
    text = refused("--pairs", "pairs.csv", "--library", "lib.csv")
    assert "line 2: query: line 3 of lib.csv, 'm1', is not a molecule" in text


def test_a_table_without_any_pair_that_can_be_explained_is_an_error(files):
    (files / "pairs.csv").write_text("query,reference\nethanol,amine\n")
    text = refused("--pairs", "pairs.csv", "--method", "gradient")
    assert (
        "none of 1 pairs of pairs.csv could be explained: line 2: query: invalid SMILES 'ethanol'"
        in text
    )
    assert "name another --out, or remove that folder first" in text
    (files / "pairs.csv").write_text("query,reference\nCCO,CCN\n")
    start = ("explain", "m.siamex", "--pairs", "pairs.csv", "--method", "gradient")
    assert "holds explanations of other pairs: choose another" in refused(*start[2:])
    assert "1 of 1 pairs explained" in command(*start, "--out", "again")


def test_ranks_share_a_table(files, caplog):
    lines = [f"{'C' * (k % 9 + 1)}O,CCN" for k in range(600)]
    (files / "many.csv").write_text("\n".join(["query,reference", *lines]))
    call = ("explain", "m.siamex", "--pairs", "many.csv", "--method", "gradient", "--out", "many")
    first = command(*call, "--rank", "1", "--world-size", "2", "--workers", "1")
    assert "88 of 88 pairs explained" in first
    assert "512 of 600 pairs are left to other ranks" in caplog.text
    assert "600 of 600 pairs explained" in command(*call, "--rank", "0", "--world-size", "2")
    frame = ExplainedPairs.load("many").to_frame()
    assert list(frame["row"]) == list(range(600)) and frame["error"].isna().all()


def test_options_of_many_machines_are_checked(files):
    pairs = ("--pairs", "pairs.csv")
    assert "--num-gpus is of Ray's workers: add --ray" in refused(*pairs, "--num-gpus", "1")
    assert "--rank and --world-size go together" in refused(*pairs, "--rank", "1")
    beyond = refused(*pairs, "--rank", "2", "--world-size", "2")
    assert "must be at least 0 and below --world-size (got 2 of 2)" in beyond
    assert "--ray is for a table of pairs" in refused("CCO", "CCN", "--ray")


@pytest.mark.slow
def test_ray_explains_the_same(files):
    call = ("explain", "m.siamex", "--pairs", "pairs.csv", "--library", "lib.csv")
    output = command(*call, "--method", "occlusion", "--ray", "--workers", "1", "--out", "ray")
    assert "2 of 3 pairs explained" in output
    command(*call, "--method", "occlusion", "--out", "own")
    ray, own = (ExplainedPairs.load(name).to_frame() for name in ("ray", "own"))
    pd.testing.assert_frame_equal(ray, own)
