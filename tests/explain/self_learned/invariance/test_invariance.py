"""Invariances learned from unlabelled graphs, against explanations one at a time."""

import copy
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
import torch
from consensus import consensus_of
from explain.self_learned.invariance.by_hand import agreed, importance, same, voices_by_hand
from graphs import FEATURES, odd_graphs, random_graph
from motifs import counting, of_motifs
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN

from pyg_siamex import (
    NeighbourhoodOcclusion,
    Occlusion,
    PairExplainer,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.data.plain_tree import split_tree
from pyg_siamex.data.pool import draw_graphs
from pyg_siamex.data.sealed_file import SealedFormat
from pyg_siamex.explain import (
    AmortisedInvariance,
    InputXGradient,
    IntegratedGradients,
    Invariance,
    PairAlgorithm,
    Saliency,
    SharedInvariance,
)
from pyg_siamex.explain.provenance import parameters_of

D = torch.double
MASKS = [
    {"edge_mask_type": "object"},
    {"edge_mask_type": "object", "undirected": True},
    {"node_mask_type": "object"},
    {"node_mask_type": "attributes"},
    {"node_mask_type": "common_attributes"},
    {"node_mask_type": "object", "edge_mask_type": "object"},
]

BOTH = (Occlusion(), NeighbourhoodOcclusion())
INVARIANCES = SealedFormat("invariance", version=3, again="", oldest=3)


@pytest.mark.parametrize("algorithm", [IntegratedGradients(16), NeighbourhoodOcclusion()])
def test_the_score_of_a_graph_is_the_mean_importance_over_references(
    model: SiameseGNN, pool: list[Data], algorithm: PairAlgorithm
) -> None:
    invariance = Invariance.learn(model, pool, 4, seed=3, algorithms=algorithm)
    graph = random_graph(7, 1, D)
    expected = importance(voices_by_hand(model, algorithm, graph, draw_graphs(pool, 4, 3))).mean(1)
    found = invariance.of(model, graph)
    torch.testing.assert_close(found.masks.edge, expected, atol=1e-10, rtol=0)


def test_all_local_explainers_have_an_equal_say(model: SiameseGNN, pool: list[Data]) -> None:
    graph, references = random_graph(6, 2, D), draw_graphs(pool, 3, 0)
    parts = [
        importance(voices_by_hand(model, algorithm, graph, references))
        for algorithm in (Occlusion(), NeighbourhoodOcclusion())
    ]
    found = Invariance.learn(model, pool, 3, algorithms=BOTH).of(model, graph)
    expected = torch.cat(parts, dim=1).mean(1)
    torch.testing.assert_close(found.masks.edge, expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize(
    ("masks", "algorithms"),
    [({"edge_mask_type": "object"}, Occlusion()), ({"node_mask_type": "object"}, BOTH)],
)
def test_edges_are_left_out_alone_and_nodes_also_with_their_neighbours(
    model: SiameseGNN, pool: list[Data], masks: dict, algorithms: object, tmp_path: Path
) -> None:
    graph = random_graph(6, 2, D)
    invariance = Invariance.learn(model, pool, 3)
    invariance.save(tmp_path / "invariance.pt")
    expected = Invariance.learn(model, pool, 3, algorithms=algorithms).of(model, graph, **masks)
    for one in (invariance, Invariance.load(tmp_path / "invariance.pt")):
        found = one.of(model, graph, **masks)
        for name, score in found.score.items():
            torch.testing.assert_close(score, expected.score[name])


@pytest.mark.parametrize("own", [0.0, 0.1, 2.0])
@pytest.mark.parametrize("algorithms", [BOTH, (InputXGradient(),)])
def test_in_a_pair_references_count_by_their_agreement_with_it(
    model: SiameseGNN, pool: list[Data], own: float, algorithms: tuple[PairAlgorithm, ...]
) -> None:
    invariance = Invariance.learn(model, pool, 5, algorithms=algorithms, own=own)
    query, reference = random_graph(7, 1, D), random_graph(6, 2, D)
    found = consensus_of(invariance, model, [query], [reference])["edge"]
    expected, mean = [], []
    for side, graph, other in (("query", query, reference), ("reference", reference, query)):
        found_by = []
        for algorithm in algorithms:
            voice = voices_by_hand(model, algorithm, graph, [other], side)[:, 0]
            pooled = voices_by_hand(model, algorithm, graph, draw_graphs(pool, 5, 0))
            found_by.append(agreed(pooled, voice, own))
        scores, signed, weights = zip(*found_by, strict=True)
        expected.append(sum(scores) / sum(weights))
        mean.append(sum(signed))
    torch.testing.assert_close(found.score, torch.cat(expected), atol=1e-9, rtol=0)
    assert torch.equal(found.direction, torch.cat(mean).sign())


def test_without_references_the_consensus_is_the_own_evidence(model: SiameseGNN) -> None:
    query, reference = random_graph(7, 1, D), random_graph(6, 2, D)
    invariance = Invariance(torch.empty(0, 0), algorithms=Occlusion())
    found = consensus_of(invariance, model, [query], [reference])["edge"]
    sides = (("query", query, reference), ("reference", reference, query))
    voice = [voices_by_hand(model, Occlusion(), g, [o], side)[:, 0] for side, g, o in sides]
    torch.testing.assert_close(found.score, importance(torch.cat(voice)), atol=1e-10, rtol=0)
    assert torch.equal(found.direction, torch.where(torch.cat(voice) < 0, -1.0, 1.0).to(D))


@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_pairs_have_the_same_consensus_alone_and_together(
    model: SiameseGNN, pool: list[Data], side: str
) -> None:
    invariance = Invariance.learn(model, pool, 4)
    queries, references = odd_graphs(D), [*odd_graphs(D)[1:], random_graph(4, 9, D)]
    masks = {"node_mask_type": "object", "edge_mask_type": "object", "undirected": True}
    together = consensus_of(invariance, model, queries, references, side, **masks)
    alone = [
        consensus_of(invariance, model, [q], [r], side, **masks)
        for q, r in zip(queries, references, strict=True)
    ]
    for name in ("node", "edge"):
        for what in ("score", "direction"):
            expected = torch.cat([getattr(one[name], what) for one in alone]).sort().values
            found = getattr(together[name], what).sort().values
            torch.testing.assert_close(found, expected, atol=1e-9, rtol=0)


class TestMotifs:
    """The query has two motifs; references of the pool have one of them each, or both."""

    query = of_motifs(3, 3, 2)
    references = (of_motifs(4, 0, 0), of_motifs(0, 4, 0), of_motifs(3, 0, 0), of_motifs(0, 2, 0))

    def score(self, head: str, *counts: float) -> torch.Tensor:
        model = counting(head)
        invariance = Invariance.learn(model, self.references, 4)
        found = consensus_of(
            invariance, model, [self.query], [of_motifs(*counts)], "query", node_mask_type="object"
        )
        return found["node"].score

    @pytest.mark.parametrize("kind", [0, 1])
    def test_the_shared_motif_is_all_that_counts(self, kind: int) -> None:
        """The voices about the other motif are orthogonal to the own voice."""
        found = self.score("dot", *(3 * (motif == kind) for motif in range(3)))
        expected = (self.query.x.argmax(1) == kind).to(D)
        torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)

    @pytest.mark.parametrize("kind", [0, 1])
    def test_the_shared_motif_is_on_top_by_angle(self, kind: int) -> None:
        """A motif that one graph lacks makes them less alike, so the other voices are turned."""
        found = self.score("cosine", *(3 * (motif == kind) for motif in range(3)))
        parts = found.split([3, 3, 2])
        others = torch.cat([part for motif, part in enumerate(parts) if motif != kind])
        assert parts[kind].min() > 0.8
        assert others.max() < 0.5

    def test_if_both_are_shared_references_count_alike(self) -> None:
        found = self.score("dot", 2, 2, 0)
        confirmed, own = 0.5**2, 0.1  # all cosines are the root of a half
        torch.testing.assert_close(found[:6], found[:1].expand(6), atol=1e-9, rtol=0)
        torch.testing.assert_close(
            found[:1],
            torch.tensor([(0.5 * confirmed + own) / (confirmed + own)], dtype=D),
            atol=1e-9,
            rtol=0,
        )
        assert found[6:].tolist() == [0, 0]

    @pytest.mark.parametrize(
        ("counts", "direction"), [((3, 1), [1, 1, 1, -1]), ((1, 3), [-1, 1, 1, 1])]
    )
    def test_the_direction_is_towards_what_the_pair_is(
        self, counts: tuple[int, int], direction: list[int]
    ) -> None:
        """Nodes of the first motif raise the similarity by 1 each, of the second lower it."""
        model = counting("dot")
        found = consensus_of(
            Invariance(torch.empty(0, 0), algorithms=Occlusion()),
            model,
            [of_motifs(*counts, 1)],
            [of_motifs(1, -1, 0)],
            "query",
            node_mask_type="object",
        )["node"]
        assert found.direction.tolist() == [*direction, 1]
        assert found.score.tolist() == [1.0 if d > 0 else 0.5 for d in direction] + [0.0]


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
        assert 0.7 - 1e-6 <= confidence <= 1


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


@pytest.mark.parametrize("kind", ["references", "shared", "amortised"])
@pytest.mark.parametrize("part", ["pool", "similarity"])
def test_a_model_with_another_part_is_refused(
    model: SiameseGNN, pool: list[Data], kind: str, part: str
) -> None:
    invariance = LEARN[kind](model, pool)
    changed = copy.deepcopy(model)
    other = SiameseGNN(GIN(FEATURES, 8, 2), "max", "dot")
    setattr(changed, part, getattr(other, part))
    invariance.check(copy.deepcopy(model))
    with pytest.raises(ValueError, match="learned with another model"):
        invariance.check(changed)


LEARN = {
    "references": lambda model, pool, **settings: Invariance.learn(model, pool, 4, **settings),
    "shared": lambda model, pool, **settings: SharedInvariance.learn(
        model, [g for g in pool if g.num_nodes == 6], 2, **settings
    ),
    "amortised": lambda model, pool, **settings: AmortisedInvariance.learn(
        model, pool, 3, graphs=10, **settings
    ),
}
ALGORITHMS = {
    "occlusions": BOTH,
    "occlusion": (Occlusion(),),
    "neighbourhoods": (NeighbourhoodOcclusion(),),
    "integrated gradients": (IntegratedGradients(7, "midpoint"),),
    "input x gradient": (InputXGradient(),),
}


@pytest.mark.parametrize("kind", LEARN)
@pytest.mark.parametrize("algorithms", ALGORITHMS.values(), ids=ALGORITHMS)
def test_a_saved_invariance_comes_back(
    model: SiameseGNN,
    pool: list[Data],
    tmp_path: Path,
    kind: str,
    algorithms: tuple[PairAlgorithm, ...],
) -> None:
    settings = {"algorithms": algorithms, "alpha": 0.2, "margin": 0.05, "own": 0.3}
    invariance, graph = LEARN[kind](model, pool, **settings), random_graph(6, 1, D)
    invariance.save(tmp_path / "invariance.pt")
    loaded = Invariance.load(tmp_path / "invariance.pt")
    assert type(loaded) is type(invariance)
    for name in ("alpha", "margin", "own", "model_digest"):
        assert getattr(loaded, name) == getattr(invariance, name)
    assert [type(one) for one in loaded.algorithms] == [type(one) for one in algorithms]
    for one, other in zip(loaded.algorithms, algorithms, strict=True):
        assert parameters_of(one) == parameters_of(other)
    same(invariance.of(model, graph), loaded.of(model, graph), 0.0)
    pair = [graph], [random_graph(6, 2, D)]
    one, other = (consensus_of(i, model, *pair)["edge"] for i in (invariance, loaded))
    assert torch.equal(one.score, other.score)
    assert torch.equal(one.direction, other.direction)
    assert torch.equal(one.order.confidence, other.order.confidence)


@pytest.mark.parametrize("kind", LEARN)
def test_plain_values_come_back_without_a_file(
    model: SiameseGNN, pool: list[Data], kind: str
) -> None:
    invariance = LEARN[kind](model, pool)
    plain = invariance.to_plain()
    keys = set(plain)
    loaded = Invariance.from_plain(plain)
    assert type(loaded) is type(invariance)
    assert set(plain) == keys == set(loaded.to_plain())


FLIPPED = (None, 3, -1.0, "text", [], {}, [1, 2], {"a": 1}, torch.ones(3), torch.tensor(0.5))


def _changed(plain: dict, path: tuple, change: Callable[[dict, object], None]) -> dict:
    """A copy of nested values with a change at a path."""
    out = copy.deepcopy(plain)
    inside = out
    for key in path[:-1]:
        inside = inside[key]
    change(inside, path[-1])
    return out


def _paths(values: object, path: tuple = ()) -> list[tuple]:
    """Paths to all nested values of dictionaries and lists."""
    found = [path] if path else []
    items = values.items() if isinstance(values, dict) else ()
    items = enumerate(values) if isinstance(values, list) else items
    for key, value in items:
        found += _paths(value, (*path, key))
    return found


@pytest.mark.parametrize("kind", LEARN)
def test_missing_values_are_refused(model: SiameseGNN, pool: list[Data], kind: str) -> None:
    plain = LEARN[kind](model, pool).to_plain()
    for path in _paths(plain):
        broken = _changed(plain, path, lambda inside, key: inside.pop(key))
        if path[0] == "algorithms" and len(path) == 2 and len(plain["algorithms"]) > 1:
            continue  # one explainer of several may be missing
        with pytest.raises(ValueError, match="the data"):
            Invariance.from_plain(broken)
            pytest.fail(f"without {path}")


@pytest.mark.filterwarnings("ignore:Using a non-tuple sequence")
@pytest.mark.parametrize("kind", LEARN)
def test_values_of_another_type_are_refused_or_make_a_sound_invariance(
    model: SiameseGNN, pool: list[Data], kind: str
) -> None:
    """No other error leaves the loader, and no value that it takes breaks what it makes."""
    plain = LEARN[kind](model, pool).to_plain()
    refused = 0
    for path in _paths(plain):
        for value in FLIPPED:
            broken = _changed(plain, path, lambda inside, key, v=value: inside.__setitem__(key, v))
            try:
                found = Invariance.from_plain(broken)
            except ValueError:
                refused += 1
                continue
            assert found.references.dim() == 2
            try:
                found.of(model, random_graph(6, 1, D))
            except ValueError:
                continue
    assert refused > 50


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("kind", LEARN)
def test_references_that_are_not_finite_are_refused(
    model: SiameseGNN, pool: list[Data], tmp_path: Path, kind: str, bad: float
) -> None:
    plain = LEARN[kind](model, pool).to_plain()
    plain["references"] = plain["references"].clone()
    plain["references"][1, 2] = bad
    tensors, rest = split_tree(plain, "state")
    INVARIANCES.write(tmp_path / "bad.pt", tensors, {"state": rest})
    message = f"references must be finite: 1 of {len(plain['references'])} embeddings are not"
    with pytest.raises(ValueError, match=message):
        Invariance.load(tmp_path / "bad.pt")
    with pytest.raises(ValueError, match=message):
        Invariance(plain["references"])


@pytest.mark.parametrize(
    "references", [torch.rand(3), torch.ones(2, 3, dtype=torch.long), torch.rand(2, 3, 4)]
)
def test_references_that_are_no_matrix_of_floats_are_refused(references: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=r"references must be embeddings \[K, D\]"):
        Invariance(references)


def test_references_of_another_width_are_named_with_their_file(
    model: SiameseGNN, pool: list[Data], tmp_path: Path
) -> None:
    learned = Invariance.learn(model, pool, references=3)
    Invariance(learned.references[:, :-1], model_digest=learned.model_digest).save(tmp_path / "i")
    explainer = SelfLearned(invariance=Invariance.load(tmp_path / "i"))
    with pytest.raises(ValueError, match=r"i: the references are embeddings of \d+ numbers, and"):
        PairExplainer(model, explainer, edge_mask_type="object")(pool[0], pool[1])


def test_files_that_hold_no_invariance_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no invariance at"):
        Invariance.load(tmp_path / "missing.pt")
    (tmp_path / "text.pt").write_text("no tensors")
    with pytest.raises(ValueError, match=r"text\.pt is not an invariance file"):
        Invariance.load(tmp_path / "text.pt")
    torch.save({"format": 99}, tmp_path / "old.pt")
    with pytest.raises(ValueError, match=r"by an older version of pyg_siamex\. Learn it again"):
        Invariance.load(tmp_path / "old.pt")
    for plain in (None, [], "text", {}, {"format": torch.ones(2)}, {"format": [2]}):
        with pytest.raises(ValueError, match="the data is not a saved Invariance of format 2"):
            Invariance.from_plain(plain)
    for kind in (None, [], "other", {"a": 1}):
        with pytest.raises(ValueError, match="holds an invariance of unknown kind"):
            Invariance.from_plain({"format": 2, "kind": kind})


def test_what_cannot_be_saved_is_refused(
    model: SiameseGNN, pool: list[Data], tmp_path: Path
) -> None:
    class Own(Occlusion):
        """An explainer of one's own that has the settings of a known one."""

    for algorithm in (Saliency(), Own()):
        invariance = Invariance.learn(model, pool, 2, algorithms=[Occlusion(), algorithm])
        with pytest.raises(TypeError, match=f"explains by {algorithm.name} cannot be saved"):
            invariance.save(tmp_path / "invariance.pt")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alpha": 1.0}, r"alpha must be in \[0, 1\)"),
        ({"margin": -0.1}, r"margin must be in \[0, 1\)"),
        ({"own": -0.1}, "own must be at least 0, and at most 1e30"),
        ({"own": float("inf")}, "own must be at least 0, and at most 1e30"),
        ({"own": float("nan")}, "own must be at least 0, and at most 1e30"),
        ({"algorithms": ()}, "algorithms must be one or more PairAlgorithms"),
        ({"algorithms": [Occlusion]}, "entry 0 is the class Occlusion"),
        ({"references": 0}, "`references`, the number of graphs to draw from the pool, must be at"),
    ],
)
def test_settings_out_of_range_are_named(
    model: SiameseGNN, pool: list[Data], arguments: dict, message: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        Invariance.learn(model, pool, **arguments)


def test_an_empty_pool_is_refused(model: SiameseGNN) -> None:
    with pytest.raises(ValueError, match="the pool is empty"):
        Invariance.learn(model, [])


@pytest.mark.parametrize("kind", [Invariance, SharedInvariance, AmortisedInvariance])
@pytest.mark.parametrize("broken", ["value", "width", "features"])
def test_a_graph_of_the_pool_is_called_by_its_number_there(kind, broken):
    model = SiameseGNN(GIN(FEATURES, 4, 1), "add")
    pool = [random_graph(5, k) for k in range(9)]
    if broken == "value":
        pool[7].x[0, 0] = torch.nan
    elif broken == "width":
        pool[7].x = pool[7].x[:, :-1]
    else:
        del pool[7].x
    with pytest.raises(ValueError, match=r"^graph \d of the pool has") as error:
        kind.learn(model, pool, 9)
    assert "graph 7 of the pool" in str(error.value)


def test_weights_that_are_not_there_are_not_masked():
    graphs = [random_graph(4, k) for k in range(4)]
    asked = {"edge_mask_type": "object", "mask_mode": "weight"}
    for encoder, told in (
        (GIN(FEATURES, 6, 2), "GIN takes none"),
        (GCN(FEATURES, 6, 2), "have none"),
    ):
        model = SiameseGNN(encoder, "mean").eval()
        found = Invariance.learn(model, graphs, 3)
        with pytest.raises(ValueError, match=f"needs edge_weight, and .*{told}"):
            found.of(model, graphs[0], **asked)
