"""Pairs of which masks are averaged, and how a library's overview has them."""

import logging
from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.explain import Overview
from pyg_siamex.recipe.labelled import Labelled
from pyg_siamex.recipe.masked_overview import mixed_pairs, with_kept_groups


@given(st.lists(st.integers(0, 3), min_size=2, max_size=30), st.integers(1, 40))
def test_pairs_are_different_and_of_both_kinds(labels, most):
    pairs = mixed_pairs(labels, most)
    assert pairs == mixed_pairs(labels, most)
    assert len({frozenset(pair) for pair in pairs}) == len(pairs)
    every = list(combinations(range(len(labels)), 2))
    for alike in (True, False):
        found = [pair for pair in pairs if (labels[pair[0]] == labels[pair[1]]) == alike]
        there = [pair for pair in every if (labels[pair[0]] == labels[pair[1]]) == alike]
        assert len(found) <= most
        if len(labels) <= most:  # all steps are taken
            assert len(found) == min(most, len(there))


def test_an_overview_stands_where_masks_are_refused(caplog):
    def refuse(*_):
        raise ValueError("this layer has no masks")

    domain = SimpleNamespace(explainer=lambda *_: SimpleNamespace(explain=refuse), method="masks")
    graph = SimpleNamespace(num_edges=3)
    data = Labelled([graph, graph], ["a", "b"], [0, 0], ["all"], [["g"], ["g"]], 2)
    found = object.__new__(Overview)
    with caplog.at_level(logging.WARNING):
        assert with_kept_groups(found, domain, None, data) is found
    assert "this layer has no masks" in caplog.text


@pytest.mark.parametrize("edges, pairs", [(10, 100), (10_000, 25), (10_000_000, 5)])
def test_large_graphs_have_fewer_pairs(edges, pairs):
    from pyg_siamex.recipe.masked_overview import _affordable

    assert _affordable([SimpleNamespace(num_edges=edges)] * 3) == pairs


def test_graphs_many_times_as_large_as_most_are_left_out(caplog):
    asked = []

    def explain(queries, references):
        asked.extend([*queries, *references])
        raise ValueError("asked")

    domain = SimpleNamespace(explainer=lambda *_: SimpleNamespace(explain=explain), method="masks")
    graphs = [SimpleNamespace(num_edges=edges) for edges in (30, 40, 900, 8000, 50)]
    data = Labelled(graphs, list("abcde"), [0, 0, 1, 1, 1], ["x", "y"], [["g"]] * 5, 2)
    with caplog.at_level(logging.WARNING):
        with_kept_groups(object.__new__(Overview), domain, None, data)
    assert {graph.num_edges for graph in asked} == {30, 40, 900, 50}
    assert "leave out 1 of 5 graphs, which have more than 1000 edges" in caplog.text
