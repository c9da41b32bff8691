"""Self-learned masks: constraints held, batches as single pairs, every head and kind of mask."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from consensus import consensus_of
from graphs import FEATURES, edgeless_graph, odd_graphs, random_graph
from motifs import counting, of_motifs
from scipy.optimize import Bounds, minimize
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explainer
from torch_geometric.nn import GCN, GIN, MLP

from pyg_siamex import PairDataset, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.datasets import FunctionalGroups, PlantedConnectomes, planted_truth
from pyg_siamex.explain import IntegratedGradients, Invariance, SelfLearned, SharedInvariance
from pyg_siamex.explain.engine.discrepancy import one_sided, squared
from pyg_siamex.explain.self_learned.solver import DescentAscent, KLDescent, MaskProblem, Solution
from pyg_siamex.explain.self_learned.solver.solution import Record
from pyg_siamex.metric import ground_truth_auroc
from pyg_siamex.nn.references import References
from pyg_siamex.nn.training import fit

D = torch.double
HEADS = ["cosine", "dot", "euclidean", "rbf", "bilinear", "mlp"]
_LONG = DescentAscent(1000, tolerance=1e-4)
SOLVERS = {"gda": DescentAscent(20), "kl": KLDescent(steps=20)}


@pytest.fixture
def model() -> SiameseGNN:
    return SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()


@pytest.fixture
def pool() -> list[Data]:
    return [random_graph(5 + k % 4, 20 + k, D) for k in range(8)]


def masks_of(explanation: PairExplanation) -> list[torch.Tensor]:
    sides = (explanation.query, explanation.reference)
    return [s[name] for s in sides for name in ("edge_mask", "node_mask") if name in s]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "masks",
    [
        {"edge_mask_type": "object", "undirected": True},
        {"node_mask_type": "object"},
        {"node_mask_type": "attributes", "edge_mask_type": "object"},
        {"node_mask_type": "common_attributes"},
    ],
)
def test_a_batch_is_explained_as_its_pairs_alone(
    model: SiameseGNN, pool: list[Data], solver: str, masks: dict
) -> None:
    algorithm = SelfLearned(SOLVERS[solver], Invariance.learn(model, pool, 4))
    explainer = PairExplainer(model, algorithm, **masks)
    queries, references = odd_graphs(D), [*odd_graphs(D)[1:], random_graph(4, 9, D)]
    together = explainer.explain(queries, references)
    for one, query, reference in zip(together, queries, references, strict=True):
        alone = explainer(query, reference)
        for a, b in zip(masks_of(one), masks_of(alone), strict=True):
            torch.testing.assert_close(a, b, atol=1e-8, rtol=0)
        assert one.info["converged"] == alone.info["converged"]
        assert len(one.info["trajectory"]["objective"]) == len(
            alone.info["trajectory"]["objective"]
        )


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("head", HEADS)
def test_every_similarity_head_is_explained(pool: list[Data], solver: str, head: str) -> None:
    model = SiameseGNN(GCN(FEATURES, 8, 2).double(), "mean", head).double().eval()
    algorithm = SelfLearned(SOLVERS[solver], Invariance.learn(model, pool, 4))
    explainer = PairExplainer(model, algorithm, edge_mask_type="object")
    found = explainer(random_graph(6, 1, D), random_graph(7, 2, D))
    for mask in masks_of(found):
        assert mask.isfinite().all()
        assert ((mask >= 0) & (mask <= 1)).all()
    assert len(set(found.query.edge_mask.tolist())) > 3


def test_masks_hold_every_relation_of_the_consensus_strictly(
    model: SiameseGNN, pool: list[Data]
) -> None:
    invariance = Invariance.learn(model, pool, 6)
    masks = {"edge_mask_type": "object", "undirected": True}
    query, reference = random_graph(9, 1, D), random_graph(8, 2, D)
    found = PairExplainer(model, SelfLearned("gda", invariance), **masks)(query, reference)
    value = [
        float(mask[graph.edge_index[0].eq(u) & graph.edge_index[1].eq(v)].mean())
        for graph, mask in zip((query, reference), masks_of(found), strict=True)
        for u, v in sorted({(u, v) for u, v in graph.edge_index.T.tolist() if u < v})
    ]
    order = consensus_of(invariance, model, [query], [reference], **masks)["edge"].order
    relations, _ = order.between_elements()
    assert all(value[i] > value[j] for i, j in relations.tolist())
    assert found.info["relations"] == len(order) > 10
    assert found.info["conformity"] == 1.0


def test_masks_of_a_renumbered_graph_are_renumbered(model: SiameseGNN, pool: list[Data]) -> None:
    algorithm = SelfLearned(DescentAscent(10), Invariance.learn(model, pool, 4))
    explainer = PairExplainer(model, algorithm, edge_mask_type="object", undirected=True)
    graph, reference = random_graph(7, 5, D), random_graph(6, 6, D)
    order = torch.tensor([3, 0, 6, 1, 5, 2, 4])
    moved = Data(
        x=graph.x[order], edge_index=order.argsort()[graph.edge_index], edge_attr=graph.edge_attr
    )
    one, other = explainer(graph, reference), explainer(moved, reference)
    torch.testing.assert_close(one.query.edge_mask, other.query.edge_mask, atol=1e-7, rtol=0)


@pytest.mark.parametrize("solver", ["gda", "kl"])
@pytest.mark.parametrize(
    "masks", [{"edge_mask_type": "object", "undirected": True}, {"node_mask_type": "object"}]
)
def test_in_single_precision_renumbered_molecules_have_renumbered_masks(
    solver: str, masks: dict
) -> None:
    """After all steps, on real molecules with equivalent bonds; processors round differently."""
    molecules = FunctionalGroups()
    graphs = [
        Data(x=molecules[k].x, edge_index=molecules[k].edge_index) for k in range(0, 2000, 90)
    ]
    torch.manual_seed(0)
    model = SiameseGNN(GIN(graphs[0].x.size(1), 32, 3, norm="batch_norm"), "mean")
    model.train()
    model(Batch.from_data_list(graphs), Batch.from_data_list(graphs))  # running statistics
    model.eval()
    explainer = PairExplainer(model, SelfLearned(solver, Invariance.learn(model, graphs)), **masks)
    queries, references = graphs[:11], graphs[11:22]
    moved, nodes, edges = [], [], []
    for seed, graph in enumerate(queries):
        generator = torch.Generator().manual_seed(seed)
        nodes.append(torch.randperm(graph.num_nodes, generator=generator))
        edges.append(torch.randperm(graph.num_edges, generator=generator))
        edge_index = nodes[-1].argsort()[graph.edge_index][:, edges[-1]]
        moved.append(Data(x=graph.x[nodes[-1]], edge_index=edge_index))
    found, again = explainer.explain(queries, references), explainer.explain(moved, references)
    for one, other, node, edge in zip(found, again, nodes, edges, strict=True):
        for name, order in (("node_mask", node), ("edge_mask", edge)):
            if name in one.query:
                torch.testing.assert_close(
                    one.query[name][order], other.query[name], atol=1e-2, rtol=0
                )


def test_swapped_graphs_have_swapped_masks(model: SiameseGNN, pool: list[Data]) -> None:
    algorithm = SelfLearned(DescentAscent(10), Invariance.learn(model, pool, 4))
    explainer = PairExplainer(model, algorithm, edge_mask_type="object")
    a, b = random_graph(7, 5, D), random_graph(6, 6, D)
    one, other = explainer(a, b), explainer(b, a)
    torch.testing.assert_close(one.query.edge_mask, other.reference.edge_mask, atol=1e-7, rtol=0)
    torch.testing.assert_close(one.reference.edge_mask, other.query.edge_mask, atol=1e-7, rtol=0)


@pytest.mark.parametrize("solver", SOLVERS)
def test_graphs_without_edges_have_empty_masks(
    model: SiameseGNN, pool: list[Data], solver: str
) -> None:
    algorithm = SelfLearned(SOLVERS[solver], Invariance.learn(model, pool, 3))
    explainer = PairExplainer(model, algorithm, edge_mask_type="object")
    found = explainer(edgeless_graph(1, D), edgeless_graph(3, D))
    assert found.query.edge_mask.shape == found.reference.edge_mask.shape == (0,)
    assert found.info["conformity"] is None


def test_the_same_masks_come_out_twice_and_the_model_is_untouched(
    model: SiameseGNN, pool: list[Data]
) -> None:
    model.train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    explainer = PairExplainer(
        model, SelfLearned("gda", Invariance.learn(model, pool, 3)), edge_mask_type="object"
    )
    a, b = (explainer(random_graph(7, 1, D), random_graph(6, 2, D)) for _ in range(2))
    assert torch.equal(a.query.edge_mask, b.query.edge_mask)
    assert torch.equal(state, torch.get_rng_state())
    assert model.training
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_without_a_pool_masks_are_held_to_the_evidence_of_the_pair(model: SiameseGNN) -> None:
    explainer = PairExplainer(model, SelfLearned(), edge_mask_type="object")
    found = explainer(random_graph(7, 1, D), random_graph(6, 2, D))
    assert found.info["relations"] > 0
    assert found.info["conformity"] == 1.0


class TestWithoutAnInvariance:
    """The references that a model keeps are the default, as long as they are the model's own."""

    pair = random_graph(7, 1, D), random_graph(6, 2, D)

    def explained(self, model: SiameseGNN, invariance: Invariance | None = None) -> PairExplanation:
        algorithm = SelfLearned(DescentAscent(10), invariance)
        return PairExplainer(model, algorithm, edge_mask_type="object")(*self.pair)

    @pytest.mark.parametrize("many", [False, True])
    def test_the_references_of_the_model_are_used(
        self, model: SiameseGNN, pool: list[Data], many: bool
    ) -> None:
        """By gradients if the graphs have many edges."""
        kept = References.draw(model, pool, 5)
        model.references = replace(kept, num_edges=401.0 if many else 400.0)
        found = self.explained(model)
        assert found.info["invariance"] == "5 references of the model"
        settings = {"algorithms": IntegratedGradients(steps=16)} if many else {}
        given = self.explained(model, Invariance(kept.embeddings, **settings))
        assert given.info["invariance"] == "given"
        assert torch.equal(found.query.edge_mask, given.query.edge_mask)
        assert torch.equal(found.reference.edge_mask, given.reference.edge_mask)

    def test_a_given_invariance_comes_first(self, model: SiameseGNN, pool: list[Data]) -> None:
        invariance = Invariance.learn(model, pool[:3], 3)
        expected = self.explained(model, invariance)
        model.references = References.draw(model, pool[3:], 5)
        found = self.explained(model, invariance)
        assert found.info["invariance"] == "given"
        assert torch.equal(found.query.edge_mask, expected.query.edge_mask)

    @pytest.mark.parametrize("trained", [False, True])
    def test_without_references_of_these_weights_the_pair_is_alone(
        self,
        model: SiameseGNN,
        pool: list[Data],
        trained: bool,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        if trained:
            model.references = References.draw(model, pool, 5)
            with torch.no_grad():
                next(model.encoder.parameters()).add_(0.1)
        with caplog.at_level("INFO"):
            found = self.explained(model)
        assert found.info["invariance"] == "the pair alone"
        assert "no invariance is given" in caplog.text
        expected = self.explained(model, Invariance(torch.empty(0, 0)))
        assert torch.equal(found.query.edge_mask, expected.query.edge_mask)


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_trajectory_is_kept_and_saved(
    model: SiameseGNN, pool: list[Data], tmp_path: Path, solver: str
) -> None:
    algorithm = SelfLearned(SOLVERS[solver], Invariance.learn(model, pool, 3))
    found = PairExplainer(model, algorithm, edge_mask_type="object")(
        random_graph(7, 1, D), random_graph(6, 2, D)
    )
    names = {"objective", "faithfulness", "simplicity", "stationarity_masks"}
    names |= (
        {"violation", "conformity", "stationarity_multipliers"}
        if solver == "gda"
        else {"divergence"}
    )
    trajectory = found.info["trajectory"]
    assert trajectory.keys() == names
    assert {len(values) for values in trajectory.values()} <= set(range(1, 22))
    assert isinstance(found.info["converged"], bool)
    found.save(tmp_path / "pair.pt")
    assert PairExplanation.load(tmp_path / "pair.pt").info["trajectory"] == trajectory


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_stock_explainer_gives_the_masks_of_the_query(
    model: SiameseGNN, pool: list[Data], solver: str
) -> None:
    algorithm = SelfLearned(SOLVERS[solver], Invariance.learn(model, pool, 3))
    query, reference = random_graph(7, 1, D), random_graph(6, 2, D)
    stock = Explainer(
        model.against(reference),
        algorithm,
        explanation_type="model",
        edge_mask_type="object",
        model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
    )
    ours = PairExplainer(model, algorithm, edge_mask_type="object", side="query")
    torch.testing.assert_close(
        stock(query.x, query.edge_index).edge_mask,
        ours(query, reference).query.edge_mask,
        atol=1e-9,
        rtol=0,
    )


def test_columns_of_table_rows_are_masked() -> None:
    class OfRow(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mlp = MLP([FEATURES, 8, 4], norm=None).double()

        def forward(self, x: torch.Tensor, edge_index: torch.Tensor) -> torch.Tensor:
            return self.mlp(x)

    model = SiameseGNN(OfRow(), "add").eval()
    rows = [random_graph(1, k, D) for k in range(8)]
    invariance = SharedInvariance.learn(model, rows, 4, alpha=0.5, node_mask_type="attributes")
    explainer = PairExplainer(model, SelfLearned("gda", invariance), node_mask_type="attributes")
    found = explainer(rows[0], rows[1])
    assert found.query.node_mask.shape == (1, FEATURES)
    assert found.info["relations"] > 0
    assert found.info["conformity"] == 1.0


def test_a_stronger_hold_costs_faithfulness_and_keeps_to_the_consensus(
    model: SiameseGNN, pool: list[Data]
) -> None:
    invariance = Invariance.learn(model, pool, 6)
    query, reference = random_graph(9, 1, D), random_graph(8, 2, D)

    def distance(beta: float) -> float:
        algorithm = SelfLearned(KLDescent(beta, steps=200, lr=0.05), invariance)
        found = PairExplainer(model, algorithm, edge_mask_type="object", side="query")
        return float((found(query, reference).query.edge_mask - score).abs().mean())

    score = consensus_of(invariance, model, [query], [reference], "query")["edge"].score
    distances = [distance(beta) for beta in (0.01, 1.0, 100.0)]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.02


def test_the_unconstrained_masks_are_stationary_for_the_objective_alone(
    model: SiameseGNN,
) -> None:
    """With relations that nobody shares, descent-ascent is projected gradient descent."""
    nobody = Invariance(torch.empty(0, 0), margin=0.99)
    algorithm = SelfLearned(DescentAscent(400, tolerance=1e-4), nobody, delta=1e-6, prior=0.0)
    found = PairExplainer(model, algorithm, edge_mask_type="object")(
        random_graph(6, 1, D), random_graph(6, 2, D)
    )
    assert found.info["relations"] == 0
    objective = found.info["trajectory"]["objective"]
    assert objective[-1] < objective[0]
    assert min(found.info["trajectory"]["stationarity_masks"]) < 0.1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"solver": "adam"}, "solver must be 'gda', 'kl'"),
        ({"solver": DescentAscent}, "`solver` must be a text or a Solver .* the class Descent"),
        ({"solver": object()}, "`solver` must be a text or a Solver .*got object"),
        ({"delta": 0.0}, r"delta must be in \(0, 1\]"),
        ({"size": -1.0}, "size must be at least 0"),
        ({"ridge": -1.0}, "ridge must be at least 0"),
        ({"prior": -1.0}, "prior must be at least 0"),
        ({"prior": float("nan")}, "prior must be at least 0"),
        ({"necessity": 0.0}, "necessity or sufficiency must be above 0"),
    ],
)
def test_settings_out_of_range_are_named(arguments: dict, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        SelfLearned(**arguments)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("head", ["dot", "euclidean"])
def test_signed_masks_are_the_masks_with_the_direction_of_the_consensus(
    pool: list[Data], solver: str, head: str
) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", head).eval()
    invariance = Invariance.learn(model, pool, 4)
    query, reference = random_graph(7, 1, D), random_graph(6, 2, D)
    masks = {"edge_mask_type": "object", "node_mask_type": "common_attributes"}
    plain, signed = (
        PairExplainer(model, SelfLearned(SOLVERS[solver], invariance, signed=s), **masks)(
            query, reference
        )
        for s in (False, True)
    )
    found = consensus_of(invariance, model, [query], [reference], **masks)
    edge, node = found["edge"].direction, found["node"].direction
    cut = query.num_edges
    directions = {
        "query": {"edge_mask": edge[:cut], "node_mask": node[:FEATURES]},
        "reference": {"edge_mask": edge[cut:], "node_mask": node[FEATURES:]},
    }
    for side, by_name in directions.items():
        for name, direction in by_name.items():
            one, other = getattr(plain, side)[name], getattr(signed, side)[name]
            assert (one >= 0).all()
            assert torch.equal(other, one * direction.view_as(one))
    assert any((mask < 0).any() for mask in masks_of(signed))
    assert signed.info["trajectory"] == plain.info["trajectory"]


@pytest.mark.parametrize("alike", [True, False])
def test_nodes_against_what_a_pair_is_are_negative(alike: bool) -> None:
    """Each node of the first motif raises the similarity by 1, each of the second lowers it."""
    counts = (3, 1) if alike else (1, 3)
    explainer = PairExplainer(
        counting("dot"), SelfLearned(signed=True), node_mask_type="object", side="query"
    )
    mask = explainer(of_motifs(*counts, 1), of_motifs(1, -1, 0)).query.node_mask[:, 0]
    towards, against = mask[:-1].split(list(counts)) if alike else mask[:-1].split(counts)[::-1]
    assert (towards > 0).all()
    assert (against < 0).all()
    assert against.abs().max() < towards.min()
    assert mask[-1].abs() < towards.min()


class TestMotifs:
    """The query has two motifs; references of the pool have one of them each."""

    pool = (of_motifs(4, 0, 0), of_motifs(0, 4, 0), of_motifs(3, 0, 0), of_motifs(0, 2, 0))

    @pytest.mark.parametrize("solver", SOLVERS)
    @pytest.mark.parametrize("head", ["dot", "cosine"])
    @pytest.mark.parametrize("learned", [True, False])
    def test_the_motif_that_the_reference_shares_is_on_top(
        self, solver: str, head: str, learned: bool
    ) -> None:
        model = counting(head)
        invariance = Invariance.learn(model, self.pool, 4) if learned else None
        explainer = PairExplainer(
            model, SelfLearned(solver, invariance), node_mask_type="object", side="query"
        )
        query = of_motifs(3, 3, 2)
        for kind in (0, 1):
            reference = of_motifs(*(3 * (motif == kind) for motif in range(3)))
            mask = explainer(query, reference).query.node_mask[:, 0]
            shared = query.x.argmax(1) == kind
            assert mask[shared].min() > mask[~shared].max() + 0.1


def test_a_lower_consensus_costs_more() -> None:
    """Without a prior, both motifs of the reference get the same mask, by symmetry."""
    model = counting("dot")
    query, both = of_motifs(3, 3, 2), of_motifs(2, 2, 0)
    only = Invariance(torch.tensor([[4.0, 1.0, 0.0]], dtype=D), own=0.0, margin=0.9)

    def gap(prior: float) -> float:
        algorithm = SelfLearned(_LONG, only, prior=prior, delta=1e-6)
        explainer = PairExplainer(model, algorithm, node_mask_type="object", side="query")
        mask = explainer(query, both).query.node_mask[:, 0]
        return float(mask[:3].mean() - mask[3:6].mean())

    gaps = [gap(prior) for prior in (0.0, 1.0, 10.0)]
    assert gaps[0] == pytest.approx(0, abs=1e-2)
    assert gaps == sorted(gaps)
    assert gaps[-1] > 0.1


def test_the_price_grows_from_the_size_by_the_rank_in_each_graph(
    model: SiameseGNN, pool: list[Data]
) -> None:
    """The simplicity of a mask is known from its formula."""
    invariance = Invariance.learn(model, pool, 4)
    size, ridge, prior = 0.2, 0.4, 3.0
    algorithm = SelfLearned(
        KLDescent(steps=1, tolerance=0), invariance, size=size, ridge=ridge, prior=prior
    )
    query, reference = random_graph(7, 1, D), random_graph(6, 2, D)
    found = PairExplainer(model, algorithm, edge_mask_type="object")(query, reference)
    score = consensus_of(invariance, model, [query], [reference])["edge"].score
    ranks = [
        (part[:, None] > part + 1e-9).sum(1) / (len(part) - 1)
        for part in score.split([query.num_edges, reference.num_edges])
    ]
    price = size * (1 + prior * (1 - torch.cat(ranks)))
    start = score.clamp(0.02, 0.98)
    expected = ((price + ridge / 2 * start) * start).mean()
    assert found.info["trajectory"]["simplicity"][0] == pytest.approx(float(expected))


def test_either_discrepancy_can_be_asked_for() -> None:
    """Two opposing motifs: without the first, more than all of the effect is gone."""
    model = counting("dot")
    query, reference = of_motifs(3, 1, 1), of_motifs(1, -1, 0)
    values = {}
    for discrepancy in (one_sided, squared):
        algorithm = SelfLearned(
            KLDescent(beta=1000.0, steps=1), discrepancy=discrepancy, signed=False
        )
        explainer = PairExplainer(model, algorithm, node_mask_type="object", side="query")
        found = explainer(query, reference)
        values[discrepancy] = found.info["trajectory"]["faithfulness"][0]
    score = torch.tensor([1.0, 1.0, 1.0, 0.5, 0.0], dtype=D).clamp(0.02, 0.98)
    left = (1 - score) @ torch.tensor([1.0, 1, 1, -1, 0], dtype=D)
    assert left < 0
    assert values[one_sided] == 0
    assert values[squared] == pytest.approx(float((left / 2) ** 2))


class InteriorPoint:
    """A solver of one's own: SciPy's, in the box of the constraints, for pairs together."""

    name = "scipy"

    def solve(self, problem: MaskProblem) -> Solution:
        box = Bounds(problem.constraints.low.numpy(), problem.constraints.high.numpy())
        record = Record(problem.num_pairs, problem.start.device)

        def value_and_slope(point: np.ndarray) -> tuple[float, np.ndarray]:
            gradient, values = problem.objective(torch.from_numpy(point))
            scale = problem.pair.bincount()[problem.pair]  # gradients are by the mean of a pair
            return float(values["objective"].sum()), (gradient / scale).numpy()

        found = minimize(
            value_and_slope, problem.start.numpy(), jac=True, bounds=box, method="L-BFGS-B"
        )
        _, values = problem.objective(torch.from_numpy(found.x))
        record.add(values, torch.full((problem.num_pairs,), found.success))
        return record.solution(torch.from_numpy(found.x), torch.empty(0))


def test_a_solver_of_ones_own_finds_masks_that_are_no_worse(
    model: SiameseGNN, pool: list[Data]
) -> None:
    nobody = Invariance(torch.empty(0, 0), margin=0.99)
    pairs = pool[:3], pool[3:6]
    own, known = (
        PairExplainer(model, SelfLearned(solver, nobody, delta=1e-6), edge_mask_type="object")
        for solver in (InteriorPoint(), DescentAscent(400, tolerance=1e-4))
    )
    assert own.algorithm.name == "SelfLearned (SCIPY)"
    for one, other in zip(own.explain(*pairs), known.explain(*pairs), strict=True):
        assert one.info["converged"] and one.info["relations"] == 0
        reached, to_beat = (e.info["trajectory"]["objective"][-1] for e in (one, other))
        assert reached <= to_beat + 1e-3


def test_solvers_have_the_names_they_are_asked_for_by() -> None:
    for name in ("gda", "kl"):
        assert SelfLearned(name).solver.name == name
        assert SelfLearned(name).name == f"SelfLearned ({name.upper()})"


def test_what_is_no_invariance_is_refused() -> None:
    with pytest.raises(TypeError, match="`invariance` must be an Invariance"):
        SelfLearned("gda", torch.rand(3))


def test_an_invariance_of_another_model_is_refused_before_any_work(
    model: SiameseGNN, pool: list[Data]
) -> None:
    other = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    explainer = PairExplainer(
        model, SelfLearned("gda", Invariance.learn(other, pool, 3)), edge_mask_type="object"
    )
    with pytest.raises(ValueError, match="learned with another model"):
        explainer(random_graph(5, 1, D), random_graph(5, 2, D))


def _doubled(value: object) -> object:
    floating = isinstance(value, torch.Tensor) and value.is_floating_point()
    return value.double() if floating else value


def test_the_explanation_follows_the_motif_that_this_reference_shares() -> None:
    """A query carries two motifs, each reference one of them: masks tell which, both times.

    Two models in double precision, whose training ends nearly alike on every processor.
    """
    blocks = {"a": ["default"], "b": ["occipital"], "both": ["default", "occipital"], "none": []}
    subjects = [
        Data.from_dict({k: _doubled(v) for k, v in subject.to_dict().items()})
        for subject in PlantedConnectomes(40, blocks, effect=2.5, density=0.1, seed=1)
    ]
    query = next(s for s in subjects if s.y == 2)
    motifs = query.edge_block >= 0
    among = []
    for seed in (0, 1):
        explainer = _explainer_of_motifs(subjects, seed)
        for kind in (0, 1):
            references = [s for s in subjects if s.y == kind][:3]
            found = explainer.explain([query] * 3, references)
            mask = torch.stack([e.query.edge_mask for e in found]).mean(0)
            truth, _ = planted_truth(query, references[0])
            among.append(ground_truth_auroc(mask[motifs], truth[motifs]))
            assert ground_truth_auroc(mask, truth) > 0.9
            assert min(e.info["conformity"] for e in found) == 1.0
    assert min(among) > 0.7
    assert sum(among) / len(among) > 0.9


def _explainer_of_motifs(subjects: list[Data], seed: int) -> PairExplainer:
    """Masks of a model that learned which subjects share a motif."""
    planted = torch.cat([subject.planted for subject in subjects])
    index = torch.combinations(torch.arange(40))
    index = index[torch.randperm(len(index), generator=torch.Generator().manual_seed(0))[:300]]
    alike = (planted[index[:, 0]] & planted[index[:, 1]]).any(1)
    torch.manual_seed(seed)
    model = SiameseGNN(GIN(6, 16, 2, norm="batch_norm").double(), "mean", "dot")
    pairs = PairDataset.from_pairs(subjects, index, alike)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit(model, pairs, epochs=12, lr=1e-2, seed=seed, progress=False)
    invariance = SharedInvariance.learn(model, subjects, 8, subjects=8, undirected=True)
    return PairExplainer(
        model,
        SelfLearned("gda", invariance),
        edge_mask_type="object",
        undirected=True,
        side="query",
    )


def test_an_order_without_relations_has_no_conformity(model: SiameseGNN) -> None:
    """Nobody can hold to nothing: all parts of a symmetric graph are tied."""
    ring = torch.arange(6)
    edges = torch.stack([ring, (ring + 1) % 6])
    graph = Data(
        x=torch.ones(6, FEATURES, dtype=D), edge_index=torch.cat([edges, edges.flip(0)], 1)
    )
    explainer = PairExplainer(
        model, SelfLearned("gda"), edge_mask_type="object", undirected=True, side="query"
    )
    found = explainer(graph, random_graph(5, 3, D))
    assert found.info["relations"] == 0
    assert found.info["conformity"] is None
    mask = found.query.edge_mask
    torch.testing.assert_close(mask, mask[:1].expand_as(mask), atol=1e-9, rtol=0)


def test_edges_of_a_large_graph_keep_the_ranks_that_gradients_give_them() -> None:
    """Of a cosine in single precision, an edge of a thousand changes little more than rounding."""
    torch.manual_seed(0)
    graphs = [random_tree(700, seed) for seed in range(6)]
    model = SiameseGNN(GIN(4, 16, 2), "mean").eval()
    invariance = Invariance.learn(model, graphs[2:], 4, algorithms=IntegratedGradients(8))
    options = {"edge_mask_type": "object", "undirected": True, "side": "query"}
    query, reference = graphs[:2]
    explainer = PairExplainer(model, SelfLearned(invariance=invariance), **options)
    masks = explainer(query, reference).query.edge_mask
    assert len(masks.unique()) > 350
    order = torch.randperm(700, generator=torch.Generator().manual_seed(1))
    again = query.clone()
    again.x = query.x[order.argsort()]
    again.edge_index = order[query.edge_index]
    turned = explainer(again, reference).query.edge_mask
    assert float((turned - masks).abs().mean()) < 1e-3


def random_tree(size: int, seed: int) -> Data:
    """A random tree with random features."""
    generator = torch.Generator().manual_seed(seed)
    parents = torch.tensor(
        [int(torch.randint(k, (1,), generator=generator)) for k in range(1, size)]
    )
    ends = torch.stack([torch.arange(1, size), parents])
    x = torch.randn(size, 4, generator=generator)
    return Data(x=x, edge_index=torch.cat([ends, ends.flip(0)], dim=1))


_SETTINGS = {
    "ratio": lambda most: {"solver": DescentAscent(3, ratio=most)},
    "rho": lambda most: {"solver": DescentAscent(3, rho=most)},
    "tolerance": lambda most: {"solver": DescentAscent(3, tolerance=most)},
    "beta": lambda most: {"solver": KLDescent(most, 3)},
    "lr": lambda most: {"solver": KLDescent(steps=3, lr=most)},
    **{
        name: lambda most, name=name: {name: most, "solver": DescentAscent(3)}
        for name in ("size", "ridge", "prior", "necessity", "sufficiency")
    },
}


@pytest.mark.parametrize("setting", _SETTINGS)
def test_large_settings_give_masks_or_say_that_they_are_too_large(setting: str) -> None:
    model = SiameseGNN(GIN(FEATURES, 4, 2), "add").eval()
    pair = random_graph(6, 1), random_graph(6, 2)
    for most in (1e20, 1e30, 1e300):
        try:
            algorithm = SelfLearned(**_SETTINGS[setting](most))
            found = PairExplainer(model, algorithm, edge_mask_type="object")(*pair)
        except ValueError as error:
            assert "take smaller settings" in str(error) or f"{setting} must be" in str(error)
        else:
            assert all(bool(mask.isfinite().all()) for mask in masks_of(found))
