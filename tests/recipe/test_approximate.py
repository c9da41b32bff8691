"""An approximate index is kept beside the embeddings and follows them."""

from dataclasses import replace

import pytest
import torch
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import HNSWIndex, Library
from pyg_siamex.recipe.approximate import approximated

pytest.importorskip("faiss")


@pytest.fixture
def library():
    model = SiameseGNN(GIN(3, 8, 1), similarity="euclidean")
    rows = torch.randn(300, 8, generator=torch.Generator().manual_seed(0))
    return Library(model, rows, [str(k) for k in range(300)])


def test_it_is_built_once_and_gets_what_is_new(library, tmp_path):
    path = tmp_path / "cells.embeddings"
    found, said = approximated(library, path)
    kept = tmp_path / "cells.embeddings.hnsw"
    assert kept.is_file() and "of the ten nearest are found, 300 entries indexed in" in said
    assert isinstance(found.approximate, HNSWIndex) and found.approximate.recall > 0.95
    assert found.nearest(5, 3) == library.nearest(5, 3)
    before = kept.read_bytes()
    again, said = approximated(library, path)
    assert "indexed" not in said and kept.read_bytes() == before
    assert again.nearest(5, 3) == library.nearest(5, 3)
    more = replace(library, embeddings=torch.cat([library.embeddings[100:], torch.zeros(1, 8)]),
                   names=[str(k) for k in range(201)])  # fmt: skip
    now, said = approximated(more, path)
    assert "1 entries indexed" in said and len(now.approximate) == 301
    assert now.nearest(200, 3) == more.nearest(200, 3)
    few = replace(library, embeddings=library.embeddings[:100], names=list("a" * 100))
    small, said = approximated(few, path)
    assert "100 entries indexed" in said and len(small.approximate) == 100


def test_nothing_is_kept_without_a_place(library, tmp_path):
    found, said = approximated(library, None)
    assert found.approximate is not None and "300 entries indexed" in said
    assert not list(tmp_path.iterdir())


def test_another_file_is_left_alone(library, tmp_path):
    (tmp_path / "e.hnsw").write_text("mine")
    with pytest.raises(ValueError, match="is not a neighbour index file"):
        approximated(library, tmp_path / "e")
    assert (tmp_path / "e.hnsw").read_text() == "mine"
