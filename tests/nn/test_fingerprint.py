import pytest
import torch
from graphs import ENCODERS, random_graph

from pyg_siamex import SiameseGNN
from pyg_siamex.nn.fingerprint import file_fingerprint, graphs_fingerprint, model_fingerprint


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
