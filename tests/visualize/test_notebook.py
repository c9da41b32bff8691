from xml.etree import ElementTree

import torch
from torch_geometric.explain import Explanation

from pyg_siamex.explain.engine.later import Later
from pyg_siamex.visualize import pair_html
from pyg_siamex.visualize.notebook import pair_table

NASTY = '<script>alert("1")</script>'


def brain(**masks) -> Explanation:
    index = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
    return Explanation(x=torch.ones(3, 2), edge_index=index, **masks)


def test_molecules_become_a_picture(ramp, pair):
    html = pair_html(pair(ramp("CCO"), ramp("CCN"), algorithm=NASTY))
    assert html.startswith("<div") and "<svg" in html
    assert "<script" not in html
    ElementTree.fromstring(html)


def test_other_graphs_become_a_table(pair):
    masked = brain(edge_mask=torch.tensor([0.1, 0.1, 0.9, 0.9]))
    html = pair_html(pair(masked, masked, algorithm=NASTY))
    rows = {row[0].text: row[1].text for row in ElementTree.fromstring(html)}
    assert rows["similarity"] == "0.812"
    assert rows["explainer"] == NASTY
    assert rows["query"] == "3 nodes, 4 edges"
    assert rows["strongest edges of the query"] == "1 \u2013 2: 0.9, 0 \u2013 1: 0.1"
    assert "<script" not in html


def test_pair_matrices_list_their_strongest_pairs(pair):
    html = pair_table(pair(brain(), brain(), relevance=torch.diag(torch.tensor([1.0, -3, 0]))))
    assert "1 \u2013 1: \u22123, 0 \u2013 0: +1" in html
    assert "strongest edges" not in html


def test_what_cannot_be_drawn_is_a_table(graph, ramp, pair):
    wrong = graph("CCO")
    wrong.smiles = NASTY
    assert pair_html(pair(wrong, ramp("CCO"))).startswith("<table")
    assert pair_html(pair(graph("CCO"), graph("CCO"))).startswith("<table")


def test_brains_are_a_picture_and_a_table_with_names_of_regions(pair):
    graph = brain(edge_mask=torch.tensor([0.1, 0.1, 0.9, 0.9]))
    graph.pos = torch.tensor([[-20.0, 10, 10], [20, 10, 20], [0, -40, 30]])
    graph.roi_names = ["left <front>", "right front", "back"]
    html = pair_html(pair(graph, graph))
    assert html.startswith("<img alt=") and "data:image/png;base64," in html
    assert "right front \u2013 back: 0.9" in html
    assert "left &lt;front&gt; \u2013 right front: 0.1" in html


def test_brains_without_places_are_a_table(pair):
    graph = brain(edge_mask=torch.tensor([0.1, 0.1, 0.9, 0.9]))
    graph.roi_names = ["a", "b", "c"]
    html = pair_html(pair(graph, graph))
    assert html.startswith("<table") and "b \u2013 c: 0.9" in html


def test_a_pair_matrix_that_takes_long_is_not_computed_for_the_table(pair):
    large = Explanation(x=torch.ones(2001, 1), edge_index=torch.tensor([[0, 1], [1, 0]]))
    asked = Later(lambda: 1 / 0)
    html = pair_table(pair(large, large, relevance=asked))
    assert "4,004,001, computed when relevance is read" in html
