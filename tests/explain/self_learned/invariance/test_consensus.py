"""Consensus and order against counting by hand."""

import math
from collections.abc import Sequence

import networkx as nx
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.explain.self_learned.invariance import Consensus, Order, Voices, agree, height
from pyg_siamex.explain.self_learned.invariance.levels import Levels

SIZES = [9, 1, 14, 2]


def drawn(seed: int, voices: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    graph = torch.arange(len(SIZES)).repeat_interleave(torch.tensor(SIZES))
    base = torch.rand(len(graph), 1, generator=generator, dtype=torch.double)
    noise = torch.rand(len(graph), voices, generator=generator, dtype=torch.double)
    return base + 0.5 * noise, graph


def voices_of(
    importance: torch.Tensor, graph: torch.Tensor, sign: Sequence[int] | None = None
) -> Voices:
    """Voices without rounding; each has one sign for all graphs, 1 by default."""
    graphs = int(graph.max()) + 1 if len(graph) else 0
    signs = torch.ones(importance.size(1)) if sign is None else torch.tensor(sign)
    return Voices.of(importance, graph, signs.expand(graphs, -1), importance.new_zeros(graphs))


def agreed(
    importance: torch.Tensor, graph: torch.Tensor, alpha: float, margin: float = 0.0
) -> Consensus:
    return agree(voices_of(importance, graph), alpha, margin)


def relations(order: Order) -> list[tuple[int, int]]:
    return [(i, j) for i, j in order.between_elements()[0].tolist()]


def scaled_by_hand(importance: torch.Tensor, graph: torch.Tensor) -> torch.Tensor:
    out = importance.clone()
    for g in graph.unique():
        out[graph == g] /= importance[graph == g].max(0).values
    return out


def test_the_score_is_the_mean_of_importances_scaled_in_each_graph() -> None:
    importance, graph = drawn(0)
    expected = scaled_by_hand(importance, graph).mean(1)
    torch.testing.assert_close(agreed(importance, graph, 0.2).score, expected)


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.2, 0.5]), st.sampled_from([0.0, 0.1]))
@settings(max_examples=30, deadline=None)
def test_every_relation_holds_in_the_share_it_claims(
    seed: int, alpha: float, margin: float
) -> None:
    importance, graph = drawn(seed)
    scaled = scaled_by_hand(importance, graph)
    order = agreed(importance, graph, alpha, margin).order
    pairs, relation = order.between_elements()
    for (i, j), confidence in zip(pairs, order.confidence[relation], strict=True):
        share = float((scaled[i] - scaled[j] > margin).double().mean())
        assert share == pytest.approx(float(confidence), abs=1e-12)
        assert share >= 1 - alpha
        assert graph[i] == graph[j]


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_relations_have_no_cycle_and_are_at_most_n_log_n(seed: int) -> None:
    importance, graph = drawn(seed)
    order = agreed(importance, graph, 0.5).order
    edges = relations(order)
    assert nx.is_directed_acyclic_graph(nx.DiGraph(edges))
    assert len(set(edges)) == len(edges)
    assert len(edges) <= sum(n * math.ceil(math.log2(n)) for n in SIZES if n > 1)


def test_what_is_left_out_at_power_of_two_distances_is_implied() -> None:
    importance, graph = drawn(3)
    scaled = scaled_by_hand(importance, graph)
    consensus = agreed(importance, graph, 0.3)
    order = consensus.order
    closure = nx.transitive_closure(nx.DiGraph(relations(order)))
    asked = 0
    for g in graph.unique():
        inside = (graph == g).nonzero().flatten()
        ranked = inside[consensus.score[inside].argsort(descending=True)].tolist()
        for place, i in enumerate(ranked):
            for distance in (1, 2, 4, 8):
                if place + distance < len(ranked):
                    j = ranked[place + distance]
                    if float((scaled[i] > scaled[j]).double().mean()) >= 0.7:
                        assert closure.has_edge(i, j)
                        asked += 1
    assert asked > 20


def test_explanations_that_agree_on_all_give_a_chain() -> None:
    importance = torch.tensor([3.0, 1.0, 2.0, 5.0])[:, None].expand(4, 6)
    order = agreed(importance, torch.zeros(4, dtype=torch.long), 0.0).order
    assert relations(order) == [(3, 0), (0, 2), (2, 1)]


def test_explanations_that_contradict_each_other_give_no_relation() -> None:
    up = torch.linspace(0, 1, 6, dtype=torch.double)
    importance = torch.stack([up, up.flip(0)], dim=1).repeat(1, 3)
    assert len(agreed(importance, torch.zeros(6, dtype=torch.long), 0.3).order) == 0


def test_equal_elements_are_in_no_relation() -> None:
    importance = torch.ones(5, 4)
    consensus = agreed(importance, torch.zeros(5, dtype=torch.long), 0.3)
    assert len(consensus.order) == 0
    assert (consensus.score == 1).all()


def test_what_opposes_a_similarity_does_not_rule_what_makes_it() -> None:
    """Element 0 is largest in magnitude against all, and pushes apart from one in three."""
    importance = torch.tensor([[3.0, 3.0, -3.0], [1.0, 1.0, 2.9], [0.5, 0.5, 1.4]])
    graph = torch.zeros(3, dtype=torch.long)
    found = agreed(importance, graph, 0.0)
    assert relations(found.order) == [(1, 2), (0, 2)]
    expected = torch.tensor([1 + 1 + 0.5, 1 / 3 + 1 / 3 + 2.9 / 3, 1 / 6 + 1 / 6 + 1.4 / 3]) / 3
    torch.testing.assert_close(found.score, expected)


