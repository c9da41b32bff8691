"""Rows are explained, searched and looked over with a model that was saved."""

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pyg_siamex import BiLRP, Occlusion, PairExplainer
from pyg_siamex.cli import app
from pyg_siamex.datasets import TableRows
from pyg_siamex.recipe import (
    METHODS,
    MoleculeColumns,
    RowReading,
    RowView,
    Settings,
    Trained,
    domain_named,
    explain,
    overview,
    search,
    train_rows,
)
from pyg_siamex.recipe.node_overview import some_pairs
from pyg_siamex.recipe.rows.explaining import row_explainer
from pyg_siamex.recipe.rows.labelled import labelled_rows
from pyg_siamex.recipe.rows.scaling import Scaling
from pyg_siamex.visualize import overview_report, search_report

PAIR = "tumour 0", "tumour 19"


@pytest.fixture(scope="module")
def loaded(trained, tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "cells.siamex"
    trained.save(path)
    return Trained.load(path)


@pytest.fixture
def few(cells):
    return cells.iloc[:24]


def test_rows_are_scaled_as_for_training(cells, trained):
    learn, *_ = TableRows(cells, label="target").split((0.8, 0.1, 0.1))
    shuffled = cells[[*reversed(cells.columns)]].assign(note="a word")
    rows = Scaling(**trained.metadata["rows"]["scaling"]).rows(shuffled)
    by_name = {rows[k].name: rows[k] for k in range(len(rows))}
    for graph in (learn[k] for k in range(len(learn))):
        assert torch.equal(by_name[graph.name].x, graph.x)
        assert torch.equal(by_name[graph.name].raw, graph.raw)


def test_a_pair_is_explained_by_column(loaded, cells):
    found = explain(loaded, *PAIR, method="occlusion", view=RowView(table=cells))
    rows = Scaling(**loaded.metadata["rows"]["scaling"]).rows(cells)
    explainer = PairExplainer(loaded.model, Occlusion(), node_mask_type="attributes")
    wanted = explainer(rows[0], rows[19])
    assert torch.equal(found.explanation.query.node_mask, wanted.query.node_mask)
    order = np.argsort(-wanted.query.node_mask[0].abs().numpy(), kind="stable")
    told = [row[1] for row in found.strongest.rows if row[0] == "tumour 0"]
    assert told == [cells.columns[k] for k in order]
    assert found.strongest.rows[0][2] == f"{np.float32(cells.iloc[0, order[0]]):.4g}"
    assert 0 < found.probability < 1 and "test pair AUC" in found.notes[0]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_each_column_an_importance(loaded, few, method):
    rows = Scaling(**loaded.metadata["rows"]["scaling"]).rows(few)
    shared = [rows[k] for k in range(len(rows))]
    [found] = row_explainer(loaded.model, method, shared).explain([rows[0]], [rows[19]])
    assert found.query.node_mask.shape == (1, 8)


def test_a_pair_is_drawn_in_every_format(loaded, few, tmp_path):
    found = explain(loaded, *PAIR, view=RowView(table=few, most=5), names=("one", "other"))
    for suffix in (".svg", ".png", ".pdf", ".html"):
        found.draw(tmp_path / f"pair{suffix}")
        assert (tmp_path / f"pair{suffix}").stat().st_size > 1000
    with pytest.raises(ValueError, match="`out` must end in"):
        found.draw(tmp_path / "pair.doc")
    with pytest.raises(ValueError, match="`most` must be at least 1"):
        RowView(most=0).check(tmp_path / "pair.svg", loaded)


def test_a_search_finds_the_nearest_rows(loaded, few, tmp_path):
    found = search(loaded, few, "tumour 0", k=3, method="occlusion")
    rows = Scaling(**loaded.metadata["rows"]["scaling"]).rows(few)
    with torch.no_grad():
        similarity = [float(loaded.model(rows[0], rows[k])) for k in range(1, 24)]
    nearest = sorted(range(23), key=lambda k: -similarity[k])[:3]
    assert [hit.name for hit in found.result.hits] == [f"tumour {k + 1}" for k in nearest]
    assert "not saved" in found.kept
    search_report(found.result, tmp_path / "search.html")
    assert "mean radius" in (tmp_path / "search.html").read_text()


def test_embeddings_of_a_file_are_kept_beside_it(loaded, few, tmp_path, caplog):
    broken = few.copy()
    broken.iloc[3, 0] = np.nan
    broken.to_csv(tmp_path / "few.csv", index_label="id")
    reading = RowReading(name="id")
    for words in ("23 embedded", "23 embeddings read from"):
        found = search(
            loaded, str(tmp_path / "few.csv"), "tumour 0", k=2, method="saliency", reading=reading
        )
        assert words in found.kept
    assert "1 rows lack a value and are left out: tumour 3" in caplog.text
    with pytest.raises(ValueError, match=r"row 'tumour 3' of .* lacks a value"):
        search(loaded, tmp_path / "few.csv", "tumour 3", reading=reading)


def test_an_overview_says_what_each_column_adds(loaded, few, tmp_path):
    seen = overview(loaded, few, "target")
    assert set(seen.overview.drivers["group"]) == set(few.columns[:8])
    assert seen.overview.class_names == ["0", "1"]
    assert set(seen.overview.kept["group"]) == set(few.columns[:8])
    assert seen.overview.kept_by.startswith("SelfLearned")
    graphs, labels = seen.labelled.graphs, seen.labelled.labels
    pairs = [pair for pair in some_pairs(24) if labels[pair[0]] == labels[pair[1]] == 0]
    explainer = PairExplainer(loaded.model, BiLRP(), node_mask_type="object")
    whole = explainer.explain(*([graphs[pair[side]] for pair in pairs] for side in (0, 1)))
    found = seen.overview.classes.set_index(["query_class", "reference_class"])["explained"]
    wanted = np.mean([float(pair.relevance.sum()) for pair in whole])
    assert found["0", "0"] == pytest.approx(wanted, rel=1e-4)
    table = seen.overview.table
    assert len(table.query("query_class == '0' and reference_class == '0'")) == 8 * 8
    overview_report(seen.overview, tmp_path / "overview.html", graphs=seen.labelled.graphs)
    assert "mean radius" in (tmp_path / "overview.html").read_text()
    with pytest.raises(ValueError, match="`groups` must be one of columns"):
        overview(loaded, few, "target", groups="regions")


def test_what_is_not_there_is_told(loaded, few):
    with pytest.raises(ValueError, match="from a table in memory: give it as `table`"):
        explain(loaded, *PAIR)
    with pytest.raises(ValueError, match=r"no row 'tumor 1' among the 24 .* did you mean tumour 1"):
        explain(loaded, "tumor 1", "tumour 2", view=RowView(table=few))
    with pytest.raises(ValueError, match="2 rows named 'a'"):
        search(loaded, few.set_axis(["a"] * 2 + list(few.index[2:])), "a")
    with pytest.raises(ValueError, match="no column 'mean area', which the model was trained on"):
        search(loaded, few.drop(columns="mean area"), "tumour 1")
    with pytest.raises(TypeError, match="reading must be RowReading for rows"):
        search(loaded, few, "tumour 1", reading=MoleculeColumns())
    with pytest.raises(ValueError, match="a demonstration of molecules and of connectomes alone"):
        domain_named("rows").demo(None, 0)


def test_a_table_in_memory_is_for_models_of_rows(loaded, few):
    other = Trained(loaded.model, {"features": {}})
    with pytest.raises(ValueError, match="trained on molecules, and a table in memory is a lib"):
        search(other, few, "tumour 1")


def test_commands_say_that_rows_are_for_python(loaded, few, tmp_path):
    few.to_csv(tmp_path / "few.csv")
    command = ["overview", str(loaded.path), str(tmp_path / "few.csv")]
    result = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "o.html")])
    assert result.exit_code == 2
    assert "commands are for molecules and connectomes" in result.output.replace("\n", " ")


