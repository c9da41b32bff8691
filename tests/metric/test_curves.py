from dataclasses import replace

import pytest
import torch
from graphs import ENCODERS, odd_graphs, random_graph
from metric.planted import (
    explained,
    planted_graph,
    planted_model,
    planted_truth,
    set_distinct_masks,
)
from torch_geometric.data import Data

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.metric import (
    effect_overlap,
    fidelity,
    insertion_deletion,
    removal_curves,
    robust_fidelity,
    sparse_fidelity,
)
from pyg_siamex.metric.curves import RemovalCurves
from pyg_siamex.metric.other_model import OtherModelError

D = torch.double
SHARES = [0.0, 0.25, 0.6, 1.0]


def test_by_hand(model, perfect):
    curves = removal_curves(model, perfect, shares=[0, 0.1, 0.2, 0.5, 1])
    # Two motif edges in the query, three in the reference: s = 2 * 3.
    assert curves.whole.tolist() == [6] and curves.empty.tolist() == [0]
    assert curves.kept.tolist() == [[0, 3, 6, 6, 6]]
    assert curves.removed.tolist() == [[6, 3, 0, 0, 0]]
    assert curves.fidelity_plus.tolist() == [[0, 0.5, 1, 1, 1]]
    assert curves.fidelity_minus.tolist() == [[1, 0.5, 0, 0, 0]]
    assert curves.undefined == 0
    assert removal_curves(model, perfect, shares=[0, 0.11, 1]).selected.tolist() == [[0, 0.2, 1]]


@pytest.mark.parametrize("encoder", ["GCN", "GIN", "GAT", "GraphSAGE", "GINE"])
def test_batched_deletions_equal_graphs_cut_by_hand(encoder):
    model = SiameseGNN(ENCODERS[encoder]().double(), "mean").eval()
    queries, references = odd_graphs(D)[:3], [random_graph(5, k, D) for k in range(3)]
    explanations = PairExplainer(model, Occlusion(), edge_mask_type="object").explain(
        queries, references
    )
    set_distinct_masks(explanations)
    curves = removal_curves(model, explanations, shares=SHARES)
    for p, explanation in enumerate(explanations):
        proper = (queries[p].edge_index[0] != queries[p].edge_index[1]).nonzero().flatten()
        mask = explanation.query.edge_mask[proper].abs()
        for k, share in enumerate(SHARES):
            count = int(torch.tensor(share * len(mask) - 1e-6).ceil())
            top = proper[mask.argsort(descending=True)[:count]]
            chosen = torch.zeros(queries[p].num_edges, dtype=torch.bool)
            chosen[top] = True
            loops = queries[p].edge_index[0] == queries[p].edge_index[1]
            for values, kept in ((curves.kept, chosen), (curves.removed, ~chosen)):
                expected = model(_cut(queries[p], kept | loops), references[p]).item()
                assert values[p, k].item() == pytest.approx(expected, abs=1e-9)


def test_a_pair_alone_and_in_a_batch_have_the_same_curves():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add")
    queries, references = odd_graphs(D), [random_graph(5, k, D) for k in range(4)]
    for kind in ({"edge_mask_type": "object"}, {"node_mask_type": "attributes"}):
        explanations = PairExplainer(model, Occlusion(), **kind).explain(queries, references)
        together = removal_curves(model, explanations)
        for p, explanation in enumerate(explanations):
            alone = removal_curves(model, [explanation])
            assert torch.allclose(alone.kept[0], together.kept[p], atol=1e-9)
            assert torch.allclose(alone.removed[0], together.removed[p], atol=1e-9)


def test_chunks_do_not_matter(monkeypatch):
    model = SiameseGNN(ENCODERS["GCN"]().double(), "add")
    queries, references = odd_graphs(D), [random_graph(5, k, D) for k in range(4)]
    explanations = PairExplainer(model, Occlusion(), edge_mask_type="object").explain(
        queries, references
    )
    expected = removal_curves(model, explanations)
    monkeypatch.setattr("pyg_siamex.metric.over_pairs.CHUNK_SIZE", 60)
    monkeypatch.setattr("pyg_siamex.metric.perturbed_pairs.COPY_BUDGET", 150)
    assert torch.allclose(removal_curves(model, explanations).kept, expected.kept, atol=1e-9)


def test_both_directions_of_an_edge_go_together():
    query = planted_graph()
    both = Data(x=query.x, edge_index=torch.cat([query.edge_index, query.edge_index.flip(0)], 1))
    mask = planted_truth(query).double()
    # The reverse of each motif edge is called unimportant: tied, it follows.
    mask = torch.cat([mask, torch.zeros_like(mask)])
    pair = [explained(both, planted_graph(3), mask)]
    free = removal_curves(planted_model(), pair, shares=[0.1])
    tied = removal_curves(planted_model(), pair, shares=[0.2], undirected=True)
    # The cycle of two nodes has 0 -> 1 and 1 -> 0, each twice.
    assert free.whole.item() == tied.whole.item() == 12
    assert free.removed.item() == 6
    assert tied.removed.item() == 0


