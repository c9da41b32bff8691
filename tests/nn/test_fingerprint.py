import pytest
import torch
from graphs import ENCODERS, random_graph
from torch_geometric.nn import SumAggregation

from pyg_siamex import SiameseGNN
from pyg_siamex.nn.fingerprint import (
    file_fingerprint,
    fingerprints_agree,
    graphs_fingerprint,
    model_fingerprint,
    similarity_fingerprint,
)


def make(encoder="GIN", seed=0, similarity="cosine"):
    torch.manual_seed(seed)
    return SiameseGNN(ENCODERS[encoder](), "mean", similarity)


def test_a_model_is_known_by_weights_buffers_and_structure():
    model = make("GINjk")
    same = model_fingerprint(make("GINjk"))
    assert model_fingerprint(model) == same == model_fingerprint(model.double().float())
    others = [make("GINjk", seed=1), make("GINjk", similarity="dot"), make("GCN"), make().double()]
    moved = make("GINjk")
    dict(moved.named_buffers())[next(n for n, _ in moved.named_buffers())].add_(1)
    prints = {model_fingerprint(other) for other in [*others, moved]}
    assert len(prints) == 5 and same not in prints


EXCHANGES = {
    "activation": lambda model: setattr(model.encoder, "act", torch.nn.Tanh()),
    "readout": lambda model: setattr(model, "pool", SumAggregation()),
    "head": lambda model: setattr(model, "similarity", make(similarity="dot").similarity),
}


@pytest.mark.parametrize("print_of", [model_fingerprint, similarity_fingerprint])
@pytest.mark.parametrize("part", EXCHANGES)
def test_a_part_without_weights_is_noticed(part, print_of):
    model = make()
    before = print_of(model)
    EXCHANGES[part](model)
    assert not fingerprints_agree(before, print_of(model))


@pytest.mark.parametrize("print_of", [model_fingerprint, similarity_fingerprint])
def test_fingerprints_of_older_files_are_of_weights_alone(print_of):
    model, other = make(), make(seed=1)
    older = print_of(model).partition(":")[0]
    assert fingerprints_agree(older, print_of(model))
    assert not fingerprints_agree(older, print_of(other))
    assert not fingerprints_agree("", print_of(model))


def test_graphs_are_known_by_what_the_model_reads():
    graphs = [random_graph(5, seed=k) for k in range(3)]
    model = make("GINE")
    same = graphs_fingerprint(model, graphs)
    graphs[0].name = "a name is not read"
    assert graphs_fingerprint(model, graphs) == same
    assert graphs_fingerprint(model, graphs[::-1]) != same
    graphs[2].edge_attr[0, 0] += 1
    assert graphs_fingerprint(model, graphs) != same
    assert graphs_fingerprint(make("GIN"), graphs) == graphs_fingerprint(make("GIN"), graphs)


def test_files_are_known_by_content_and_settings(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x")
    same = file_fingerprint(path, smiles="s")
    assert same == file_fingerprint(path, smiles="s") != file_fingerprint(path, smiles="t")
    path.write_text("y")
    assert file_fingerprint(path, smiles="s") != same
    with pytest.raises(FileNotFoundError):
        file_fingerprint(tmp_path / "none")


def test_names_of_files_may_be_no_letters(tmp_path):
    empty = file_fingerprint(tmp_path)
    (tmp_path / "\udcff.csv").write_text("1")
    assert file_fingerprint(tmp_path) != empty


def test_a_folder_is_known_by_its_files(tmp_path):
    (tmp_path / "b.npy").write_bytes(b"1")
    same = file_fingerprint(tmp_path)
    (tmp_path / ".hidden").write_bytes(b"1")
    assert file_fingerprint(tmp_path) == same
    (tmp_path / "b.npy").rename(tmp_path / "c.npy")
    assert file_fingerprint(tmp_path) != same
