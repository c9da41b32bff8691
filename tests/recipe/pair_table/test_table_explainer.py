"""Names of pairs in, rows out; for every domain."""

import pickle

import pandas as pd
import pyarrow as pa
import pytest
from small_models import ALCOHOLS, AMINES, molecule_model
from study import write_study

from pyg_siamex.recipe import (
    METHODS,
    ROW_SETTINGS,
    Connections,
    ConnectomeView,
    MatrixReading,
    MoleculeView,
    PairColumns,
    RowView,
    Settings,
    TableExplainer,
    explain,
    explain_pairs,
    train_connectomes,
    train_rows,
)
from pyg_siamex.recipe.molecules.trained_on import TrainedOn
from pyg_siamex.recipe.pair_table.table_explainer import batches

PAIRS = [(a, b) for a in ALCOHOLS for b in AMINES[:4]]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("library") / "drugs.csv"
    rows = [f"m{k},{smiles}" for k, smiles in enumerate(ALCOHOLS)]
    path.write_text("\n".join(["name,smiles", *rows, "twice,CC", "twice,CCC"]))
    return path


@pytest.mark.parametrize("method", [None, "occlusion", "gradient", "bilrp"])
def test_rows_equal_pairs_explained_one_by_one(method):
    trained = molecule_model()
    rows = TableExplainer(trained, method=method)(PAIRS).to_pylist()
    for row, pair in zip(rows, PAIRS, strict=True):
        own = explain(trained, *pair, method=method)
        frame = own.explanation.pulls().to_frame()
        assert (row["query"], row["reference"]) == pair and row["error"] is None
        assert row["similarity"] == pytest.approx(own.explanation.prediction, abs=1e-6)
        assert row["probability"] == pytest.approx(own.probability, abs=1e-6)
        for side in ("query", "reference"):
            part = frame[frame["graph"] == side]
            assert row[f"{side}_first"] == list(part["first"])
            assert row[f"{side}_second"] == [k for k in part["second"] if k >= 0]
            assert row[f"{side}_mask"] == pytest.approx(list(part["importance"]), abs=1e-5)
            assert len(row[f"{side}_names"]) == len(part)
        assert row["kind"] == ("node" if method == "bilrp" else "edge")


def test_the_strongest_are_named():
    trained = molecule_model()
    [row] = TableExplainer(trained, method="occlusion", top=3)([("CC=O", "CCN")]).to_pylist()
    named = {
        (side, name): value
        for side in ("query", "reference")
        for name, value in zip(row[f"{side}_names"], row[f"{side}_mask"], strict=True)
    }
    assert ("query", "C1=O2") in named
    strongest = sorted(named, key=lambda key: -abs(named[key]))[:3]
    assert [(one["graph"], one["element"]) for one in row["top"]] == strongest
    [row] = TableExplainer(trained, method="bilrp", top=2)([("CC=O", "CCN")]).to_pylist()
    own = explain(trained, "CC=O", "CCN", method="bilrp").explanation.top_pairs(2)
    assert [one["importance"] for one in row["top"]] == pytest.approx([v for *_, v in own])
    assert row["top"][0]["graph"] == "pair" and " ~ " in row["top"][0]["element"]


def test_a_row_that_fails_has_its_reason_and_others_none_of_it():
    pairs = [("CCO", "CCN"), ("C1CC", "CCN"), ("", "C"), ("CCO", "nonsense"), ("CCO", "CCN")]
    table = TableExplainer(molecule_model(), method="occlusion")(pairs)
    good, ring, empty, word, again = table.to_pylist()
    assert good["error"] is again["error"] is None
    assert good["query_mask"] == again["query_mask"]
    assert ring["error"].startswith("query: invalid SMILES 'C1CC'")
    assert empty["error"] == "no query"
    assert word["error"].startswith("reference: invalid SMILES 'nonsense'")
    assert word["similarity"] is word["query_mask"] is None


