"""Levels against sorting by hand."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.explain.self_learned.invariance import height
from pyg_siamex.explain.self_learned.invariance.levels import Levels, by_level, number_of

GRAPHS = st.lists(st.lists(st.integers(0, 4), max_size=8), min_size=1, max_size=4)


def flat(graphs):
    scores = torch.tensor([float(s) for own in graphs for s in own], dtype=torch.double)
    return scores, torch.tensor([k for k, own in enumerate(graphs) for _ in own], dtype=torch.long)


@settings(deadline=None, max_examples=60)
@given(GRAPHS)
def test_equal_scores_of_a_graph_are_one_level_from_high_to_low(graphs):
    score, graph = flat(graphs)
    levels = Levels.of_score(score, graph)
    expected = [(k, s) for k, own in enumerate(graphs) for s in sorted(set(own), reverse=True)]
    assert list(zip(levels.graph.tolist(), levels.score.tolist(), strict=True)) == expected
    assert [expected[level] for level in levels.of.tolist()] == [
        (k, s) for k, own in enumerate(graphs) for s in own
    ]
    assert levels.size.tolist() == [graphs[k].count(s) for k, s in expected]
    assert len(levels) == number_of(levels.of) == len(expected)
    assert torch.equal(by_level(score, levels.of), levels.score)


@settings(deadline=None, max_examples=60)
@given(GRAPHS)
def test_height_is_the_share_of_lower_elements(graphs):
    score, graph = flat(graphs)
    expected = [
        sum(other < s for other in own) / max(len(own) - 1, 1) for own in graphs for s in own
    ]
    found = height(score, Levels.of_score(score, graph).of, graph)
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.double))


def test_elements_of_one_level_have_one_height():
    """Their scores differ by rounding, which depends on how nodes are numbered."""
    score = torch.tensor([0.5, 0.5 + 1e-4, 0.9, 0.1, 0.3, 0.3 + 1e-4])
    graph = torch.tensor([0, 0, 0, 0, 1, 1])
    level = Levels.of_score(score, graph, torch.tensor([1e-3, 1e-3])).of
    found = height(score, level, graph)
    assert found.tolist() == pytest.approx([1 / 3, 1 / 3, 1, 0, 0, 0])
    other = torch.tensor([0.5 + 1e-4, 0.5, 0.9, 0.1, 0.3 + 1e-4, 0.3])
    assert torch.equal(height(other, level, graph), found)


def test_a_level_is_ranked_by_its_mean_score():
    """Elements without an explanation are in the last level and have the median score."""
    score, graph = torch.tensor([0.9, 0.5, 0.1]), torch.zeros(3, dtype=torch.long)
    assert height(score, torch.tensor([0, 2, 1]), graph).tolist() == [1.0, 0.5, 0.0]


def test_rounding_joins_neighbours_and_nothing_else():
    score = torch.tensor([1.0, 1.0 + 1e-14, 1.0 + 1e-3, 1.0], dtype=torch.double)
    graph = torch.tensor([0, 0, 0, 1])
    assert Levels.of_score(score, graph).of.tolist() == [1, 1, 0, 2]
    wide = torch.tensor([0.01, 0.0], dtype=torch.double)
    assert Levels.of_score(score, graph, wide).of.tolist() == [0, 0, 0, 1]


NUMBERS = torch.zeros(4, dtype=torch.long)


@pytest.mark.parametrize("name", ["level", "graph"])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (NUMBERS[:3], ValueError, r"is \[3\], and there are 4 scores"),
        (NUMBERS - 1, ValueError, "must be numbers from 0"),
        (NUMBERS.float(), TypeError, "must be of torch.long"),
        (None, TypeError, "must be a Tensor"),
    ],
    ids=["short", "negative", "float", "none"],
)
def test_heights_are_of_one_level_and_graph_for_each_score(name, wrong, error, message):
    given = {"level": NUMBERS, "graph": NUMBERS, name: wrong}
    with pytest.raises(error, match=f"`{name}` {message}"):
        height(torch.rand(4), **given)
