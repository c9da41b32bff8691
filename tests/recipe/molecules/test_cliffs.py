"""Cliffs of a table against a loop over all pairs, their explanations and their page."""

import csv
import logging
from itertools import combinations
from math import isnan

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from pyg_siamex.chemistry import ecfp4, tanimoto
from pyg_siamex.chemistry.matched_pairs import matched_pairs
from pyg_siamex.cli import app
from pyg_siamex.recipe import CliffSearch, MoleculeColumns, Settings, cliffs, train_molecules
from pyg_siamex.visualize import cliffs_report

ENDS = ("C", "F", "Cl", "CO", "N#C", "N", "")
ROWS = [
    (
        f"{chain}-{end or 'H'}",
        f"{end}c1ccc({'C' * chain}O)cc1",
        f"{5 + (3.5 if end == 'F' else 0.1 * k)}",
    )
    for chain in range(1, 7)
    for k, end in enumerate(ENDS)
]
ROWS += [("again", "OCc1ccc(F)cc1", "4.0"), ("none", "CCCCCC", ""), ("bound", "CCCCC", ">10")]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("cliffs") / "series.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("name", "smiles", "pIC50"), *ROWS])
    return path


@pytest.fixture(scope="module")
def trained(table):
    rows = table.parent / "train.csv"
    with rows.open("w", newline="") as file:
        csv.writer(file).writerows([("name", "smiles", "pIC50"), *ROWS[:42]])
    return train_molecules(
        rows, "pIC50", MoleculeColumns(smiles="smiles"), settings=Settings(epochs=2, hidden=8)
    )


@pytest.fixture(scope="module")
def found(trained, table):
    return cliffs(trained, table, "pIC50", k=12, which=CliffSearch(least_difference=2.0))


def test_rows_without_a_number_are_listed(trained, table, caplog):
    cliffs(trained, table, "pIC50", k=1, which=CliffSearch(least_difference=2.0))
    told = next(
        text for text in map(logging.LogRecord.getMessage, caplog.records) if "pIC50" in text
    )
    left = [row for row in ROWS if not row[2] or row[2].startswith(">")]
    assert f"'pIC50' is no number in {len(left)} rows" in told
    assert "is a bound, not a value" in told and "no value" in told


def test_cliffs_are_those_of_a_loop(found):
    rows = [row for row in ROWS if row[2] and not row[2].startswith(">")]
    values = [float(row[2]) for row in rows]
    prints = ecfp4([row[1] for row in rows])
    likeness = tanimoto(prints, prints)
    matched = {(pair.one, pair.other) for pair in matched_pairs([row[1] for row in rows])}
    expected = [
        (-abs(values[i] - values[j]) / (1 - min(likeness[i, j], 0.99)), i, j)
        for i, j in combinations(range(len(rows)), 2)
        if abs(values[i] - values[j]) >= 2.0
        and (likeness[i, j] >= 0.6 or (i, j) in matched)
        and (i, j) != (1, 42)  # the same molecule twice
    ]
    assert found.found == len(expected) > 12 and found.entries == 43
    for pair, (sali, i, j) in zip(found.pairs, sorted(expected), strict=False):
        assert pair.names == (rows[i][0], rows[j][0])
        assert pair.sali == pytest.approx(-sali)
        assert pair.tanimoto == pytest.approx(likeness[i, j])


def test_each_cliff_has_the_models_own_numbers(found, trained):
    for pair in found.pairs[:4]:
        query, reference = pair.explanation.query, pair.explanation.reference
        assert pair.similarity == pytest.approx(pair.explanation.prediction, abs=1e-5)
        with torch.no_grad():
            alike = float(trained.model.probability(query, reference))
        assert pair.probability == pytest.approx(alike, abs=1e-5)
        assert query.change.count("changed") == len(pair.changed[0])


def test_the_share_is_that_of_the_changed_atoms(found):
    for pair in found.pairs:
        masks = [
            side.node_mask.abs().flatten()
            for side in (pair.explanation.query, pair.explanation.reference)
        ]
        inside = sum(
            float(mask[list(atoms)].sum()) for mask, atoms in zip(masks, pair.changed, strict=True)
        )
        assert pair.share == pytest.approx(
            inside / float(sum(mask.sum() for mask in masks)), rel=1e-4
        )
        assert pair.chance == pytest.approx(sum(map(len, pair.changed)) / sum(map(len, masks)))


def test_changes_of_substituents_are_averaged_in_one_direction(found):
    changes = found.changes.set_index("change")
    row = changes.loc["C[*:1]>>F[*:1]"]
    assert row["pairs"] == 7 and row["mean"] == pytest.approx((6 * 3.5 - 1) / 7)
    assert not any(f"{b}>>{a}" in changes.index for a, b in (c.split(">>") for c in changes.index))


def test_by_the_model_pairs_are_those_it_finds_alike(trained, table):
    which = CliffSearch(by="model", least_similarity=0.3, least_difference=2.0)
    by_model = cliffs(trained, table, "pIC50", k=200, method="gradient", which=which)
    assert by_model.pairs and all(pair.probability >= 0.3 for pair in by_model.pairs)
    salis = np.array([abs(p.difference) / (1 - p.probability) for p in by_model.pairs])
    assert (np.diff(salis) <= 1e-6).all()