def test_one_pair_that_cannot_be_explained_does_not_stop_its_batch(monkeypatch):
    explainer = TableExplainer(molecule_model(), method="occlusion")
    usual = explainer.explainer.explain

    def fails(queries, references):
        if any(graph.smiles == "CCCO" for graph in queries):
            raise RuntimeError("the model's similarity is not finite")
        return usual(queries, references)

    monkeypatch.setattr(explainer.explainer, "explain", fails)
    errors = explainer([(a, "CC") for a in ALCOHOLS])["error"].to_pylist()
    wanted = "the model's similarity is not finite"
    assert errors == [wanted if a == "CCCO" else None for a in ALCOHOLS]


def test_tables_of_any_kind_are_taken():
    explainer = TableExplainer(molecule_model(), method="gradient")
    frame = pd.DataFrame(PAIRS, columns=["query", "reference"])
    wanted = explainer(PAIRS)
    assert explainer(frame).equals(wanted)
    assert explainer(pa.Table.from_pandas(frame)).equals(wanted)


def test_a_pickled_explainer_explains_the_same():
    explainer = TableExplainer(molecule_model())
    wanted = explainer(PAIRS)
    assert pickle.loads(pickle.dumps(explainer))(PAIRS).equals(wanted)


def test_rows_do_not_depend_on_how_many_come_after():
    explainer = TableExplainer(molecule_model(), method="self-learned")
    many = PAIRS * 6
    assert explainer(many)[:64].equals(explainer(many[:64]))


def test_news_and_distances_are_told():
    known = TrainedOn.of(["CCO", "CCCO"]).to_dict()
    trained = molecule_model(trained_on=known)
    row, again = TableExplainer(trained, method="gradient")([("CCO", "CCCl")] * 2).to_pylist()
    assert row["query_distance"] == 0 and 0 < row["reference_distance"] <= 1
    assert row["warnings"] == ["reference: Cl is no element of the training molecules"]
    assert again["warnings"] == row["warnings"]
    [silent] = TableExplainer(molecule_model(), method="gradient")([("CCO", "CC")]).to_pylist()
    assert silent["query_distance"] is None and silent["warnings"] == []


def test_measures_have_columns():
    measures = ["simplicity", "fidelity", "insertion_deletion", "completeness"]
    table = TableExplainer(molecule_model(), method="occlusion", measures=measures)(PAIRS[:3])
    assert all(0 <= value <= 1 for value in table["Gini index"].to_pylist())
    assert {"fidelity+", "insertion", "completeness error"} <= set(table.column_names)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="`measures` must be one of"):
        TableExplainer(molecule_model(), measures=["beauty"])
    with pytest.raises(ValueError, match="`method` must be one of"):
        TableExplainer(molecule_model(), method="magic")
    with pytest.raises(ValueError, match="top must be at least 0"):
        TableExplainer(molecule_model(), top=-1)


def test_names_of_a_library(library):
    view = MoleculeView(library=library)
    explainer = TableExplainer(molecule_model(), method="occlusion", view=view)
    one, other, wrong, twice = explainer(
        [("m0", "CCN"), (ALCOHOLS[0], "CCN"), ("twic", "CC"), ("twice", "CC")]
    ).to_pylist()
    assert one["query_mask"] == other["query_mask"] and one["query"] == "m0"
    assert "'twic' is neither a name of" in wrong["error"] and "did you mean" in wrong["error"]
    assert "2 rows of" in twice["error"] and "lines 8, 9" in twice["error"]
    found = explain(molecule_model(), "m0", "CCN", method="occlusion", view=view)
    assert found.explanation.query.smiles == ALCOHOLS[0]
    assert not any("is read as" in note for note in found.notes)


