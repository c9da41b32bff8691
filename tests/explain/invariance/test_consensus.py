"""Consensus and order against counting by hand."""

import math

import networkx as nx
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.explain.invariance import agree, height

SIZES = [9, 1, 14, 2]


def drawn(seed: int, voices: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    graph = torch.arange(len(SIZES)).repeat_interleave(torch.tensor(SIZES))
    base = torch.rand(len(graph), 1, generator=generator, dtype=torch.double)
    noise = torch.rand(len(graph), voices, generator=generator, dtype=torch.double)
    return base + 0.5 * noise, graph


def scaled_by_hand(importance: torch.Tensor, graph: torch.Tensor) -> torch.Tensor:
    out = importance.clone()
    for g in graph.unique():
        out[graph == g] /= importance[graph == g].max(0).values
    return out


def test_the_score_is_the_mean_of_importances_scaled_in_each_graph() -> None:
    importance, graph = drawn(0)
    expected = scaled_by_hand(importance, graph).mean(1)
    torch.testing.assert_close(agree(importance, graph, 0.2).score, expected)


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.2, 0.5]), st.sampled_from([0.0, 0.1]))
@settings(max_examples=30, deadline=None)
def test_every_relation_holds_in_the_share_it_claims(
    seed: int, alpha: float, margin: float
) -> None:
    importance, graph = drawn(seed)
    scaled = scaled_by_hand(importance, graph)
    order = agree(importance, graph, alpha, margin).order
    for i, j, confidence in zip(order.upper, order.lower, order.confidence, strict=True):
        share = float((scaled[i] - scaled[j] > margin).double().mean())
        assert share == confidence
        assert share >= 1 - alpha
        assert graph[i] == graph[j]


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_relations_have_no_cycle_and_are_at_most_n_log_n(seed: int) -> None:
    importance, graph = drawn(seed)
    order = agree(importance, graph, 0.5).order
    edges = list(zip(order.upper.tolist(), order.lower.tolist(), strict=True))
    assert nx.is_directed_acyclic_graph(nx.DiGraph(edges))
    assert len(set(edges)) == len(edges)
    assert len(edges) <= sum(n * math.ceil(math.log2(n)) for n in SIZES if n > 1)


def test_what_is_left_out_at_power_of_two_distances_is_implied() -> None:
    importance, graph = drawn(3)
    scaled = scaled_by_hand(importance, graph)
    consensus = agree(importance, graph, 0.3)
    order = consensus.order
    closure = nx.transitive_closure(
        nx.DiGraph(list(zip(order.upper.tolist(), order.lower.tolist(), strict=True)))
    )
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
    order = agree(importance, torch.zeros(4, dtype=torch.long), 0.0).order
    assert list(zip(order.upper.tolist(), order.lower.tolist(), strict=True)) == [
        (3, 0),
        (0, 2),
        (2, 1),
    ]


def test_explanations_that_contradict_each_other_give_no_relation() -> None:
    up = torch.linspace(0, 1, 6, dtype=torch.double)
    importance = torch.stack([up, up.flip(0)], dim=1).repeat(1, 3)
    assert len(agree(importance, torch.zeros(6, dtype=torch.long), 0.3).order) == 0


def test_equal_elements_are_in_no_relation() -> None:
    importance = torch.ones(5, 4)
    consensus = agree(importance, torch.zeros(5, dtype=torch.long), 0.3)
    assert len(consensus.order) == 0
    assert (consensus.score == 1).all()


def test_what_opposes_a_similarity_does_not_rule_what_makes_it() -> None:
    """Element 0 is largest in magnitude against all, and pushes apart from one in three."""
    importance = torch.tensor([[3.0, 3.0, -3.0], [1.0, 1.0, 2.9], [0.5, 0.5, 1.4]])
    graph = torch.zeros(3, dtype=torch.long)
    relations = agree(importance, graph, 0.0).order
    assert list(zip(relations.upper.tolist(), relations.lower.tolist(), strict=True)) == [
        (1, 2),
        (0, 2),
    ]


def test_explanations_of_unlike_pairs_are_turned_to_what_makes_them_unlike() -> None:
    importance, graph = drawn(2)
    flipped = importance * torch.tensor([1.0, -1, 1, -1, 1, 1, -1])
    one, other = agree(importance, graph, 0.2), agree(flipped, graph, 0.2)
    torch.testing.assert_close(one.score, other.score)
    assert torch.equal(one.order.upper, other.order.upper)
    assert torch.equal(one.order.lower, other.order.lower)


def test_importances_of_zero_stay_zero() -> None:
    consensus = agree(torch.zeros(4, 3), torch.tensor([0, 0, 1, 1]), 0.3)
    assert (consensus.score == 0).all()


def test_an_element_of_which_nothing_is_known_gets_the_median_and_no_relation() -> None:
    importance, graph = drawn(5)
    importance[3] = torch.nan
    consensus = agree(importance, graph, 0.5)
    rest = (graph == 0) & (torch.arange(len(graph)) != 3)
    assert consensus.score[3] == consensus.score[rest].median()
    assert 3 not in consensus.order.upper.tolist() + consensus.order.lower.tolist()


def test_missing_voices_do_not_count() -> None:
    importance = torch.tensor([[2.0, torch.nan, 2.0], [1.0, 5.0, 1.0]])
    consensus = agree(importance, torch.zeros(2, dtype=torch.long), 0.0)
    assert consensus.order.confidence.tolist() == [1.0]
    assert consensus.order.upper.tolist() == [0]


def test_no_elements_have_no_consensus() -> None:
    consensus = agree(torch.empty(0, 3), torch.empty(0, dtype=torch.long), 0.2)
    assert len(consensus.score) == len(consensus.order) == 0


@given(st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.9]), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_the_height_is_the_share_of_other_elements_below(scores: list[float]) -> None:
    score = torch.tensor(scores + scores, dtype=torch.double)
    graph = torch.arange(2).repeat_interleave(len(scores))
    shuffled = torch.randperm(len(score), generator=torch.Generator().manual_seed(0))
    found = height(score[shuffled], graph[shuffled])
    for k, place in zip(shuffled.tolist(), found.tolist(), strict=True):
        own = score[graph == graph[k]]
        below = float((own < score[k]).sum()) / max(len(own) - 1, 1)
        assert place == below


def test_the_order_of_elements_does_not_matter() -> None:
    importance, graph = drawn(11)
    shuffled = torch.randperm(len(graph), generator=torch.Generator().manual_seed(1))
    one, other = agree(importance, graph, 0.3), agree(importance[shuffled], graph[shuffled], 0.3)
    torch.testing.assert_close(one.score[shuffled], other.score)
    relations = set(zip(one.order.upper.tolist(), one.order.lower.tolist(), strict=True))
    back = set(
        zip(shuffled[other.order.upper].tolist(), shuffled[other.order.lower].tolist(), strict=True)
    )
    assert relations == back
