"""The commands on connectivity matrices, as a user runs them."""

import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.nn import load_model
from pyg_siamex.nn.training import embed_all
from pyg_siamex.recipe import Trained
from pyg_siamex.recipe.choices import SIMILARITIES
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource

run = CliRunner().invoke


def arguments(folder, out, *more):
    matrices, labels = str(folder / "matrices"), str(folder / "labels.csv")
    base = ["train", matrices, "--labels", labels, "--out", str(out), "--hidden", "8"]
    return [*base, "--epochs", "4", "--lr", "0.003", *more]


@pytest.fixture(scope="module")
def trained(folder):
    out = folder / "model.siamex"
    more = ["--density", "0.3", "--atlas", str(folder / "atlas.csv"), "--folds", "3"]
    result = run(app, arguments(folder, out, *more))
    assert result.exit_code == 0, result.output
    return out, result.output


def explain(model, *more):
    return run(app, ["explain", str(model), *map(str, more)])


def error(*parts):
    result = run(app, list(map(str, parts)))
    assert result.exit_code == 2, result.output
    text = result.output
    assert "Traceback" not in text
    return " ".join(text.split())


def test_train_prints_the_quality_on_held_out_subjects_and_keeps_it(trained):
    path, output = trained
    text = " ".join(output.split())
    assert "pair AUC, 3 folds" in text and "accuracy, 3 folds" in text
    assert "control (20), patient (20)" in text
    metadata = load_model(path)[1]
    quality = metadata["cross_validation"]
    assert len(quality["pair_auc"]) == len(quality["accuracy"]) == 3
    assert np.mean(quality["pair_auc"]) > 0.9 and np.mean(quality["accuracy"]) > 0.9


def test_the_model_file_says_how_to_make_the_graphs_again(trained, folder):
    model, metadata = load_model(trained[0])
    recipe = GraphRecipe.from_dict(metadata["graphs"])
    source = Trained.load(trained[0]).metadata["source"]
    graphs = recipe.graphs(MatrixSource(**source).read())
    assert graphs[0].num_edges == 2 * round(0.3 * 40 * 39 / 2)
    assert graphs[0].roi_names == list(recipe.atlas.names)
    assert recipe.atlas.coordinates.shape == (40, 3) and "default" in recipe.atlas.networks
    assert metadata["subjects"] is None and b"sub-01" not in trained[0].read_bytes()
    assert str(folder.parent).encode() not in trained[0].read_bytes()
    h = torch.nn.functional.normalize(embed_all(model, [graphs[k] for k in range(len(graphs))]))
    alike = h @ h.T  # subjects alternate between controls and patients
    assert alike[0, 2] > alike[0, 1] and alike[1, 3] > alike[1, 0]


@pytest.mark.parametrize("method", ["self-learned", "masks", "occlusion", "integrated", "bilrp"])
def test_explain_names_regions_and_draws_them(trained, tmp_path, method):
    out = tmp_path / "pair.svg"
    result = explain(trained[0], "sub-02", "sub-04", "--out", out, "--method", method)
    assert result.exit_code == 0, result.output
    assert "similarity" in result.output and "held-out subjects is" in result.output
    assert "trained on sub-02 and sub-04 too" in result.output
    assert "precuneus" in result.output or "cingulate" in result.output
    drawn = out.read_text()
    assert "sub-02" in drawn and "default" in drawn


def test_the_planted_network_is_what_patients_share(trained, tmp_path):
    result = explain(trained[0], "sub-02", "sub-04", "--out", tmp_path / "p.png")
    rows = [line.split("\u2502") for line in result.output.splitlines() if "\u2502 sub-" in line]
    assert len(rows) == 16
    assert sum(row[5].strip() == "default" for row in rows) >= 14
    assert all(row[4].strip()[0] in "+-" for row in rows)  # the connection itself


@pytest.mark.parametrize("name", ["p.svg", "p.png", "p.pdf"])
def test_circles_are_drawn_in_every_format(trained, tmp_path, name):
    more = ("--style", "circles", "--names", "ann,bob", "--method", "saliency")
    result = explain(trained[0], "sub-01", "sub-02", "--out", tmp_path / name, *more)
    assert result.exit_code == 0, result.output
    assert (tmp_path / name).stat().st_size > 1000


