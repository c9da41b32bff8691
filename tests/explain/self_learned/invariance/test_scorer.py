"""What the small network sees of each element."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import AmortisedInvariance
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.self_learned.invariance.scorer import (
    Reliability,
    element_features,
    train_scorer,
)

D = torch.double


class Blind(torch.nn.Module):
    """An encoder that returns ones for all nodes."""

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
        return x[:, :2] * 0 + 1


class OneFeature(torch.nn.Module):
    """An encoder that returns one feature, and 1."""

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
        return torch.stack([x[:, 2], torch.ones_like(x[:, 2])], 1)


def features_of(model: SiameseGNN, graphs: list[Data], name: str, masks: dict) -> torch.Tensor:
    with untouched(model):
        masked = MaskedGraphs(model, model.inputs_of(graphs), MaskKinds.of(masks))
        return element_features(masked, name)


def test_a_node_has_its_embedding_its_input_and_its_graph() -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    graphs = [random_graph(5, 1, D), random_graph(6, 2, D)]
    found = features_of(model, graphs, "node", {"node_mask_type": "object"})
    rows = []
    with torch.no_grad():
        for graph in graphs:
            h = model.encoder(graph.x, graph.edge_index)
            rows.append(torch.cat([h, graph.x, h.sum(0).expand_as(h)], dim=1))
    torch.testing.assert_close(found, torch.cat(rows))


@pytest.mark.parametrize("kind", ["attributes", "common_attributes"])
def test_a_feature_has_its_number_its_value_and_its_graph(kind: str) -> None:
    """A feature of one node also has the node's embedding, and one of all nodes its sum."""
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    graphs = [random_graph(5, 1, D), random_graph(6, 2, D)]
    found = features_of(model, graphs, "node", {"node_mask_type": kind})
    rows, numbers = [], torch.eye(FEATURES, dtype=D)
    with torch.no_grad():
        for graph in graphs:
            h = model.encoder(graph.x, graph.edge_index)
            for own, x in zip(h, graph.x, strict=True) if kind == "attributes" else [(h, graph.x)]:
                for k in range(FEATURES):
                    value = x[k : k + 1] if kind == "attributes" else x[:, k].sum(0, keepdim=True)
                    seen = [own] if kind == "attributes" else []
                    rows.append(torch.cat([*seen, h.sum(0), numbers[k], value]))
    torch.testing.assert_close(found, torch.stack(rows))


@pytest.mark.parametrize("kind", ["attributes", "common_attributes"])
def test_the_feature_that_counts_is_learned(kind: str) -> None:
    """The encoder sums feature 2 alone."""
    model = SiameseGNN(OneFeature(), "add", "euclidean").eval()
    graphs = [random_graph(4 + seed % 3, seed, D) for seed in range(20)]
    learned = AmortisedInvariance.learn(model, graphs, 4, graphs=15, node_mask_type=kind)
    mask = learned.of(model, random_graph(6, 30, D), node_mask_type=kind).masks.node
    counts = mask.view(-1, FEATURES).mean(0)
    assert int(counts.argmax()) == 2
    others = torch.arange(FEATURES) != 2
    assert float(counts[2]) > 2 * float(counts[others].max())


@pytest.mark.parametrize("undirected", [False, True])
def test_an_edge_has_the_embeddings_and_the_inputs_of_its_ends(undirected: bool) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    graph = random_graph(5, 1, D)
    found = features_of(
        model, [graph], "edge", {"edge_mask_type": "object", "undirected": undirected}
    )
    with torch.no_grad():
        h = model.encoder(graph.x, graph.edge_index)
    seen = torch.cat([h, graph.x], dim=1)
    ends = sorted({(min(u, v), max(u, v)) for u, v in graph.edge_index.T.tolist()})
    if not undirected:
        ends = [(u, v) for u, v in graph.edge_index.T.tolist()]
    rows = []
    for u, v in ends:
        a, b = seen[u], seen[v]
        parts = [a + b, (a - b).abs()] if undirected else [a, b]
        rows.append(torch.cat([*parts, h.sum(0)]))
    torch.testing.assert_close(found, torch.stack(rows))


@pytest.mark.parametrize("masks", [{"node_mask_type": "object"}, {"edge_mask_type": "object"}])
def test_a_score_that_only_the_input_tells_is_learned(masks: dict) -> None:
    """The encoder maps all nodes to one point."""
    model = SiameseGNN(Blind(), "mean").eval()
    graphs = [random_graph(6, seed, D) for seed in range(20)]
    name = "node" if "node_mask_type" in masks else "edge"
    truth = torch.cat(
        [(g.x[:, 0] if name == "node" else g.x[g.edge_index[0], 0]) > 0 for g in graphs]
    )
    features = features_of(model, graphs, name, masks)
    found = train_scorer(features, truth.to(D), seed=0)(features)
    assert found[truth].min() > found[~truth].max()


@pytest.mark.parametrize(
    ("gap", "share", "message"),
    [
        ([0.0, 0.1], [0.5], "as long as each other"),
        ([], [], "as long as each other"),
        ([0.2, 0.1], [0.5, 0.6], "gap increasing"),
        ([0.0, float("inf")], [0.5, 0.6], "gap must be finite"),
        ([0.0, 0.1], [0.5, float("nan")], r"share in \[0, 1\]"),
        ([0.0, 0.1], [0.5, 1.6], r"share in \[0, 1\]"),
    ],
)
def test_points_that_define_no_function_are_refused(
    gap: list[float], share: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Reliability(torch.tensor(gap), torch.tensor(share))


def test_a_scorer_is_learned_under_another_default_type():
    generator = torch.Generator().manual_seed(0)
    features, score = torch.rand(30, 4, generator=generator), torch.rand(30, generator=generator)
    usual = train_scorer(features, score, 0)
    torch.set_default_dtype(torch.float64)
    try:
        found = train_scorer(features.double(), score.double(), 0)
    finally:
        torch.set_default_dtype(torch.float32)
    for scorer in (usual, found):
        assert {parameter.dtype for parameter in scorer.parameters()} == {torch.float64}
        assert torch.isfinite(scorer(features.double())).all()
