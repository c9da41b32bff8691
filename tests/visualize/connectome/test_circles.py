import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Wedge
from torch_geometric.explain import Explanation

from pyg_siamex.visualize import draw_circles, draw_connectomes
from pyg_siamex.visualize.connectome.circle_layout import circle_layout
from pyg_siamex.visualize.paper.ink import InkScale, network_marks

ORDER = ["front", "back", "middle"]


def chords(axes):
    """Ends, colour and width of each edge, in drawing order."""
    found = [patch for patch in axes.patches if isinstance(patch, PathPatch)]
    return [
        (patch.get_path().vertices[[0, -1]], to_hex(patch.get_edgecolor()), patch.get_linewidth())
        for patch in found
    ]


def test_chords_join_the_regions_of_the_strongest_edges(brains, brain):
    query = draw_circles(brains, edges=2).axes[0]
    layout = circle_layout(brain().networks, ORDER, brain().pos.numpy())
    points = np.stack([np.cos(layout.angles), np.sin(layout.angles)], axis=1)
    drawn = chords(query)
    scale = InkScale(2.0, signed=True)
    for (ends, colour, _), (low, high, value) in zip(drawn, [(0, 1, 1), (0, 2, -2)], strict=True):
        assert ends == pytest.approx(points[[low, high]])
        assert colour == scale.colour(value)
    assert drawn[0][2] < drawn[1][2]


def test_each_network_has_an_arc_of_its_colour_on_each_side_of_the_brain(brains):
    axes = draw_circles(brains).axes[0]
    arcs = [to_hex(patch.get_facecolor()) for patch in axes.patches if isinstance(patch, Wedge)]
    marks = network_marks(ORDER)
    wanted = ["front", "back", "middle", "front", "back"]
    assert sorted(arcs) == sorted(marks[name].colour for name in wanted)


def test_regions_are_numbered_and_named(brains, texts):
    figure = draw_circles(brains, regions=3, names=("patient", "control"))
    words = texts(figure)
    for part in ("patient", "control", "1: A", "2: C", "L", "R"):
        assert part in words
    assert {"1", "2", "3"} <= {text.get_text() for text in figure.axes[0].texts}


def test_without_coordinates_and_networks_it_is_a_plain_circle(brain, pair, texts):
    bare = brain([1, 2, 3, 4, 5], pos=None, networks=None, roi_names=None)
    figure = draw_circles(pair(bare, brain(pos=None, networks=None)))
    assert not any(isinstance(patch, Wedge) for patch in figure.axes[0].patches)
    words = texts(figure)
    assert "L" not in words
    assert "network" not in words
    assert "1: region 3" in words
    assert "not explained" in words


@pytest.mark.parametrize(
    ("edges", "nodes"),
    [([1] * 5, None), ([0] * 5, None), (None, [1] * 6), (None, [0] * 6), ([0] * 5, [0] * 5 + [1])],
)
def test_flat_and_empty_masks_are_drawn(edges, nodes, brain, pair, texts):
    figure = draw_circles(pair(brain(edges, nodes), brain(edges, nodes)), edges=3)
    values = set(edges or [])
    assert len(chords(figure.axes[0])) == (3 if values == {1} else 0)
    assert any("more as strong" in text for text in texts(figure)) == (values == {1})


def test_more_networks_than_colours_differ_in_their_markers(brain, pair, texts):
    networks = [f"a very long name of a network {k}" for k in range(12)]
    explanation = pair(brain([1] * 5, networks=networks[:6]), brain(networks=networks[6:]))
    figure = draw_circles(explanation)
    assert set(networks) <= set(texts(figure))
    query, reference = (
        {len(spot.get_paths()[0].vertices) for spot in axes.collections} for axes in figure.axes[:2]
    )
    assert len(query) == 1  # discs
    assert len(reference) == 2  # discs, and squares from the ninth network on


def test_the_same_file_twice(brains, tmp_path):
    for name in ("one", "two"):
        draw_circles(brains, tmp_path / f"{name}.svg", title="A title")
    one, two = ((tmp_path / f"{name}.svg").read_bytes() for name in ("one", "two"))
    assert one == two


def test_nothing_is_written_where_an_argument_is_wrong(brains, tmp_path):
    with pytest.raises(ValueError, match="regions must be at least 0"):
        draw_circles(brains, tmp_path / "a.svg", regions=-2)
    with pytest.raises(ValueError, match="edges must be at least 0"):
        draw_circles(brains, tmp_path / "a.svg", edges=-2)
    assert not list(tmp_path.iterdir())


MOLECULE = {"smiles": "CCCCCC", "pos": None, "networks": None, "roi_names": None}
ELEMENTS = {**MOLECULE, "smiles": None, "elements": list("CCOCCC")}


@pytest.mark.parametrize("rest", [MOLECULE, ELEMENTS], ids=["smiles", "elements"])
@pytest.mark.parametrize("draw", [draw_circles, draw_connectomes])
def test_molecules_are_no_connectomes(brain, pair, rest, draw):
    given = {name: value for name, value in rest.items() if value is not None or name != "smiles"}
    atoms = brain([1, 2, 3, 4, 5], **given)
    with pytest.raises(ValueError, match=r"the query is a molecule, .* use draw_molecules"):
        draw(pair(atoms, atoms))
    with pytest.raises(ValueError, match="the reference is a molecule"):
        draw(pair(brain([1, 2, 3, 4, 5]), atoms))
    atlas = {"names": list("ABCDEF")}
    assert draw_circles(pair(atoms, atoms), atlas=atlas)


def test_rows_are_no_connectomes(pair):
    row = Explanation(
        x=torch.ones(1, 2),
        edge_index=torch.empty(2, 0, dtype=torch.long),
        node_mask=torch.ones(1, 2),
        feature_names=["a", "b"],
    )
    with pytest.raises(ValueError, match=r"the query is a row of a table, .* use draw_features"):
        draw_circles(pair(row, row))