def test_explain_is_the_same_twice_and_finds_moved_matrices(trained, folder, tmp_path):
    shutil.copytree(folder / "matrices", tmp_path / "moved")
    outs = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for out, more in zip(outs, ([], ["--matrices", tmp_path / "moved"]), strict=True):
        result = explain(trained[0], "sub-01", "sub-02", "--out", out, *more)
        assert result.exit_code == 0, result.output
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_an_archive_and_binary_matrices_do_as_well(folder, tmp_path):
    matrices = [np.loadtxt(f, delimiter=",") for f in sorted((folder / "matrices").iterdir())]
    archive, out = tmp_path / "study.npz", tmp_path / "m.siamex"
    names = np.array([f"s{k}" for k in range(40)])
    np.savez(
        archive,
        connectivity=np.array(matrices) > 0.4,
        label=np.arange(40) % 2,
        label_names=np.array(["healthy", "ill"]),
        who=names,
    )
    arrays = ["--subject", "who", "--folds", "2", "--epochs", "3", "--hidden", "8"]
    result = run(app, ["train", str(archive), "--out", str(out), *arrays])
    assert result.exit_code == 0, result.output
    assert "healthy (20), ill (20)" in result.output
    result = explain(out, "s1", "s3", "--out", tmp_path / "p.png", "--method", "masks")
    assert result.exit_code == 0, result.output
    assert "ROI" in result.output
    assert "did you mean s39" in error("explain", out, "s1", "x39")
    assert "name one with --array" in error("train", np_pair(tmp_path), "--out", out)


def np_pair(folder):
    path = folder / "two.npz"
    np.savez(path, a=np.zeros((2, 3, 3)), b=np.zeros((2, 3, 3)), label=np.arange(2))
    return path


def test_words_as_measured_values_are_told_with_their_column_and_file(folder, tmp_path):
    table = tmp_path / "words.csv"
    rows = pd.read_csv(folder / "labels.csv")["subject"]
    words = [["lo", "hi"][k % 2] for k in range(len(rows))]
    pd.DataFrame({"subject": rows, "dx": words}).to_csv(table, index=False)
    out = str(tmp_path / "m.siamex")
    more = ["--labels", str(table), "--measured", "--density", "0.2", "--out", out]
    result = run(app, ["train", str(folder / "matrices"), *more])
    text = " ".join(result.output.split())
    assert result.exit_code == 2 and "words.csv, column 'dx': no label is a number" in text


def test_measured_values_are_learned_and_few_subjects_are_said_to_be_few(folder, tmp_path, caplog):
    out, few = tmp_path / "m.siamex", tmp_path / "matrices"
    few.mkdir()
    for k in range(1, 9):
        shutil.copy(folder / "matrices" / f"sub-{k:02d}.csv", few)
    more = ["--labels", str(folder / "ages.csv"), "--label", "age", "--epochs", "2"]
    result = run(app, ["train", str(few), "--out", str(out), "--density", "0.2", *more])
    assert result.exit_code == 0, result.output
    assert "8 subjects are too few to hold some out" in caplog.text
    assert "training pair AUC" in result.output and "held-out" not in result.output
    assert "values differ by at most" in load_model(out)[1]["rule"]
    result = explain(out, "sub-01", "sub-02", "--out", tmp_path / "p.png", "--method", "masks")
    assert result.exit_code == 0 and "training pair AUC" in result.output


@pytest.mark.parametrize("encoder", ["GCN", "WeightedGIN"])
def test_other_encoders_and_pools_learn(folder, tmp_path, encoder):
    out = tmp_path / "m.siamex"
    more = ["--encoder", encoder, "--pool", "mean", "--sign", "positive", "--folds", "2"]
    result = run(app, arguments(folder, out, "--density", "0.2", *more))
    assert result.exit_code == 0, result.output
    config = load_model(out)[0].config
    assert config["encoder"] == encoder and config["pool"] == "mean"


