"""Pictures of two neighbourhoods: rings around the pair, shared nodes, lines between panels."""

import pytest
import torch
from linked_graphs import ENCODERS, LINKS, large_graph
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.patches import ConnectionPatch

from pyg_siamex import BiLRP, NodePairs, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.visualize import draw_graphs
from pyg_siamex.visualize.graph.node_links import chosen_links
from pyg_siamex.visualize.paper.ink import SIGNED_INK


@pytest.fixture(scope="module")
def explained():
    torch.manual_seed(1)
    model = SiameseGNN(ENCODERS["GIN"](), pool="root", similarity="dot")
    data = large_graph()
    link = tuple(data.edge_index[:, 0].tolist())  # neighbours of each other
    query, reference, _ = NodePairs(data, [link], 2)[0]
    return PairExplainer(model, BiLRP(), node_mask_type="object")(query, reference)


def rings(axes):
    return [
        collection
        for collection in axes.collections
        if isinstance(collection, PathCollection) and not len(collection.get_facecolor())
    ]


def test_roots_have_rings_and_nodes_the_numbers_of_the_graph(explained):
    figure = draw_graphs(explained)
    for axes, side in zip(figure.axes[:2], (explained.query, explained.reference), strict=True):
        (ring,) = rings(axes)
        discs = axes.collections[-2]
        root = int(side.root_index)
        assert ring.get_offsets()[0].tolist() == discs.get_offsets()[root].tolist()
        assert ring.get_sizes()[0] > discs.get_sizes()[root]
        assert {str(n) for n in side.n_id.tolist()} >= {text.get_text() for text in axes.texts}
    assert "ring: the pair" in figure.texts[-1].get_text()


def test_common_neighbours_are_at_the_same_place(explained):
    query, reference = draw_graphs(explained).axes[:2]
    places = [axes.collections[-2].get_offsets().tolist() for axes in (query, reference)]
    of_query = dict(zip(explained.query.n_id.tolist(), places[0], strict=True))
    of_reference = dict(zip(explained.reference.n_id.tolist(), places[1], strict=True))
    common = of_query.keys() & of_reference.keys()
    assert common and all(of_query[node] == of_reference[node] for node in common)


def axes_radius(ax, node: int) -> float:
    """Radius of a node's disc in points; the rings of roots are the last collection."""
    return float(ax.collections[-2].get_sizes()[node]) ** 0.5 / 2


def test_lines_join_the_strongest_pairs(explained):
    figure = draw_graphs(explained, links=3)
    lines = [artist for artist in figure.artists if isinstance(artist, ConnectionPatch)]
    wanted = explained.top_pairs(3)[::-1]
    assert len(lines) == 3
    query, reference = (side.n_id.tolist() for side in (explained.query, explained.reference))
    discs = [axes.collections[-2].get_offsets().tolist() for axes in figure.axes[:2]]
    for line, (i, j, value) in zip(lines, wanted, strict=True):
        assert line.get_gid() == f"link {query[i]} {reference[j]}"
        assert [*line.xy1] == discs[0][i] and [*line.xy2] == discs[1][j]
        assert to_hex(line.get_edgecolor()) == SIGNED_INK[1 if value < 0 else -2]
        radius = axes_radius(figure.axes[0], i), axes_radius(figure.axes[1], j)
        shrink = line.shrinkA, line.shrinkB
        assert all(r < s < r + 5 for r, s in zip(radius, shrink, strict=True))
    widths = [line.get_linewidth() for line in lines]
    assert widths == sorted(widths)
    assert "lines: 3 node pairs" in " ".join(text.get_text() for text in figure.texts)


def test_lines_by_default_and_by_choice(explained):
    assert len(chosen_links(explained, None)) == 5
    assert not chosen_links(explained, 0)
    with pytest.raises(ValueError, match="at least 0"):
        chosen_links(explained, -1)
    torch.manual_seed(1)
    model = SiameseGNN(ENCODERS["GIN"](), pool="root", similarity="dot")
    query, reference, _ = NodePairs(large_graph(), LINKS, 2)[0]
    masks = PairExplainer(model, Occlusion(), node_mask_type="object")(query, reference)
    assert not chosen_links(masks, None)
    with pytest.raises(ValueError, match="no pair matrix"):
        chosen_links(masks, 2)
