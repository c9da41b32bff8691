import os
import tempfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from damage import damages
from graphs import ENCODERS, random_graph
from hypothesis import given, settings

from pyg_siamex import SiameseGNN
from pyg_siamex.data.sealed_file import SealedFormat
from pyg_siamex.nn import Library, StaleLibraryError
from pyg_siamex.nn.fingerprint import graphs_fingerprint
from pyg_siamex.nn.references import References


def make(similarity="cosine", seed=0):
    torch.manual_seed(seed)
    return SiameseGNN(ENCODERS["GIN"](), "mean", similarity).eval()


@pytest.fixture
def graphs():
    return [random_graph(4 + k % 5, seed=k) for k in range(23)]


def test_a_library_is_what_the_model_embeds(graphs):
    model = make()
    library = Library.embed(model, graphs, batch_size=5)
    with torch.no_grad():
        for graph, row in zip(graphs, library.embeddings, strict=True):
            torch.testing.assert_close(model.embed(graph)[0], row)
    assert len(library) == 23 and library.names[:2] == ["1", "2"]


@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclidean", "rbf", "bilinear", "mlp"])
def test_neighbours_are_those_of_the_model(graphs, similarity):
    model = make(similarity)
    found = Library.embed(model, graphs).nearest(graphs[4], 23)
    with torch.no_grad():
        similarities = [float(model(graphs[4], graph)) for graph in graphs]
    expected = [similarities[position] for position in found.position]
    assert found.similarity == pytest.approx(expected, abs=1e-5)
    falling = zip(found.similarity, found.similarity[1:], strict=False)
    assert all(a >= b - 1e-5 * abs(a) for a, b in falling)


def test_an_entry_is_no_neighbour_of_itself(graphs):
    library = Library.embed(make(), graphs)
    assert 4 not in library.nearest(4, 22).position
    assert library.nearest(graphs[4], 1).position == [4]
    assert library.nearest(4, 3) == library.nearest(library.embeddings[4], 3, exclude=[4])
    with pytest.raises(IndexError, match="no entry 23 in a library of 23"):
        library.nearest(23, 1)


def test_names_are_given_or_the_graphs_own(graphs):
    for k, graph in enumerate(graphs):
        graph.name = f"<g{k}>"
    graphs[1].name = " "
    graphs[1].smiles = "CC"
    assert Library.embed(make(), graphs).names[:3] == ["<g0>", "CC", "<g2>"]
    assert Library.embed(make(), graphs, range(23)).names[-1] == "22"
    with pytest.raises(ValueError, match="2 names for 23 graphs"):
        Library.embed(make(), graphs, ["a", "b"])


def test_embedding_leaves_the_model_and_the_random_state_alone(graphs):
    model = make().train()
    before = torch.get_rng_state()
    Library.embed(model, graphs)
    assert model.training and torch.equal(before, torch.get_rng_state())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_a_saved_library_comes_back(graphs, tmp_path):
    model = make()
    library = Library.embed(model, graphs, [f"\u5206\u5b50 {k}" for k in range(23)])
    library.extra["rejected"] = [1, 2]
    library.columns["rows"] = torch.arange(23)
    library.save(tmp_path / "l")
    loaded = Library.load(tmp_path / "l", model, library.source)
    assert torch.equal(loaded.embeddings, library.embeddings)
    assert list(loaded.names) == library.names and loaded.extra == {"rejected": [1, 2]}
    assert torch.equal(loaded.columns["rows"], torch.arange(23))
    assert loaded.nearest(0, 5) == library.nearest(0, 5)


def test_embeddings_of_another_model_or_other_graphs_are_not_taken(graphs, tmp_path):
    model = make()
    Library.embed(model, graphs).save(tmp_path / "l")
    with pytest.raises(StaleLibraryError, match="another model"):
        Library.load(tmp_path / "l", make(seed=1))
    changed = graphs_fingerprint(model, graphs[:-1])
    with pytest.raises(StaleLibraryError, match="other graphs"):
        Library.load(tmp_path / "l", model, changed)
    with torch.no_grad():
        next(model.parameters()).add_(1e-3)
    with pytest.raises(StaleLibraryError, match="another model"):
        Library.load(tmp_path / "l", model)