def test_both_sides_lose_the_same_share():
    query, reference = planted_graph(), planted_graph(4)
    pair = explained(query, reference, planted_truth(query).double())
    pair.reference.edge_mask = planted_truth(reference).double()
    curves = removal_curves(planted_model(), [pair], shares=[0.1, 0.2, 0.4], side="both")
    assert curves.kept.tolist() == [[1 * 1, 2 * 2, 2 * 4]]
    assert curves.removed.tolist() == [[1 * 3, 0 * 2, 0]]
    assert curves.selected.tolist() == [[0.1, 0.2, 0.4]]
    alone = removal_curves(planted_model(), [pair], shares=[0.2], side="reference")
    assert alone.kept.tolist() == [[2 * 2]]


def test_signed_importances_of_a_dissimilar_pair_are_turned():
    query, reference = planted_graph(), planted_graph(0)
    signed = -planted_truth(query).double()  # the motif pushes the pair apart
    model = planted_model("euclidean")
    pair = [explained(query, reference, signed, model=model)]
    curves = removal_curves(model, pair, shares=[0.2], ranking="signed")
    assert curves.effect.item() == -4
    assert curves.fidelity_plus.item() == 1 and curves.fidelity_minus.item() == 0
    assert removal_curves(model, pair, shares=[0.2]).fidelity_plus.item() == 1
    # A mask of what explains, not of its sign.
    positive = [explained(query, reference, -signed, model=model)]
    curves = removal_curves(model, positive, shares=[0.2], ranking="signed")
    assert curves.fidelity_plus.item() == 1


def test_only_signed_ranking_sees_a_wrong_sign():
    query = planted_graph()
    pair = [explained(query, planted_graph(3), -planted_truth(query).double())]
    for ranking, plus in (("signed", 0), ("magnitude", 1)):
        curves = removal_curves(planted_model(), pair, shares=[0.2], ranking=ranking)
        assert curves.fidelity_plus.item() == plus


def test_ties_are_broken_by_the_seed_and_not_by_the_order():
    query = planted_graph(5)
    flat = [explained(query, planted_graph(3), torch.ones(10, dtype=D))]
    means = [
        removal_curves(planted_model(), flat, shares=[0.5], seed=seed).fidelity_plus.item()
        for seed in range(30)
    ]
    assert len(set(means)) > 2
    assert sum(means) / 30 == pytest.approx(0.5, abs=0.1)
    again = removal_curves(planted_model(), flat, shares=[0.5], seed=3).fidelity_plus.item()
    assert again == means[3]


def test_nothing_to_explain_is_undefined_and_counted(perfect):
    query = planted_graph()
    nothing = explained(query, planted_graph(0), planted_truth(query).double())
    curves = removal_curves(planted_model(), [perfect[0], nothing])
    assert curves.undefined == 1
    assert curves.fidelity_plus[1].isnan().all()
    assert curves.fidelity_plus[0].isfinite().all()


def test_an_effect_far_below_that_of_random_removals_is_undefined():
    query = planted_graph(4)
    model = planted_model("euclidean")
    mask = planted_truth(query).double()
    # s = -(4 - m)^2: half the motif matches the reference best, and s0 is near s without any.
    pairs = [explained(query, planted_graph(m, 40), mask, model=model) for m in (2, 3, 4)]
    curves = removal_curves(model, pairs)
    assert (curves.whole - curves.empty).tolist() == [0, 8, 16]
    assert curves.effect.isnan().tolist() == [True, False, False]
    # Every part of the motif that goes makes an alike pair less alike: the whole is the most.
    assert removal_curves(model, pairs[2:], min_effect=0.99).undefined == 0
    assert removal_curves(model, pairs[1:2], min_effect=1.0).undefined == 1


