"""The same numbers from the files of every tool."""

import logging

import numpy as np
import pandas as pd
import pytest
import torch
from connectomes import matrices, series
from nilearn.connectome import ConnectivityMeasure
from sources import SOURCES, shuffled, write_table

from pyg_siamex.datasets import PlantedConnectomes
from pyg_siamex.datasets.connectome import dosenbach_160
from pyg_siamex.recipe import (
    Connections,
    ConnectomeView,
    MatrixReading,
    Settings,
    explain,
    group,
    longitudinal,
    train_connectomes,
)
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.labelled import labelled_connectomes
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource

REGIONS = [f"area_{k}" for k in range(12)]
QUICK = Settings(folds=2, epochs=2, hidden=8)


def planted(count=40):
    atlas = dosenbach_160()
    chosen = [k for k, n in enumerate(atlas.networks) if n in ("default", "occipital")]
    small = atlas.subset(chosen[:6] + chosen[-6:])
    made = PlantedConnectomes(count, effect=3.0, atlas=small)
    return made.matrices.double().numpy(), [made.class_names[int(d.y)] for d in made]


def graphs_of(path, reading):
    source = MatrixSource.of(path, reading)
    subjects = source.read_labelled("group", reading, strict=True)
    recipe, subjects = GraphRecipe().learned(subjects, None)
    return recipe.graphs(subjects, strict=True)


@pytest.mark.parametrize("source", SOURCES)
def test_graphs_are_the_same_from_every_source(source, tmp_path):
    values, labels = planted()
    table = write_table(tmp_path / "participants.tsv", labels)
    (tmp_path / "files").mkdir()
    graphs = graphs_of(*SOURCES[source](tmp_path / "files", values, REGIONS, table))
    expected = torch.from_numpy(values).float()
    expected.diagonal(dim1=1, dim2=2).zero_()
    assert torch.allclose(graphs.matrices, expected, atol=1e-6)
    assert [graphs.class_names[int(graphs[k].y)] for k in range(len(graphs))] == labels
    if source != "triangles":
        assert graphs[0].roi_names == REGIONS


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("archive", ["hcp68_spatial_orientation", "abide_children"])
def test_published_matrices_are_the_same_from_every_source(archive, source, real_data, tmp_path):
    with np.load(real_data / "connectomes" / f"{archive}.npz") as file:
        values, y = file["adjacency"], file["label"]
    regions = [f"area_{k}" for k in range(values.shape[1])]
    table = write_table(tmp_path / "participants.tsv", [f"class {k}" for k in y])
    (tmp_path / "files").mkdir()
    graphs = graphs_of(*SOURCES[source](tmp_path / "files", values, regions, table))
    expected = torch.from_numpy(values).float()
    expected.diagonal(dim1=1, dim2=2).zero_()
    assert torch.equal(graphs.matrices, expected)
    assert [int(graphs[k].y) for k in range(len(graphs))] == y.tolist()


def test_models_of_published_matrices_are_the_same_from_five_sources(real_data, tmp_path):
    with np.load(real_data / "connectomes" / "hcp68_spatial_orientation.npz") as file:
        chosen = np.argsort(file["label"], kind="stable")[66:146]  # 40 of each class
        values, y = file["adjacency"][chosen], file["label"][chosen]
    regions, found = [f"area_{k}" for k in range(68)], {}
    table = write_table(tmp_path / "participants.tsv", [f"class {k}" for k in y])
    for source in ("shuffled text", "XCP-D", "CONN", "MATLAB stack", "triangles"):
        (tmp_path / source).mkdir()
        path, reading = SOURCES[source](tmp_path / source, values, regions, table)
        trained = train_connectomes(path, "group", reading, settings=QUICK)
        found[source] = [trained.cross_validation.pair_auc, trained.fit_result.quality]
    assert all(numbers == found["XCP-D"] for numbers in found.values())


