"""Parts of a pool of graphs."""

import pytest
from graphs import random_graph
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.explain.self_learned.invariance.parts import parts_of


@given(st.integers(0, 20), st.integers(1, 6))
def test_parts_hold_every_graph_once_in_order(count, size):
    graphs = [random_graph(3, k) for k in range(count)]
    parts = list(parts_of(graphs, size, False))
    assert [id(graph) for part in parts for graph in part] == list(map(id, graphs))
    assert all(len(part) == size for part in parts[:-1])


@pytest.mark.parametrize("progress", [True, False])
def test_the_bar_counts_graphs(progress, capsys):
    list(parts_of([random_graph(3, k) for k in range(5)], 2, progress))
    assert ("5/5" in capsys.readouterr().err) == progress
