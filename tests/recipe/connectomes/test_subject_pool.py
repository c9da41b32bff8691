"""Subjects by name, in the folder that is given and in that of the training."""

import numpy as np
import pytest
from small_study import noise

from pyg_siamex.recipe import (
    ConnectomeView,
    MatrixReading,
    Settings,
    explain,
    train_connectomes,
)
from pyg_siamex.recipe.connectomes.explaining import SubjectsByName
from pyg_siamex.recipe.connectomes.subject_pool import SubjectPool

NAMES = [f"sub-{k + 1:02d}" for k in range(12)]


def write(folder, values):
    folder.mkdir()
    for name, matrix in values.items():
        np.savetxt(folder / f"{name}.csv", np.tanh(matrix), delimiter=",")
    return folder


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    place = tmp_path_factory.mktemp("pool")
    folder = write(place / "study", dict(zip(NAMES, noise(12), strict=True)))
    labels = place / "labels.csv"
    rows = [f"{name},{'ab'[k % 2]}" for k, name in enumerate(NAMES)]
    labels.write_text("\n".join(["subject,group", *rows]))
    settings = Settings(folds=2, epochs=1, hidden=4)
    return train_connectomes(folder, "group", MatrixReading(labels=labels), settings=settings)


def scans(*names):
    return dict(zip(names, noise(len(names), 1), strict=True))


def test_a_subject_of_the_training_beside_given_ones_is_told(trained, tmp_path):
    given = write(tmp_path / "new", scans("sub-91", "sub-92", "sub-03"))
    view = ConnectomeView(matrices=given, style="circles")
    study = trained.metadata["source"]["path"]
    told = explain(trained, "sub-91", "sub-05", method="saliency", view=view)
    assert told.notes[0] == f"sub-05 is not in {given}: it is taken from {study}"
    graphs = SubjectsByName(trained, view)
    graph = graphs.graph("5")
    _, news = graphs.news("5", graph)
    assert news[0] == f"5 is not in {given}: it is taken from {study}"
    for name in ("sub-91", "sub-03", "92"):
        assert SubjectPool(trained.metadata, view).elsewhere(name) == []
        assert graphs.news(name, graphs.graph(name))[1] == []


def test_subjects_of_the_training_alone_are_not_told(trained):
    for matrices in (None, trained.metadata["source"]["path"]):
        pool = SubjectPool(trained.metadata, ConnectomeView(matrices=matrices))
        assert pool.elsewhere("sub-05") == []


def test_a_person_with_several_scans_is_named_by_one(trained, tmp_path):
    names = ["sub-01_ses-1", "sub-01_ses-2", "sub-02_ses-1"]
    view = ConnectomeView(matrices=write(tmp_path / "sessions", scans(*names)))
    pool = SubjectPool(trained.metadata, view)
    for person in ("sub-01", "01", "1"):
        with pytest.raises(ValueError, match=r"has 2 scans of .*: give one of sub-01_ses-1, sub"):
            pool.graph(person)
    for name in names:
        assert pool.graph(name).num_nodes == 8 and pool.elsewhere(name) == []
    [told] = pool.elsewhere("sub-02")
    assert "which has sub-02_ses-1: it is taken from" in told
    with pytest.raises(ValueError, match="no subject 'sub-99' among the 3 of"):
        pool.graph("sub-99")