def test_the_model_is_left_alone(perfect):
    model = SiameseGNN(ENCODERS["GINjk"](), "mean")
    model.train()
    pair = PairExplainer(model, Occlusion(), edge_mask_type="object").explain(
        [random_graph(6, 1)], [random_graph(5, 2)]
    )
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    removal_curves(model, pair)
    assert model.training and all(p.requires_grad for p in model.parameters())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(state, torch.get_rng_state())
    pair[0].query.edge_mask[0] = float("nan")
    with pytest.raises(ValueError, match=r"edge_mask of the query .* not finite"):
        removal_curves(model, pair)
    assert model.training


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shares": [0.5, 0.2]}, "shares must ascend"),
        ({"shares": [0.5, 1.2]}, "shares must ascend"),
        ({"shares": []}, "shares must ascend"),
        ({"side": "left"}, "side must be one of"),
        ({"ranking": "up"}, "ranking must be one of"),
        ({"elements": "atom"}, "elements must be one of"),
        ({"elements": "feature"}, "needs \\[10, 2\\]: explain with node_mask_type='attributes'"),
        ({"min_effect": -1}, "min_effect must be at least 0"),
        ({"side": "reference"}, "no masks on the side 'reference'"),
        ({"side": "reference", "elements": "edge"}, "no masks on the reference"),
    ],
)
def test_bad_input_is_named(model, perfect, arguments, message):
    with pytest.raises(ValueError, match=message):
        removal_curves(model, perfect, **arguments)


def test_options_that_measures_do_not_have_are_refused(model, perfect):
    for measure in (removal_curves, insertion_deletion, fidelity, robust_fidelity):
        with pytest.raises(TypeError, match=r"has no option `sides`: choose from .*seed, side"):
            measure(model, perfect, sides="both")


def test_another_model_than_the_explained_one_is_refused(perfect):
    other = planted_model("cosine")
    for measure in (removal_curves, insertion_deletion, fidelity, robust_fidelity):
        with pytest.raises(OtherModelError, match="give the model as it was when it was explained"):
            measure(other, perfect)


def test_no_explanation_and_no_model_are_named(model, perfect):
    with pytest.raises(ValueError, match="no explanations"):
        removal_curves(model, [])
    with pytest.raises(TypeError, match=r"must be a SiameseGNN \(got Linear"):
        removal_curves(torch.nn.Linear(1, 1), perfect)


class MeanOfEdges(torch.nn.Module):
    """Divides by the number of each graph's edges."""

    def forward(self, x, edge_index, batch):
        edges = torch.bincount(batch[edge_index[0]], minlength=int(batch.max()) + 1)
        return x / edges[batch][:, None] - 1 / edges[batch][:, None]


def test_a_similarity_that_is_not_finite_is_an_error_and_not_an_undefined_pair(perfect):
    model = SiameseGNN(MeanOfEdges(), "add", "dot")
    with pytest.raises(ValueError, match="not finite for 1 of 1 pairs that lack some elements"):
        removal_curves(model, perfect)


def _cut(graph, keep):
    return Data(x=graph.x, edge_index=graph.edge_index[:, keep], edge_attr=graph.edge_attr[keep])


@pytest.mark.parametrize("measure", [sparse_fidelity, effect_overlap])
@pytest.mark.parametrize(
    ("part", "value", "error"),
    [
        *((name, torch.ones(2), ValueError) for name in ("selected", "whole", "effect", "kept")),
        ("shares", torch.ones(2, 3), ValueError),
        ("removed", [[1.0]], TypeError),
    ],
    ids=["selected", "whole", "effect", "kept", "shares", "removed"],
)
def test_curves_that_were_changed_are_refused(measure, part, value, error):
    pairs, points = torch.rand(3, 5), torch.rand(3)
    curves = RemovalCurves(torch.linspace(0, 1, 5), pairs, points, points, points, pairs, pairs)
    measure(curves)
    with pytest.raises(error, match=r"curves.*(fits its other parts|must be a Tensor)"):
        measure(replace(curves, **{part: value}))


def test_shares_in_a_tensor_are_shares(model):
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    explanations = [explainer(planted_graph(3), planted_graph(2))]
    listed = removal_curves(model, explanations, shares=[0.1, 0.2, 0.5, 1.0])
    given = removal_curves(model, explanations, shares=torch.tensor([0.1, 0.2, 0.5, 1.0]))
    assert torch.equal(given.removed, listed.removed) and torch.equal(given.kept, listed.kept)


@pytest.mark.parametrize("shape", [(21,), (1, 21), (3, 21), (2, 2, 21), (2, 20)])
def test_areas_are_of_curves_of_the_same_pairs(shape):
    zeros = torch.zeros(2, 21, dtype=torch.double)
    shares = torch.linspace(0, 1, 21, dtype=torch.double)
    ends = torch.ones(2, dtype=torch.double)
    curves = RemovalCurves(shares, shares.expand(2, 21), ends, ends, ends, zeros, zeros)
    assert curves.area(zeros + 1).tolist() == [1, 1]
    with pytest.raises(ValueError, match=r"values must be curves of shape \[2, 21\]"):
        curves.area(torch.ones(shape))
    with pytest.raises(TypeError, match="values must be real numbers"):
        curves.area(zeros > 0)
