import networkx as nx
import pytest
import torch
from bilrp.measure import against_truth, measure
from bilrp.methods import methods
from bilrp.model import determination, train
from bilrp.tasks import MOTIFS, TASKS, chosen_pairs, true_pairs
from runner.experiment import find
from torch_geometric.utils import to_networkx

from pyg_siamex.data.inputs import GraphInputs

METHODS = methods(points=8)


@pytest.fixture(scope="module", params=list(TASKS))
def trained(request):
    """A model of each task, barely trained, and its test graphs."""
    graphs = TASKS[request.param](40, 0)
    model = train(request.param, graphs, 8, 2, steps=5, biases=True, seed=0)
    for graph in graphs:
        graph.x, graph.counts = graph.x.double(), graph.counts.double()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                parameter.normal_(generator=generator)
    return model, graphs


@pytest.mark.parametrize("task", TASKS)
def test_the_product_of_counts_is_what_the_true_pairs_say(task):
    graphs = TASKS[task](20, 3)
    for q, r in zip(graphs[::2], graphs[1::2], strict=True):
        truth, counted = true_pairs(q, r), float((q.counts * r.counts).sum())
        if task == "kinds":
            assert int(truth.sum()) == counted
        else:
            assert len(set(q.group[truth.any(1)].tolist())) == counted


def test_planted_nodes_are_their_motif_and_the_rest_a_tree():
    for graph in TASKS["motifs"](10, 1):
        whole = to_networkx(graph, to_undirected=True)
        for kind in graph.group.unique().tolist():
            part = whole.subgraph((graph.group == kind).nonzero().flatten().tolist())
            assert nx.is_tree(part) if kind < 0 else nx.is_isomorphic(part, MOTIFS[kind])
        assert nx.is_connected(whole)


@pytest.mark.parametrize("task", TASKS)
def test_a_seed_draws_the_same_graphs_twice_and_another_seed_others(task):
    first, again, other = (TASKS[task](5, seed) for seed in (1, 1, 2))
    assert all(torch.equal(a.x, b.x) for a, b in zip(first, again, strict=True))
    assert not all(
        a.x.shape == b.x.shape and torch.equal(a.edge_index, b.edge_index)
        for a, b in zip(first, other, strict=True)
    )


def test_chosen_pairs_share_something_and_not_everything(trained):
    for q, r in zip(*chosen_pairs(trained[1], 10, 0), strict=True):
        assert (q.counts * r.counts).sum() > 0
        assert not (torch.equal(q.counts, r.counts) and (q.counts <= 1).all())


def test_hessian_products_are_the_mixed_derivatives_by_finite_differences(trained):
    model, (q, r) = trained[0], trained[1][:2]
    found = METHODS["Hessian x product"](model, [q], [r])[0]
    step = 1e-3  # piecewise bilinear: the difference is exact but for rounding
    rounding = 16 * torch.finfo(torch.double).eps * abs(float(model(q, r))) / step**2

    def at(i, a, j, b):
        left, right = q.clone(), r.clone()
        left.x = q.x * (1 + a * step * torch.eye(len(q.x), dtype=q.x.dtype)[i])[:, None]
        right.x = r.x * (1 + b * step * torch.eye(len(r.x), dtype=r.x.dtype)[j])[:, None]
        return float(model(left, right))

    for i, j in ((0, 0), (2, 5), (4, 1)):
        mixed = at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)
        assert float(found[i, j]) == pytest.approx(mixed / (4 * step**2), rel=1e-5, abs=rounding)


def test_hessian_products_of_a_relu_network_are_bilrp_without_gamma(trained):
    model, (q, r) = trained[0], trained[1][:2]
    found = (METHODS[name](model, [q], [r])[0] for name in ("Hessian x product", "BiLRP, gamma 0"))
    assert torch.allclose(*found, rtol=1e-5, atol=1e-7)