def test_models_of_files_with_orders_of_their_own_are_the_same(tmp_path):
    values, labels = planted()
    table, found = write_table(tmp_path / "t.tsv", labels), []
    for seed, name in enumerate(("one", "other")):
        (tmp_path / name).mkdir()
        path, reading = shuffled(tmp_path / name, values, REGIONS, table, seed)
        trained = train_connectomes(path, "group", reading, settings=QUICK)
        found.append(trained.cross_validation.pair_auc)
        view = ConnectomeView(style="circles")
        told = explain(trained, "001", "002", method="saliency", view=view)
        assert "area_" in told.strongest.rows[0][1]
    assert found[0] == found[1]


def test_a_header_of_numbers_is_no_region(tmp_path):
    values, labels = planted()
    numbers = [str(1001 + 3 * k) for k in range(12)]
    path, reading = shuffled(
        tmp_path, values, numbers, write_table(tmp_path.parent / "t.tsv", labels)
    )
    graphs = graphs_of(path, reading)
    assert graphs.matrices.shape == (40, 12, 12) and graphs[0].roi_names == numbers


@pytest.mark.parametrize("drop", [True, False])
def test_a_model_keeps_its_regions(drop, tmp_path, caplog):
    values, labels = planted()
    table = write_table(tmp_path / "t.tsv", labels)
    (tmp_path / "files").mkdir()
    values[3, 5] = values[3, :, 5] = np.nan
    for k, matrix in enumerate(values):
        np.savetxt(tmp_path / "files" / f"{k + 1:03d}.csv", matrix, delimiter=",")
    reading = MatrixReading(labels=table, drop_regions=drop)
    with caplog.at_level(logging.WARNING):
        trained = train_connectomes(tmp_path / "files", "group", reading, settings=QUICK)
    assert "ROI 6" in caplog.text and len(trained.graphs) == 40
    assert len(trained.graphs.atlas) == (11 if drop else 12)
    view = ConnectomeView(style="circles")
    told = explain(trained, "004", "002", method="saliency", view=view)
    names = told.explanation.query.roi_names
    assert ("ROI 6" in names) != drop and "ROI 7" in names


