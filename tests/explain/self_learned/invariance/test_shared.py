"""Invariances of graphs that share their nodes."""

from pathlib import Path

import pytest
import torch
from consensus import consensus_of
from explain.self_learned.invariance.by_hand import agreed, voices_by_hand
from graphs import FEATURES, edgeless_graph, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GIN, MLP

from pyg_siamex import NeighbourhoodOcclusion, Occlusion, PairExplainer, SelfLearned, SiameseGNN
from pyg_siamex.data.pool import draw_graphs
from pyg_siamex.explain import (
    AmortisedInvariance,
    IntegratedGradients,
    Invariance,
    PairAlgorithm,
    SharedInvariance,
)
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.nn import build_siamese

D = torch.double
BOTH = (Occlusion(), NeighbourhoodOcclusion())


@pytest.fixture
def subjects() -> list[Data]:
    return [random_graph(6, 40 + k, D) for k in range(9)]


def test_a_subject_takes_the_mean_of_the_population(
    model: SiameseGNN, subjects: list[Data]
) -> None:
    invariance = SharedInvariance.learn(model, subjects, 3, node_mask_type="object", subjects=9)
    own = Invariance(invariance.references, algorithms=IntegratedGradients(16))
    voices = [own.of(model, s, node_mask_type="object").score["node"] for s in subjects]
    expected = torch.stack(voices, dim=1).mean(1)
    found = invariance.of(model, random_graph(6, 1, D), node_mask_type="object")
    torch.testing.assert_close(found.score["node"], expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize("algorithms", [BOTH, (IntegratedGradients(8),)])
def test_in_a_pair_each_explainer_is_weighed_by_its_own_voice(
    model: SiameseGNN,
    subjects: list[Data],
    algorithms: tuple[PairAlgorithm, ...],
) -> None:
    """All subjects have the same edges, so that all voices are about the same elements."""
    for subject in subjects:
        subject.edge_index = subjects[0].edge_index
    invariance = SharedInvariance.learn(
        model,
        subjects,
        3,
        subjects=4,
        algorithms=algorithms,
        own=0.4,
        edge_mask_type="object",
    )
    query, reference = subjects[5:7]
    found = consensus_of(invariance, model, [query], [reference], "query")["edge"]
    references, population = draw_graphs(subjects, 3, 0), draw_graphs(subjects, 4, 1)
    found_by = []
    for algorithm in algorithms:
        voice = voices_by_hand(model, algorithm, query, [reference])[:, 0]
        pooled = [voices_by_hand(model, algorithm, one, references) for one in population]
        means = torch.stack(pooled).mean(0).repeat(1, len(pooled))
        found_by.append(agreed(torch.cat(pooled, dim=1), voice, 0.4, means))
    scores, parts, weights = zip(*found_by, strict=True)
    signed, expected = sum(parts), sum(scores) / sum(weights)
    torch.testing.assert_close(found.score, expected, atol=1e-3, rtol=0)  # half precision
    clear = signed.abs() > 1e-2
    assert torch.equal(found.direction[clear], signed.sign()[clear])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"elements": {"node": torch.arange(3)}}, r"do not fit masks of \['edge'\]"),
        ({"voices": {"node": torch.zeros(4, 3)}}, "do not fit voices of"),
        ({"elements": {"edge": torch.tensor([2, 1, 3])}}, "must be increasing integers"),
        ({"elements": {"edge": torch.tensor([1.0, 2, 3])}}, "must be increasing integers"),
        ({"voices": {"edge": torch.zeros(4, 2)}}, "3 columns"),
        ({"voices": {"edge": torch.zeros(3, 3)}}, "a multiple of 2 rows"),
        ({"voices": {"edge": torch.full((4, 3), 1.5)}}, r"must be in \[-1, 1\]"),
        ({"voices": {"edge": torch.full((4, 3), float("inf"))}}, r"must be in \[-1, 1\]"),
        ({"num_nodes": 0}, "num_nodes must be a positive integer"),
        ({"kinds": MaskKinds(node_mask_type="object")}, r"do not fit masks of \['node'\]"),
    ],
)
def test_voices_that_do_not_fit_are_refused(change: dict, message: str) -> None:
    parts = {
        "elements": {"edge": torch.arange(3)},
        "voices": {"edge": torch.zeros(4, 3)},
        "num_nodes": 3,
        "kinds": MaskKinds.of({}),
        "references": torch.rand(2, 5),
    }
    SharedInvariance(**parts)
    with pytest.raises(ValueError, match=message):
        SharedInvariance(**(parts | change))


def test_all_subjects_share_scores_of_the_edges_they_share(
    model: SiameseGNN, subjects: list[Data]
) -> None:
    invariance = SharedInvariance.learn(model, subjects, 3, undirected=True)
    a, b = (invariance.of(model, s, undirected=True) for s in subjects[:2])
    ranks = [
        dict(sorted(zip(s.names["edge"], s.score["edge"].tolist(), strict=True))) for s in (a, b)
    ]
    common = ranks[0].keys() & ranks[1].keys()
    assert common
    relations = [set(s.to_networkx().edges) for s in (a, b)]
    for i, j in relations[0]:
        if {i, j} <= common:
            assert ranks[1][i] > ranks[1][j]


