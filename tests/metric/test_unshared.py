"""Measures on models without one encoder for all graphs: two towers, and models of pairs."""

import itertools

import pytest
import torch
from graphs import FEATURES, random_graph
from metric.planted import set_distinct_masks
from pair_models import GMN, SimGNN
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN
from torch_geometric.utils import barabasi_albert_graph

from pyg_siamex import Occlusion, PairExplainer
from pyg_siamex.metric import evaluate, removal_curves, robust_fidelity, stability, trust
from pyg_siamex.nn import TwoTowerGNN, adapt

D = torch.double
SHARES = [0.0, 0.3, 0.7, 1.0]
SIDES = ("query", "reference")
COLUMNS = 3


def _other(size: int, seed: int) -> Data:
    """A graph with other features than queries have."""
    torch.manual_seed(seed)
    return Data(x=torch.randn(size, COLUMNS, dtype=D), edge_index=barabasi_albert_graph(size, 2))


def _towers():
    torch.manual_seed(0)
    model = TwoTowerGNN(GIN(FEATURES, 8, 2), GCN(COLUMNS, 8, 2), pool="add", similarity="cosine")
    return model.double().eval(), [_other(4 + k, k) for k in range(3)]


def _of_pairs(kind):
    def make():
        torch.manual_seed(0)
        return adapt(kind(FEATURES).double().eval()), [
            random_graph(4 + k, 9 + k, D) for k in range(3)
        ]

    return make


MODELS = {"two towers": _towers, "SimGNN": _of_pairs(SimGNN), "GMN": _of_pairs(GMN)}
KINDS = {
    "edges": {"edge_mask_type": "object"},
    "nodes": {"node_mask_type": "object"},
    "features": {"node_mask_type": "attributes"},
}


@pytest.fixture(params=MODELS)
def case(request):
    model, references = MODELS[request.param]()
    return model, [random_graph(5 + k, k, D) for k in range(3)], references


