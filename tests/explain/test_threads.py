"""Threads that explain get the numbers of one thread, and those that predict are left alone."""

import sys
import threading

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.explain import GNNExplainer
from torch_geometric.nn import GAT, GCN, GIN

from pyg_siamex import (
    BiLRP,
    FromPyG,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import ShapleySampling

ALGORITHMS = [
    lambda: MaskOptimization(epochs=5),
    Occlusion,
    lambda: IntegratedGradients(4),
    BiLRP,
    lambda: IntegratedJacobians(4, path="both"),
    lambda: SelfLearned("kl"),
    lambda: ShapleySampling(1),
    lambda: FromPyG(GNNExplainer(epochs=2)),
    Saliency,
    Occlusion,
]


@pytest.fixture(autouse=True)
def busy_switching():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    yield
    sys.setswitchinterval(before)


def explained(model, job):
    explanation = PairExplainer(model, ALGORITHMS[job % 10](), edge_mask_type="object")(
        random_graph(5, job), random_graph(4, 100 + job)
    )
    return explanation.query.edge_mask, explanation.prediction


def in_threads(work, count):
    """Run ``work(k)`` in ``count`` threads; returns what went wrong."""
    errors = []

    def run(k):
        try:
            work(k)
        except Exception as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=run, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.parametrize(
    "encoder",
    [GIN, pytest.param(GCN, marks=pytest.mark.slow), pytest.param(GAT, marks=pytest.mark.slow)],
)
def test_many_threads_explain_and_one_predicts(encoder):
    torch.manual_seed(0)
    gnn = encoder(FEATURES, 8, 2)
    model, other = SiameseGNN(gnn).train(), SiameseGNN(gnn, similarity="dot")
    expected = [explained(model, job) for job in range(40)]
    pair = random_graph(7, 1), random_graph(9, 2)
    for graph in pair:
        del graph.edge_attr
    right = other(*pair).item()
    before = {name: sorted(vars(module)) for name, module in model.named_modules()}
    found, predicted = [None] * 160, set()
    finished, done = [], threading.Event()

    def work(k):
        if k == 4:
            while not done.is_set():
                with torch.no_grad():
                    predicted.add(round(other(*pair).item(), 4))
            return
        try:
            for position in range(k, 160, 4):
                found[position] = explained(model, position % 40)
        finally:
            finished.append(k)
            if len(finished) == 4:
                done.set()

    assert not in_threads(work, 5)
    for position, (mask, prediction) in enumerate(found):
        assert torch.equal(mask, expected[position % 40][0])
        assert prediction == expected[position % 40][1]
    assert predicted == {round(right, 4)}
    assert model.training and all(p.requires_grad for p in model.parameters())
    assert before == {name: sorted(vars(module)) for name, module in model.named_modules()}


def test_two_models_that_share_layers():
    gnn = GCN(FEATURES, 8, 2)

    class Around(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = gnn

        def forward(self, x, edge_index):
            return self.gnn(x, edge_index)

    models = [SiameseGNN(gnn), SiameseGNN(Around(), "add")]
    expected = [[explained(model, job)[0] for job in range(6)] for model in models]
    found = [[None] * 6 for _ in models]

    def work(k):
        for job in range(6):
            found[k][job] = explained(models[k], job)[0]

    assert not in_threads(work, 2)
    for one, other in zip(expected, found, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
    assert gnn.training and all(p.requires_grad for p in gnn.parameters())
