"""Recipes for connectomes give what the commands give."""

import shutil

import numpy as np
import pytest
from same import assert_same_model, assert_told, command

from pyg_siamex.recipe import (
    Connections,
    ConnectomeView,
    MatrixReading,
    Settings,
    Trained,
    explain,
    overview,
    search,
    train_connectomes,
)
from pyg_siamex.recipe.connectomes.subject_pool import SubjectPool
from pyg_siamex.visualize import overview_report, search_report

PAIR = ("sub-02", "sub-04")


@pytest.fixture(scope="module")
def model(folder):
    """The file that the command wrote."""
    out, labels, atlas = (folder / name for name in ("command.siamex", "labels.csv", "atlas.csv"))
    study = ("--labels", labels, "--atlas", atlas, "--density", 0.3)
    training = ("--folds", 2, "--epochs", 2, "--hidden", 8)
    command("train", folder / "matrices", *study, *training, "--out", out)
    return out


def test_the_same_model(folder, model):
    reading = MatrixReading(labels=folder / "labels.csv", atlas=str(folder / "atlas.csv"))
    settings = Settings(folds=2, epochs=2, hidden=8)
    matrices = folder / "matrices"
    trained = train_connectomes(
        matrices, None, reading, Connections(density=0.3), settings=settings
    )
    trained.save(folder / "recipe.siamex")
    assert_same_model(model, folder / "recipe.siamex")
    assert trained.summary()["classes"] == "control (20), patient (20)"
    assert trained.summary()["alike pairs"] == "48.7 % of all pairs"
    assert trained.cross_validation is not None
    assert len(trained.cross_validation.pair_auc) == 2


@pytest.mark.parametrize("method", [None, "jacobians"])
def test_the_same_explanation_table_and_picture(model, tmp_path, method):
    named = () if method is None else ("--method", method)
    out = tmp_path / "command.svg"
    output = command("explain", model, *PAIR, "--out", out, *named)
    explained = explain(Trained.load(model), *PAIR, method=method)
    explained.draw(tmp_path / "recipe.svg")
    assert (tmp_path / "recipe.svg").read_bytes() == out.read_bytes()
    assert_told(explained, output)


def test_the_same_circles_and_page(model, tmp_path):
    named = ("--method", "saliency", "--names", "ann,bob")
    circles, page = tmp_path / "command.svg", tmp_path / "command.html"
    command("explain", model, *PAIR, "--out", circles, "--style", "circles", *named)
    command("explain", model, *PAIR, "--out", page, *named)
    for name, view in (("recipe.svg", ConnectomeView(style="circles")), ("recipe.html", None)):
        found = explain(
            Trained.load(model), *PAIR, method="saliency", names=("ann", "bob"), view=view
        )
        found.draw(tmp_path / name)
    assert (tmp_path / "recipe.svg").read_bytes() == circles.read_bytes()
    assert (tmp_path / "recipe.html").read_bytes() == page.read_bytes()


def test_the_same_hits_and_page(folder, model, tmp_path):
    page, index = tmp_path / "command.html", tmp_path / "kept"
    asked = ("--query", PAIR[0], "-k", 2, "--index", index, "--method", "bilrp")
    command("search", model, folder / "matrices", *asked, "--out", page)
    found = search(
        Trained.load(model), folder / "matrices", PAIR[0], k=2, index=index, method="bilrp"
    )
    search_report(found.result, tmp_path / "recipe.html", notes=found.notes)
    assert (tmp_path / "recipe.html").read_bytes() == page.read_bytes()


def test_the_same_overview_and_page(folder, model, tmp_path):
    page, labels = tmp_path / "command.html", folder / "labels.csv"
    command("overview", model, folder / "matrices", "--labels", labels, "--out", page)
    reading = MatrixReading(labels=labels)
    seen = overview(Trained.load(model), folder / "matrices", reading=reading)
    overview_report(
        seen.overview,
        tmp_path / "recipe.html",
        graphs=seen.labelled.graphs,
        total=seen.labelled.total,
        notes=seen.notes,
    )
    assert (tmp_path / "recipe.html").read_bytes() == page.read_bytes()


def test_training_subjects_are_known_by_their_matrices_where_their_files_went(
    folder, model, tmp_path
):
    """Also under other names. A subject that cannot be used is named with its reason."""
    for k, path in enumerate(sorted((folder / "matrices").iterdir())):
        shutil.copy(path, tmp_path / f"person-{k}.csv")
    matrix = np.loadtxt(tmp_path / "person-0.csv", delimiter=",")
    np.savetxt(tmp_path / "new.csv", matrix[::-1, ::-1], delimiter=",")
    matrix[0, 3] += 1
    np.savetxt(tmp_path / "broken.csv", matrix, delimiter=",")
    metadata = dict(Trained.load(model).metadata)
    metadata["source"] = {**metadata["source"], "path": str(tmp_path / "gone")}
    pool = SubjectPool(metadata, ConnectomeView(matrices=tmp_path))
    assert pool.learned_from is None and len(pool.training) == 40
    assert pool.has_learned_from("person-3") and not pool.has_learned_from("new")
    assert pool.graph("new").num_nodes == 40
    with pytest.raises(ValueError, match=r"'broken' .*asymmetric matrix"):
        pool.graph("broken")
    for path in tmp_path.glob("person-*.csv"):
        path.unlink()
    assert SubjectPool(metadata, ConnectomeView(matrices=tmp_path)).training is None
