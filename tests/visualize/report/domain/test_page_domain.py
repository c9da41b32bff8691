import sys

import pytest
import torch
from clouds import write_package
from explained import brain, molecule
from torch_geometric.explain import Explanation

from pyg_siamex import PairExplanation
from pyg_siamex.visualize.report.domain import (
    DOMAINS,
    GraphPage,
    _installed,
    domain_of,
    register_domain,
)


def pair(query, reference) -> PairExplanation:
    sides = (Explanation(**graph.to_dict()) for graph in (query, reference))
    return PairExplanation(*sides, prediction=0.5)


def masked(graph):
    graph.edge_mask = torch.ones(graph.num_edges)
    return graph


@pytest.mark.parametrize(
    ("graph", "name", "node", "edge"),
    [(lambda: molecule("CCO"), "molecules", "atom", "bond"),
     (lambda: brain(0), "connectomes", "region", "connection")],
)  # fmt: skip
def test_a_pair_has_the_first_domain_that_holds_it(graph, name, node, edge):
    found = domain_of(pair(masked(graph()), masked(graph())))
    assert (found.name, found.node, found.edge) == (name, node, edge)


def test_every_pair_is_held_by_the_last_domain():
    assert isinstance(DOMAINS[-1], GraphPage)
    two = pair(masked(molecule("CCO")), masked(brain(0)))
    assert domain_of(two).name == "graphs"


def test_atoms_of_two_molecules_are_never_shared():
    two = pair(masked(molecule("CCO")), masked(molecule("CCO")))
    found = domain_of(two)
    labels = found.labels(two)
    assert labels[0] == labels[1] and not found.shared(labels)


def test_each_domain_draws_a_node_for_each_label():
    for graph in (molecule("CCO"), brain(0)):
        two = pair(masked(graph), masked(graph))
        found = domain_of(two)
        labels = found.labels(two)
        sketches = found.sketches(two, found.shared(labels))
        assert [len(sketch.views[0]) for sketch in sketches] == [len(names) for names in labels]


def test_a_domain_of_ones_own_is_asked_first_until_it_is_removed():
    class Proteins(GraphPage):
        name, node, edge = "proteins", "residue", "contact"

        def holds(self, explanation):
            return "residues" in explanation.query

        def labels(self, explanation):
            return list(explanation.query.residues), list(explanation.reference.residues)

    graphs = [masked(molecule("CCO")), masked(molecule("CCC"))]
    for graph in graphs:
        graph.residues = ["ALA", "GLY", "SER"]
    two = pair(*graphs)
    handle = register_domain(Proteins())
    try:
        assert domain_of(two).node == "residue"
        assert domain_of(pair(masked(molecule("CCO")), masked(molecule("CC")))).node == "atom"
    finally:
        handle.remove()
    assert domain_of(two).node == "atom"
    with pytest.raises(TypeError, match="an instance of a PageDomain"):
        register_domain(Proteins)


def test_a_package_adds_a_domain_and_one_that_is_broken_stops_no_page(
    tmp_path, monkeypatch, caplog
):
    points = "broken = nowhere:PAGE\nclouds = page_clouds:PAGE"
    write_package(tmp_path, "page_clouds", pyg_siamex_pages=points)
    monkeypatch.syspath_prepend(str(tmp_path))
    _installed.cache_clear()
    try:
        graph = masked(molecule("CCO"))
        graph.x = torch.ones(3, 4)
        assert domain_of(pair(graph, graph)).node == "point"
        assert "pages do without a domain: 'broken' of the package page_clouds" in caplog.text
    finally:
        _installed.cache_clear()
        sys.modules.pop("page_clouds", None)


@pytest.mark.parametrize("given", [None, 3, "pair"])
def test_what_is_no_explanation_has_no_domain(given):
    with pytest.raises(TypeError, match="`explanation` must be a PairExplanation"):
        domain_of(given)
