"""Stability of each pair of a table."""

import pytest
import torch
from graphs import ENCODERS, random_graph
from metric.planted import explained
from scipy.stats import spearmanr

from pyg_siamex import SiameseGNN
from pyg_siamex.metric import EvaluationProtocol
from pyg_siamex.metric.consistency import check_ids, over_references, over_seeds

QUERIES = [random_graph(5, 1), random_graph(5, 2)]


@pytest.fixture(scope="module")
def table():
    """Three references of the first query and one of the second."""
    generator = torch.Generator().manual_seed(0)
    out = []
    for number, reference in ((0, 3), (0, 4), (1, 5), (0, 6)):
        query = QUERIES[number]
        values = torch.randn(query.num_edges, generator=generator)
        out.append(explained(query, random_graph(4, reference), values))
    return out


def rho(one, other):
    return spearmanr(one.query.edge_mask, other.query.edge_mask).statistic


def test_each_pair_is_compared_with_the_others_of_its_query(table):
    model = SiameseGNN(ENCODERS["GIN"](), "add").eval()
    found = over_references(model, table, ["a", "a", "b", "a"], None, 0.3, EvaluationProtocol())
    a, b, _, d = table
    expected = [
        (rho(a, b) + rho(a, d)) / 2,
        (rho(a, b) + rho(b, d)) / 2,
        float("nan"),  # nothing to be compared with
        (rho(a, d) + rho(b, d)) / 2,
    ]
    assert found["stability"].tolist() == pytest.approx(expected, nan_ok=True)
    with torch.no_grad():
        h = torch.cat([model.embed(e.reference) for e in (a, b, d)])
        h = h / h.norm(dim=1, keepdim=True)
    mean = float((h @ h.T)[~torch.eye(3, dtype=torch.bool)].mean())
    assert found["spread"].tolist() == pytest.approx([mean, mean, float("nan"), mean], nan_ok=True)
    assert "other class" not in found


def test_references_of_other_classes_are_apart(table):
    model = SiameseGNN(ENCODERS["GIN"](), "add").eval()
    found = over_references(model, table, [0, 0, 1, 0], [0, 1, 0, 1], 0.3, EvaluationProtocol())
    a, b, _, d = table
    nan = float("nan")
    assert found["stability"].tolist() == pytest.approx(
        [nan, rho(b, d), nan, rho(b, d)], nan_ok=True
    )
    other = [(rho(a, b) + rho(a, d)) / 2, rho(a, b), nan, rho(a, d)]
    assert found["other class"].tolist() == pytest.approx(other, nan_ok=True)


def test_seeds_of_one_pair_are_compared_with_each_other(table):
    a, b, _, d = table
    found = over_seeds([[a], [b], [d]], EvaluationProtocol())
    assert len(found) == 3
    assert found[0]["seed floor"].tolist() == pytest.approx([(rho(a, b) + rho(a, d)) / 2])
    assert found[2]["seed floor"].tolist() == pytest.approx([(rho(a, d) + rho(b, d)) / 2])


def test_equal_ids_of_different_graphs_are_refused(table):
    check_ids(table, [0, 0, 1, 0], EvaluationProtocol())
    with pytest.raises(ValueError, match="`query_ids` of pairs 0 and 2 are 0"):
        check_ids(table, [0, 0, 0, 0], EvaluationProtocol())


def test_magnitudes_and_tops_are_of_the_same_class_alone(table):
    model = SiameseGNN(ENCODERS["GIN"](), "add").eval()
    found = over_references(model, table, [0, 0, 1, 0], [0, 1, 0, 1], 0.3, EvaluationProtocol())
    a, b, _, d = table
    nan = float("nan")
    own = size(b, d)
    assert own != pytest.approx(rho(b, d)) and size(a, b) != pytest.approx(rho(a, b))
    magnitude = [nan, own, nan, own]
    assert found["stability, magnitude"].tolist() == pytest.approx(magnitude, nan_ok=True)
    other = [(size(a, b) + size(a, d)) / 2, size(a, b), nan, size(a, d)]
    assert found["other class, magnitude"].tolist() == pytest.approx(other, nan_ok=True)
    overlap = [nan, top(b, d, 0.3), nan, top(b, d, 0.3)]
    assert found["top overlap"].tolist() == pytest.approx(overlap, nan_ok=True)


def size(one, other):
    return spearmanr(one.query.edge_mask.abs(), other.query.edge_mask.abs()).statistic


def top(one, other, share):
    count = max(1, round(share * len(one.query.edge_mask)))
    sets = [set(e.query.edge_mask.abs().topk(count).indices.tolist()) for e in (one, other)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])
