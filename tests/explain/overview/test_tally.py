import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.nn import GIN

from pyg_siamex import BiLRP, IntegratedJacobians, PairExplainer
from pyg_siamex.explain.overview import tally
from pyg_siamex.explain.overview.group_factors import GroupFactors, factor_algorithm
from pyg_siamex.explain.overview.tally import tally_explanations, tally_factors

CLASSES = torch.tensor([0, 1, 0, 2, 1, 0, 1])
GROUPS = [[f"g{(node * node + graph) % 4}" for node in range(5 + graph % 3)] for graph in range(7)]
NAMES = sorted({name for own in GROUPS for name in own})


def graphs():
    return [random_graph(k, len(GROUPS[k])) for k in range(7)]


def both(similarity, algorithm):
    """All pairs from factors, and one by one."""
    torch.manual_seed(0)
    model = siamese(GIN(5, 8, 2), "mean", similarity)
    factors = GroupFactors.of_graphs(model, graphs(), GROUPS, algorithm)
    pairs = torch.combinations(torch.arange(7))
    sides = [[graphs()[k] for k in side.tolist()] for side in pairs.T]
    explained = PairExplainer(model, algorithm, node_mask_type="object").explain(*sides)
    listed = tally_explanations(explained, pairs, CLASSES, 3, GROUPS, factors.names)
    return tally_factors(factors, CLASSES, 3), listed, explained, pairs


@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclidean", "rbf", "bilinear"])
def test_factors_give_what_pair_by_pair_gives(similarity):
    exact, listed, *_ = both(similarity, BiLRP())
    for name in ("sums", "squares", "counts", "pairs", "towards"):
        one, other = getattr(exact, name), getattr(listed, name)
        torch.testing.assert_close(one, other, equal_nan=True, rtol=1e-6, atol=1e-9)
    assert bool(exact.towards.isnan().any())  # class 2 has one graph, and none to compare it with


def test_integrated_jacobians_do_as_well():
    exact, listed, *_ = both("cosine", IntegratedJacobians(4))
    torch.testing.assert_close(exact.sums, listed.sums, rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(exact.squares, listed.squares, rtol=1e-6, atol=1e-9)


def test_a_cell_is_what_its_pairs_say():
    exact, _, explained, pairs = both("dot", BiLRP())
    wanted = []
    for explanation, (i, j) in zip(explained, pairs.tolist(), strict=True):
        for a, b, matrix in ((i, j, explanation.relevance), (j, i, explanation.relevance.T)):
            if (int(CLASSES[a]), int(CLASSES[b])) == (0, 1) and "g1" in GROUPS[a] + GROUPS[b]:
                rows = torch.tensor([name == "g1" for name in GROUPS[a]])
                columns = torch.tensor([name == "g2" for name in GROUPS[b]])
                if rows.any() and columns.any():
                    wanted.append(float(matrix[rows][:, columns].sum()))
    row, column = NAMES.index("g1"), len(NAMES) + NAMES.index("g2")
    assert float(exact.counts[row, column]) == len(wanted) > 0
    assert float(exact.sums[row, column]) == pytest.approx(sum(wanted))
    assert float(exact.squares[row, column]) == pytest.approx(sum(v * v for v in wanted))


def test_products_in_blocks_equal_moments(monkeypatch):
    exact, *_ = both("cosine", BiLRP())
    monkeypatch.setattr(tally, "MOMENT_NUMBERS", 0)
    monkeypatch.setattr(tally, "BLOCK_NUMBERS", 50)
    blocks, *_ = both("cosine", BiLRP())
    torch.testing.assert_close(exact.squares, blocks.squares)


def test_pairs_count_in_both_orders_and_never_with_themselves():
    exact, *_ = both("cosine", BiLRP())
    assert exact.pairs.tolist() == [[6, 9, 3], [9, 6, 3], [3, 3, 0]]
    torch.testing.assert_close(exact.sums, exact.sums.T)


def test_the_algorithm_is_the_first_that_knows_the_layers():
    graph = graphs()[0]
    assert isinstance(factor_algorithm(siamese(GIN(5, 8, 2)), graph), BiLRP)

    class Odd(torch.nn.Module):
        def forward(self, x):
            return x * x.cos()

    odd = siamese(GIN(5, 8, 2, act=Odd()))
    assert isinstance(factor_algorithm(odd, graph), IntegratedJacobians)
    with pytest.raises(ValueError, match="MLPSimilarity has no pair matrix"):
        factor_algorithm(siamese(GIN(5, 8, 2), "mean", "mlp"), graph)


def test_partitions_must_fit():
    model = siamese(GIN(5, 8, 2))
    with pytest.raises(ValueError, match="6 partitions for 7 graphs"):
        GroupFactors.of_graphs(model, graphs(), GROUPS[:-1], BiLRP())
    with pytest.raises(ValueError, match="a group for each node"):
        GroupFactors.of_graphs(model, graphs(), GROUPS[::-1], BiLRP())
