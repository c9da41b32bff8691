"""Whoever reads an explanation finds the same value for the same edge."""

import base64
import re
from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from masked_graphs import (
    WIDTH,
    Ends,
    arrows_of,
    columns_of,
    is_undirected,
    masked_graphs,
    pairs_of,
    renumbered,
    strongest_of,
)
from torch_geometric.explain import Explanation
from torch_geometric.nn import GIN
from torch_geometric.utils import from_smiles

from pyg_siamex import PairExplanation, SiameseGNN
from pyg_siamex.explain.elements import undirected_edges
from pyg_siamex.metric import EvaluationProtocol, element_importance
from pyg_siamex.metric.over_pairs import ranked_importances
from pyg_siamex.recipe.connectomes.explaining import strongest_connections
from pyg_siamex.recipe.molecules.explaining import strongest_bonds
from pyg_siamex.visualize import draw_circles, draw_graphs
from pyg_siamex.visualize.connectome.drawn_graph import drawn_graphs
from pyg_siamex.visualize.graph.network import weighted_network
from pyg_siamex.visualize.molecule.atoms_and_bonds import importance_of
from pyg_siamex.visualize.notebook import pair_table
from pyg_siamex.visualize.report.pair.pair_section import pair_section

SMILES = "CC(=O)Oc1ccccc1"
MANY = 99
MODEL = SiameseGNN(GIN(WIDTH, 4, 1), "add").double().eval()

slow = settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))


def pair(graph: Explanation, prediction: float = 0.5) -> PairExplanation:
    return PairExplanation(graph.clone(), graph.clone(), prediction, algorithm="Hand")


def by_measures(graph: Explanation) -> dict[Ends, float]:
    ends = sorted(pairs_of(graph))
    values = element_importance(pair(graph), elements="edge", undirected=True).tolist()
    return dict(zip(ends, values, strict=True))


def by_ranking(graph: Explanation) -> dict[Ends, float]:
    """What is ranked when the model is asked: magnitudes."""
    protocol = EvaluationProtocol("edge", undirected=True)
    explained = pair(graph, float(MODEL(graph, graph)))
    (values,) = ranked_importances(MODEL, [explained], protocol)
    return dict(zip(sorted(pairs_of(graph)), values.tolist(), strict=True))


def by_lines(graph: Explanation) -> dict[Ends, float]:
    return {edge[:2]: edge.value for edge in drawn_graphs(pair(graph))[0].edges}


def by_export(graph: Explanation) -> dict[Ends, float]:
    return of_network(pair(graph).to_networkx()[0])


def by_network(graph: Explanation) -> dict[Ends, float]:
    return of_network(weighted_network(graph, None, None))


def of_network(network: nx.Graph) -> dict[Ends, float]:
    """Edges by ends; of an undirected graph the lower node first."""
    rows = [(int(u), int(v), value) for u, v, value in network.edges(data="importance")]
    assert all(value == 0 for u, v, value in rows if u == v)
    own = [((u, v) if network.is_directed() or u < v else (v, u), w) for u, v, w in rows if u != v]
    return dict(own)


def by_page(graph: Explanation) -> dict[Ends, float]:
    """From the JSON of a page; parallel entries of a direction are read as one edge."""
    side = pair_section(pair(graph)).data["sides"][0]
    ends, values = (
        np.frombuffer(base64.b64decode(side[name]), dtype="<f4") for name in ("ends", "importance")
    )
    found: dict[Ends, list[float]] = {}
    for (u, v), value in zip(ends.astype(int).reshape(-1, 2).tolist(), values, strict=True):
        found.setdefault((u, v), []).append(float(value))
    return {ends: strongest_of(values) for ends, values in found.items()}


def by_notebook(graph: Explanation) -> dict[Ends, float]:
    text = pair_table(pair(graph)).replace("\u2212", "-")
    row = re.search("strongest edges of the query</th><td>(.*?)</td>", text)
    cells = re.findall("([0-9]+) \u2013 ([0-9]+): ([-0-9.]+)", row[1] if row else "")
    return {(int(u), int(v)): float(value) for u, v, value in cells}


def by_table(graph: Explanation) -> dict[Ends, float]:
    """From the rows of the command line."""
    named = graph.clone()
    named.roi_names = [str(k) for k in range(graph.num_nodes)]
    rows = strongest_connections(named, MANY)
    return {tuple(int(k) for k in name.split(" \u2013 ")): value for name, _, value in rows}


READERS: list[Callable[[Explanation], dict[Ends, float]]] = [
    by_measures, by_lines, by_export, by_network, by_page, by_table,
]  # fmt: skip


def rounded(found: dict[Ends, float]) -> dict[Ends, float]:
    return {ends: round(value, 5) for ends, value in found.items()}


@slow
@given(masked_graphs(both_ways=True))
def test_everyone_gives_an_undirected_edge_the_same_value(graph: Explanation) -> None:
    expected = pairs_of(graph)
    for read in READERS:
        known = {e: v for e, v in expected.items() if v != 0 or read is not by_table}
        assert rounded(read(graph)) == rounded(known), read.__name__
    assert by_ranking(graph) == {ends: abs(value) for ends, value in expected.items()}
    listed = by_notebook(graph)
    assert listed == {ends: expected[ends] for ends in listed}
    assert len(listed) == min(5, sum(value != 0 for value in expected.values()))


