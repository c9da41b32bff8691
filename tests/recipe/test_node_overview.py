"""Pairs of graphs for an overview that explains some of them."""

from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.recipe.node_overview import some_pairs


@given(st.integers(2, 40))
def test_each_graph_has_ten_different_others(count):
    pairs = some_pairs(count)
    assert pairs == some_pairs(count)
    for graph in range(count):
        others = [other for one, other in pairs if one == graph]
        assert len(others) == len(set(others)) == min(10, count - 1)
        assert graph not in others and all(0 <= other < count for other in others)