def test_errors_are_one_line_and_name_the_way_out(trained, folder, tmp_path):
    model, out = trained[0], tmp_path / "m.siamex"
    assert "did you mean sub-1" in error("explain", model, "sub-01", "sub-111")
    assert "give --labels TABLE.csv" in error("train", folder / "matrices", "--out", out)
    ages = ("--labels", folder / "ages.csv")
    assert "--label: group, age" in error("train", folder / "matrices", *ages, "--out", out)
    train = arguments(folder, out)
    assert "both say which connections are kept" in error(
        *train, "--density", "0.1", "--at-least", "0.1"
    )
    assert "density must be in (0, 1]" in error(*train, "--density", "15")
    assert "columns name, x, y, z, network" in error(*train, "--atlas", "yeo")
    assert "40 regions without names, which do not fit atlas 'Dosenbach 160'" in error(
        *train, "--atlas", "dosenbach"
    )
    assert "--sign must be one of" in error(*train, "--sign", "minus")
    assert "--encoder must be one of RoiGCN" in error(*train, "--encoder", "GPT")
    assert "give --sign positive" in error(*train, "--encoder", "GCN")
    assert "--smiles is for molecules" in error(*train, "--smiles", "smiles")
    assert "--max-difference is for measured values" in error(*train, "--threshold", "1")
    assert "not a table of molecules" in error(*train, "--domain", "molecules")
    assert not out.exists()
    pair = ("explain", model, "sub-01", "sub-02")
    assert ".svg or .png or .pdf" in error(*pair, "--out", "a.jpg")
    assert "--style must be brains or circles" in error(*pair, "--style", "cubes")
    assert "--atom-numbers is for molecules" in error(*pair, "--atom-numbers")
    assert "say with --matrices" in error(*pair, "--matrices", tmp_path / "none")


def test_a_model_without_coordinates_draws_circles_unless_an_atlas_is_given(folder, tmp_path):
    out = tmp_path / "m.siamex"
    assert run(app, arguments(folder, out, "--density", "0.2", "--folds", "2")).exit_code == 0
    pair = ("sub-01", "sub-02", "--method", "saliency", "--out", tmp_path / "p.svg")
    assert "needs coordinates" in error("explain", out, *pair, "--style", "brains")
    assert explain(out, *pair).exit_code == 0
    circles = (tmp_path / "p.svg").read_bytes()
    assert explain(out, *pair, "--atlas", folder / "atlas.csv").exit_code == 0
    assert (tmp_path / "p.svg").read_bytes() != circles


def test_derivatives_of_xcp_d_are_learned_by_site_and_explained(tmp_path):
    """Nested files with sessions, headers of names, a missing parcel and numbers as identifiers."""
    rng = np.random.default_rng(0)
    names, rows = [f"LH_Vis_{k}" for k in range(8)], []
    for person in range(40):
        shift = np.zeros((8, 8))
        shift[:3, :3] = 0.8 * (person % 2)
        for session in ("1", "2"):
            noise = np.triu(rng.uniform(-0.1, 0.3, (8, 8)) + shift, 1)
            frame = pd.DataFrame(noise + noise.T + np.eye(8), names, names)
            if person == 3:
                frame.loc[names[7]] = frame[names[7]] = np.nan
            inner = tmp_path / "xcp_d" / f"sub-{person:03d}" / f"ses-{session}" / "func"
            inner.mkdir(parents=True)
            stem = f"sub-{person:03d}_ses-{session}_task-rest_seg-Own_stat-pearsoncorrelation"
            frame.to_csv(inner / f"{stem}_relmat.tsv", sep="\t", index_label="Node")
            frame.to_csv(inner / f"{stem.split('_stat')[0]}_stat-mean_timeseries.tsv", sep="\t")
        rows.append([person, "ab"[person % 2], f"site {person % 4 // 2}"])
    table, model = tmp_path / "participants.tsv", tmp_path / "m.siamex"
    columns = ["participant_id", "group", "scanner"]
    pd.DataFrame(rows, columns=columns).to_csv(table, sep="\t", index=False)
    asked = ["--label", "group", "--site", "scanner", "--drop-regions", "--hidden", "8"]
    result = run(
        app,
        ["train", str(tmp_path / "xcp_d"), "--labels", str(table), *asked, "--out", str(model)],
    )
    assert result.exit_code == 0, result.output
    assert "7 (regions of the files)" in result.output and "2 folds" in result.output
    pair = ["sub-003_ses-1", "sub-005_ses-2"]
    result = run(
        app, ["explain", str(model), *pair, "--out", str(tmp_path / "p.svg"), "--method", "masks"]
    )
    assert result.exit_code == 0, result.output
    assert "LH_Vis_" in result.output and "LH_Vis_7" not in result.output