def test_pair_occlusion_is_the_interaction_of_both_nodes(trained):
    model, (q, r) = trained[0], trained[1][:2]
    found = METHODS["pair occlusion"](model, [q], [r])[0]

    def without(graph, node):
        changed = graph.clone()
        changed.x = graph.x.clone()
        if node is not None:
            changed.x[node] = 0
        return changed

    for i, j in ((0, 0), (3, 2), (5, 4)):
        s = {
            (a, b): float(model(without(q, a), without(r, b))) for a in (None, i) for b in (None, j)
        }
        interaction = s[None, None] - s[i, None] - s[None, j] + s[i, j]
        assert float(found[i, j]) == pytest.approx(interaction, abs=1e-10)


def test_node_embedding_products_sum_to_the_similarity(trained):
    model, (q, r) = trained[0], trained[1][:2]
    found = METHODS["node embedding products"](model, [q], [r])[0]
    assert float(found.sum()) == pytest.approx(float(model(q, r)))


def test_gradient_products_are_outer_products_of_each_nodes_gradient_times_input(trained):
    model, (q, r) = trained[0], [graph.clone() for graph in trained[1][:2]]
    found = METHODS["gradient x input products"](model, [q], [r])[0]
    for graph in (q, r):
        graph.x = graph.x.clone().requires_grad_()
    model(q, r).sum().backward()
    left, right = ((graph.x * graph.x.grad).sum(1).detach() for graph in (q, r))
    assert torch.allclose(found, torch.outer(left, right))


def test_the_oracle_is_perfect_and_chance_is_chance(trained):
    model, graphs = trained
    pairs = chosen_pairs(graphs, 20, 0)
    for name, low, high in (("oracle", 1.0, 1.0), ("random", 0.35, 0.65)):
        found = METHODS[name](model, *pairs)
        judged = [against_truth(f, q, r, 1.0) for f, q, r in zip(found, *pairs, strict=True)]
        assert low <= sum(j["auroc"] for j in judged) / len(judged) <= high
    assert all(
        against_truth(true_pairs(q, r).double(), q, r, 1.0)["share"] == 1
        for q, r in zip(*pairs, strict=True)
    )


def test_shares_of_a_relevance_by_hand(trained):
    q, r = (graph.clone() for graph in TASKS["motifs"](2, 0))
    q, r = (g.subgraph(torch.arange(3)) for g in (q, r))
    q.group, r.group = torch.tensor([-1, 0, 1]), torch.tensor([0, 1, -1])
    relevance = torch.tensor([[1.0, 1, 1], [4, 2, 1], [0, 0, -9]], dtype=torch.float64)
    judged = against_truth(relevance, q, r, 2.0)
    assert judged["share"] == pytest.approx(4 / 10) and judged["other"] == pytest.approx(2 / 10)
    assert judged["sum"] == pytest.approx(0.5) and judged["largest"] == pytest.approx(4.5)
    assert judged["prevalence"] == pytest.approx(2 / 9)


def test_the_similarity_of_counts_is_determined_completely():
    class Counts(torch.nn.Module):
        def forward(self, x, edge_index):
            return x

    from pyg_siamex import SiameseGNN

    graphs = TASKS["kinds"](20, 0)
    for graph in graphs:
        graph.x = torch.nn.functional.one_hot(graph.group, 6).double()
        graph.counts = graph.counts.double()
    assert determination(SiameseGNN(Counts(), "add", "dot"), graphs) == pytest.approx(1)


def test_a_model_without_biases_has_none(trained):
    model = train("motifs", TASKS["motifs"](20, 0), 8, 2, steps=3, biases=False, seed=0)
    assert all(not p.any() for n, p in model.encoder.named_parameters() if n.endswith("bias"))
    nothing = GraphInputs(
        torch.zeros(3, 6, dtype=torch.float64),
        torch.empty(2, 0, dtype=torch.long),
        torch.zeros(3, dtype=torch.long),
        1,
    )
    assert not model.encode(nothing).any()


@pytest.mark.slow
def test_a_small_unit_gives_the_same_rows_twice():
    unit = find("bilrp", quick=True, changes=("steps=20", "graphs=60", "pairs=3", "width=8"))
    values = dict(unit.configuration().units[0].values)
    first, again = measure(values), measure(values)
    assert first.equals(again)
    assert set(first.method) == set(methods(1))
    assert first.groupby("method").size().eq(3).all() and not first.isna().any().any()
