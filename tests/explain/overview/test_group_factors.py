"""Products of the factors of groups against the pair matrices of single explanations."""

import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import GIN

from pyg_siamex import BiLRP, IntegratedJacobians, PairExplainer
from pyg_siamex.explain.overview.group_factors import GroupFactors, factor_algorithm
from pyg_siamex.nn import adapt

GROUPS = [[f"g{(node + graph) % 3}" for node in range(5 + graph % 2)] for graph in range(4)]


@pytest.mark.parametrize("similarity", ["cosine", "dot", "bilinear"])
def test_products_are_the_relevance_between_groups(similarity):
    model, graphs = (
        siamese(GIN(5, 8, 2), "mean", similarity),
        [random_graph(k, len(GROUPS[k])) for k in range(4)],
    )
    found = GroupFactors.of_graphs(model, graphs, GROUPS, BiLRP())
    explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
    for i, j in [(0, 1), (2, 3), (3, 0)]:
        matrix = explainer.explain([graphs[i]], [graphs[j]])[0].relevance
        for t in (found.graph == i).nonzero().flatten():
            for u in (found.graph == j).nonzero().flatten():
                rows = [name == found.names[found.group[t]] for name in GROUPS[i]]
                columns = [name == found.names[found.group[u]] for name in GROUPS[j]]
                expected = matrix[rows][:, columns].sum()
                torch.testing.assert_close(found.left[t] @ found.right[u], expected.double())


def test_pairs_of_parts_of_one_graph_and_whole_graphs():
    model, graphs = siamese(GIN(5, 8, 2)), [random_graph(k, len(GROUPS[k])) for k in range(4)]
    found = GroupFactors.of_graphs(model, graphs, GROUPS, BiLRP())
    one, other = found.within()
    expected = {
        (t, u)
        for t in range(len(found.graph))
        for u in range(len(found.graph))
        if found.graph[t] == found.graph[u]
    }
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == expected and len(one) == len(
        expected
    )
    sums = torch.stack([found.right[found.graph == k].sum(0) for k in range(4)])
    torch.testing.assert_close(found.whole(), sums)
    with pytest.raises(ValueError, match="1 partitions for 4 graphs"):
        GroupFactors.of_graphs(model, graphs, GROUPS[:1], BiLRP())


def test_the_algorithm_is_the_one_that_the_layers_allow():
    class Odd(nn.Module):
        def forward(self, x, edge_index):
            return torch.linalg.svd(x).S.expand(len(x), -1) * x[:, :5]

    assert isinstance(factor_algorithm(siamese(GIN(5, 8, 2)), random_graph(0)), BiLRP)
    assert isinstance(factor_algorithm(siamese(Odd()), random_graph(0)), IntegratedJacobians)
    with pytest.raises(ValueError):
        factor_algorithm(siamese(GIN(5, 8, 2, 8), similarity="mlp"), random_graph(0))


def test_models_of_pairs_are_named():
    class Cross(nn.Module):
        def forward(self, data1, data2):
            raise AssertionError("not run")

    with pytest.raises(ValueError, match="Cross compares two graphs at once"):
        factor_algorithm(adapt(Cross()), random_graph(4, 1))
