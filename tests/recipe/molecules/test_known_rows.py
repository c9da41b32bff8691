"""Rows that were embedded before are not embedded again."""

import pytest
import torch

from pyg_siamex.datasets import OneHotMolecule
from pyg_siamex.nn import Library, build_siamese
from pyg_siamex.recipe import Trained
from pyg_siamex.recipe.embedded import embedded
from pyg_siamex.recipe.molecules.known_rows import KnownRows, written_keys
from pyg_siamex.recipe.molecules.library import MoleculeLibrary

SMILES = ["CCO", "CCN", "c1ccccc1", "CC(=O)O", "CCCl", "C1CC", "CCCC", "OCC"]


def table(path, rows):
    path.write_text("id,smiles\n" + "".join(f"m{k},{text}\n" for k, text in rows))
    return path


@pytest.fixture
def trained():
    torch.manual_seed(0)
    width = OneHotMolecule().num_node_features
    arguments = {"in_channels": width, "hidden_channels": 4, "num_layers": 1}
    model = build_siamese("GIN", "add", "cosine", **arguments)
    return Trained(model.eval(), {"features": OneHotMolecule().to_dict()})


@pytest.fixture
def counted(monkeypatch):
    seen = []
    whole = Library.embed.__func__

    def counting(cls, model, graphs, *args, **kwargs):
        graphs = list(graphs)
        seen.append([graph.smiles for graph in graphs])
        return whole(cls, model, graphs, *args, **kwargs)

    monkeypatch.setattr(Library, "embed", classmethod(counting))
    return seen


def test_a_table_that_changes_keeps_what_is_still_there(tmp_path, trained, counted):
    file = tmp_path / "kept"
    rows = list(enumerate(SMILES))
    path = table(tmp_path / "t.csv", rows)
    embedded(MoleculeLibrary(path, trained), trained, file)
    changed = [(9, "CCS"), *reversed(rows[2:]), (10, "CCBr"), (11, "CCO")]
    graphs = MoleculeLibrary(table(path, changed), trained)
    library, _ = embedded(graphs, trained, file)
    assert [sorted(smiles) for smiles in counted[1:]] == [["CCBr", "CCS"]]
    fresh = MoleculeLibrary(path, trained).embed(trained.model)
    torch.testing.assert_close(library.embeddings, fresh.embeddings)
    names = ["m9", "m7", "m6", "m4", "m3", "m2", "m10", "m11"]
    assert list(library.names) == list(fresh.names) == names
    assert torch.equal(library.columns["rows"], fresh.columns["rows"])
    assert library.extra == fresh.extra and len(fresh.extra["rejected"]) == 1
    assert [graphs[k].name for k in range(8)] == names
    embedded(MoleculeLibrary(path, trained), trained, file)
    assert len(counted) == 3  # the file fits: only the fresh one was embedded since


def test_embeddings_that_were_made_otherwise_are_not_used(tmp_path, trained):
    path = table(tmp_path / "t.csv", enumerate(SMILES))
    library = MoleculeLibrary(path, trained).embed(trained.model)
    same = library.extra["settings"]
    assert KnownRows(library, same).position("CCN") == 1
    assert KnownRows(library, same).position("CCNC") is None
    assert KnownRows(library, {**same, "features": {}}).position("CCN") is None
    assert KnownRows(None, same).position("CCN") is None
    found = KnownRows(library, same).embeddings(["CCN", "CCO"])
    assert torch.equal(found, library.embeddings[[1, 0]])
    assert written_keys(["a", "b", "a"]).unique().numel() == 2
