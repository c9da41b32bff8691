import pytest
import torch
from torch_geometric.data import Data
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.datasets import OneHotMolecule
from pyg_siamex.explain import Occlusion, PairExplainer, PairExplanation
from pyg_siamex.nn import build_siamese, save_model

ASPIRIN, SALICYLIC = "CC(=O)Oc1ccccc1C(=O)O", "OC(=O)c1ccccc1O"


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """A model of molecules on disk, as training writes it."""
    folder = tmp_path_factory.mktemp("models")
    transform = OneHotMolecule()
    torch.manual_seed(0)
    model = build_siamese(
        "GIN",
        "add",
        "cosine",
        "nodes",
        in_channels=transform.num_node_features,
        hidden_channels=8,
        num_layers=2,
    )
    save_model(model, folder / "model.siamex", features=transform.to_dict())
    return folder


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def explain(models, *words):
    return run("explain", models / "model.siamex", ASPIRIN, SALICYLIC, *words)


def test_explaining_writes_a_page_and_keeps_the_explanation(models):
    page, kept = models / "pair.html", models / "pair.pt"
    names = ("--names", "aspirin, salicylic acid")
    result = explain(models, "--out", page, "--save", kept, "--method", "bilrp", *names)
    assert result.exit_code == 0, result.output
    assert f"page: {page}" in result.output.replace("\n", "")
    text = page.read_text()
    assert 'class="fidelity"' in text and "What makes aspirin and salicylic acid" in text
    loaded = PairExplanation.load(kept)
    assert loaded.algorithm == "BiLRP" and loaded.query.name == "aspirin"


def test_saved_explanations_become_a_page(models):
    for method in ("bilrp", "occlusion"):
        picture = models / f"{method}.svg"
        kept = models / f"{method}.pt"
        assert explain(models, "--out", picture, "--save", kept, "--method", method).exit_code == 0
    files = models / "bilrp.pt", models / "occlusion.pt"
    page = models / "both.html"
    result = run("report", *files, "--out", page, "--title", "Two <ways>")
    assert result.exit_code == 0, result.output
    text = page.read_text()
    assert text.count('<section class="pair"') == 2
    assert "Two &lt;ways&gt;" in text and "the model was not at hand" in text
    link = models / "link.pt"
    link.symlink_to(files[0])
    for twice in (files[0], link):
        result = run("report", *files, twice, "--out", page)
        assert result.exit_code == 2 and "is given twice: leave one out" in result.output
    run("report", *files, "--out", page, "--model", models / "model.siamex")
    assert "the model was not at hand" not in page.read_text()
    run("report", *files, "--out", page, "--top", 1)
    assert page.read_text().count('<section class="pair"') == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("report", "none.pt"), "no explanation at none.pt"),
        (("report", "none.pt", "--out", "page.txt"), "--out must end in .html (got 'page.txt')"),
        (("report", "none.pt", "--model", "no.siamex"), "no model at no.siamex"),
    ],
)
def test_mistakes_end_in_one_line(words, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*words)
    assert result.exit_code == 2
    assert message in result.output.replace("\n", " ")
    assert list(tmp_path.iterdir()) == []


def test_pages_refuse_what_only_pictures_have(models):
    result = explain(models, "--out", models / "refused.html", "--atom-numbers")
    assert result.exit_code == 2 and "--atom-numbers is for pictures" in result.output
    result = explain(models, "--out", models / "refused.svg", "--save", models / "no" / "x.pt")
    assert result.exit_code == 2 and "to write the explanation into" in result.output
    assert not (models / "refused.html").exists() and not (models / "refused.svg").exists()


def test_another_model_is_refused(models, tmp_path):
    kept, other = models / "kept.exp", tmp_path / "other.siamex"
    assert explain(models, "--out", models / "x.svg", "--save", kept).exit_code == 0
    save_model(build_siamese("GCN", in_channels=3, hidden_channels=4, num_layers=1), other)
    result = run("report", kept, "--model", other, "--out", tmp_path / "page.html")
    assert result.exit_code == 2
    assert "kept.exp: the encoder cannot read the graphs" in " ".join(result.output.split())
    assert not (tmp_path / "page.html").exists()


def test_connectomes_become_a_page(folder, tmp_path):
    labels, atlas = folder / "labels.csv", folder / "atlas.csv"
    model, page = tmp_path / "model.siamex", tmp_path / "pair.html"
    study = ("--labels", labels, "--atlas", atlas, "--density", 0.2, "--folds", 2, "--epochs", 2)
    trained = run("train", folder / "matrices", *study, "--out", model)
    assert trained.exit_code == 0, trained.output
    pair = ("explain", model, "sub-01", "sub-02", "--method", "occlusion", "--out", page)
    result = run(*pair, "--save", tmp_path / "pair.pt")
    assert result.exit_code == 0, result.output
    text = page.read_text()
    assert "sub-01" in text and 'class="sides connectomes"' in text and 'class="fidelity"' in text
    result = run(*pair, "--style", "circles")
    assert result.exit_code == 2 and "--style is for pictures" in result.output


def test_an_explanation_that_cannot_be_drawn_is_named(tmp_path):
    graph = Data(x=torch.eye(3), edge_index=torch.tensor([[0, 1], [1, 0]]))
    model = build_siamese("GCN", "add", in_channels=3, hidden_channels=2, num_layers=1)
    graph.edge_weight, graph.roi_names = torch.ones(2), ["a", "b", "c"]
    found = PairExplainer(model, Occlusion(), edge_mask_type="object")(graph, graph)
    found.save(tmp_path / "good.pt")
    found.query.pos = torch.full((3, 3), torch.nan)
    found.save(tmp_path / "bad.pt")
    for files in (["bad.pt"], ["good.pt", "bad.pt"]):
        result = run("report", *(tmp_path / name for name in files), "--out", tmp_path / "p.html")
        text = result.output.replace("\n", "")
        assert result.exit_code == 2 and "bad.pt: the coordinates of " in text
