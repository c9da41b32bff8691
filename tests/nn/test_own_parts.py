"""Encoders of one's own survive their files, and no other encoder gets the weights."""

import json
import warnings

import pytest
import torch
from graphs import FEATURES, random_graph
from safetensors import safe_open
from torch_geometric.nn import GIN, SoftmaxAggregation, TransformerConv

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.nn import (
    OtherEncoderError,
    RBFSimilarity,
    TwoTowerGNN,
    build_siamese,
    evaluating,
    load_model,
    save_model,
)
from pyg_siamex.nn.similarity import MLPSimilarity

PAIR = random_graph(5, 1), random_graph(6, 2)


class Own(torch.nn.Module):
    def __init__(self, channels, dropout=0.1):
        super().__init__()
        self.conv = TransformerConv(FEATURES, channels)
        self.norm = torch.nn.BatchNorm1d(channels)
        self.drop = torch.nn.Dropout(dropout)

    def forward(self, x, edge_index):
        return self.drop(self.norm(self.conv(x, edge_index)))


class Other(Own):
    pass


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own.siamex"


def models():
    yield SiameseGNN(Own(8), pool="add", similarity="rbf", biases="nodes"), {}
    yield SiameseGNN(Own(8), pool=None), {}
    yield SiameseGNN(Own(8).double(), pool="max", similarity="dot"), {}
    own = SoftmaxAggregation(learn=True), MLPSimilarity(8)
    yield SiameseGNN(Own(8), *own), {"pool": SoftmaxAggregation(learn=True)}


@pytest.mark.parametrize("number", range(4))
def test_predictions_survive(number, path):
    torch.manual_seed(0)
    model, parts = list(models())[number]
    if number == 3:
        parts["similarity"] = MLPSimilarity(8)
    model.calibration.set(0.5, -0.25)
    save_model(model, path, settings={"channels": 8})
    loaded, metadata = load_model(path, Own(8), **parts)
    assert metadata == {"settings": {"channels": 8}} and not loaded.training
    assert loaded.biases == model.biases and repr(loaded) == repr(model)
    assert all(torch.equal(v, loaded.state_dict()[k]) for k, v in model.state_dict().items())
    if number in (0, 3):
        with evaluating(model):
            assert torch.equal(model.probability(*PAIR), loaded.probability(*PAIR))


def test_what_training_adds_survives(path):
    graphs = [random_graph(4 + k % 3, k) for k in range(24)]
    pairs = PairDataset(graphs, labels=[k % 2 for k in range(24)])
    model = SiameseGNN(Own(8))
    fit(model, pairs, validation=pairs, epochs=1, progress=False)
    save_model(model, path)
    loaded, _ = load_model(path, Own(8))
    assert loaded.references.match(loaded) and torch.equal(loaded(*PAIR), model(*PAIR))


def test_an_encoder_is_made_of_the_metadata(path):
    save_model(SiameseGNN(Own(4)), path, encoder={"channels": 4})
    loaded, _ = load_model(path, lambda metadata: Own(**metadata["encoder"]))
    assert loaded.encoder.norm.num_features == 4


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, r"weights of your own encoder, Own: give it again, load_model\(path, encoder="),
        ({"encoder": Other(8)}, "weights of encoder Own, and Other was given"),
        ({"encoder": Own(4)}, r"are \[8, 5\] in the file and \[4, 5\] in the model that"),
        ({"encoder": Own(8), "similarity": RBFSimilarity()}, "names its similarity, 'cosine'"),
        ({"encoder": Own(8), "pool": SoftmaxAggregation()}, "names its pool, 'mean'"),
    ],
)
def test_other_parts_are_refused_by_name(given, message, path):
    save_model(SiameseGNN(Own(8)), path)
    with pytest.raises(OtherEncoderError, match=message):
        load_model(path, **given)


def test_weights_that_only_one_has_are_named(path):
    save_model(SiameseGNN(GIN(FEATURES, 8, 2)), path)
    with pytest.raises(OtherEncoderError, match="only the model that was given has weights 'enc"):
        load_model(path, GIN(FEATURES, 8, 3))
    with pytest.raises(OtherEncoderError, match="only the file has weights 'encoder"):
        load_model(path, GIN(FEATURES, 8, 1))


def test_another_structure_with_the_same_weights_is_told(path):
    save_model(SiameseGNN(Own(8)), path)
    with pytest.warns(UserWarning, match=r"Dropout\(p=0.1.* is .*Dropout\(p=0.5"):
        load_model(path, Own(8, dropout=0.5))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_model(path, Own(8))


def test_a_replaced_head_is_not_the_one_that_was_named(path):
    model = SiameseGNN(Own(8), similarity="cosine")
    model.similarity = RBFSimilarity()
    save_model(model, path)
    with pytest.raises(OtherEncoderError, match="your own similarity, RBFSimilarity"):
        load_model(path, Own(8))
    loaded, _ = load_model(path, Own(8), similarity=RBFSimilarity())
    assert isinstance(loaded.similarity, RBFSimilarity)


def test_files_that_say_how_to_build_take_no_encoder(path):
    save_model(build_siamese("GIN", in_channels=3, hidden_channels=4, num_layers=1), path)
    with pytest.raises(OtherEncoderError, match="give the path alone"):
        load_model(path, GIN(3, 4, 1))


def test_changed_bytes_are_noticed_and_nothing_is_pickled(path):
    save_model(SiameseGNN(Own(8)), path)
    with safe_open(str(path), "pt") as file:
        assert "own" in json.loads(file.metadata()["config"])
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match="changed since it was written"):
        load_model(path, Own(8))


def test_two_towers_are_refused(path):
    with pytest.raises(TypeError, match="save_model writes a SiameseGNN"):
        save_model(TwoTowerGNN(Own(8), Own(8)), path)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (GIN, r"`encoder` failed with TypeError: .*; it is the class GIN: give an encoder, GIN\("),
        (lambda metadata: GIN(**metadata["sizes"]), "`encoder` failed with KeyError: 'sizes'$"),
    ],
    ids=["class", "function"],
)
def test_a_file_is_not_blamed_where_the_encoder_cannot_be_made(path, given, message):
    save_model(SiameseGNN(GIN(FEATURES, 8, 2)), path)
    with pytest.raises(OtherEncoderError, match=message) as caught:
        load_model(path, given)
    assert "damaged" not in str(caught.value) and caught.value.__cause__ is not None
