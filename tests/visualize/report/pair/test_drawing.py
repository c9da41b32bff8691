import copy
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import torch
from explained import brain, molecule
from torch_geometric.explain import Explanation

from pyg_siamex import PairExplanation
from pyg_siamex.visualize.report.pair.drawing import MOST_EDGES, MOST_NODES
from pyg_siamex.visualize.report.pair.pair_drawings import drawings_of, left_out
from pyg_siamex.visualize.report.pair.ranked_elements import ranked_elements
from pyg_siamex.visualize.report.pair.subject import pair_matrix, subject_of


def drawn(explanation):
    subject = subject_of(explanation)
    elements = ranked_elements(explanation, subject, 0), ranked_elements(explanation, subject, 1)
    matrix = pair_matrix(explanation, subject)
    return subject, drawings_of(explanation, subject, elements, matrix, ("A", "B"))


def picture(explanation, side=0):
    return ElementTree.fromstring(str(drawn(explanation)[1][side].svg("pair-1")))


def marked(root, mark):
    return [e for e in root.iter() if mark in (e.get("class") or "").split()]


@pytest.mark.parametrize("name", ["alike", "bonds", "brains", "rows"])
def test_every_node_is_within_reach(name, request):
    explanation = request.getfixturevalue(name)
    subject, drawings = drawn(explanation)
    for side in range(2):
        root = picture(explanation, side)
        nodes = marked(root, "node")
        assert sorted(int(node.get("data-node")) for node in nodes) == list(
            range(len(subject.labels[side]))
        )
        assert [node.get("tabindex") for node in nodes] == ["0", *["-1"] * (len(nodes) - 1)]
        for node in nodes:
            assert node.get("role") == "option"
            assert node.get("aria-label").startswith(
                subject.labels[side][int(node.get("data-node"))]
            )
        width, height = map(float, root.get("viewBox").split()[2:])
        for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
            x, y, r = (float(circle.get(key)) for key in ("cx", "cy", "r"))
            assert r <= x <= width - r and r <= y <= height - r
        assert drawings[side].sketch.width == width


def strength(element):
    return float(re.search(r"--a:([\d.]+)", element.get("style"))[1])


def test_colours_follow_importance(bonds):
    _, drawings = drawn(bonds)
    found = drawings[0].elements
    largest = max(abs(v) for drawing in drawings for v in drawing.elements.values)
    for edge in marked(picture(bonds), "edge"):
        ends = tuple(map(int, edge.get("data-ends").split()))
        value = found.values[found.ends.index(ends)]
        assert strength(edge) == pytest.approx(abs(value) / largest, abs=5e-4)
        assert ("minus" in edge.get("class")) == (value < 0)
        assert int(edge.get("data-rank")) == found.ranks[found.ends.index(ends)]


def test_masks_have_no_sign(brains):
    unsigned = replace(copy.deepcopy(brains), settings={})
    for graph in (unsigned.query, unsigned.reference):
        graph.edge_mask = graph.edge_mask.abs()
    assert {e.get("class").split()[-1] for e in marked(picture(unsigned), "edge")} == {"mask"}
    signed = copy.deepcopy(brains)
    signed.query.edge_mask[:] = -1.0
    assert {e.get("class").split()[-1] for e in marked(picture(signed), "edge")} == {"minus"}


def test_large_graphs_have_their_strongest_edges_drawn():
    graphs = []
    for seed in range(2):
        data = brain(seed, regions=90)
        ramp = data.edge_index.sum(0).float()
        graphs.append(Explanation(**data.to_dict(), edge_mask=ramp))
    explanation = PairExplanation(*graphs, prediction=0.5)
    subject, drawings = drawn(explanation)
    edges = marked(picture(explanation), "edge")
    total = graphs[0].num_edges // 2
    assert len(edges) == MOST_EDGES < total
    ranks = sorted(int(edge.get("data-rank")) for edge in edges)
    assert ranks == list(range(MOST_EDGES))
    note = left_out(subject, drawings)[0]
    assert note == (
        f"Of A, the {MOST_EDGES} most important of {total} connections are drawn; the CSV file has "
        f"them all."
    )


def test_brains_are_seen_from_two_sides_and_rings_where_places_are_unknown(brains):
    assert len(marked(picture(brains), "node")[0]) == 2
    ring = copy.deepcopy(brains)
    for graph in (ring.query, ring.reference):
        del graph.pos
    root = picture(ring)
    assert len(marked(root, "node")[0]) == 1
    words = {e.text for e in marked(root, "word")}
    assert {"visual", "default", "motor"} <= words


def test_both_molecules_have_one_scale_and_the_scaffold_in_place(alike):
    _, (query, reference) = drawn(alike)
    assert (query.sketch.width, query.sketch.height) == (
        reference.sketch.width,
        reference.sketch.height,
    )
    ring = [query.sketch.views[0][k] for k in (4, 5, 6, 7, 8, 9)]
    other = [reference.sketch.views[0][k] for k in (8, 7, 6, 5, 4, 3)]
    offsets = {(round(a[0] - b[0]), round(a[1] - b[1])) for a, b in zip(ring, other, strict=True)}
    assert len(offsets) <= 2


def test_molecules_beyond_coordgen_are_laid_out():
    data = molecule("C(NC(=O)c1ccccc1)" * 50)
    graph = Explanation(**data.to_dict(), node_mask=torch.ones(data.num_nodes, 1))
    places = drawn(PairExplanation(graph, graph, prediction=1.0))[1][0].sketch.views[0]
    assert data.num_nodes == 500 and len(set(places)) > 400


def test_texts_in_pictures_are_text(nasty):
    root = picture(nasty)
    assert not [e for e in root.iter() if e.tag.endswith(("script", "img"))]
    assert any("onerror" in (e.get("aria-label") or "") for e in root.iter())


def test_sides_that_are_not_explained_are_plain(bonds):
    alone = replace(bonds, reference=bonds.reference.clone())
    del alone.reference.edge_mask
    _, drawings = drawn(alone)
    assert drawings[0].elements.explained and not drawings[1].elements.explained
    assert drawings[1].values is None
    assert all(strength(node) == 0 for node in marked(picture(alone, 1), "node"))


def test_of_very_many_nodes_the_strongest_and_the_ends_of_drawn_edges_are_drawn():
    count = MOST_NODES + 300
    first = torch.arange(count)
    edge_index = torch.stack([first, (first + 1) % count])
    values = torch.rand(count, generator=torch.Generator().manual_seed(0))
    graph = Explanation(x=torch.ones(count, 1), edge_index=edge_index)
    by_nodes = graph.clone()
    by_nodes.node_mask = values[:, None]
    subject, drawings = drawn(PairExplanation(by_nodes, by_nodes, 0.5))
    nodes = {
        int(e.get("data-node"))
        for e in marked(picture(PairExplanation(by_nodes, by_nodes, 0.5)), "node")
    }
    assert set(values.topk(MOST_NODES).indices.tolist()) <= nodes
    assert len(nodes) <= MOST_NODES + 2 * MOST_EDGES
    ends = {end for _, ends, _ in drawings[0].drawn_edges for end in ends}
    assert ends <= nodes
    assert "Of A, 2,000 of 2,300 nodes are drawn, the most important ones." in left_out(
        subject, drawings
    )
