"""A domain from a function that reads graphs is trained, explained, searched and looked over."""

import numpy as np
import pytest
import torch
from clouds import domain, write_clouds
from torch_geometric.data import Data

from pyg_siamex.recipe import (
    GraphView,
    Settings,
    Trained,
    domain_of_graphs,
    explain,
    overview,
    register_domain,
    search,
)
from pyg_siamex.recipe.graphs.library import NamedGraphLibrary
from pyg_siamex.recipe.graphs.reading import graphs_at
from pyg_siamex.recipe.graphs.training import labelled_graphs, train_graphs


@pytest.fixture(scope="module", autouse=True)
def clouds():
    made = domain()
    handle = register_domain(made)
    yield made
    handle.remove()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return write_clouds(tmp_path_factory.mktemp("clouds") / "clouds.xyz", each=20)


@pytest.fixture(scope="module")
def trained(clouds, file):
    settings = Settings(epochs=15, lr=5e-3, hidden=32)
    return clouds.train(file, "shape", clouds.read_by(None), settings=settings)


def test_shapes_are_told_apart_and_the_file_says_how_well(trained, tmp_path):
    assert trained.metadata["domain"] == "clouds" and trained.metadata["rule"] == "same class"
    assert trained.metadata["class_names"] == ["ball", "ring", "rod"]
    assert trained.metadata["test_pair_auc"] > 0.9
    assert trained.summary()["graphs"] == "60"
    trained.save(tmp_path / "m.siamex")
    again = Trained.load(tmp_path / "m.siamex")
    assert again.metadata["source"] == trained.metadata["source"]
    assert again.metadata["domain"] == "clouds"


