import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import Library
from pyg_siamex.nn.embedding import embed_batch


def graphs():
    return [random_graph(nodes, nodes) for nodes in (5, 7, 4)]


def test_a_batch_is_embedded_at_once():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").train()
    calls = []
    model.encoder.register_forward_hook(lambda *_: calls.append(1))
    one_by_one = [model.eval().embed(graph)[0].detach() for graph in graphs()]
    calls.clear()
    assert torch.allclose(embed_batch(model.train(), graphs()), torch.stack(one_by_one), atol=1e-6)
    assert len(calls) == 2 and model.training


def test_graphs_that_an_encoder_mixes_are_embedded_as_if_alone():
    model = SiameseGNN(GIN(FEATURES, 8, 2, norm="GraphNorm"), "add").eval()
    alone = torch.stack([model.embed(graph)[0].detach() for graph in graphs()])
    assert torch.allclose(embed_batch(model, graphs()), alone, atol=1e-6)
    library = Library.embed(model, graphs())
    assert torch.allclose(library.embeddings, alone, atol=1e-6)
