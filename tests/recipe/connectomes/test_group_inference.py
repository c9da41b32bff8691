"""Planted connections are found, nothing is found in noise, and files say the same."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import binom
from small_study import noise, shifted, study

from pyg_siamex.data.sealed_file import SealedFormat
from pyg_siamex.datasets.connectome import Atlas, Subjects
from pyg_siamex.recipe import (
    GroupFound,
    Longitudinal,
    MatrixReading,
    Settings,
    Trained,
    group,
    train_connectomes,
)
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.group_inference import group_of_study
from pyg_siamex.recipe.connectomes.study import Study

SETTINGS = Settings(epochs=8, hidden=8, lr=1e-2)
PLANTED = {("ROI 1", "ROI 2"), ("ROI 1", "ROI 3"), ("ROI 2", "ROI 3")}


def test_planted_connections_are_found_and_no_others():
    found = group_of_study(Study(study(60, effect=3.0)), SETTINGS, permutations=199, models=2)
    table = found.significant["connections"]
    pairs = set(zip(table["region"], table["other"], strict=True))
    assert pairs and pairs <= PLANTED
    assert set(table["stronger_in"]) == {"b"} and found.names == ("a", "b")
    assert -1 <= found.stability <= 1 and found.permutations == 199
    raw = found.tables["connections"].query("raw_p_fwe <= 0.05")
    assert set(zip(raw["region"], raw["other"], strict=True)) == PLANTED
    assert found.subjects.groupby("class")["for_own_class"].mean().min() > 0.3
    assert "45 of 60 subjects" in found.notes[0]
    sizes = {level: int((own["p_fwe"] <= 0.05).sum()) for level, own in found.tables.items()}
    assert sizes["connections"] == len(pairs)
    told = ", ".join(f"{count} {level}" for level, count in sizes.items())
    assert repr(found) == f"GroupFound('a' and 'b', 199 relabellings, {told})"
    found.notes[0] = "<b>one & two</b>"
    page = found._repr_html_()
    least = table.sort_values("p_fwe").iloc[0]
    assert f"{least['region']}" in page and "a and b: the connections" in page
    assert "&lt;b&gt;one &amp; two" in page and "<b>one" not in page


def test_a_class_is_compared_with_all_others():
    labels = np.array(["a", "b", "c"])[np.arange(72) % 3]
    matrices = shifted(noise(72), 3.0 * (labels == "c"))
    given = Study(GraphRecipe().graphs(Subjects(matrices, labels=labels)))
    found = group_of_study(given, SETTINGS, "c", permutations=199, models=1)
    assert found.names == ("c", "others") and found.stability is None
    assert set(found.significant["connections"]["stronger_in"]) == {"c"}


def test_the_recipe_reads_files_and_refuses_what_it_cannot_compare(folder, tmp_path):
    from pyg_siamex.recipe import Connections, train_connectomes

    reading = MatrixReading(labels=folder / "labels.csv", atlas=str(folder / "atlas.csv"))
    settings = Settings(folds=2, epochs=2, hidden=8)
    train_connectomes(
        folder / "matrices", None, reading, Connections(density=0.3), settings=settings
    ).save(tmp_path / "m.siamex")
    trained = Trained.load(tmp_path / "m.siamex")
    found = group(trained, reading=reading, permutations=99, models=1)
    assert found.names == ("control", "patient") and "networks" in found.tables
    found.save(tmp_path / "t.csv")
    assert len((tmp_path / "t.csv").read_text().splitlines()) == 1 + 40 * 39 // 2
    again = group(trained, reading=reading, permutations=99, models=1, classes="patient,control")
    assert again.names == ("patient", "control")
    one, other = (f.tables["networks"].set_index(["network", "other"])["z"] for f in (found, again))
    assert np.corrcoef(one, other.loc[one.index])[0, 1] > 0.8
    for words, more in (
        ("classes are control, patient", {"classes": "ill"}),
        ("at least 20", {"permutations": 5}),
        ("`models` must be at least 1", {"models": 0}),
        ("no subject 'sub-1' .* did you mean sub-", {"subject": "sub-1"}),
    ):
        with pytest.raises(ValueError, match=words):
            group(trained, reading=reading, **more)
    with pytest.raises(ValueError, match="measured values"):
        group(trained, label="age", reading=MatrixReading(labels=folder / "ages.csv"))


@pytest.mark.slow
def test_family_wise_errors_of_noise_are_within_their_binomial_interval():
    hits = {"p_fwe": 0, "p_cluster": 0, "raw_p_fwe": 0, "regions": 0}
    atlas = Atlas("small", [f"r{k}" for k in range(10)])
    for seed in range(200):
        level = np.random.default_rng(seed + 10**6).standard_normal((40, 1, 1)) * 0.3
        matrices, labels = noise(40, seed, 10) + level, np.arange(40) % 2
        given = Study(GraphRecipe(atlas=atlas).graphs(Subjects(matrices, labels=labels)))
        settings = Settings(hidden=16, seed=seed)
        found = group_of_study(given, settings, permutations=199, models=1).tables
        for column in ("p_fwe", "p_cluster", "raw_p_fwe"):
            hits[column] += bool((found["connections"][column] <= 0.05).any())
        hits["regions"] += bool((found["regions"]["p_fwe"] <= 0.05).any())
    high = binom.ppf(0.975, 200, 0.05)
    assert all(count <= high for count in hits.values()), hits
    assert hits["p_fwe"] >= binom.ppf(0.025, 200, 0.05), hits


def found_of(tables):
    no: Any = None
    return (
        GroupFound(("a", "b"), tables, no, no, None, 99, [], no),
        Longitudinal(("1", "2"), tables, no, no, 99),
    )


def test_tables_are_csv_and_never_replace_a_model(tmp_path):
    table = pd.DataFrame({"one": ["=a"], "z": [1.5]})
    for found in found_of({"connections": table}):
        kept, model = tmp_path / "model.siamex", tmp_path / "model.csv"
        SealedFormat("model", 2, "train it again").write(kept, {"w": torch.ones(1)}, {})
        kept.rename(model)
        content = model.read_bytes()
        with pytest.raises(ValueError, match="is there and holds 'model', which would be lost"):
            found.save(model)
        assert model.read_bytes() == content
        with pytest.raises(ValueError, match=r"`path` must end in .csv"):
            found.save(tmp_path / "model.siamex")
        found.save(tmp_path / "t.csv")
        assert (tmp_path / "t.csv").read_text().splitlines() == ["one,z", "'=a,1.5"]


def test_raw_connections_are_of_whole_matrices_where_graphs_keep_a_part():
    whole = study(24, effect=1.0)
    part = GraphRecipe(connections=("density", 0.4)).graphs(
        Subjects(whole.matrices.numpy(), whole.subjects, [int(graph.y) for graph in whole])
    )
    assert part[0].num_edges < whole[0].num_edges
    found = group_of_study(Study(part), SETTINGS, permutations=20, models=1)
    y = np.array([int(graph.y) for graph in whole])
    for row in found.tables["connections"].itertuples():
        i, j = (part.atlas.names.index(name) for name in (row.region, row.other))
        values = part.matrices[:, i, j].double().numpy()
        means = [values[y == k].mean() for k in (0, 1)]
        assert abs(row.raw_effect) == pytest.approx(abs(means[1] - means[0]), abs=1e-6)


def test_measured_values_name_their_column_and_the_way_out(tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "s.npz", m=noise(12), label=np.arange(12) % 2, age=rng.normal(size=12))
    trained = train_connectomes(tmp_path / "s.npz", settings=Settings(epochs=1, folds=2))
    with pytest.raises(ValueError, match=r"labels 'age' of .*s.npz are measured .* with `label`"):
        group(trained, label="age")
