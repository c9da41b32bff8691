import pytest
import torch
from explain.relevance.models import random_graph, siamese
from sklearn.metrics import roc_auc_score
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import (
    BiLRP,
    IntegratedJacobians,
    Occlusion,
    PairDataset,
    PairExplainer,
    SiameseGNN,
    fit,
)
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.explain import functional_groups, kept_groups, overview, overview_of_pairs
from pyg_siamex.nn import WeightedGCN

LABELS = ["b", "a", "b", "c", "a", "b", "a", "b"]
GROUPS = [[f"g{(node + graph) % 3}" for node in range(5 + graph % 3)] for graph in range(8)]


@pytest.fixture
def graphs():
    return [random_graph(k, len(GROUPS[k])) for k in range(8)]


@pytest.fixture
def model():
    return siamese(GIN(5, 8, 2))


def test_the_table_adds_up(model, graphs):
    found = overview(model, graphs, GROUPS, LABELS)
    keys = ["query_class", "reference_class"]
    sums = found.table.groupby(keys)["contribution"].sum()
    for row in found.classes.to_dict("records"):
        assert sums[row["query_class"], row["reference_class"]] == pytest.approx(row["explained"])
        assert row["query_class"] <= row["reference_class"]
    assert found.class_names == ["a", "b", "c"] and found.num_pairs == 8 * 7 // 2
    assert set(zip(found.classes["query_class"], found.classes["pairs"], strict=True)) >= {
        ("a", 6), ("b", 12)
    }  # fmt: skip
    whole = (found.classes["explained"] * found.classes["pairs"]).tolist()
    twice = [a != b for a, b in found.classes[keys].to_numpy()]
    total = sum(value * (1 + more) for value, more in zip(whole, twice, strict=True))
    assert found.drivers["relevance"].sum() == pytest.approx(total / (8 * 7))


def test_explained_is_what_the_explainer_explains(model, graphs):
    found = overview(model, graphs, GROUPS)
    explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
    index = [(i, j) for i in range(8) for j in range(8) if i != j]
    explained = explainer.explain([graphs[i] for i, _ in index], [graphs[j] for _, j in index])
    sums = torch.stack([explanation.relevance.sum() for explanation in explained])
    assert found.class_names == ["all"]
    assert found.classes["explained"].tolist() == [pytest.approx(float(sums.mean()))]
    assert found.drivers["relevance"].sum() == pytest.approx(float(sums.mean()))
    assert found.drivers["between"].isna().all() and len(found.suspicious) == 0


def test_listed_pairs_give_the_same_as_all_pairs(model, graphs):
    index = torch.combinations(torch.arange(8))
    sides = [[graphs[k] for k in side.tolist()] for side in index.T]
    explained = PairExplainer(model, BiLRP(), node_mask_type="object").explain(*sides)
    listed = overview_of_pairs(explained, index, GROUPS, LABELS)
    whole = overview(model, graphs, GROUPS, LABELS)
    for name in ("table", "classes", "drivers"):
        one, other = getattr(whole, name), getattr(listed, name)
        assert one.columns.tolist() == other.columns.tolist()
        numbers = one.select_dtypes("number").columns
        torch.testing.assert_close(
            torch.from_numpy(one[numbers].to_numpy(dtype=float)),
            torch.from_numpy(other[numbers].to_numpy(dtype=float)),
            rtol=1e-6, atol=1e-9,
        )  # fmt: skip
    assert listed.sampled and not whole.sampled
    assert listed.outliers["position"].tolist() == whole.outliers["position"].tolist()


def test_the_model_is_left_as_it_was(model, graphs):
    model.train()
    wanted = [parameter.requires_grad for parameter in model.parameters()]
    overview(model, graphs, GROUPS, LABELS)
    assert model.training
    assert wanted == [parameter.requires_grad for parameter in model.parameters()]
    assert all(parameter.grad is None for parameter in model.parameters())


def test_wrong_arguments_are_refused(model, graphs):
    with pytest.raises(ValueError, match="2 labels for 8 graphs"):
        overview(model, graphs, GROUPS, ["a", "b"])
    with pytest.raises(ValueError, match="at least 2 graphs"):
        overview(model, graphs[:1], GROUPS[:1])
    with pytest.raises(ValueError, match="2 names for 8 graphs"):
        overview(model, graphs, GROUPS, names=["a", "b"])
    masks = PairExplainer(model, Occlusion(), edge_mask_type="object")(graphs[0], graphs[1])
    with pytest.raises(ValueError, match="no pair matrix"):
        overview_of_pairs([masks], [[0, 1]], GROUPS)
    relevance = PairExplainer(model, BiLRP(), node_mask_type="object")(graphs[0], graphs[1])
    with pytest.raises(ValueError, match="a graph with itself"):
        overview_of_pairs([relevance], [[1, 1]], GROUPS)
    with pytest.raises(ValueError, match="1 explanations and 2 pairs"):
        overview_of_pairs([relevance], [[0, 1], [0, 2]], GROUPS)


