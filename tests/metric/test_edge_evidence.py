import numpy as np
import pytest
import torch
from small_study import study

from pyg_siamex.metric.edge_evidence import edge_evidence
from pyg_siamex.nn.training import embed_all
from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining


def fitted(encoder=None):
    graphs = study(24)
    labels = torch.stack([graphs[k].y for k in range(24)])
    training = ConnectomeTraining.of(graphs, Settings(encoder=encoder, epochs=3, hidden=6, lr=1e-2))
    inputs = training.inputs(graphs, labels)
    pairs = training.pairs(inputs)
    reader = training.train(pairs, pairs).reader
    h = embed_all(reader, inputs)
    matrices = graphs.matrices.clone()
    matrices.diagonal(dim1=1, dim2=2).zero_()
    return reader, matrices, [h[labels == 0], h[labels == 1]], training.graph_of(matrices)


@pytest.mark.parametrize("encoder", [None, "WeightedGCN"])
def test_evidence_sums_to_the_likeness_beyond_that_of_the_average(encoder):
    reader, matrices, references, graph_of = fitted(encoder)
    middle = matrices.mean(0)
    found = edge_evidence(reader, matrices[:5], middle, references, graph_of)
    assert found.shape == (5, 2, 28)
    with torch.no_grad():
        own = embed_all(reader, [graph_of(matrix) for matrix in matrices[:5]])
        start = embed_all(reader, [graph_of(middle)])
        for place, h in enumerate(references):
            gain = reader.similarity(own[:, None], h[None]).mean(1)
            gain = gain - reader.similarity(start[:, None], h[None]).mean(1)
            assert np.allclose(found[:, place].sum(1), gain.numpy(), atol=0.03)


def test_a_subject_like_the_average_says_nothing():
    reader, matrices, references, graph_of = fitted()
    found = edge_evidence(reader, matrices[:1], matrices[0], references, graph_of)
    assert np.abs(found).max() == 0


def test_the_model_stays_as_it_was():
    reader, matrices, references, graph_of = fitted()
    reader.train()
    before = {name: value.clone() for name, value in reader.state_dict().items()}
    edge_evidence(reader, matrices[:2], matrices.mean(0), references, graph_of)
    assert reader.training
    assert all(torch.equal(value, before[name]) for name, value in reader.state_dict().items())