def test_files_that_the_model_cannot_read_are_named(loaded, few, tmp_path):
    path = tmp_path / "few.csv"
    words = few.astype({"mean area": object})
    words.iloc[3, list(words.columns).index("mean area")] = "much"
    for table, message in (
        (few.drop(columns="mean area"), "has no column 'mean area'"),
        (words, "column 'mean area' does not hold numbers"),
        (
            few.assign(**{"mean area": None}).astype({"mean area": float}),
            "column .mean area. has no value in any row",
        ),
    ):
        table.to_csv(path, index_label="name")
        with pytest.raises(ValueError, match=rf"few\.csv: .*{message}"):
            explain(loaded, *PAIR, method="gradient", view=RowView(table=path))
    with pytest.raises(ValueError, match=r"^the table has no column 'mean area'"):
        explain(loaded, *PAIR, view=RowView(table=few.drop(columns="mean area")))


@pytest.mark.parametrize("k", [0, -1])
def test_a_number_of_hits_is_refused_before_embeddings_are_written(k, loaded, few, tmp_path):
    with pytest.raises(ValueError, match="k must be at least 1"):
        search(loaded, few, "tumour 0", k=k, index=tmp_path / "index.safetensors")
    assert not list(tmp_path.iterdir())


def test_more_hits_than_entries_are_refused_before_embeddings_are_written(loaded, few, tmp_path):
    index, most = tmp_path / "index.safetensors", len(few) - 1
    with pytest.raises(ValueError, match=f"k={most + 1}, and the library has {most} others"):
        search(loaded, few, "tumour 0", k=most + 1, index=index, method="saliency")
    assert not index.exists()
    assert len(search(loaded, few, "tumour 0", k=most, method="saliency").result.hits) == most


