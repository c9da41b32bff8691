import pytest
import torch
from graphs import ENCODERS, FEATURES, random_graph
from metric.planted import explained
from scipy.stats import spearmanr
from torch_geometric.nn import GIN

from pyg_siamex import InputXGradient, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.metric import stability
from pyg_siamex.nn.training import spread

QUERY = random_graph(5, 1)


def against(values, seed=2):
    return explained(QUERY, random_graph(4, seed), torch.tensor(values).float())


def rows(count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, QUERY.num_edges, generator=generator).tolist()


def test_mean_over_pairs_of_references_by_hand():
    a, b, c = rows(3)
    out = stability([against(a), against(b), against(c)], share=0.3)
    rho = [spearmanr(x, y).statistic for x, y in ((a, b), (a, c), (b, c))]
    assert out.spearman == pytest.approx(sum(rho) / 3)
    size = [spearmanr(*torch.tensor([x, y]).abs()).statistic for x, y in ((a, b), (a, c), (b, c))]
    assert out.magnitude == pytest.approx(sum(size) / 3)
    assert out.spread is out.seed_floor is out.other_class is None


def test_the_same_answer_is_stable_and_the_opposite_is_not():
    (a,) = rows(1)
    same = stability([against(a), against(a)])
    assert same.spearman == pytest.approx(1) and same.jaccard == 1
    turned = stability([against(a), against([-value for value in a])])
    assert turned.spearman == pytest.approx(-1)
    assert turned.magnitude == pytest.approx(1) and turned.jaccard == 1


def test_companions():
    a, b, c, d = rows(4)
    flipped = [[-value for value in row] for row in (a, b)]
    out = stability(
        [against(a), against(b)],
        reseeded=[against(c), against(d)],
        others=[against(row) for row in flipped],
    )
    assert out.seed_floor == pytest.approx(spearmanr(c, d).statistic)
    rho = spearmanr(a, b).statistic
    assert out.other_class == pytest.approx((-1 - 1 - 2 * rho) / 4)
    size = spearmanr(*torch.tensor([a, b]).abs()).statistic
    assert out.other_class_magnitude == pytest.approx((2 + 2 * size) / 4)


def test_spread_is_that_of_the_references():
    model = SiameseGNN(ENCODERS["GIN"](), "add").train()
    references = [random_graph(4, seed) for seed in (2, 3, 4)]
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    out = stability(explainer.explain([QUERY] * 3, references), model=model)
    model.eval()
    with torch.no_grad():
        expected = spread(torch.cat([model.embed(graph) for graph in references]))
    assert out.spread == pytest.approx(expected, abs=1e-6)


def test_stable_over_queries_from_the_side_of_the_reference():
    model = SiameseGNN(ENCODERS["GIN"](), "add")
    explainer = PairExplainer(model, InputXGradient(), node_mask_type="object")
    explanations = explainer.explain([random_graph(4, 2), random_graph(6, 3)], [QUERY] * 2)
    masks = [e.reference.node_mask.flatten() for e in explanations]
    out = stability(explanations, side="reference")
    assert out.spearman == pytest.approx(spearmanr(*masks).statistic)


def test_constant_importances_are_counted_not_called_stable():
    flat = [1.0] * QUERY.num_edges
    out = stability([against(flat), against(flat), against(rows(1)[0])])
    assert out.undefined == 3
    assert out.spearman != out.spearman  # nan


def test_both_directions_of_an_edge_count_once():
    values = torch.arange(QUERY.num_edges).tolist()
    out = stability([against(values), against(values)], undirected=True)
    assert out.spearman == pytest.approx(1)


def test_bad_input_is_named():
    (a,) = rows(1)
    with pytest.raises(ValueError, match="at least 2 references"):
        stability([against(a)])
    other = explained(random_graph(5, 9), QUERY, torch.ones(random_graph(5, 9).num_edges))
    with pytest.raises(ValueError, match="explanations of the same query"):
        stability([against(a), other])
    with pytest.raises(ValueError, match="explanations of the same query"):
        stability([against(a), against(a)], others=[other])
    with pytest.raises(ValueError, match="use side='query'"):
        stability([against(a), against(a)], side="both")


def test_masks_of_two_kinds_are_not_compared():
    edges = against(rows(1)[0])
    nodes = explained(QUERY, random_graph(4, 3), node_mask=torch.rand(5, 1))
    with pytest.raises(ValueError, match=r"needs an edge_mask|compare masks of one kind"):
        stability([edges, nodes])


def test_reseeded_explanations_are_of_one_of_the_pairs():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    graphs = [random_graph(5, k) for k in range(6)]
    found = explainer.explain([graphs[0]] * 3, graphs[1:4])
    again = explainer.explain([graphs[0]] * 2, [graphs[2]] * 2)
    assert stability(found, reseeded=again).seed_floor is not None
    for wrong, told in (
        (found, "must all be of one pair: explanation 1"),
        (explainer.explain([graphs[4]] * 2, [graphs[5]] * 2), "must be of one of the pairs of"),
        (again[:1], "must be at least 2 explanations of one pair .got 1"),
    ):
        with pytest.raises(ValueError, match=f"`reseeded` {told}"):
            stability(found, reseeded=wrong)