def test_a_pair_is_explained_by_name(trained, tmp_path):
    explained = explain(trained, "ring_0", "rod_1", method="occlusion")
    with torch.no_grad():
        a, b = (trained.model.embed(g) for g in trained.graphs if g.name in ("ring_0", "rod_1"))
    together = float(torch.cosine_similarity(a, b))
    assert explained.explanation.prediction == pytest.approx(together, abs=1e-5)
    assert explained.strongest.columns == ("graph", "part", "importance")
    assert any("test pair AUC" in note for note in explained.notes)
    for name in ("pair.svg", "pair.html"):
        explained.draw(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
    with pytest.raises(ValueError, match=r"`out` must end in .svg or"):
        explained.draw(tmp_path / "pair.docx")
    pairs = explain(trained, "ring_0", "ring_1", method="bilrp")
    assert pairs.strongest.columns == ("query", "reference", "relevance")
    row, column, value = pairs.strongest.rows[0]
    matrix = pairs.explanation.relevance
    assert float(matrix[int(row), int(column)]) == pytest.approx(float(value), rel=1e-2)
    assert float(matrix.abs().max()) == pytest.approx(abs(float(value)), rel=1e-2)


def test_parts_have_the_names_of_nodes_where_there_are_any(trained, file, tmp_path):
    def read(path, label):
        graphs = list(domain().library(path, trained, None).graphs)
        for graph in graphs:
            graph.node_names = [f"p{k}" for k in range(graph.num_nodes)]
        return graphs

    handle = register_domain(domain_of_graphs("points", read))
    try:
        model = Trained(trained.model, {**trained.metadata, "domain": "points"})
        found = explain(model, "ring_0", "ring_1", method="occlusion").strongest.rows
        assert all(part.startswith("p") and "-p" in part for _, part, _ in found)
    finally:
        handle.remove()


def test_hits_are_the_nearest_and_lookalikes(trained, file):
    found = search(trained, file, "rod_3", k=4, method="occlusion")
    assert [hit.name.split("_")[0] for hit in found.result.hits] == ["rod"] * 4
    names = [graph.name for graph in trained.graphs]
    with torch.no_grad():
        embedded = torch.cat([trained.model.embed(graph) for graph in trained.graphs]).numpy()
    unit = embedded / np.linalg.norm(embedded, axis=1, keepdims=True)
    order = np.argsort(-unit @ unit[names.index("rod_3")])
    expected = [names[k] for k in order if names[k] != "rod_3"][:4]
    assert [hit.name for hit in found.result.hits] == expected
    with pytest.raises(ValueError, match=r"no graph 'rod' among the 60 .*did you mean rod_"):
        search(trained, file, "rod")


def test_overviews_are_of_the_groups_that_the_domain_has(trained, file, clouds):
    seen = overview(trained, file, "shape")
    assert set(seen.overview.drivers["group"]) == {"inner", "outer"}
    assert seen.labelled.class_names == ["ball", "ring", "rod"] and seen.labelled.total == 60
    assert len(overview(trained, file, sample=10).labelled.graphs) == 10
    with pytest.raises(ValueError, match="`groups` must be one of shells"):
        overview(trained, file, groups="rings")
    wrong = domain_of_graphs("wrong", lambda *_: trained.graphs, groups={"all": lambda g: ["a"]})
    with pytest.raises(ValueError, match=r"groups .all. gave 1 texts for the .* nodes of"):
        wrong.labelled(file, trained, None, None, 10)
    none = domain_of_graphs("none", lambda *_: trained.graphs)
    with pytest.raises(ValueError, match="none have no groups of nodes"):
        none.labelled(file, trained, None, None, 10)


def test_measured_values_are_alike_within_a_difference(clouds, file):
    settings = Settings(epochs=1)
    model = clouds.train(file, "points", max_difference=1.0, settings=settings)
    assert model.metadata["rule"] == "values differ by at most 1"
    assert model.metadata["class_names"] is None
    half = clouds.train(file, "points", settings=settings)
    values = torch.stack([graph.y for graph in half.graphs])
    assert half.metadata["rule"] == f"values differ by at most {float(values.std()) / 2:.3g}"


def test_few_graphs_judge_themselves(clouds, tmp_path, caplog):
    few = write_clouds(tmp_path / "few.xyz", each=2)
    model = clouds.train(few, "shape", settings=Settings(epochs=1))
    assert "training_pair_auc" in model.metadata and "too few to hold some out" in caplog.text
    with pytest.raises(ValueError, match="`folds` is for connectomes"):
        clouds.train(few, "shape", settings=Settings(epochs=1, folds=3))


def test_what_is_read_is_checked(tmp_path, clouds, file):
    graph = Data(x=torch.ones(2, 4), edge_index=torch.tensor([[0, 1], [1, 0]]), name="g")
    with pytest.raises(FileNotFoundError, match="no file or folder at"):
        graphs_at(lambda *_: [graph], tmp_path / "none", None)
    with pytest.raises(TypeError, match=r"give a file or folder \(got DataFrame\)"):
        graphs_at(lambda *_: [graph], __import__("pandas").DataFrame(), None)
    with pytest.raises(ValueError, match="has no graph"):
        graphs_at(lambda *_: [], file, None)
    with pytest.raises(ValueError, match=r"'ring_0' of .* has no 'colour'"):
        clouds.train(file, "colour")
    for wrong in ("g", Data(x=graph.x)):
        with pytest.raises(TypeError, match=r"must give Data with a text as `name` \(item 1\)"):
            graphs_at(lambda *_, wrong=wrong: [graph, wrong], file, None)


def test_labels_are_read_as_those_of_tables():
    graphs = [Data(y=y, name=f"g{k}") for k, y in enumerate([torch.tensor(1), 0, "1"])]
    found, names = labelled_graphs(graphs, "c")
    assert [int(graph.y) for graph in found] == [1, 0, 1] and names == ["0", "1"]
    assert graphs[2].y == "1"
    measured, names = labelled_graphs([Data(y=0.5), Data(y=torch.tensor([1.25]))], "v")
    assert [float(graph.y) for graph in measured] == [0.5, 1.25] and names is None
    with pytest.raises(ValueError, match="'v' of 'b'"):
        labelled_graphs([Data(y=0.5, name="a"), Data(y=float("inf"), name="b")], "v", "measured")


def test_names_that_are_there_twice_are_refused(trained, file):
    twice = [trained.graphs[0], trained.graphs[0]]
    library = NamedGraphLibrary(twice, trained, file)
    with pytest.raises(ValueError, match="has 2 graphs named 'ring_0': rename all but one"):
        library.find("ring_0")
    assert library.source != NamedGraphLibrary(twice[:1], trained, file).source


def test_a_model_of_graphs_elsewhere_is_told_where(trained, file, clouds):
    lost = Trained(trained.model, {"domain": "clouds"})
    with pytest.raises(ValueError, match="does not say where its graphs are: give `files`"):
        explain(lost, "ring_0", "ring_1", method="occlusion")
    found = explain(lost, "ring_0", "ring_1", method="occlusion", view=GraphView(files=file))
    assert found.pair == ("ring_0", "ring_1")


def test_training_leaves_the_graphs_alone(file, clouds, trained):
    graphs = list(clouds.library(file, trained).graphs)
    for k, graph in enumerate(graphs):
        graph.y = "ab"[k % 2]
    train_graphs(graphs, "clouds", file, "letter", settings=Settings(epochs=1))
    assert graphs[0].y == "a"


@pytest.mark.parametrize("given", [None, 3, "graphs"])
def test_what_is_read_is_a_list(given, file):
    with pytest.raises(TypeError, match=r"what is read of .* must be a list of torch_geometric"):
        graphs_at(lambda path, label: given, file, None)


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [(["a"], ValueError, "has 1 node_names and 3 nodes"), (3, TypeError, r"no list \(got 3\)")],
    ids=["short", "number"],
)
def test_nodes_have_a_name_each(names, error, message, file):
    graph = Data(x=torch.rand(3, 2), name="g", node_names=names)
    with pytest.raises(error, match=f"'g' of .*{message}"):
        graphs_at(lambda path, label: [graph], file, None)
