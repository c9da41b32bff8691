"""The picture of a link and its mask."""

import pytest
import torch
from linked_graphs import ENCODERS, large_graph
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex

from pyg_siamex import Occlusion, SiameseGNN, explain_link
from pyg_siamex.explain.elements import undirected_edges
from pyg_siamex.visualize import draw_link
from pyg_siamex.visualize.paper.ink import InkScale


@pytest.fixture(scope="module")
def explained():
    torch.manual_seed(1)
    model = SiameseGNN(ENCODERS["GIN"](), pool="root", similarity="dot")
    masks = {"edge_mask_type": "object", "undirected": True}
    return explain_link(model, large_graph(), (0, 5), Occlusion(), **masks)


def test_edges_have_their_colours_and_both_nodes_a_ring(explained):
    axes = draw_link(explained).axes[0]
    (lines,) = (c for c in axes.collections if isinstance(c, LineCollection))
    values = sorted((edge.value for edge in undirected_edges(explained.graph)), key=abs)
    scale = InkScale.of(values, signed=True)
    wanted = sorted(scale.colour(value) for value in values)
    assert sorted(to_hex(colour) for colour in lines.get_colors()) == wanted
    discs, rings = (c for c in axes.collections if isinstance(c, PathCollection))
    places = discs.get_offsets().tolist()
    roots = explained.graph.root_index.tolist()
    assert sorted(rings.get_offsets().tolist()) == sorted(places[root] for root in roots)
    assert {"0", "5"} <= {text.get_text() for text in axes.texts}


def test_files_titles_and_names(explained, tmp_path):
    names = [f"n{k}" for k in range(explained.graph.num_nodes)]
    figure = draw_link(explained, tmp_path / "link.svg", node_names=names, title="Why linked?")
    assert "Why linked?" in {text.get_text() for text in figure.texts}
    first = (tmp_path / "link.svg").read_bytes()
    draw_link(explained, tmp_path / "link.svg", node_names=names, title="Why linked?")
    assert (tmp_path / "link.svg").read_bytes() == first
    with pytest.raises(ValueError, match="node names"):
        draw_link(explained, node_names=["a"])
    with pytest.raises(ValueError, match="svg"):
        draw_link(explained, tmp_path / "link.txt")
