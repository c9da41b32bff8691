import numpy as np
import pytest
from scipy.stats import ttest_1samp
from sessions import model, scans
from small_study import noise

from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.recipe import Trained, longitudinal
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.longitudinal import changes_of

PLANTED = {("ROI 1", "ROI 2"), ("ROI 1", "ROI 3"), ("ROI 2", "ROI 3")}


def test_changes_are_found_within_persons():
    graphs = scans()
    found = changes_of(graphs, model(), None, 499)
    table = found.tables["connections"]
    strong = table[table["p_fwe"] <= 0.05]
    assert set(zip(strong["region"], strong["other"], strict=True)) == PLANTED
    assert (strong["effect"] > 0).all() and (strong["g"] > 1).all()
    row = table.iloc[0]
    i, j = (graphs.atlas.names.index(row[name]) for name in ("region", "other"))
    change = (graphs.matrices[1::2, i, j] - graphs.matrices[::2, i, j]).numpy()
    assert row["effect"] == pytest.approx(change.mean(), abs=1e-5)
    t = ttest_1samp(change, 0).statistic
    assert row["z"] == pytest.approx(t / np.sqrt(1 + t**2 / 23) * np.sqrt(24 / 23), rel=0.15)


def test_the_order_of_sessions_is_the_sign():
    one, other = (
        changes_of(scans(), model(), order, 99).tables["regions"] for order in ("a,b", "b,a")
    )
    assert np.allclose(one.set_index("region")["z"], -other.set_index("region")["z"][one["region"]])


def test_persons_are_more_like_themselves():
    found = changes_of(scans(effect=0.0), model(), None, 99)
    assert len(found.persons) == 24 and found.sessions == ("ses-a", "ses-b")
    assert (found.persons["own"] > found.persons["others"]).mean() > 0.9
    assert (found.persons["nearer"] == 0).mean() > 0.5


def test_noise_does_not_change():
    hits = sum(
        bool(
            (
                changes_of(scans(12, 0.0, seed), model(), None, 99).tables["connections"]["p_fwe"]
                <= 0.05
            ).any()
        )
        for seed in range(30)
    )
    assert hits <= 5


@pytest.mark.parametrize(
    ("names", "sessions", "words"),
    [
        ([f"sub-{k}" for k in range(12)], None, "have none"),
        ([f"sub-{k // 3}_ses-{k % 3}" for k in range(12)], None, "have 0, 1, 2"),
        ([f"sub-{k // 2}_ses-{k % 2}" for k in range(12)], "0,3", "have 0, 1"),
        ([f"sub-{k // 4}_ses-{k % 2}_run-{k // 2 % 2}" for k in range(12)], None, "several scans"),
        ([f"sub-{k // 2}_ses-{k % 2}" for k in range(8)], None, "4 persons have both"),
    ],
)
def test_scans_that_cannot_be_paired_are_refused(names, sessions, words):
    graphs = GraphRecipe().graphs(Subjects(noise(len(names)), names))
    with pytest.raises(ValueError, match=words):
        changes_of(graphs, model(), sessions, 99)


def test_files_are_read_as_the_models_own(tmp_path):
    graphs = scans(6)
    for name, matrix in zip(graphs.subjects, graphs.matrices, strict=True):
        np.savetxt(tmp_path / f"{name}.csv", matrix, delimiter=",")
    metadata = {"graphs": GraphRecipe().to_dict(), "source": {"path": str(tmp_path)}}
    found = longitudinal(Trained(model(), metadata), permutations=99)
    assert len(found.persons) == 6 and "regions" in found.tables
    told = ", ".join(f"{len(own)} {level}" for level, own in found.significant.items())
    first, second = found.sessions
    assert repr(found) == f"Longitudinal({first!r} and {second!r}, 6 persons, {told})"
    page = found._repr_html_()
    best = found.tables["connections"].sort_values("p_fwe").iloc[0]
    assert f"{first} to {second}: the connections" in page and best["region"] in page


def test_sessions_are_named_as_the_result_names_them():
    found = changes_of(scans(), model(), None, 99)
    again = changes_of(scans(), model(), ",".join(found.sessions), 99)
    assert again.sessions == found.sessions and again.persons.equals(found.persons)
    with pytest.raises(ValueError, match=r"name two with `sessions` \(got 'ses-a,ses-z'\)"):
        changes_of(scans(), model(), "ses-a,ses-z", 99)


def test_changes_are_of_whole_matrices_where_graphs_keep_a_part():
    whole = scans(8)
    part = GraphRecipe(connections=("density", 0.4)).graphs(
        Subjects(whole.matrices.numpy(), whole.subjects)
    )
    assert part[0].num_edges < whole[0].num_edges
    found = changes_of(part, model(), None, 99).tables["connections"]
    for row in found.itertuples():
        i, j = (part.atlas.names.index(name) for name in (row.region, row.other))
        change = part.matrices[1::2, i, j] - part.matrices[::2, i, j]
        assert row.effect == pytest.approx(float(change.mean()), abs=1e-6)


@pytest.mark.parametrize(
    ("one", "other"), [("9", "10"), ("y2", "y10"), ("a", "b"), ("02", "10"), ("1", "1b")]
)
def test_sessions_are_in_the_order_of_their_numbers(one, other):
    graphs = scans()
    names = [
        name.replace("ses-a", f"ses-{one}").replace("ses-b", f"ses-{other}")
        for name in graphs.subjects
    ]
    graphs.subjects = names
    assert changes_of(graphs, model(), None, 99).sessions == (f"ses-{one}", f"ses-{other}")
