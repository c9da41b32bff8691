"""The random control."""

import torch
from graphs import ENCODERS, FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, RandomExplainer, SiameseGNN


def test_random_is_seeded_and_knows_nothing_of_the_batch():
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    queries, others = [random_graph(6, k) for k in (1, 2)], [random_graph(5, k) for k in (3, 4)]
    one, two = PairExplainer(model, RandomExplainer(1), edge_mask_type="object").explain(
        queries, others
    )
    other = PairExplainer(model, RandomExplainer(2), edge_mask_type="object")(queries[0], others[0])
    assert not torch.equal(one.query.edge_mask, other.query.edge_mask)
    assert not torch.equal(one.query.edge_mask[:4], two.query.edge_mask[:4])
    assert ((one.query.edge_mask >= 0) & (one.query.edge_mask < 1)).all()


def test_another_reference_gives_other_random_values():
    model = SiameseGNN(ENCODERS["GCN"](), "mean").eval()
    explainer = PairExplainer(model, RandomExplainer(), edge_mask_type="object")
    query, a, b = random_graph(8, 1), random_graph(7, 2), random_graph(7, 3)
    one, other = explainer(query, a).query.edge_mask, explainer(query, b).query.edge_mask
    assert not torch.equal(one, other)
    assert torch.equal(one, explainer(query, a).query.edge_mask)
    assert torch.equal(one, explainer(a, query).reference.edge_mask)
