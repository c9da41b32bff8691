"""Models say it where they return what is no number."""

import pytest
import torch
from graphs import FEATURES, random_graph
from nn.encoder_of import Anything
from torch_geometric.data import Batch
from torch_geometric.nn import GCN, GIN

from pyg_siamex import Occlusion, PairDataset, PairExplainer, SiameseGNN, adapt, check_model
from pyg_siamex.explain import search
from pyg_siamex.nn import Library, TwoTowerGNN
from pyg_siamex.nn.finite import check_similarities
from pyg_siamex.nn.training import pair_auc, pair_similarities

WRONG = {"nan": float("nan"), "infinite": float("inf")}


@pytest.mark.parametrize("wrong", WRONG)
def test_embeddings_that_are_no_numbers_are_refused_in_evaluation(wrong):
    gnn = GIN(FEATURES, 4, 1)
    mark = torch.tensor(WRONG[wrong])

    def forward(x, edge_index, batch):
        five = batch.bincount()[batch] == 5
        return gnn(x, edge_index).where(~five[:, None], mark)

    encoder = Anything(forward)
    model, graphs = SiameseGNN(encoder, "add").eval(), [random_graph(4, 1), random_graph(5, 1)]
    assert model.embed(graphs[0]).isfinite().all()
    with pytest.raises(ValueError, match="the embedding of the graph is not finite"):
        model(graphs[0], graphs[1])
    with pytest.raises(ValueError, match="the embedding of graph 1 of 2 is not finite"):
        model.embed(Batch.from_data_list(graphs))
    report = check_model(model, graphs)
    assert not report.ok
    assert "is not finite" in str(report)
    model.train()
    assert not model.embed(graphs[1]).isfinite().all()


@pytest.mark.parametrize("kind", ["one encoder", "two towers", "pairs"])
def test_similarities_that_are_no_numbers_are_refused_in_evaluation(kind):
    gnn = GIN(FEATURES, 4, 1)
    wrong = lambda a, b: (a * b).sum(-1) * float("nan")  # noqa: E731
    model = {
        "one encoder": lambda: SiameseGNN(gnn, "add", wrong),
        "two towers": lambda: TwoTowerGNN(gnn, GIN(FEATURES, 4, 1), "add", wrong),
        "pairs": lambda: adapt(gnn, lambda net, a, b: net(a.x, a.edge_index)[:1, 0] * WRONG["nan"]),
    }[kind]().eval()
    graph = random_graph(5, 1)
    with pytest.raises(ValueError, match="the model's similarity is not finite for pair 0"):
        model(graph, graph)
    model.train()
    with pytest.raises(ValueError, match="the model's similarity is not finite for pair 0"):
        model.probability(graph, graph)
    if kind == "pairs":  # as adapt() gives it: its mode is not that of the model inside
        with pytest.raises(ValueError, match="the model's similarity is not finite for pair 0"):
            model(graph, graph)
    else:
        assert model(graph, graph).isnan().all()


def test_negative_weights_that_give_no_numbers_are_named():
    model, graph = SiameseGNN(GCN(FEATURES, 4, 1)).eval(), random_graph(5, 1)
    graph.edge_weight = -3 * torch.ones(graph.num_edges)
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    for asked in (model, explainer):
        with pytest.raises(ValueError, match=r"edge_weight has negative values.*use WeightedGCN"):
            asked(graph, graph)
    assert not check_model(model, [graph]).ok


def test_the_first_pair_is_named():
    check_similarities(torch.tensor([0.5, -2.0]))
    with pytest.raises(ValueError, match="not finite for pair 1"):
        check_similarities(torch.tensor([0.5, float("inf"), float("nan")]))


@pytest.mark.parametrize("head", ["cosine", "dot", "rbf", "euclidean"])
def test_embeddings_whose_squares_overflow_are_refused(head):
    model = SiameseGNN(GIN(FEATURES, 4, 1), "add", head).eval()
    with torch.no_grad():
        for weight in model.encoder.parameters():
            weight.mul_(1e12)
    graphs = [random_graph(4, 1), random_graph(5, 1)]
    with pytest.raises(ValueError, match=r"squares are not finite in torch.float32: .*double"):
        model(*graphs)
    with pytest.raises(ValueError, match="not finite, or too large to be squared"):
        Library.embed(model, graphs)
    assert model.double().embed(graphs[0].clone()).isfinite().all()


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("use", ["nearest", "similarities", "auc", "library search"])
def test_similarities_of_many_that_are_no_numbers_are_refused(use, wrong):
    head = lambda a, b: (a * b).sum(-1) * WRONG[wrong]  # noqa: E731
    model = SiameseGNN(GIN(FEATURES, 4, 1), "add", head).eval()
    graphs = [random_graph(4 + k, k) for k in range(4)]
    pairs = PairDataset(graphs, labels=[0, 1, 0, 1])
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    uses = {
        "nearest": lambda: Library.embed(model, graphs).nearest(graphs[1], 2),
        "similarities": lambda: pair_similarities(model, pairs),
        "auc": lambda: pair_auc(model, pairs),
        "library search": lambda: search(
            Library.embed(model, graphs), graphs, 0, 2, explainer=explainer
        ),
    }
    with pytest.raises(ValueError, match=r"the model's similarity is not finite for (the|pair 0)"):
        uses[use]()