def test_an_edge_that_nobody_has_is_in_no_relation(model: SiameseGNN, subjects: list[Data]) -> None:
    def path(*nodes: int) -> Data:
        row = torch.tensor(nodes)
        edges = torch.stack([row[:-1], row[1:]])
        x = torch.randn(6, FEATURES, dtype=D, generator=torch.Generator().manual_seed(nodes[1]))
        return Data(x=x, edge_index=torch.cat([edges, edges.flip(0)], dim=1))

    invariance = SharedInvariance.learn(model, [path(0, 1, 2, 3), path(0, 1, 2, 4)], 2)
    found = invariance.of(model, path(0, 1, 2, 5))
    assert all({2, 5} not in (set(i), set(j)) for i, j in found.to_networkx().edges)


def test_graphs_of_another_size_are_refused(
    model: SiameseGNN, subjects: list[Data], pool: list[Data]
) -> None:
    with pytest.raises(ValueError, match="5 to 8 nodes: a shared invariance needs the same"):
        SharedInvariance.learn(model, pool, 3)
    invariance = SharedInvariance.learn(model, subjects, 3)
    with pytest.raises(ValueError, match="share 6 nodes, and a graph has 8"):
        invariance.of(model, random_graph(8, 1, D))


def test_other_masks_than_were_learned_are_refused(model: SiameseGNN, subjects: list[Data]) -> None:
    invariance = SharedInvariance.learn(model, subjects, 3)
    with pytest.raises(ValueError, match="learned for node_mask_type=None"):
        invariance.of(model, subjects[0], node_mask_type="object")


def test_table_rows_share_their_columns() -> None:
    class OfRow(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mlp = MLP([FEATURES, 8, 4], norm=None)

        def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
            return self.mlp(x)

    model = SiameseGNN(OfRow().double(), "add").eval()
    rows = [edgeless_graph(1, D) for _ in range(8)]
    for k, row in enumerate(rows):
        row.x = torch.randn(1, FEATURES, dtype=D, generator=torch.Generator().manual_seed(k))
    invariance = SharedInvariance.learn(model, rows, 4, node_mask_type="attributes", alpha=0.4)
    found = invariance.of(model, rows[0], node_mask_type="attributes")
    assert found.masks.node.shape == (1, FEATURES)
    assert len(found.order["node"]) > 0


class Types(torch.nn.Module):
    """A GIN of embedded types of nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.gnn = torch.nn.Embedding(4, 5), GIN(5, 6, 1)

    def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
        """``[N, 6]``."""
        return self.gnn(self.table(x[:, 0]), edge_index)


@pytest.mark.parametrize("mask", ["edge_mask_type", "node_mask_type"])
def test_graphs_of_types_share_an_invariance(mask: str) -> None:
    torch.manual_seed(0)
    subjects = [random_graph(6, 40 + k) for k in range(5)]
    for k, subject in enumerate(subjects):
        subject.x = torch.randint(4, (6, 1), generator=torch.Generator().manual_seed(k))
    model = SiameseGNN(Types(), "add").eval()
    invariance = SharedInvariance.learn(model, subjects, 3, subjects=5, **{mask: "object"})
    explainer = PairExplainer(model, SelfLearned(invariance=invariance), **{mask: "object"})
    found = explainer(subjects[0], subjects[1]).query
    values = found.edge_mask if mask == "edge_mask_type" else found.node_mask
    assert values.isfinite().all() and values.any()


def test_parallel_edges_of_a_population_are_one_element_in_any_order(
    subjects: list[Data],
) -> None:
    tables = []
    for order in ([0, 1, 2, 3], [2, 3, 0, 1]):
        for subject in subjects:
            subject.edge_index = torch.tensor([[0, 1, 0, 2], [1, 2, 1, 0]])[:, order]
            subject.edge_weight = torch.tensor([0.1, 0.4, 0.9, 0.3], dtype=D)[order]
        found = SharedInvariance.learn(weighing(), subjects, 3, subjects=4)
        assert found.elements["edge"].tolist() == [1, 8, 12]
        tables.append(found.voices["edge"])
    torch.testing.assert_close(*tables, atol=2e-3, rtol=0)


def weighing() -> SiameseGNN:
    torch.manual_seed(0)
    model = build_siamese("WeightedGCN", in_channels=FEATURES, hidden_channels=4, num_layers=2)
    return model.double()


@pytest.mark.parametrize("kind", [Invariance, SharedInvariance, AmortisedInvariance])
@pytest.mark.parametrize("option", ["reference", "model_digest"])
def test_options_that_learning_does_not_have_are_refused_by_name(
    model: SiameseGNN, subjects: list[Data], kind: type[Invariance], option: str
) -> None:
    with pytest.raises(TypeError, match=rf"{kind.__name__}.learn has no option `{option}`"):
        kind.learn(model, subjects, **{option: "x"})


def test_a_class_reads_its_own_invariances(
    model: SiameseGNN, subjects: list[Data], tmp_path: Path
) -> None:
    made = [kind.learn(model, subjects, 2) for kind in (Invariance, SharedInvariance)]
    for number, one in enumerate(made):
        path = tmp_path / f"{number}.safetensors"
        one.save(path)
        for reader in (Invariance, type(one)):
            assert type(reader.load(path)) is type(one)
        with pytest.raises(ValueError, match=f"use {type(one).__name__}.load"):
            AmortisedInvariance.load(path)
    with pytest.raises(TypeError, match="`kinds` must be a MaskKinds"):
        made[0].fits(model, "edge")