def test_subjects(tmp_path):
    folder = write_study(tmp_path)
    reading = MatrixReading(labels=folder / "labels.csv", atlas=str(folder / "atlas.csv"))
    settings = Settings(folds=2, epochs=1, hidden=4)
    trained = train_connectomes(
        folder / "matrices", "group", reading, Connections(density=0.1), settings=settings
    )
    trained.save(folder / "brains.siamex")
    pairs = [("sub-01", "sub-02"), ("1", "sub-03"), ("sub-99", "sub-01")]
    for method in ("self-learned", "saliency", "bilrp"):
        rows = TableExplainer(folder / "brains.siamex", method=method)(pairs).to_pylist()
        own = explain(trained, *pairs[0], method=method)
        frame = own.explanation.pulls().to_frame()
        assert rows[0]["query_mask"] + rows[0]["reference_mask"] == pytest.approx(
            list(frame["importance"]), abs=1e-4
        )
        assert rows[1]["error"] is None
        assert all("was trained on it" in text for text in rows[0]["warnings"])
        assert len(rows[0]["warnings"]) == 2 and rows[0]["query_distance"] is None
        assert "no subject 'sub-99'" in rows[2]["error"]
        if method == "saliency":
            told = [row[1] for row in own.strongest.rows[:3]]
            names = dict(zip(rows[0]["query_names"], rows[0]["query_mask"], strict=True))
            assert sorted(names, key=lambda name: -abs(names[name]))[:3] == told
    moved = ConnectomeView(matrices=folder / "none")
    with pytest.raises(FileNotFoundError, match="no folder"):
        TableExplainer(trained, method="saliency", view=moved)(pairs)


def test_rows_of_a_table():
    from dataclasses import replace

    from sklearn.datasets import load_breast_cancer

    frame = load_breast_cancer(as_frame=True).frame.iloc[:40]
    frame = frame[[*frame.columns[:5], "target"]]
    frame.index = [f"tumour {k}" for k in range(len(frame))]
    trained = train_rows(frame, "target", settings=replace(ROW_SETTINGS, epochs=1))
    explainer = TableExplainer(trained, method="occlusion", view=RowView(table=frame))
    row, wrong = explainer([("tumour 0", "tumour 1"), ("tumour 0", "tumour 77")]).to_pylist()
    own = explain(trained, "tumour 0", "tumour 1", method="occlusion", view=RowView(table=frame))
    assert row["kind"] == "feature" and row["query_names"] == list(frame.columns[:5])
    wanted = own.explanation.query.node_mask[0].tolist()
    assert row["query_mask"] == pytest.approx(wanted, abs=1e-6)
    assert row["query_second"] == [] and "no row 'tumour 77'" in wrong["error"]
    assert pickle.loads(pickle.dumps(explainer))([("tumour 0", "tumour 1")]).num_rows == 1


@pytest.mark.parametrize("method", list(METHODS))
def test_every_method_fills_a_row(method):
    [row] = TableExplainer(molecule_model(), method=method)([("CCO", "CCN")]).to_pylist()
    assert row["error"] is None and len(row["query_mask"]) > 1


def test_batches():
    assert [len(some) for some in batches(range(5), 2)] == [2, 2, 1]
    assert not list(batches([], 2))


@pytest.mark.parametrize("kind", ["csv", "parquet", "frame", "arrow"])
def test_a_pair_in_the_place_of_the_header_is_refused(tmp_path, kind):
    explainer = TableExplainer(molecule_model())
    frame = pd.DataFrame([("CCC", "CCO")], columns=["CCO", "CCN"])
    with pytest.raises(ValueError, match="called 'CCO' and 'CCN', which is a pair: put a header"):
        if kind in ("csv", "parquet"):
            path = tmp_path / f"p.{kind}"
            frame.to_csv(path, index=False) if kind == "csv" else frame.to_parquet(path)
            explain_pairs(explainer.trained, path, tmp_path / "out")
        else:
            explainer(frame if kind == "frame" else pa.Table.from_pandas(frame))


def test_a_pair_of_names_in_the_place_of_the_header_is_refused(library):
    explainer = TableExplainer(molecule_model(), view=MoleculeView(library=library))
    with pytest.raises(ValueError, match="called 'm0' and 'm1', which is a pair"):
        explainer(pd.DataFrame([("m1", "m2")], columns=["m0", "m1"]))


def test_columns_that_are_named_or_numbered_are_no_pair():
    trained = molecule_model()
    frame = pd.DataFrame([("CCC", "CCO")], columns=["CCO", "CCN"])
    named = TableExplainer(trained, columns=PairColumns("CCO", "CCN"))
    for explainer, table in (
        (named, frame),
        (TableExplainer(trained), frame.set_axis([0, 1], axis=1)),
        (TableExplainer(trained), frame.set_axis(["CCO", "partner"], axis=1)),
    ):
        assert explainer(table)["error"].null_count == 1