def test_rows_are_found_by_the_column_of_names_that_the_model_knows(cells, few, tmp_path):
    named = cells.reset_index(names="id")
    own = train_rows(named, "target", RowReading("id"), settings=Settings(hidden=4, epochs=1))
    few.to_csv(tmp_path / "few.csv", index_label="id")
    found = [search(own, tmp_path / "few.csv", query, k=3) for query in ("tumour 2", "line 4")]
    first, second = ([hit.name for hit in one.result.hits] for one in found)
    assert first == second and all(name.startswith("tumour") for name in first)
    assert search(own, few, "tumour 2", k=3).result.hits[0].name == first[0]
    assert overview(own, tmp_path / "few.csv").labelled.names[0] == "tumour 0"


@pytest.mark.parametrize("place", ["a frame", "a file"])
def test_a_column_of_the_model_is_the_label_and_the_names_too(place, cells, few, loaded, tmp_path):
    column, table = "mean radius", few
    if place == "a file":
        table = tmp_path / "few.csv"
        few.to_csv(table, index=False)
    seen = overview(loaded, table, column)
    assert [name.split(" (")[0] for name in seen.overview.class_names] == ["low", "middle", "high"]
    assert set(seen.overview.drivers["group"]) == set(few.columns[:8])
    cut = np.digitize(few[column], np.quantile(few[column], [1 / 3, 2 / 3]), right=True)
    assert seen.labelled.labels == cut.tolist()
    other = overview(loaded, few.assign(same=few[column]), "same")
    assert seen.overview.drivers.equals(other.overview.drivers)
    named = overview(loaded, table, "target", reading=RowReading(name=column))
    assert [float(name) for name in named.labelled.names] == few[column].tolist()
    assert overview(loaded, table, "target", reading=RowReading(name="target")).labelled.names
    query = str(few[column].iloc[0])
    hits = search(loaded, table, query, k=3, reading=RowReading(name=column)).result.hits
    assert {float(hit.name) for hit in hits} <= set(few[column])


@pytest.mark.parametrize("kind", ["classes", "measured"])
def test_a_label_is_what_its_training_took_it_for(cells, kind):
    table = cells.assign(target=[3 * (k % 12) if kind == "classes" else k % 6 for k in range(120)])
    trained = train_rows(table, "target", label_kind=kind, settings=Settings(hidden=4, epochs=1))
    data = labelled_rows(table, trained, "target", None, 100, RowReading())
    assert data.graphs[0].y.is_floating_point() == (kind == "measured")


def test_rows_that_an_overview_leaves_out_are_told(loaded, few, caplog):
    few.iloc[3, 0] = np.nan
    assert overview(loaded, few).labelled.total == len(few) - 1
    assert "1 rows lack a value and are left out: tumour 3" in caplog.text
