import pytest
import torch
from graphs import random_graph
from integrated_jacobians.models import ENCODERS, From, Shifted, run
from integrated_jacobians.questions import completeness, cumulative, explain, layers, shift
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN


def graph(seed):
    made = random_graph(7, seed, torch.float64)
    made.atom_truth, made.y = torch.arange(7) < 3, torch.tensor(0)
    return made


PAIRS = [graph(0), graph(1)], [graph(2), graph(3)]


@pytest.fixture(params=list(ENCODERS))
def model(request):
    torch.manual_seed(0)
    encoder = ENCODERS[request.param](5, 8, 3, act="gelu")
    return SiameseGNN(encoder, "mean", "cosine").double().eval().requires_grad_(False)


def found(rows, measure, **at):
    """Values of a measure."""
    return [
        row["value"]
        for row in rows
        if row["measure"] == measure and all(row[k] == v for k, v in at.items())
    ]


def test_an_encoder_cut_after_any_layer_is_the_encoder(model):
    data = PAIRS[0][0]
    whole = model.encoder(data.x, data.edge_index)
    for layer in range(4):
        inner = run(model.encoder, data.x, data.edge_index, 0, layer)
        assert torch.allclose(From(model.encoder, layer)(inner, data.edge_index), whole)


def test_a_shifted_encoder_is_zero_where_the_features_are(model):
    data, shifted = PAIRS[0][0], Shifted(model.encoder)
    assert not shifted(torch.zeros_like(data.x), data.edge_index).any()
    step = model.encoder(data.x, data.edge_index) - model.encoder(0 * data.x, data.edge_index)
    assert torch.equal(shifted(data.x, data.edge_index), step)


def test_a_smooth_model_is_complete_and_more_points_are_better(model):
    rows = list(completeness(model, PAIRS, [2, 16], 32))
    few, many = (found(rows, "entry", setting="gauss-legendre", at=n) for n in (2, 16))
    assert max(many) < 1e-9 < min(few)
    assert max(found(rows, "sum", setting="gauss-legendre", at=16)) < 1e-9
    assert min(found(rows, "sum", setting="midpoint", at=16)) > 1e-9


def test_layer_zero_is_the_attribution_to_features_and_every_layer_is_complete(model):
    surface = [e.relevance for e in explain(model, PAIRS, steps=16)]
    rows = list(layers(model, PAIRS, 16, surface))
    assert found(rows, "cosine", at=0) == pytest.approx([1, 1])
    assert max(found(rows, "error")) < 1e-9
    assert found(rows, "prevalence") == pytest.approx([9 / 49] * 8)


def test_the_last_layer_is_the_product_of_what_node_embeddings_gained(model):
    q, r = PAIRS[0][0], PAIRS[1][0]
    gained = [Shifted(model.encoder)(g.x, g.edge_index) for g in (q, r)]
    norms = [model.embed(g).norm() * 7 for g in (q, r)]
    expected = gained[0] @ gained[1].T / (norms[0] * norms[1])
    deep = SiameseGNN(From(model.encoder, 3), "mean", "cosine").double().eval()
    inner = [[Data(x=model.encoder(g.x, g.edge_index), edge_index=g.edge_index)] for g in (q, r)]

    def start(inputs):
        return model.encoder(torch.zeros(len(inputs.x), 5).double(), inputs.edge_index)

    relevance = explain(deep, tuple(inner), steps=2, reference=start)[0].relevance
    assert torch.allclose(relevance, expected)


def test_cumulative_sums_of_a_matrix_by_hand(model):
    e = explain(model, PAIRS, steps=8)[0]
    e.relevance = torch.tensor([[6.0, -2.0], [4.0, 2.0]])
    e.terms = {"f_qr": 10.0, "f_0r": 0.0, "f_q0": 0.0, "f_00": 0.0}
    rows = list(cumulative([e]))
    assert found(rows, "explained", setting="signed", at=0.5) == pytest.approx([1.0])
    assert found(rows, "explained", setting="signed", at=0.7) == pytest.approx([1.2])
    assert found(rows, "explained", setting="magnitude", at=0.7) == pytest.approx([0.8])
    assert found(rows, "explained", setting="magnitude", at=1.0) == pytest.approx([1.0])
    assert found(rows, "half") == [0.25]
    assert found(rows, "within") == [1.0]


def test_shifting_rescales_the_matrix_and_closes_the_sum(model):
    plain = explain(model, PAIRS, steps=16)
    rows = list(shift(model, PAIRS, 16, plain))
    assert found(rows, "cosine") == pytest.approx([1, 1])
    assert found(rows, "exact_covered") == pytest.approx([1, 1])
    shifted = SiameseGNN(Shifted(model.encoder), "mean", "cosine").eval()
    exact = [float(shifted(q, r)) for q, r in zip(*PAIRS, strict=True)]
    assert found(rows, "exact_similarity") == pytest.approx(exact)