def test_a_cache_is_used_until_it_does_not_fit(graphs, tmp_path, caplog):
    path, made, before = tmp_path / "l", [], []

    def cached(model, graphs):
        def embed(known):
            before.append(None if known is None else len(known))
            made.append(len(graphs))
            return Library.embed(model, graphs)

        return Library.cached(path, model, graphs_fingerprint(model, graphs), embed)

    first = cached(make(), graphs)
    again = cached(make(), graphs)
    assert made == [23] and torch.equal(first.embeddings, again.embeddings)
    assert len(cached(make(), graphs[:9])) == 9 and "it changes" in caplog.text
    moved = cached(make(seed=1), graphs[:9])
    assert "made anew" in caplog.text and before == [None, 23, None]
    assert made == [23, 9, 9] and not torch.equal(moved.embeddings, first.embeddings[:9])


def test_a_cache_of_an_older_format_is_made_anew(graphs, tmp_path, caplog):
    old = SealedFormat("library", version=2, again="delete it")
    old.write(tmp_path / "l", {"embeddings": torch.ones(1, 2)}, {"names": "[]"})
    with pytest.raises(ValueError, match="an older version"):
        Library.load(tmp_path / "l", make())
    made = Library.cached(tmp_path / "l", make(), "here", lambda _: Library.embed(make(), graphs))
    assert len(made) == len(Library.load(tmp_path / "l", make())) == 23
    assert "made anew" in caplog.text


def test_other_files_are_left_alone(graphs, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("smiles\nCC\n")
    with pytest.raises(ValueError, match="is not a library file"):
        Library.cached(path, make(), "", lambda _: Library.embed(make(), graphs))
    assert path.read_text() == "smiles\nCC\n" and os.listdir(tmp_path) == ["mine.csv"]
    with pytest.raises(FileNotFoundError, match="no library at"):
        Library.load(tmp_path / "none", make())


def test_wrong_input_is_refused(graphs):
    with pytest.raises(ValueError, match="at least one graph"):
        Library.embed(make(), [])
    with pytest.raises(ValueError, match="read once: give its source"):
        Library.embed(make(), iter(graphs))
    graphs[7].x[0, 0] = float("nan")
    with pytest.raises(ValueError, match=r"^graph 7 has NaN or infinite values in 'x'"):
        Library.embed(make(), graphs, batch_size=3)


def test_an_iterator_is_read_once(graphs):
    library = Library.embed(make(), iter(graphs), source="here", batch_size=4)
    assert len(library) == 23 and library.source == "here"


@settings(deadline=None, max_examples=50)
@given(damages())
def test_no_damage_is_read(damage):
    model = make()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "library")
        columns = {"rows": torch.tensor([3, 4])}
        rows = torch.arange(6.0).view(2, 3)
        library = Library(model, rows, ["a", "b"], "here", {"x": [1]}, columns)
        library.save(path)
        with open(path, "rb") as file:
            content = damage(file.read())
        with open(path, "wb") as file:
            file.write(content)
        try:
            found = Library.load(path, model)
        except ValueError as error:
            assert path in str(error)
        else:
            assert torch.equal(found.embeddings, library.embeddings)
            assert list(found.names) == ["a", "b"] and found.columns["rows"].tolist() == [3, 4]
            assert (found.source, found.extra) == ("here", {"x": [1]})


@pytest.mark.parametrize(
    ("embeddings", "names", "message"),
    [
        (torch.ones(2, 3), ["a"], "2 embeddings and names for 1"),
        (torch.ones(2), ["a", "b"], r"embeddings must be \[N, D\] of floats \(got \[2\]"),
        (torch.ones(2, 3) / 0, ["a", "b"], "not finite"),
    ],
)
def test_entries_that_do_not_fit_are_refused(tmp_path, embeddings, names, message):
    model = make()
    with pytest.raises(ValueError, match=message):
        Library(model, embeddings, names)
    library = Library(model, torch.ones(2, 3), ["a", "b"])
    vars(library).update(embeddings=embeddings, names=names)
    library.save(tmp_path / "library")
    with pytest.raises(ValueError, match=message):
        Library.load(tmp_path / "library", model)


def test_a_column_of_another_length_is_refused(graphs, tmp_path):
    library = Library.embed(make(), graphs)
    library.columns["rows"] = torch.arange(3)
    with pytest.raises(ValueError, match="column 'rows' has 3 rows of 23"):
        library.save(tmp_path / "l")
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("query", [None, {}, "CCO", (1, 2), torch.ones(2), torch.ones(1, 3), 1.5])
def test_a_query_is_a_graph_an_embedding_or_a_position(query):
    found = Library(make(), torch.eye(3), ["a", "b", "c"])
    with pytest.raises(TypeError, match=r"query.? must be a"):
        found.nearest(query, 1)