def test_the_direction_is_the_sign_of_the_mean_whatever_the_magnitude() -> None:
    importance = torch.tensor([[1.0, 1.0, 1.0], [0.4, 0.4, -0.9], [-0.4, -0.4, 0.7], [0, 0, 0]])
    found = agreed(importance, torch.zeros(4, dtype=torch.long), 0.3)
    assert found.direction.tolist() == [1, -1, -1, 1]


def test_explanations_of_unlike_pairs_are_turned_to_what_makes_them_unlike() -> None:
    importance, graph = drawn(2)
    sign = [1, -1, 1, -1, 1, 1, -1]
    flipped = importance * torch.tensor(sign)
    one, other = agreed(importance, graph, 0.2), agree(voices_of(flipped, graph, sign), 0.2)
    torch.testing.assert_close(one.score, other.score)
    assert relations(one.order) == relations(other.order)
    assert (one.direction == 1).all() and (other.direction == 1).all()


def test_importances_of_zero_stay_zero() -> None:
    consensus = agreed(torch.zeros(4, 3), torch.tensor([0, 0, 1, 1]), 0.3)
    assert (consensus.score == 0).all()


def test_an_element_of_which_nothing_is_known_gets_the_median_and_no_relation() -> None:
    importance, graph = drawn(5)
    importance[3] = torch.nan
    consensus = agreed(importance, graph, 0.5)
    rest = (graph == 0) & (torch.arange(len(graph)) != 3)
    assert consensus.score[3] == consensus.score[rest].median()
    assert 3 not in consensus.order.between_elements()[0].flatten().tolist()


def test_missing_voices_do_not_count() -> None:
    importance = torch.tensor([[2.0, torch.nan, 2.0], [1.0, 5.0, 1.0]])
    consensus = agreed(importance, torch.zeros(2, dtype=torch.long), 0.0)
    assert consensus.order.confidence.tolist() == [1.0]
    assert relations(consensus.order) == [(0, 1)]


def test_no_elements_have_no_consensus() -> None:
    consensus = agreed(torch.empty(0, 3), torch.empty(0, dtype=torch.long), 0.2)
    assert len(consensus.score) == len(consensus.order) == 0


@given(st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.9]), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_the_height_is_the_share_of_other_elements_below(scores: list[float]) -> None:
    score = torch.tensor(scores + scores, dtype=torch.double)
    graph = torch.arange(2).repeat_interleave(len(scores))
    shuffled = torch.randperm(len(score), generator=torch.Generator().manual_seed(0))
    level = Levels.of_score(score, graph).of
    found = height(score[shuffled], level[shuffled], graph[shuffled])
    for k, place in zip(shuffled.tolist(), found.tolist(), strict=True):
        own = score[graph == graph[k]]
        below = float((own < score[k]).sum()) / max(len(own) - 1, 1)
        assert place == below


def test_the_order_of_elements_does_not_matter() -> None:
    importance, graph = drawn(11)
    shuffled = torch.randperm(len(graph), generator=torch.Generator().manual_seed(1))
    one, other = agreed(importance, graph, 0.3), agreed(importance[shuffled], graph[shuffled], 0.3)
    torch.testing.assert_close(one.score[shuffled], other.score)
    number = shuffled.tolist()
    assert set(relations(one.order)) == {(number[i], number[j]) for i, j in relations(other.order)}


@given(st.integers(0, 10_000), st.sampled_from([torch.float, torch.double]))
@settings(max_examples=30, deadline=None)
def test_tied_elements_are_in_the_same_relations(seed: int, dtype: torch.dtype) -> None:
    """Twins whose importances differ by rounding, wherever they stand."""
    generator = torch.Generator().manual_seed(seed)
    importance, graph = drawn(seed)
    twins = {0: [4, 7], 10: [12, 20], 13: [14]}
    for one, others in twins.items():
        for other in others:
            rounding = 1 + 4 * torch.finfo(dtype).eps * torch.randn(7, generator=generator).double()
            importance[other] = importance[one] * rounding
    shuffled = torch.randperm(len(graph), generator=generator)
    found = agreed(importance[shuffled].to(dtype), graph[shuffled], 0.3)
    number = shuffled.tolist()
    pairs = {(number[i], number[j]) for i, j in relations(found.order)}
    assert pairs
    for one, others in twins.items():
        for other in others:
            assert (one, other) not in pairs
            assert (other, one) not in pairs
            assert {j for i, j in pairs if i == one} == {j for i, j in pairs if i == other}
            assert {i for i, j in pairs if j == one} == {i for i, j in pairs if j == other}


def test_a_group_is_above_another_where_each_element_is_above_each() -> None:
    """Equal scores by chance: the weaker of 0 and 1 decides, and the stronger of 2 and 3."""
    importance = torch.tensor([[1.0, 0.8], [0.8, 1.0], [0.7, 0.9], [0.9, 0.7]])
    graph = torch.zeros(4, dtype=torch.long)
    assert len(agreed(importance, graph, 0.2).order) == 0
    importance[2:] -= 0.2
    order = agreed(importance, graph, 0.2).order
    assert relations(order) == [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert order.confidence.tolist() == [1.0]


def test_a_voice_of_nothing_but_rounding_is_not_heard() -> None:
    importance = torch.tensor([[1.0, 1e-7], [0.5, -3e-7], [0.2, 5e-7]])
    graph, rounding = torch.zeros(3, dtype=torch.long), torch.tensor([1e-6])
    found = agree(Voices.of(importance, graph, torch.ones(1, 2), rounding), 0.0)
    assert relations(found.order) == [(0, 1), (1, 2)]
    torch.testing.assert_close(found.score, importance[:, 0])
    alone = Voices.of(importance[:, 1:], graph, torch.ones(1, 1), rounding)
    assert (agree(alone, 0.0).score == 0).all()
    assert len(agree(alone, 0.0).order) == 0