@slow
@given(masked_graphs(both_ways=False))
def test_arrows_have_their_own_value_and_lines_the_larger_one(graph: Explanation) -> None:
    arrows, lines = arrows_of(graph), pairs_of(graph)
    for read in (by_export, by_network, by_page):
        assert rounded(read(graph)) == rounded(lines if is_undirected(graph) else arrows)
    assert by_lines(graph) == by_measures(graph) == lines
    assert by_table(graph) == {ends: value for ends, value in lines.items() if value != 0}


@slow
@given(masked_graphs())
def test_everyone_gives_a_node_the_same_value(graph: Explanation) -> None:
    ends = columns_of(graph)
    expected = [strongest_of([v for pair, v in ends if k in pair]) for k in range(graph.num_nodes)]
    explanation = pair(graph)
    assert element_importance(explanation, elements="node").tolist() == expected
    exported = explanation.to_networkx()[0].nodes(data="importance")
    assert [value for _, value in exported] == expected
    drawn = weighted_network(graph, None, None).nodes(data="strongest_edge")
    assert [value for _, value in drawn] == expected
    side = pair_section(explanation).data["sides"][0]
    found = np.frombuffer(base64.b64decode(side["values"]), dtype="<f4")
    assert found.tolist() == pytest.approx(expected)


@slow
@given(masked_graphs())
def test_regions_are_drawn_by_the_sum_over_their_edges(graph: Explanation) -> None:
    drawn = drawn_graphs(pair(graph))[0]
    for node, found in enumerate(drawn.nodes.tolist()):
        own = [value for low, high, value in undirected_edges(graph) if node in (low, high)]
        sign = -1 if sum(own) < 0 else 1
        assert found == pytest.approx(sign * sum(map(abs, own)))


@slow
@given(masked_graphs(both_ways=True), st.data())
def test_what_is_listed_does_not_depend_on_the_order_of_edges(graph, data) -> None:
    same = list(range(graph.num_nodes))
    other = renumbered(graph, same, data.draw(st.permutations(range(graph.num_edges))))
    assert pair_table(pair(other)) == pair_table(pair(graph))
    assert list(by_table(other).items()) == list(by_table(graph).items())
    assert drawn_graphs(pair(other))[0].edges == drawn_graphs(pair(graph))[0].edges
    assert pair_section(pair(other)).data == pair_section(pair(graph)).data


@slow
@given(masked_graphs(both_ways=True), st.data())
def test_values_go_with_the_nodes_when_these_are_renumbered(graph, data) -> None:
    order = data.draw(st.permutations(range(graph.num_nodes)))
    other = renumbered(graph, order, list(range(graph.num_edges)))
    for read in READERS:
        moved = {
            (min(order[u], order[v]), max(order[u], order[v])): value
            for (u, v), value in read(graph).items()
        }
        assert read(other) == moved, read.__name__


@slow
@given(st.data())
def test_a_bond_has_one_value_in_picture_page_table_and_measure(data) -> None:
    plain = from_smiles(SMILES)
    values = data.draw(st.lists(st.floats(-1, 1, width=32), min_size=plain.num_edges,
                                max_size=plain.num_edges))  # fmt: skip
    graph = Explanation(
        x=plain.x.float(), edge_index=plain.edge_index, edge_mask=torch.tensor(values)
    )
    graph.smiles = SMILES
    expected = pairs_of(graph)
    assert importance_of(graph, None).bonds == expected
    assert rounded(by_page(graph)) == rounded(expected)
    assert by_measures(graph) == by_export(graph) == expected
    listed = [
        (tuple(int(k) for k in re.findall("[0-9]+", name)), value)
        for name, value in strongest_bonds(graph, 4)
    ]
    by_strength = sorted(expected, key=lambda ends: (-abs(expected[ends]), ends))[:4]
    assert listed == [(ends, expected[ends]) for ends in by_strength if expected[ends] != 0]


def test_two_directions_of_unlike_value_are_one_edge() -> None:
    """The example: 1 and -0.8 are 1, neither 0.1 nor what one direction happens to say."""
    graph = Explanation(
        x=torch.ones(2, WIDTH),
        edge_index=torch.tensor([[1, 0], [0, 1]]),
        edge_mask=torch.tensor([1.0, -0.8]),
    )
    assert all(read(graph) == {(0, 1): 1.0} for read in (*READERS, by_notebook))
    assert not pair(graph).to_networkx()[0].is_directed()


@given(masked_graphs(), st.data())
@settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))
def test_pictures_do_not_depend_on_the_order_of_edges(tmp_path_factory, graph, data) -> None:
    same = list(range(graph.num_nodes))
    other = renumbered(graph, same, data.draw(st.permutations(range(graph.num_edges))))
    folder = tmp_path_factory.mktemp("pictures")
    for draw in (draw_graphs, draw_circles):
        paths = [folder / f"{draw.__name__}_{k}.svg" for k in range(2)]
        for path, drawn in zip(paths, (graph, other), strict=True):
            draw(pair(drawn), path)
        assert paths[0].read_bytes() == paths[1].read_bytes()