def test_scans_of_a_person_are_never_in_two_parts(tmp_path):
    """Labels without meaning of 20 persons with 4 scans each, which all look alike."""
    rng = np.random.default_rng(0)
    persons = matrices(20, 10)
    for k in range(80):
        noise = np.triu(0.02 * rng.standard_normal((10, 10)), 1)
        inner = tmp_path / "files" / f"sub-{k // 4:02d}"
        inner.mkdir(parents=True, exist_ok=True)
        stem = f"sub-{k // 4:02d}_ses-{k % 4 // 2}_run-{k % 2}_relmat"
        values = persons[k // 4] + noise + noise.T
        np.savetxt(inner / f"{stem}.tsv", values, delimiter="\t")
    table = tmp_path / "t.csv"
    pd.DataFrame({"participant_id": range(20), "group": list("ab" * 10)}).to_csv(table, index=False)
    reading = MatrixReading(labels=table)
    subjects = MatrixSource.of(tmp_path / "files", reading).read_labelled("group", reading, True)
    assert subjects.names[:3] == ["sub-00_ses-0_run-0", "sub-00_ses-0_run-1", "sub-00_ses-1_run-0"]
    assert len(set(subjects.groups)) == 20
    trained = train_connectomes(
        tmp_path / "files", "group", reading, Connections(), settings=Settings(folds=2, epochs=5)
    )
    assert sum(trained.cross_validation.pair_auc) / 2 < 0.62


def test_a_site_is_no_diagnosis_where_sites_are_left_out(tmp_path):
    """Patients were mostly measured at two of four sites, which all differ in some connections."""
    rng, count = np.random.default_rng(0), 80
    site = np.arange(count) % 4
    ill = np.where(rng.random(count) < 0.15, site < 2, site >= 2)
    upper = np.triu(rng.standard_normal((count, 10, 10)), 1)
    upper[:, 0, 1:6] += np.array([-2, -2, 2, 2])[site][:, None]
    labels = np.where(ill, "ill", "well")
    archive = tmp_path / "study.npz"
    matrices = upper + upper.transpose(0, 2, 1)
    np.savez(archive, matrices=matrices, label=labels, site=np.array(list("abcd"))[site])
    settings = Settings(folds=4, epochs=6, hidden=8, lr=1e-2)
    naive, honest = (
        train_connectomes(archive, None, reading, settings=settings).cross_validation.pair_auc
        for reading in (MatrixReading(), MatrixReading(site="site"))
    )
    assert np.mean(naive) > 0.65 and len(honest) == 4
    assert np.nanmean(honest) < 0.6


def test_sites_that_cannot_be_left_out_stop_the_training(tmp_path):
    values, labels = planted()
    table, rows = tmp_path / "t.csv", {"id": range(1, 41), "group": labels, "site": ["Oslo"] * 40}
    pd.DataFrame(rows).to_csv(table, index=False)
    (tmp_path / "files").mkdir()
    path, _ = shuffled(tmp_path / "files", values, REGIONS, table)
    with pytest.raises(ValueError, match="all subjects are of site 'Oslo'"):
        train_connectomes(path, "group", MatrixReading(labels=table, site="site"), settings=QUICK)


def series_study(folder, count=40, regions=5):
    rng = np.random.default_rng(1)
    (folder / "files").mkdir()
    for k, signal in enumerate(series(count, regions)):
        signal[:, 1] += (k % 2) * 2 * signal[:, 0]
        signal += 0.1 * rng.standard_normal(signal.shape)
        np.savetxt(folder / "files" / f"{k + 1:03d}.tsv", signal, delimiter="\t")
    return folder / "files", write_table(folder / "t.tsv", ["control", "patient"] * (count // 2))


@pytest.mark.parametrize("kind", ["correlation", "partial", "tangent"])
def test_time_series_become_matrices(kind, tmp_path):
    path, table = series_study(tmp_path)
    reading = MatrixReading(labels=table, kind=kind)
    subjects = MatrixSource.of(path, reading).read_labelled("group", reading, True)
    names = {"partial": "partial correlation"}
    measure = ConnectivityMeasure(kind=names.get(kind, kind), standardize=True)
    arrays = [np.asarray(array) for array in subjects.arrays]
    measure.fit(arrays[:10])
    recipe = GraphRecipe(connectivity=kind).fitted(subjects, range(10))
    again = GraphRecipe.from_dict(recipe.to_dict())
    expected = torch.from_numpy(measure.transform(arrays)).float()
    expected.diagonal(dim1=1, dim2=2).zero_()
    assert torch.allclose(again.graphs(subjects).matrices, expected, atol=1e-5)


def test_tangent_space_is_fitted_on_the_training_part(tmp_path, monkeypatch):
    from pyg_siamex.recipe.connectomes import graph_recipe

    fitted = []
    original = graph_recipe.fit_mean

    def watched(subjects, rows):
        fitted.append(len(rows))
        return original(subjects, rows)

    monkeypatch.setattr(graph_recipe, "fit_mean", watched)
    path, table = series_study(tmp_path)
    reading = MatrixReading(labels=table, kind="tangent")
    trained = train_connectomes(path, "group", reading, settings=QUICK)
    assert fitted == [40, 20, 20]  # all for the model, and the training part of each fold
    assert min(trained.cross_validation.pair_auc) > 0.7
    told = explain(trained, "001", "002", method="saliency", view=ConnectomeView(style="circles"))
    assert 0 < told.probability < 1


def test_time_series_are_called_time_series(tmp_path):
    path, table = series_study(tmp_path)
    with pytest.raises(
        ValueError, match=r"time series of 40 time points and 5 regions.*correlation"
    ):
        train_connectomes(path, "group", MatrixReading(labels=table))


def test_more_regions_than_time_points_are_noticed(tmp_path, caplog):
    (tmp_path / "files").mkdir()
    for k, signal in enumerate(series(3)):
        np.savetxt(tmp_path / "files" / f"{k}.tsv", signal[:40].T, delimiter="\t")
    with caplog.at_level(logging.WARNING):
        MatrixSource(str(tmp_path / "files"), connectivity="partial").read()
    assert "more regions (40) than time points (5), such as that of '0'" in caplog.text


def test_a_new_subject_is_explained_against_one_of_the_training(tmp_path):
    values, labels = planted(42)
    table = write_table(tmp_path / "t.tsv", labels[:40])
    for name in ("files", "new"):
        (tmp_path / name).mkdir()
    path, reading = shuffled(tmp_path / "files", values[:40], REGIONS, table)
    trained = train_connectomes(path, "group", reading, settings=QUICK)
    frame = pd.DataFrame(values[41], index=REGIONS, columns=REGIONS)
    frame.iloc[::-1, ::-1].to_csv(tmp_path / "new" / "visitor.csv")
    frame.iloc[:, :] = values[40]
    frame.to_csv(tmp_path / "new" / "003.csv")  # a new subject with the name of another
    view = ConnectomeView(matrices=tmp_path / "new", style="circles")
    told = explain(trained, "visitor", "002", method="saliency", view=view)
    assert any("was trained on 002 too" in note for note in told.notes)
    [note] = [note for note in told.notes if "is not in" in note]
    assert note.endswith(f"002 is not in {tmp_path / 'new'}: it is taken from {path}")
    told = explain(trained, "visitor", "003", method="saliency", view=view)
    assert not any("trained on" in note or "not in" in note for note in told.notes)
    trained.model.invariance = None
    told = explain(trained, "visitor", "002", method="self-learned", view=view)
    assert told.explanation.query.edge_mask.isfinite().all()


def _lacking(folder):
    """A folder whose files have names of regions, some without the last; its table, and a model."""
    values, labels = planted()
    names = [f"r{k}" for k in range(12)]
    table = write_table(folder / "t.tsv", labels)
    (folder / "files").mkdir()
    for k, matrix in enumerate(values):
        size = 11 if k % 8 == 0 else 12
        frame = pd.DataFrame(matrix[:size, :size], columns=names[:size])
        frame.to_csv(folder / "files" / f"{k + 1:03d}.csv", index=False)
    return folder / "files", table


@pytest.mark.parametrize("drop", [True, False])
def test_all_commands_read_the_files_of_the_training(drop, tmp_path):
    folder, table = _lacking(tmp_path)
    reading = MatrixReading(labels=table)
    asked = MatrixReading(labels=table, drop_regions=drop)
    trained = train_connectomes(folder, "group", asked, settings=QUICK)
    for given in (reading, asked):
        found = group(trained, None, "group", permutations=20, models=1, reading=given)
        assert "of 40 subjects" in found.notes[0] and len(found.atlas) == (11 if drop else 12)
    told = labelled_connectomes(folder, trained, "group", "regions", 100, reading)
    assert len(told.graphs) == 40


@pytest.mark.parametrize(("drop", "count"), [(None, 35), (False, 40)])
def test_subjects_that_lack_regions_of_a_model_are_left_out_or_filled(
    drop, count, tmp_path, caplog
):
    folder, table = _lacking(tmp_path)
    values, _ = planted()
    whole = tmp_path / "whole"
    whole.mkdir()
    for k, matrix in enumerate(values):
        frame = pd.DataFrame(matrix, columns=[f"r{j}" for j in range(12)])
        frame.to_csv(whole / f"{k + 1:03d}.csv", index=False)
    trained = train_connectomes(whole, "group", MatrixReading(labels=table), settings=QUICK)
    asked = MatrixReading(labels=table, drop_regions=drop)
    found = group(trained, folder, "group", permutations=20, models=1, reading=asked)
    assert f"of {count} subjects" in found.notes[0]
    assert ("left out: subject" in caplog.text) == (count == 35)
    assert "of the same measure" not in caplog.text


@pytest.mark.parametrize("drop", [False, None])
def test_regions_of_a_model_are_not_left_out(drop, tmp_path):
    folder, table = _lacking(tmp_path)
    if drop is None:
        for path in folder.glob("*.csv"):
            frame = pd.read_csv(path)
            frame.iloc[:11, :11].to_csv(path, index=False)
    asked = MatrixReading(labels=table, drop_regions=drop)
    trained = train_connectomes(folder, "group", asked, settings=QUICK)
    other = MatrixReading(labels=table, drop_regions=True)
    with pytest.raises(ValueError, match="`drop_regions=True` leaves regions out in training"):
        group(trained, None, "group", permutations=20, models=1, reading=other)
    with pytest.raises(ValueError, match="`drop_regions=True` leaves regions out in training"):
        longitudinal(trained, permutations=20, reading=MatrixReading(drop_regions=True))