def test_a_query_that_cannot_be_embedded_is_called_the_query(graphs):
    library = Library.embed(make(), graphs)
    query = random_graph(5, 0)
    query.x[0, 0] = torch.nan
    with pytest.raises(ValueError, match=r"^the query has NaN"):
        library.nearest(query)
    graphs[17] = query
    with pytest.raises(ValueError, match=r"^graph 17 has NaN"):
        Library.embed(make(), graphs, source="", batch_size=5)


def test_embeddings_of_weights_that_have_changed_are_not_used(graphs, tmp_path):
    model = make()
    library = Library.embed(model, graphs, [f"g{k}" for k in range(23)])
    before = {name: value.clone() for name, value in model.state_dict().items()}
    library.nearest(0, 2)
    with torch.no_grad():
        next(model.parameters()).data.mul_(1.5)  # .data keeps no count of its versions
    for use in (lambda: library.nearest(graphs[0], 2), lambda: library.save(tmp_path / "l")):
        with pytest.raises(StaleLibraryError, match="other weights or parts than when it"):
            use()
    assert not (tmp_path / "l").exists()
    with pytest.raises(StaleLibraryError):
        replace(library, source="other").nearest(0, 2)
    model.load_state_dict(before)
    assert len(library.nearest(0, 2).position) == 2
    model.double()
    assert len(library.nearest(0, 2).position) == 2, "the same weights in another precision"


@pytest.mark.parametrize("position", [-1, 23])
def test_entries_that_are_not_there_cannot_be_left_out(graphs, position):
    with pytest.raises(IndexError, match=f"exclude has {position}, and the library has 23"):
        Library.embed(make(), graphs).nearest(0, 2, exclude=[position])


def test_embeddings_of_another_pool_are_not_used(graphs):
    model = make()
    library = Library.embed(model, graphs)
    model.pool = SiameseGNN(ENCODERS["GIN"](), "max").pool
    with pytest.raises(StaleLibraryError, match="other weights or parts"):
        library.nearest(0, 2)


def test_a_file_of_another_activation_is_refused(graphs, tmp_path):
    model = make()
    Library.embed(model, graphs).save(tmp_path / "l")
    model.encoder.act = torch.nn.Tanh()
    with pytest.raises(StaleLibraryError, match="another model"):
        Library.load(tmp_path / "l", model)


def test_embeddings_of_another_width_than_the_models_are_refused(graphs):
    model = make()
    model.references = References.draw(model, graphs, 3)
    width = model.references.embeddings.size(1)
    with pytest.raises(ValueError, match=f"9 numbers per entry, and the model .* into {width}"):
        Library(model, torch.rand(3, 9), list("abc"))


@pytest.mark.parametrize("kind", [list, set, np.array, torch.tensor])
def test_entries_are_left_out_however_their_places_are_given(graphs, kind):
    library = Library.embed(make(), graphs)
    one = library.nearest(graphs[0], k=5, exclude=[1])
    assert library.nearest(graphs[0], k=5, exclude=kind([1])) == one
    assert 1 not in library.nearest(0, k=len(graphs) - 2, exclude=kind([1])).position


def test_weights_that_are_only_put_in_another_order_are_noticed(graphs):
    model = make()
    library = Library.embed(model, graphs)
    library.nearest(0, k=1)
    weight = next(one for one in model.parameters() if one.dim() == 2)
    with torch.no_grad():
        weight.copy_(weight.flip(0))
    with pytest.raises(StaleLibraryError, match="other weights"):
        library.nearest(0, k=1)
    with torch.no_grad():
        weight.copy_(weight.flip(0))
    assert library.nearest(0, k=1)


@pytest.mark.parametrize(
    "extra",
    [{"a": torch.tensor(1)}, {"a": np.int64(1)}, {"a": {1: 2, "1": 3}}],
    ids=["tensor", "numpy", "keys"],
)
def test_extra_values_that_a_file_cannot_hold_are_named(graphs, tmp_path, extra):
    library = replace(Library.embed(make(), graphs), extra=extra)
    with pytest.raises(TypeError, match="`extra` must be plain values"):
        library.save(tmp_path / "library.embeddings")
    assert not list(tmp_path.iterdir())


def test_a_library_of_another_model_is_not_kept(graphs, tmp_path):
    def embed(known):
        return Library.embed(make(seed=1), graphs)

    with pytest.raises(ValueError, match="another model"):
        Library.cached(tmp_path / "library.embeddings", make(seed=0), "source", embed)
    assert not list(tmp_path.iterdir())
