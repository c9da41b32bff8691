"""References that a model keeps, and whether they are still the model's own."""

import json

import pytest
import torch
from graphs import FEATURES, random_graph
from safetensors import safe_open
from safetensors.torch import save_file
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN
from pyg_siamex.nn import build_siamese, load_model, save_model
from pyg_siamex.nn.references import NUM_REFERENCES, References
from pyg_siamex.nn.training import fit

SETTINGS = {"in_channels": FEATURES, "hidden_channels": 8, "num_layers": 2}


def graphs(count: int) -> list:
    return [random_graph(5 + k % 3, k) for k in range(count)]


def test_each_reference_is_the_embedding_of_a_different_graph() -> None:
    model, pool = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval(), graphs(9)
    found = References.draw(model, pool, 4, seed=3)
    with torch.no_grad():
        each = torch.cat([model.embed(graph) for graph in pool])
    chosen = [int(row.isclose(each).all(1).nonzero()) for row in found.embeddings]
    assert len(set(chosen)) == len(chosen) == 4
    assert found.num_edges == sum(pool[k].num_edges for k in chosen) / 4
    assert not found.embeddings.requires_grad
    assert torch.equal(References.draw(model, pool, 4, seed=3).embeddings, found.embeddings)
    assert not torch.equal(References.draw(model, pool, 4, seed=4).embeddings, found.embeddings)
    assert len(References.draw(model, pool, 99).embeddings) == 9


def test_references_match_until_a_weight_changes() -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    found = References.draw(model, graphs(3))
    assert found.match(model)
    with torch.no_grad():
        next(model.encoder.parameters()).view(-1)[0] += 1
    assert not found.match(model)


def test_training_leaves_references_of_the_trained_weights() -> None:
    model = build_siamese("GIN", **SETTINGS)
    assert model.references is None
    pool = graphs(30)
    index = torch.combinations(torch.arange(30))
    pairs = PairDataset.from_pairs(pool, index, index.sum(1) % 2 == 0)
    fit(model, pairs, epochs=1, progress=False)
    assert model.references.embeddings.shape == (NUM_REFERENCES, 8)
    assert model.references.match(model)
    before = model.references
    fit(model, pairs, epochs=1, lr=0.1, progress=False)
    assert model.references.match(model)
    assert not before.match(model)


def test_references_come_back_with_the_file(tmp_path) -> None:
    model = build_siamese("GIN", **SETTINGS).eval()
    save_model(model, tmp_path / "without.siamex")
    assert load_model(tmp_path / "without.siamex")[0].references is None
    model.references = References.draw(model, graphs(5))
    save_model(model, tmp_path / "with.siamex")
    loaded, _ = load_model(tmp_path / "with.siamex")
    assert torch.equal(loaded.references.embeddings, model.references.embeddings)
    assert loaded.references.num_edges == model.references.num_edges
    assert loaded.references.match(loaded)


@pytest.mark.parametrize("description", [None, "3", "[1]", "no JSON"])
def test_references_without_their_description_are_damage(tmp_path, description) -> None:
    model = build_siamese("GIN", **SETTINGS).eval()
    model.references = References.draw(model, graphs(5))
    path = tmp_path / "m.siamex"
    save_model(model, path)
    with safe_open(str(path), framework="pt") as file:
        header = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    assert json.loads(header.pop("references")) == [
        model.references.num_edges,
        model.references.fingerprint,
    ]
    if description is not None:
        header["references"] = description
    save_file(tensors, path, metadata=header)
    with pytest.raises(ValueError, match="is damaged"):
        load_model(path)
