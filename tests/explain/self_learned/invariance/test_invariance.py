"""Invariances learned from unlabelled graphs, against explanations one at a time."""

from pathlib import Path

import networkx as nx
import pytest
import torch
from graphs import FEATURES, edgeless_graph, odd_graphs, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN, MLP

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.explain import (
    AmortisedInvariance,
    IntegratedGradients,
    Invariance,
    SharedInvariance,
)
from pyg_siamex.explain.self_learned.invariance import GraphInvariance
from pyg_siamex.explain.self_learned.invariance.pool import draw

D = torch.double
MASKS = [
    {"edge_mask_type": "object"},
    {"edge_mask_type": "object", "undirected": True},
    {"node_mask_type": "object"},
    {"node_mask_type": "attributes"},
    {"node_mask_type": "common_attributes"},
    {"node_mask_type": "object", "edge_mask_type": "object"},
]


@pytest.fixture
def model() -> SiameseGNN:
    return SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()


@pytest.fixture
def pool() -> list[Data]:
    return [random_graph(5 + k % 4, 20 + k, D) for k in range(12)]


def same(one: GraphInvariance, other: GraphInvariance, tolerance: float = 1e-9) -> None:
    assert one.score.keys() == other.score.keys()
    for name in one.score:
        torch.testing.assert_close(one.score[name], other.score[name], atol=tolerance, rtol=0)
        assert torch.equal(one.order[name], other.order[name])


def test_the_evidence_is_the_explanation_against_each_reference(
    model: SiameseGNN, pool: list[Data]
) -> None:
    invariance = Invariance.learn(model, pool, 4, views=(), seed=3)
    graph = random_graph(7, 1, D)
    references = [*draw(pool, 4, 3), graph]
    explainer = PairExplainer(model, IntegratedGradients(16), edge_mask_type="object", side="query")
    masks = torch.stack(
        [e.query.edge_mask.abs() for e in explainer.explain([graph] * 5, references)], dim=1
    )
    expected = (masks / masks.max(0).values).mean(1)
    found = invariance.of(model, graph)
    torch.testing.assert_close(found.masks.edge, expected, atol=1e-10, rtol=0)


