"""What a map shows of its tables."""

import numpy as np
from group_tables import SMALL, tables

from pyg_siamex.visualize.connectome.map_contents import (
    named,
    network_cells,
    reach_of,
    shown_connections,
    signed_edges,
)


def test_edges_have_the_sign_of_the_stronger_class():
    shown, _ = shown_connections(tables()["connections"])
    edges = signed_edges(shown, list(SMALL.names), "healthy")
    assert [np.sign(edge.value) for edge in edges] == [1, -1, 1]
    assert np.allclose([abs(edge.value) for edge in edges], shown["z"].abs())
    assert reach_of(shown).startswith("thin to thick: |z| from 4.6")
    assert named(shown, "z")[1].startswith("z 4.82, ill: ")


def test_cells_are_the_lower_triangle():
    values, stars = network_cells(tables(), SMALL, "z")
    assert stars == [(1, 0)] and values[1, 0] == 4 and np.isnan(values).sum() == values.size - 1
    assert network_cells({}, SMALL, "z") == (None, [])