@pytest.mark.parametrize("kinds", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("without", [SIDES[:1], SIDES[1:], SIDES])
def test_towers_explain_graphs_without_edges(kinds, without):
    model, [reference, *_] = _towers()
    pair = {"query": random_graph(5, 0, D), "reference": reference}
    for side in without:
        pair[side].edge_index = torch.empty(2, 0, dtype=torch.long)
    found = PairExplainer(model, Occlusion(), **kinds)(*pair.values())
    assert float(found.prediction) == pytest.approx(model(*pair.values()).item())
    for side in SIDES:
        mask = getattr(found, side)
        values = mask.edge_mask if "edge_mask" in mask else mask.node_mask
        assert values.isfinite().all()
        assert ("edge_mask" in mask and side in without) == (values.numel() == 0)


def _left(graph: Data, keep: torch.Tensor) -> Data:
    """The graph with the kept edges, nodes or features."""
    if keep.dim() == 2 and keep.size(1) > 1:
        return Data(x=graph.x * keep, edge_index=graph.edge_index)
    if keep.dim() == 2:
        out = graph.subgraph(keep[:, 0])
        return Data(x=out.x, edge_index=out.edge_index)
    return Data(x=graph.x, edge_index=graph.edge_index[:, keep])


def _kept(mask: torch.Tensor, share: float) -> torch.Tensor:
    """The most important elements of one graph."""
    order = mask.abs().flatten().argsort(descending=True)
    chosen = torch.zeros(mask.numel(), dtype=torch.bool)
    chosen[order[: int(torch.tensor(share * mask.numel() - 1e-6).ceil())]] = True
    return chosen.view(mask.shape)


@torch.no_grad()
def _score(model, pair: dict[str, Data]) -> float:
    return float(model(pair["query"], pair["reference"]))


@pytest.mark.parametrize("kind", ["edges", "features"])
@pytest.mark.parametrize("side", [*SIDES, "both"])
def test_curves_are_the_scores_of_graphs_cut_by_hand(case, kind, side):
    model, queries, references = case
    explanations = PairExplainer(model, Occlusion(), **KINDS[kind]).explain(queries, references)
    set_distinct_masks(explanations)
    curves = removal_curves(model, explanations, shares=SHARES, side=side)
    measured = SIDES if side == "both" else (side,)
    for p, k in itertools.product(range(3), range(len(SHARES))):
        graphs = {"query": queries[p], "reference": references[p]}
        name = "edge_mask" if kind == "edges" else "node_mask"
        masks = {s: getattr(explanations[p], s)[name] for s in measured}
        chosen = {s: _kept(mask, SHARES[k]) for s, mask in masks.items()}
        for values, sign in ((curves.kept, True), (curves.removed, False)):
            cut = {s: _left(graphs[s], keep == sign) for s, keep in chosen.items()}
            assert float(values[p, k]) == pytest.approx(_score(model, graphs | cut), abs=1e-9)


def test_deleted_nodes_of_two_towers_leave_the_graph():
    model, references = _towers()
    queries = [random_graph(5 + k, k, D) for k in range(3)]
    explanations = PairExplainer(model, Occlusion(), **KINDS["nodes"]).explain(queries, references)
    set_distinct_masks(explanations)
    for side, p in itertools.product(SIDES, range(3)):
        curves = removal_curves(model, explanations, shares=SHARES, side=side)
        graphs = {"query": queries[p], "reference": references[p]}
        keep = _kept(getattr(explanations[p], side).node_mask, SHARES[1])
        cut = {side: _left(graphs[side], keep)}
        assert float(curves.kept[p, 1]) == pytest.approx(_score(model, graphs | cut), abs=1e-9)
    assert torch.allclose(curves.empty, torch.zeros(3, dtype=D))  # nothing left has embedding 0


@pytest.mark.parametrize("kind", ["edges", "features"])
def test_a_pair_alone_and_in_a_batch_has_the_same_measures(case, kind):
    model, queries, references = case
    explanations = PairExplainer(model, Occlusion(), **KINDS[kind]).explain(queries, references)
    for side in (*SIDES, "both"):
        together = robust_fidelity(model, explanations, side=side)
        for p, explanation in enumerate(explanations):
            alone = robust_fidelity(model, [explanation], side=side)
            for name in ("plus", "minus"):
                one, of_all = getattr(alone, name)[0], getattr(together, name)[p]
                torch.testing.assert_close(one, of_all, equal_nan=True)


def test_random_and_oracle_stand_beside_the_explainer(case):
    model, queries, references = case
    explainer = PairExplainer(model, Occlusion(), **KINDS["edges"])
    frame = evaluate({"occlusion": explainer}, queries, references)
    means = frame[frame["measure"] == "insertion - deletion"].groupby("method")["value"].mean()
    assert {"occlusion", "random"} <= set(means.index)


def test_trust_of_a_pair(case):
    model, queries, references = case
    explainer = PairExplainer(model, Occlusion(), **KINDS["edges"])
    explanation = explainer(queries[0], references[0])
    [record] = trust(explanation, explainer, references=references[1:])
    assert set(record["curves"]) == set(SIDES)
    assert -1 <= record["randomisation"]["magnitude"] <= 1
    spread = record["stability"]["spread"]
    if not isinstance(model, TwoTowerGNN):
        assert spread is None  # graphs have no embedding
        return
    with torch.no_grad():
        h = torch.nn.functional.normalize(
            torch.cat([model.reference_tower.embed(graph) for graph in references])
        )
    cosines = (h @ h.T)[~torch.eye(3, dtype=torch.bool)]
    assert spread == pytest.approx(float(cosines.mean()), abs=1e-6)


def test_stability_of_a_reference_takes_the_other_tower():
    model, references = _towers()
    queries = [random_graph(5 + k, k, D) for k in range(3)]
    explanations = PairExplainer(model, Occlusion(), **KINDS["edges"]).explain(
        queries, [references[0]] * 3
    )
    found = stability(explanations, model=model, side="reference")
    assert found.spread is not None and -1 <= found.spread <= 1
