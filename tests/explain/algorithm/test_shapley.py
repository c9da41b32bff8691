"""Sampled Shapley values against all coalitions, counted out."""

import itertools
import math

import pytest
import torch
from graphs import ENCODERS, FEATURES, odd_graphs, random_graph
from torch_geometric.data import Data

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain import ShapleySampling

D = torch.double


def exact(model, graph, other):
    """Shapley values of the nodes, by all subsets."""
    n = graph.num_nodes
    worth = {}
    for size in range(n + 1):
        for kept in itertools.combinations(range(n), size):
            x = torch.zeros_like(graph.x)
            x[list(kept)] = graph.x[list(kept)]
            worth[kept] = model(Data(x=x, edge_index=graph.edge_index), other).item()
    values = torch.zeros(n, dtype=D)
    for node in range(n):
        for kept, value in worth.items():
            if node not in kept:
                weight = math.factorial(len(kept)) * math.factorial(n - len(kept) - 1)
                more = worth[tuple(sorted((*kept, node)))]
                values[node] += weight / math.factorial(n) * (more - value)
    return values


def test_converges_to_the_shapley_values():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "mean", "rbf").eval()
    query, reference = random_graph(4, 1, D), random_graph(3, 2, D)
    explainer = PairExplainer(model, ShapleySampling(200), node_mask_type="object")
    explanation = explainer(query, reference)
    scale = explanation.query.node_mask.abs().max()
    for side, graph, other in (
        (explanation.query, query, reference),
        (explanation.reference, reference, query),
    ):
        gap = (side.node_mask[:, 0] - exact(model, graph, other)).abs().max()
        assert gap < 0.15 * scale


def test_a_game_without_interaction_equals_occlusion_in_one_sample():
    linear = torch.nn.Linear(FEATURES, 4, bias=False).double()

    class Sum(torch.nn.Module):
        def forward(self, x, edge_index):
            return linear(x)

    model = SiameseGNN(Sum(), "add", "dot")
    pair = random_graph(5, 1, D), random_graph(4, 2, D)
    shapley, occlusion = (
        PairExplainer(model, algorithm, node_mask_type="attributes")(*pair)
        for algorithm in (ShapleySampling(1), Occlusion())
    )
    assert torch.allclose(shapley.query.node_mask, occlusion.query.node_mask, atol=1e-10)


@pytest.mark.parametrize("undirected", [False, True])
def test_sums_to_what_the_masked_parts_are_worth(undirected):
    model = SiameseGNN(ENCODERS["GCN"]().double(), "add")
    explainer = PairExplainer(
        model,
        ShapleySampling(2),
        node_mask_type="object",
        edge_mask_type="object",
        undirected=undirected,
    )
    explanation = explainer(random_graph(5, 1, D), random_graph(4, 2, D))
    assert explanation.completeness_error < 1e-6
    terms = explanation.terms
    worth = terms["similarity"] - terms["empty_query"]
    assert terms["sum_query"] == pytest.approx(worth, abs=1e-6)


@pytest.mark.parametrize("side", ["both", "query"])
def test_batched_equals_one_by_one(side):
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add")
    explainer = PairExplainer(
        model, ShapleySampling(2), node_mask_type="object", edge_mask_type="object", side=side
    )
    queries, others = odd_graphs(D), [*odd_graphs(D)[1:], random_graph(4, 9, D)]
    for k, together in enumerate(explainer.explain(queries, others)):
        alone = explainer(queries[k], others[k])
        assert torch.allclose(together.query.edge_mask, alone.query.edge_mask, atol=1e-10)
        assert torch.allclose(together.query.node_mask, alone.query.node_mask, atol=1e-10)


def test_features_that_are_zero_get_nothing():
    query, reference = random_graph(4, 1), random_graph(3, 2)
    query.x[:, 2] = 0
    model = SiameseGNN(ENCODERS["GIN"]())
    explainer = PairExplainer(model, ShapleySampling(2), node_mask_type="attributes", side="query")
    mask = explainer(query, reference).query.node_mask
    assert (mask[:, 2] == 0).all() and (mask[:, [0, 1, 3, 4]] != 0).any()


def test_seeded_and_leaves_the_random_state_alone():
    model = SiameseGNN(ENCODERS["GIN"]())
    pair = random_graph(5, 1), random_graph(4, 2)
    state = torch.random.get_rng_state()
    one, same, other = (
        PairExplainer(model, ShapleySampling(1, seed=seed), edge_mask_type="object")(
            *pair
        ).query.edge_mask
        for seed in (0, 0, 1)
    )
    assert torch.equal(state, torch.random.get_rng_state())
    assert torch.equal(one, same) and not torch.allclose(one, other)


def test_bad_options_are_refused():
    with pytest.raises(ValueError, match="samples must be at least 1"):
        ShapleySampling(0)
