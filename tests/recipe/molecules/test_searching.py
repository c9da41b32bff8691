"""Search for molecules: columns, near-duplicates, diversity, estimates, files."""

import csv
import json

import pytest
from rdkit import Chem

from pyg_siamex.recipe import (
    HitChoice,
    MatrixReading,
    MoleculeColumns,
    Settings,
    search,
    train_molecules,
)
from pyg_siamex.recipe.molecules.remembered import Remembered
from pyg_siamex.visualize import search_report

ENDS = ("O", "N", "Cl", "C#N", "c1ccccc1")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Chains with a value that grows with their length, and one under other names."""
    path = tmp_path_factory.mktemp("searching") / "chains.csv"
    rows = [
        (f"m{n}{k}", "C" * n + end, 0.5 + n, k) for n in range(1, 9) for k, end in enumerate(ENDS)
    ]
    rows += [("mapped", "[CH3:1]CCN", 9.5, 0), ("heavy", "[13CH3]CCN", "", 1)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("name", "smiles", "value", "batch"), *rows])
    return path


@pytest.fixture(scope="module")
def trained(table):
    columns = MoleculeColumns(smiles="smiles")
    return train_molecules(table, "value", columns, settings=Settings(epochs=1, hidden=8, layers=2))


def found(trained, table, **choice):
    chosen = HitChoice(**choice)
    return search(trained, table, "CCCN", k=5, method="gradient", choice=chosen)


def test_hits_have_all_columns_and_near_duplicates_are_apart(trained, table):
    result = found(trained, table).result
    assert {hit.name for hit in result.folded} == {"mapped", "heavy"}
    assert set(result.excluded) <= {"m31", "mapped"}
    rows = {row["name"]: row for row in csv.DictReader(table.open())}
    for hit in [*result.hits, *result.folded]:
        own = dict(hit.columns)
        assert 0 <= float(own.pop("distance to training")) <= 1
        assert own == rows[hit.name]
    kept = found(trained, table, duplicates=True).result
    assert not kept.folded


def test_forms_of_one_molecule_are_one_hit(trained, tmp_path):
    path = tmp_path / "forms.csv"
    forms = ["CCCCO", "CCCC[O-].[Na+]", "[2H]OCCCC", "CCCCCl", "C[C@H](N)CO", "C[C@@H](N)CO"]
    rows = [f"f{k},{smiles}" for k, smiles in enumerate(forms)]
    path.write_text("\n".join(["name,smiles", *rows]))
    found = search(trained, path, "CCCCCO", k=3, method="gradient")
    whole = [{hit.name, *hit.twins} for hit in found.result.hits]
    assert sorted(map(sorted, whole)) == [["f0", "f1", "f2"], ["f3"], ["f4", "f5"]]
    found.write_hits(tmp_path / "hits.csv")
    told = [row["near_duplicates"] for row in csv.DictReader((tmp_path / "hits.csv").open())]
    assert sorted(len(text.split("; ")) if text else 0 for text in told) == [0, 1, 2]
    page = tmp_path / "search.html"
    search_report(found.result, page, notes=found.notes)
    text = page.read_text()
    assert "near-duplicates: " in text and "does not read stereochemistry" in text
    every = HitChoice(duplicates=True)
    kept = search(trained, path, "CCCCCO", k=6, method="gradient", choice=every).result
    assert len(kept.hits) == 6 and not any(hit.twins for hit in kept.hits)


def test_distances_are_to_the_training_molecules_and_news_are_told(trained, table):
    known = Remembered.by(trained)
    hits = found(trained, table).result.hits
    for hit in hits:
        assert hit.columns["distance to training"] == f"{known.distance(hit.graph.smiles):.2f}"
    asked = search(trained, table, "C[C@H](Br)CO", k=2, method="gradient")
    text = "\n".join(asked.notes)
    assert "the query: Br is no element of the training molecules" in text
    assert "the query: distance" in text and "wedges" in text
    row = search(trained, table, "m31", k=2, method="gradient")
    assert row.notes[0].startswith("the model's training pair AUC is")
    assert [note.split(" to the")[0] for note in row.notes[3:]] == ["the query: distance 0.00"]


def test_the_value_is_estimated_without_query_and_duplicates(trained, table):
    result = found(trained, table, activity="value", neighbours=3).result
    estimate = result.estimate
    by_position = {hit.position: hit for hit in result.hits}
    values = [float(by_position[position].columns["value"]) for position in estimate.neighbours]
    assert estimate.value == pytest.approx(sum(values) / 3)
    assert estimate.known == 41 and estimate.name == "value"
    with pytest.raises(ValueError, match="no column 'weight' for `activity`: it has name, smiles"):
        found(trained, table, activity="weight")
    with pytest.raises(ValueError, match=r"'name' is a number in 0 rows of .* \(line 2"):
        found(trained, table, activity="name")


def test_diverse_hits_differ_more(trained, table):
    from pyg_siamex.chemistry import ecfp4, tanimoto

    def likeness(result):
        prints = ecfp4([hit.graph.smiles for hit in result.hits])
        return tanimoto(prints, prints).sum()

    plain, diverse = found(trained, table).result, found(trained, table, diverse=True).result
    assert likeness(diverse) < likeness(plain)
    assert diverse.hits[0].position == plain.hits[0].position


def test_hits_are_written_for_other_programs(trained, table, tmp_path):
    result = found(trained, table)
    result.write_hits(tmp_path / "hits.csv")
    rows = list(csv.DictReader((tmp_path / "hits.csv").open()))
    assert [row["name"] for row in rows] == [hit.name for hit in result.result.hits]
    assert rows[0]["value"] == result.result.hits[0].columns["value"]
    result.write_hits(tmp_path / "hits.sdf")
    molecules = list(Chem.SDMolSupplier(str(tmp_path / "hits.sdf")))
    assert [m.GetProp("_Name") for m in molecules] == [row["name"] for row in rows]
    assert molecules[0].GetProp("batch") == rows[0]["batch"]
    with pytest.raises(ValueError, match=r"`hits` must end in \.csv or \.sdf"):
        result.write_hits(tmp_path / "hits.xls")


def test_a_choice_of_another_domain_is_refused(trained, table):
    with pytest.raises(TypeError, match="choice must be HitChoice for molecules"):
        search(trained, table, "CCCN", choice=MatrixReading())


def test_the_page_shows_columns_duplicates_and_the_estimate(trained, table, tmp_path):
    from pyg_siamex.visualize import search_report

    result = found(trained, table, activity="value").result
    search_report(result, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert '<th scope="col">value</th><th scope="col">batch</th>' in text
    assert '<th scope="col">smiles</th>' not in text
    assert "Near-duplicates of CCCN" in text and ">heavy</th>" in text
    assert f"have a mean value of {result.estimate.value:.3g}" in text
    start = text.index('id="file-hits">') + len('id="file-hits">')
    rows = json.loads(text[start : text.index("</script>", start)])["rows"]
    assert rows[0][-3:] == ["smiles", "value", "batch"]
    assert rows[1][-2] == result.hits[0].columns["value"]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"activity": "weight"}, "no column 'weight' for `activity`"),
        ({"activity": "name"}, "'name' is a number in 0 rows"),
        ({"neighbours": 0}, "`neighbours` must be at least 1"),
    ],
)
def test_choices_are_refused_before_anything_is_embedded(
    trained, table, choice, message, monkeypatch
):
    place = "pyg_siamex.recipe.searching.embedded"
    monkeypatch.setattr(place, lambda *_: pytest.fail("it was embedded"))
    with pytest.raises(ValueError, match=message):
        found(trained, table, **choice)


def test_more_hits_than_rows_are_refused_before_anything_is_embedded(trained, table, tmp_path):
    index, rows = tmp_path / "kept.embeddings", len(table.read_text().splitlines()) - 1
    with pytest.raises(ValueError, match=rf"k=999, and .*chains.csv has {rows} entries at mo"):
        search(trained, table, "CCCCCCCCCCCCCCCCO", k=999, index=index)
    with pytest.raises(ValueError, match=rf"k={rows}, and .* has {rows - 1} others at most"):
        search(trained, table, "m10", k=rows, index=index)
    assert not index.exists()


def test_a_column_of_distances_does_not_stand_for_those_of_the_model(trained, tmp_path):
    path = tmp_path / "hits.csv"
    path.write_text("name,smiles,distance to training\na,CCO,7\nb,CCN,8\nc,CCCF,9\n")
    hits = search(trained, path, "CCCO", k=2, method="gradient").result.hits
    for hit in hits:
        assert float(hit.columns["distance to training"]) <= 1
        assert hit.columns["distance to training_"] in ("7", "8", "9")