def test_another_local_explainer_is_asked_pair_by_pair(model: SiameseGNN, pool: list[Data]) -> None:
    invariance = Invariance.learn(model, pool, 3, views=(), algorithm=Occlusion())
    graph = random_graph(6, 2, D)
    explainer = PairExplainer(
        model, Occlusion(), edge_mask_type="object", side="query", undirected=True
    )
    pairs = explainer.explain([graph] * 4, [*draw(pool, 3, 0), graph])
    masks = torch.stack([e.query.edge_mask.abs() for e in pairs], dim=1)
    expected = (masks / masks.max(0).values).mean(1)
    found = invariance.of(model, graph, undirected=True)
    torch.testing.assert_close(found.masks.edge, expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize("masks", MASKS)
def test_labels_are_not_read(model: SiameseGNN, pool: list[Data], masks: dict) -> None:
    graph = random_graph(7, 1, D)
    before = Invariance.learn(model, pool, 4).of(model, graph, **masks)
    for k, other in enumerate(pool):
        other.y = torch.tensor(k % 2)
    same(before, Invariance.learn(model, pool, 4).of(model, graph, **masks), 0.0)
    for other in pool:
        other.y = 1 - other.y
    same(before, Invariance.learn(model, pool, 4).of(model, graph, **masks), 0.0)


@pytest.mark.parametrize("masks", MASKS)
def test_renumbered_nodes_have_the_same_invariance(
    model: SiameseGNN, pool: list[Data], masks: dict
) -> None:
    graph, order = random_graph(7, 5, D), torch.tensor([3, 0, 6, 1, 5, 2, 4])
    place = order.argsort()
    moved = Data(x=graph.x[order], edge_index=place[graph.edge_index])
    invariance = Invariance.learn(model, pool, 4)
    one, other = invariance.of(model, graph, **masks), invariance.of(model, moved, **masks)
    if one.masks.edge is not None:
        torch.testing.assert_close(one.masks.edge, other.masks.edge, atol=1e-10, rtol=0)
    if one.masks.node is not None:
        rows = order if len(one.masks.node) == 7 else torch.tensor([0])
        torch.testing.assert_close(one.masks.node[rows], other.masks.node, atol=1e-10, rtol=0)


def test_odd_graphs_have_an_invariance(model: SiameseGNN, pool: list[Data]) -> None:
    invariance = Invariance.learn(model, pool, 4)
    for graph in odd_graphs(D):
        found = invariance.of(model, graph, node_mask_type="object", edge_mask_type="object")
        for score in found.score.values():
            assert score.isfinite().all()
            assert ((score >= 0) & (score <= 1)).all()
        assert found.masks.edge.shape == (graph.num_edges,)


def test_the_order_is_an_acyclic_graph_of_named_elements(
    model: SiameseGNN, pool: list[Data]
) -> None:
    graph = random_graph(6, 4, D)
    found = Invariance.learn(model, pool, 5).of(model, graph, undirected=True)
    order = found.to_networkx()
    bonds = {(u, v) for u, v in graph.edge_index.T.tolist() if u < v}
    assert set(order.nodes) == bonds
    assert nx.is_directed_acyclic_graph(order)
    assert order.number_of_edges() == len(found.order["edge"]) > 0
    for upper, lower, confidence in order.edges(data="confidence"):
        assert order.nodes[upper]["score"] > order.nodes[lower]["score"]
        assert 0.8 <= confidence <= 1


def test_two_masks_must_be_named_to_be_drawn(model: SiameseGNN, pool: list[Data]) -> None:
    found = Invariance.learn(model, pool, 3).of(
        model, random_graph(5, 4, D), node_mask_type="attributes", edge_mask_type="object"
    )
    with pytest.raises(ValueError, match="name one of 'edge', 'node'"):
        found.to_networkx()
    assert set(found.to_networkx("node").nodes) == {
        (node, feature) for node in range(5) for feature in range(FEATURES)
    }


def test_learning_leaves_no_trace(model: SiameseGNN, pool: list[Data]) -> None:
    model.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    AmortisedInvariance.learn(model, pool, 3, graphs=8)
    assert torch.equal(state, torch.get_rng_state())
    assert model.training
    assert all(parameter.requires_grad for parameter in model.parameters())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_another_model_is_refused(model: SiameseGNN, pool: list[Data]) -> None:
    invariance = Invariance.learn(model, pool, 3)
    other = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add")
    with pytest.raises(ValueError, match="learned with another model"):
        invariance.of(other, random_graph(5, 1, D))


@pytest.mark.parametrize(
    "learn",
    [
        lambda model, pool: Invariance.learn(model, pool, 4, alpha=0.2, margin=0.05, views=(0.5,)),
        lambda model, pool: SharedInvariance.learn(
            model, [g for g in pool if g.num_nodes == 6], 2, edge_mask_type="object"
        ),
        lambda model, pool: AmortisedInvariance.learn(model, pool, 3, graphs=10),
    ],
    ids=["references", "shared", "amortised"],
)
def test_a_saved_invariance_comes_back(
    model: SiameseGNN, pool: list[Data], tmp_path: Path, learn
) -> None:
    invariance, graph = learn(model, pool), random_graph(6, 1, D)
    invariance.save(tmp_path / "invariance.pt")
    loaded = Invariance.load(tmp_path / "invariance.pt")
    assert type(loaded) is type(invariance)
    assert (loaded.alpha, loaded.margin) == (invariance.alpha, invariance.margin)
    same(invariance.of(model, graph), loaded.of(model, graph), 0.0)


def test_files_that_hold_no_invariance_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no invariance at"):
        Invariance.load(tmp_path / "missing.pt")
    (tmp_path / "text.pt").write_text("no tensors")
    with pytest.raises(ValueError, match=r"text\.pt is not a saved Invariance"):
        Invariance.load(tmp_path / "text.pt")
    torch.save({"format": 99}, tmp_path / "old.pt")
    with pytest.raises(ValueError, match="not a saved Invariance of format"):
        Invariance.load(tmp_path / "old.pt")


def test_what_cannot_be_saved_is_refused(
    model: SiameseGNN, pool: list[Data], tmp_path: Path
) -> None:
    invariance = Invariance.learn(model, pool, 2, algorithm=Occlusion())
    with pytest.raises(TypeError, match="explains by Occlusion cannot be saved"):
        invariance.save(tmp_path / "invariance.pt")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alpha": 1.0}, r"alpha must be in \[0, 1\)"),
        ({"margin": -0.1}, r"margin must be in \[0, 1\)"),
        ({"views": (1.5,)}, r"views are levels in \[0, 1\]"),
        ({"references": 0}, "at least 1 graph must be drawn"),
    ],
)
def test_settings_out_of_range_are_named(
    model: SiameseGNN, pool: list[Data], arguments: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Invariance.learn(model, pool, **arguments)


def test_an_empty_pool_is_refused(model: SiameseGNN) -> None:
    with pytest.raises(ValueError, match="the pool is empty"):
        Invariance.learn(model, [])


class TestShared:
    @pytest.fixture
    def subjects(self) -> list[Data]:
        return [random_graph(6, 40 + k, D) for k in range(9)]

    def test_a_subject_takes_the_mean_of_the_population(
        self, model: SiameseGNN, subjects: list[Data]
    ) -> None:
        invariance = SharedInvariance.learn(model, subjects, 3, node_mask_type="object", subjects=9)
        own = Invariance(invariance.references, model_digest=invariance.model_digest)
        voices = [own.of(model, s, node_mask_type="object").score["node"] for s in subjects]
        expected = torch.stack(voices, dim=1).mean(1)
        found = invariance.of(model, random_graph(6, 1, D), node_mask_type="object")
        torch.testing.assert_close(found.score["node"], expected, atol=1e-3, rtol=0)

    def test_all_subjects_share_scores_of_the_edges_they_share(
        self, model: SiameseGNN, subjects: list[Data]
    ) -> None:
        invariance = SharedInvariance.learn(model, subjects, 3, undirected=True)
        a, b = (invariance.of(model, s, undirected=True) for s in subjects[:2])
        ranks = [
            dict(sorted(zip(s.names["edge"], s.score["edge"].tolist(), strict=True)))
            for s in (a, b)
        ]
        common = ranks[0].keys() & ranks[1].keys()
        assert common
        relations = [set(s.to_networkx().edges) for s in (a, b)]
        for i, j in relations[0]:
            if {i, j} <= common:
                assert ranks[1][i] > ranks[1][j]

    def test_an_edge_that_nobody_has_is_in_no_relation(
        self, model: SiameseGNN, subjects: list[Data]
    ) -> None:
        def path(*nodes: int) -> Data:
            row = torch.tensor(nodes)
            edges = torch.stack([row[:-1], row[1:]])
            x = torch.randn(6, FEATURES, dtype=D, generator=torch.Generator().manual_seed(nodes[1]))
            return Data(x=x, edge_index=torch.cat([edges, edges.flip(0)], dim=1))

        invariance = SharedInvariance.learn(model, [path(0, 1, 2, 3), path(0, 1, 2, 4)], 2)
        found = invariance.of(model, path(0, 1, 2, 5))
        assert all({2, 5} not in (set(i), set(j)) for i, j in found.to_networkx().edges)

    def test_graphs_of_another_size_are_refused(
        self, model: SiameseGNN, subjects: list[Data], pool: list[Data]
    ) -> None:
        with pytest.raises(ValueError, match="5 to 8 nodes: a shared invariance needs the same"):
            SharedInvariance.learn(model, pool, 3)
        invariance = SharedInvariance.learn(model, subjects, 3)
        with pytest.raises(ValueError, match="share 6 nodes, and a graph has 8"):
            invariance.of(model, random_graph(8, 1, D))

    def test_other_masks_than_were_learned_are_refused(
        self, model: SiameseGNN, subjects: list[Data]
    ) -> None:
        invariance = SharedInvariance.learn(model, subjects, 3)
        with pytest.raises(ValueError, match="learned for node_mask_type=None"):
            invariance.of(model, subjects[0], node_mask_type="object")

    def test_table_rows_share_their_columns(self) -> None:
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


class TestAmortised:
    def test_an_unseen_graph_is_scored_as_its_consensus_would(self) -> None:
        torch.manual_seed(1)
        molecules = FunctionalGroups()
        channels = molecules.transform.num_node_features
        model = SiameseGNN(GCN(channels, 16, 2), "add").eval()
        learned = AmortisedInvariance.learn(model, molecules, 10, graphs=120, undirected=True)
        direct = Invariance(learned.references, model_digest=learned.model_digest)
        rho, held = [], []
        for graph in [molecules[k] for k in range(0, 2000, 100) if molecules[k].num_edges > 12]:
            found = learned.of(model, graph, undirected=True)
            truth = direct.of(model, graph, undirected=True).score["edge"]
            pair = torch.stack([found.score["edge"], truth]).argsort().argsort().float()
            rho.append(float(torch.corrcoef(pair)[0, 1]))
            upper, lower = found.order["edge"].unbind(1)
            held += (truth[upper] > truth[lower]).tolist()
        assert sum(rho) / len(rho) > 0.6
        assert len(held) > 5
        assert sum(held) / len(held) > 0.85

    def test_a_pooling_encoder_is_refused(self, pool: list[Data]) -> None:
        class Pooled(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.gin = GIN(FEATURES, 8, 2).double()

            def forward(self, x, edge_index, batch, batch_size):
                h = self.gin(x, edge_index)
                return h.new_zeros(batch_size, 8).index_add(0, batch, h)

        model = SiameseGNN(Pooled(), pool=None)
        with pytest.raises(ValueError, match="the encoder pools nodes itself"):
            AmortisedInvariance.learn(model, pool, 3)

    def test_a_small_pool_is_refused(self, model: SiameseGNN, pool: list[Data]) -> None:
        with pytest.raises(ValueError, match="the pool holds 4 graphs: 5 at least"):
            AmortisedInvariance.learn(model, pool[:4])