def test_the_help_shows_patterns_of_files_as_they_are_typed():
    assert "*_seg-" in run(app, ["train", "--help"]).output


def test_every_page_says_how_good_the_model_is(trained, folder, tmp_path):
    matrices, labels = folder / "matrices", ["--labels", folder / "labels.csv", "--label", "group"]
    fast = ["--method", "saliency"]
    for name, command in {
        "explain": ["explain", trained[0], "sub-01", "sub-02", *fast],
        "search": ["search", trained[0], matrices, "--query", "sub-01", "-k", 2, *fast],
        "overview": ["overview", trained[0], matrices, *labels],
    }.items():
        page = tmp_path / f"{name}.html"
        result = run(app, list(map(str, [*command, "--out", page])))
        assert result.exit_code == 0, result.output
        text = page.read_text()
        assert "pair AUC on held-out subjects is" in text
        assert "models of two folds have a rank correlation of" in text
        assert "mbeddings of two subjects have a mean cosine of" in text


def test_rows_of_a_table_do_as_well(folder, tmp_path):
    rows, model = tmp_path / "rows.csv", tmp_path / "m.siamex"
    first, second = np.triu_indices(40, 1)
    files = sorted((folder / "matrices").iterdir())
    table = [np.loadtxt(file, delimiter=",")[first, second] for file in files]
    pd.DataFrame(table, index=[file.stem for file in files]).to_csv(rows, index_label="subject")
    labels = ["--labels", folder / "labels.csv"]
    reading = ["--domain", "connectomes", "--triangle", "upper", "--density", "0.3"]
    fast = ["--epochs", "2", "--hidden", "8", "--folds", "2", "--out", model]
    for command in (
        ["train", rows, *labels, *reading, *fast],
        ["explain", model, "sub-01", "sub-02", "--method", "saliency", "--out", tmp_path / "p.svg"],
        ["search", model, rows, "--query", "sub-01", "-k", 2, "--out", tmp_path / "s.html"],
        ["group", model, *labels, "--permutations", 50, "--models", 1, "--out", tmp_path / "g.svg"],
    ):
        result = run(app, list(map(str, command)))
        assert result.exit_code == 0, result.output
    assert "holds no matrices" in error("train", rows, *labels, "--domain", "connectomes")


@pytest.mark.parametrize(
    "parts",
    [
        ("explain", "m.siamex", "a", "b", "--matrices", ""),
        ("explain", "m.siamex", "a", "b", "--matrices="),
        ("explain", "m.siamex", "a", "b", "--out", ""),
        ("search", "m.siamex", "", "--query", "a"),
        ("search", "", "study", "--query", "a"),
        ("group", "m.siamex", "", "--out", "p.html"),
        ("train", "", "--out", "m.siamex"),
        ("train", "study", "--labels", "", "--out", "m.siamex"),
        ("longitudinal", "m.siamex", "", "--out", "p.html"),
    ],
    ids=lambda parts: " ".join(parts),
)
def test_an_empty_name_of_a_file_is_not_the_current_folder(parts):
    place = parts.index("") if "" in parts else len(parts)
    said = error(*parts)
    assert "an argument is empty, after" in said and parts[place - 1].rstrip("=") in said


@pytest.mark.parametrize("similarity", SIMILARITIES)
@pytest.mark.parametrize("pool", ["regions", "mean"])
def test_every_similarity_goes_with_every_readout(folder, tmp_path, similarity, pool):
    model = tmp_path / "m.siamex"
    parts = arguments(folder, model, "--density", "0.2", "--similarity", similarity, "--folds", "2")
    wide = [] if pool == "regions" else ["--pool", pool, "--encoder", "WeightedGIN"]
    result = run(app, [*parts, *wide])
    assert result.exit_code == 0, result.output
    picture = tmp_path / "p.svg"
    result = explain(model, "sub-01", "sub-02", "--method", "saliency", "--out", picture)
    assert result.exit_code == 0, result.output