def test_label_errors_are_found_among_planted_graphs():
    """Two classes that differ in the edges of one part; labels of five graphs of 80 are wrong."""
    generator = torch.Generator().manual_seed(0)
    graphs, labels = [], []
    for k in range(80):
        weight = 0.5 + 0.2 * torch.rand(6, 6, generator=generator)
        weight[:3, :3] += 0.6 * (k % 2)
        weight = (weight + weight.T).fill_diagonal_(0)
        edges = weight.nonzero().T.contiguous()
        graphs.append(Data(x=torch.eye(6), edge_index=edges, edge_weight=weight[tuple(edges)]))
        labels.append(k % 2)
    wrong = torch.randperm(80, generator=generator)[:5].tolist()
    given = [1 - label if k in wrong else label for k, label in enumerate(labels)]
    for graph, label in zip(graphs, given, strict=True):
        graph.y = torch.tensor(label)
    torch.manual_seed(0)
    model = SiameseGNN(WeightedGCN(6, 8, 1), "mean", "cosine")
    fit(model, PairDataset(graphs), epochs=10, lr=0.01, seed=0)
    found = overview(model, graphs, [["a"] * 3 + ["b"] * 3] * 80, given)
    scores = found.outliers.sort_values("position")["score"]
    assert roc_auc_score([k in wrong for k in range(80)], scores) > 0.95
    assert set(found.outliers["position"][:5]) == set(wrong)


@pytest.mark.parametrize("similarity", ["cosine", "dot", "bilinear"])
def test_class_blocks_are_compared_with_the_models_own_mean_similarity(graphs, similarity):
    model = siamese(GIN(5, 8, 2), "add", similarity)
    found = overview(model, graphs, GROUPS, LABELS)
    for row in found.classes.to_dict("records"):
        one, other = row["query_class"], row["reference_class"]
        pairs = [
            (a, b)
            for i, a in enumerate(graphs)
            for j, b in enumerate(graphs)
            if i != j and (LABELS[i], LABELS[j]) == (one, other)
        ]
        with torch.no_grad():
            mean = float(torch.stack([model(a, b) for a, b in pairs]).mean())
        assert row["similarity"] == pytest.approx(mean)


@pytest.mark.parametrize("algorithm", [BiLRP, IntegratedJacobians])
def test_groups_are_ranked_only_where_parts_account_for_the_similarity(graphs, algorithm, caplog):
    model = siamese(GIN(5, 8, 2, norm="batch_norm"), "add", "cosine")
    apart = overview(model, graphs, GROUPS, LABELS, algorithm=algorithm())
    assert not apart.agrees and "groups are not ranked" in caplog.text
    assert apart.drivers["group"].tolist() == sorted(apart.drivers["group"])
    assert len(apart.suspicious) == 0
    model.biases = "nodes"
    nodes = overview(model, graphs, GROUPS, LABELS, algorithm=algorithm())
    assert nodes.agrees
    pairs = zip(nodes.classes["explained"], nodes.classes["similarity"], strict=True)
    assert all(parts == pytest.approx(whole, abs=1e-6) for parts, whole in pairs)
    sizes = nodes.drivers[["within", "between"]].abs().max(axis=1).tolist()
    assert sizes == sorted(sizes, reverse=True)


def test_listed_pairs_know_the_similarity_too(model, graphs):
    index = torch.combinations(torch.arange(8))
    sides = [[graphs[k] for k in side.tolist()] for side in index.T]
    explained = PairExplainer(model, BiLRP(), node_mask_type="object").explain(*sides)
    listed = overview_of_pairs(explained, index, GROUPS, LABELS)
    whole = overview(model, graphs, GROUPS, LABELS)
    assert listed.classes["similarity"].tolist() == pytest.approx(
        whole.classes["similarity"].tolist()
    )
    assert listed.most == whole.most == 1.0 and listed.agrees == whole.agrees


@pytest.mark.slow
def test_label_errors_are_found_among_real_molecules():
    data = FunctionalGroups()
    graphs = [data[k] for k in range(len(data))]
    true = torch.stack([graph.y for graph in graphs])
    generator = torch.Generator().manual_seed(0)
    wrong = torch.randperm(len(graphs), generator=generator)[: len(graphs) // 20]
    given = true.clone()
    given[wrong] = (true[wrong] + torch.randint(1, 6, (len(wrong),), generator=generator)) % 6
    for graph, label in zip(graphs, given, strict=True):
        graph.y = label
    torch.manual_seed(0)
    model = SiameseGNN(GIN(17, 64, 3, norm="batch_norm"), "add", "cosine")
    learn, validation, _ = PairDataset(graphs, seed=0).split(seed=0)
    fit(model, learn, validation=validation, epochs=20, lr=3e-3, seed=0)
    found = overview(model, graphs, [functional_groups(graph) for graph in graphs], given)
    scores = torch.tensor(found.outliers.sort_values("position")["score"].to_numpy())
    error = torch.zeros(len(graphs), dtype=torch.bool).index_fill(0, wrong, True)
    assert roc_auc_score(error, scores) > 0.98


def test_explanations_by_several_algorithms_have_no_common_overview(model, graphs):
    each = [
        PairExplainer(model, algorithm, node_mask_type="object")(graphs[0], graphs[k])
        for k, algorithm in ((1, BiLRP()), (2, IntegratedJacobians(steps=2)))
    ]
    groups = [["a"] * graph.num_nodes for graph in graphs]
    for summary in (overview_of_pairs, kept_groups):
        with pytest.raises(ValueError, match="by BiLRP, IntegratedJacobians: give those of one"):
            summary(each, [(0, 1), (0, 2)], groups)