def test_the_page_tells_and_marks_what_changed(found, tmp_path):
    cliffs_report(found, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    assert "Does the model see what changed?" in text and f"{found.found:,} pairs of 43" in text
    assert text.count('<section class="pair"') == 12
    assert '<button type="button" class="chip" data-side="0" data-group="0">' in text
    assert ">changed</button>" in text
    assert len(text.encode()) < 5_000_000


def test_no_cliff_is_an_answer(trained, table, tmp_path):
    none = cliffs(trained, table, "pIC50", which=CliffSearch(least_difference=50.0))
    assert none.pairs == [] and none.to_frame().empty
    cliffs_report(none, tmp_path / "page.html")
    assert "None: no two of 43 molecules" in (tmp_path / "page.html").read_text()


def test_wrong_arguments_are_named(trained, table, tmp_path):
    same = tmp_path / "same.csv"
    rows = [f"{name},{smiles},5.5" for name, smiles, value in ROWS if value[:1].isdecimal()]
    same.write_text("\n".join(["name,smiles,pIC50", *rows]))
    for arguments, message in (
        ({"activity": "x"}, "no column 'x' for `activity`"),
        ({"activity": "name"}, "'name' is a number in 0 rows"),
        ({"table": same}, "'pIC50' is 5.5 in all 43 rows of .*same.csv"),
        ({"method": "masks"}, "`method` must be one of occlusion"),
        ({"k": 0}, "`k` must be at least 1"),
    ):
        with pytest.raises(ValueError, match=message):
            cliffs(trained, **({"table": table, "activity": "pIC50"} | arguments))


def test_the_command_writes_what_the_recipe_finds(trained, table, tmp_path):
    trained.save(tmp_path / "m.siamex")
    out, kept = tmp_path / "page.html", tmp_path / "cliffs.csv"
    words = ["cliffs", tmp_path / "m.siamex", table, "--activity", "pIC50", "-k", "3"]
    words += ["--least-difference", "2", "--out", out, "--csv", kept]
    result = CliRunner().invoke(app, list(map(str, words)))
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(kept.open()))
    expected = cliffs(trained, table, "pIC50", k=3, which=CliffSearch(least_difference=2.0))
    assert [row["one"] for row in rows] == [pair.names[0] for pair in expected.pairs]
    assert f"{expected.found} cliffs among {expected.compared} alike pairs of 43" in result.output
    told = " ".join(result.output.split())
    assert "alike: a Tanimoto similarity of 0.6 or more, or a matched pair, which differs" in told
    by_model = CliRunner().invoke(app, [*map(str, words), "--by", "model"])
    assert by_model.exit_code == 0 and "matched" not in by_model.output
    assert out.is_file() and not isnan(expected.pairs[0].share)
    wrong = CliRunner().invoke(app, [*map(str, words[:5]), "--by", "shape"])
    assert wrong.exit_code == 2 and "--by must be one of structure, model" in " ".join(
        wrong.output.split()
    )


def test_wedges_that_are_not_read_are_named_on_the_page(trained, tmp_path):
    path = tmp_path / "isomers.csv"
    path.write_text("name,smiles,pIC50\nl,C[C@H](O)c1ccccc1,8\nr,C[C@@H](O)c1ccccc1F,5\n")
    which = CliffSearch(least_similarity=0.3, least_difference=1.0)
    found = cliffs(trained, path, "pIC50", which=which)
    [note] = found.notes
    assert "does not read stereochemistry" in note
    cliffs_report(found, tmp_path / "cliffs.html")
    assert note[1:] in (tmp_path / "cliffs.html").read_text()


def test_changed_atoms_are_marked_in_the_table(found, tmp_path):
    cliffs_report(found, tmp_path / "cliffs.html")
    text = (tmp_path / "cliffs.html").read_text()
    changed = sum(len(side) for pair in found.pairs for side in pair.changed)
    assert text.count('<circle class="marked"') == changed > 0
    assert not found.notes


@pytest.mark.parametrize(
    ("column", "message"),
    [("weight", "no column 'weight' for `activity`"), ("name", "'name' is a number in 0 rows")],
)
def test_columns_without_values_are_refused_before_anything_is_embedded(
    trained, table, column, message, monkeypatch
):
    place = "pyg_siamex.recipe.molecules.cliffs.embedded"
    monkeypatch.setattr(place, lambda *_: pytest.fail("it was embedded"))
    with pytest.raises(ValueError, match=message):
        cliffs(trained, table, column)


def test_values_are_read_by_the_rules_of_labels(trained, table, tmp_path):
    with table.open(newline="") as file:
        _, *rows = csv.reader(file)
    path = tmp_path / "read.csv"

    def write(header, further):
        with path.open("w", newline="") as file:
            lines = [[*row, *further(k)] for k, row in enumerate(rows)]
            csv.writer(file).writerows([["name", "smiles", *header], *lines])

    def entries(activity):
        which = CliffSearch(least_difference=2.0)
        return cliffs(trained, path, activity, k=1, which=which).entries

    whole = 44  # rows with a number, one of them a molecule twice
    header = ["Standard Value", "Standard Relation", "Standard Units"]
    write(header, lambda k: ["=", "nM"])
    measured = entries("Standard Value")
    write(header, lambda k: ["=" if k % 2 else ">", "nM"])
    assert entries("Standard Value") < measured <= whole
    write(header, lambda k: ["=", "nM" if k % 2 else "uM"])
    with pytest.raises(ValueError, match="have 2 units in column 'Standard Units'"):
        entries("Standard Value")
    write(["pIC50", "pIC50"], lambda k: ["1990"])
    with pytest.raises(ValueError, match="2 columns 'pIC50'"):
        entries("pIC50")
