"""Embeddings are made once, kept beside the library, and made anew where they do not fit."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import Library
from pyg_siamex.recipe import Trained
from pyg_siamex.recipe.embedded import embedded


class Graphs:
    """A library in memory that counts how often it is embedded."""

    shared = None

    def __init__(self, path):
        self.path, self.source, self.times, self.used = path, "fingerprint", 0, []

    def embed(self, model, known=None):
        self.times += 1
        graphs = [random_graph(4 + k, k) for k in range(3)]
        return Library.embed(model, graphs, source=self.source)

    def use(self, library):
        self.used.append(len(library))


@pytest.fixture
def trained(tmp_path):
    torch.manual_seed(0)
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    return Trained(model, {}, tmp_path / "cells.siamex")


def test_they_are_made_once(trained, tmp_path):
    graphs = Graphs(tmp_path / "library.csv")
    first, said = embedded(graphs, trained, None)
    kept = tmp_path / "library.csv.cells.embeddings"
    assert kept.is_file() and said.startswith("3 embedded in") and said.endswith(f"saved as {kept}")
    again, said = embedded(graphs, trained, None)
    assert graphs.times == 1 and said == f"3 embeddings read from {kept}"
    assert torch.equal(first.embeddings, again.embeddings) and graphs.used == [3, 3]


def test_other_sources_are_embedded_anew(trained, tmp_path):
    graphs = Graphs(tmp_path / "library.csv")
    embedded(graphs, trained, tmp_path / "index")
    graphs.source = "another"
    embedded(graphs, trained, tmp_path / "index")
    assert graphs.times == 2


def test_without_a_place_nothing_is_kept(trained, tmp_path):
    for path, model in [(None, trained.path), (tmp_path / "library.csv", None)]:
        _, said = embedded(Graphs(path), Trained(trained.model, {}, model), None)
        assert said.endswith("not saved")
    assert not list(tmp_path.glob("*.embeddings"))


def test_a_place_that_cannot_be_written_is_an_error_if_it_was_asked_for(trained, tmp_path):
    absent = tmp_path / "absent"
    _, said = embedded(Graphs(absent / "library.csv"), trained, None)
    assert said.endswith("not saved")
    with pytest.raises(OSError):
        embedded(Graphs(tmp_path / "library.csv"), trained, absent / "index")
