import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.image import imread
from torch_geometric.explain import Explanation
from torch_geometric.nn import GCN

from pyg_siamex import PairExplainer, Saliency, SiameseGNN
from pyg_siamex.datasets.connectome import PlantedConnectomes
from pyg_siamex.visualize import draw_connectomes
from pyg_siamex.visualize.connectome.glass_brain import BEHIND, IN_FRONT
from pyg_siamex.visualize.paper.figure import save_figure
from pyg_siamex.visualize.paper.ink import InkScale, faded, network_marks

VIEWS = {"x": [1, 2], "y": [0, 2], "z": [0, 1]}


@pytest.fixture(scope="module")
def drawn(brains):
    """Two edges and two names a side."""
    names = ("patient", "control")
    return draw_connectomes(brains, edges=2, regions=2, names=names, title="Why")


def views(figure, side):
    """The axes of the three views of query (0) or reference (1), by the height they stand at."""
    found = [axes for axes in figure.axes if axes.patches and len(axes.patches) > 10]
    return found[3 * side : 3 * side + 3]


def lines(axes):
    """Ends and colour of each line."""
    return [(np.round(line.get_xydata(), 3), to_hex(line.get_color())) for line in axes.lines]


def test_three_views_show_the_strongest_edges_where_the_regions_are(drawn, brain):
    places = brain().pos.numpy()
    for axes, columns in zip(views(drawn, 0), VIEWS.values(), strict=True):
        ends = {tuple(sorted(map(tuple, ends.tolist()))) for ends, _ in lines(axes)}
        assert ends == {
            tuple(sorted(tuple(places[k][columns].tolist()) for k in pair))
            for pair in [(0, 1), (0, 2)]
        }


def test_the_colour_of_an_edge_is_its_importance_on_the_shared_scale(drawn):
    scale = InkScale(2.0, signed=True)
    for side, values in enumerate([(1.0, -2.0), (0.4, 0.5)]):
        found = sorted(colour for _, colour in lines(views(drawn, side)[0]))
        wanted = sorted(scale.colour(value) for value in values)
        for one, other in zip(found, wanted, strict=True):
            assert np.array(to_rgb(one)) == pytest.approx(to_rgb(other), abs=0.02)


def test_markers_have_the_colours_of_the_networks_and_faded_ones_lie_behind(drawn, brain):
    marks = network_marks(["front", "back", "middle"])
    colours = [marks[name].colour for name in brain().networks]
    for axes in views(drawn, 0):
        fills = {
            markers.get_zorder(): sorted(map(to_hex, markers.get_facecolors()))
            for markers in axes.collections
            if isinstance(markers, PathCollection) and len(markers.get_facecolors())
        }
        assert fills[IN_FRONT] == sorted(colours[:3])
        assert fills[BEHIND] == sorted(map(faded, colours[3:]))


def test_everything_is_said_in_words(drawn, texts):
    words = texts(drawn)
    for part in ("patient", "control", "Why", "front", "back", "middle", "network", "1: A", "2: C"):
        assert part in words
    assert {"strongest regions", "edge: pushes apart \u22122", "+2 pulls together"} <= set(words)
    assert {"L", "R"} <= set(words)
    assert any("strongest edges: 2 of 5, from magnitude 0.4" in text for text in words)


def test_the_strongest_edges_have_names_importance_and_their_connection(brain, pair, texts):
    weight = torch.tensor([0.5, -0.25, 0.1, 0.1, 0.1]).repeat(2)
    explained = pair(brain([1.0, -2.0, 0.5, 0, 0], edge_weight=weight), brain())
    for columns in (1, 2):
        words = texts(draw_connectomes(explained, listed=2, columns=columns))
        assert "A \u2013 C: \u22122, \u22120.25" in words and "A \u2013 B: +1, +0.5" in words
        assert "B \u2013 D: +0.5, +0.1" not in words and "negative connection" in words
    plain = texts(draw_connectomes(pair(brain([1.0, 0.5, 0, 0, 0]), brain()), listed=1))
    assert "A \u2013 B: 1" in plain and "negative connection" not in plain


def test_negative_connections_are_dashed(brain, pair):
    weight = torch.tensor([0.5, -0.25, 0.1, 0.1, 0.1]).repeat(2)
    figure = draw_connectomes(pair(brain([1, 2, 0, 0, 0], edge_weight=weight), brain()))
    styles = {line.get_color(): line.get_linestyle() for line in views(figure, 0)[0].lines}
    assert sorted(styles.values()) == ["-", "--"]


def test_files_for_print_have_text_and_300_pixels_an_inch(brains, tmp_path):
    figure = draw_connectomes(brains, tmp_path / "a.svg", names=("patient", "control"))
    assert ">patient</text>" in (tmp_path / "a.svg").read_text()
    save_figure(figure.axes[0], tmp_path / "a.png")
    assert imread(tmp_path / "a.png").shape[1] == pytest.approx(300 * 7.2, abs=1)
    per_metre = round(300 / 0.0254).to_bytes(4, "big")
    assert b"pHYs" + 2 * per_metre in (tmp_path / "a.png").read_bytes()
    save_figure(figure.axes[0], tmp_path / "a.pdf")
    assert b"/Type3" not in (tmp_path / "a.pdf").read_bytes()


def test_the_same_bytes_twice(brains, tmp_path):
    for name in ("one", "two"):
        figure = draw_connectomes(brains, tmp_path / f"{name}.svg")
        save_figure(figure.axes[0], tmp_path / f"{name}.png")
    for suffix in ("svg", "png"):
        one, two = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in ("one", "two"))
        assert one == two
        assert len(one) > 5000


def test_matplotlib_stays_as_it_was_and_a_dark_style_swallows_no_letters(brains):
    import matplotlib.pyplot as plt

    with mpl.rc_context({"figure.facecolor": "black", "axes.facecolor": "black"}):
        before = dict(mpl.rcParams)
        figure = draw_connectomes(brains)
        after = dict(mpl.rcParams)
    assert after == before
    assert plt.get_fignums() == []
    assert to_hex(figure.get_facecolor()) == "#ffffff"


def test_zero_masks_and_graphs_that_are_not_explained_are_drawn(brain, pair, texts):
    figure = draw_connectomes(pair(brain([0] * 5), brain()))
    assert len(views(figure, 1)) == 3
    assert not any(axes.lines for axes in figure.axes)
    assert "not explained" in texts(figure)
    assert any(text.endswith("strongest edges: 0 of 5") for text in texts(figure))


def test_a_graph_of_one_region_and_one_with_a_node_mask_alone_are_drawn(brain, pair, texts):
    empty = torch.empty(2, 0, dtype=torch.long)
    one = Explanation(x=torch.ones(1, 1), edge_index=empty, pos=torch.zeros(1, 3))
    one.node_mask, one.edge_mask = torch.ones(1, 1), torch.empty(0)
    figure = draw_connectomes(pair(one, brain(None, [1] * 6)))
    assert len(views(figure, 1)) == 3
    assert "1: region 0" in texts(figure)
    assert "strongest regions\n(1 more as strong)" in texts(figure)
    assert not any(text.startswith("edge:") for text in texts(figure))


def test_wrong_arguments_are_named_before_a_file_is_written(brains, brain, pair, tmp_path):
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.pdf"):
        draw_connectomes(brains, tmp_path / "a.gif")
    with pytest.raises(ValueError, match="regions must be at least 0"):
        draw_connectomes(brains, tmp_path / "a.svg", regions=-1)
    with pytest.raises(ValueError, match="the reference has no region coordinates"):
        draw_connectomes(pair(brain([1] * 5), brain(pos=None)), tmp_path / "a.svg")
    with pytest.raises(ValueError, match="limit must be above 0"):
        draw_connectomes(brains, tmp_path / "a.svg", limit=0.0)
    with pytest.raises(ValueError, match="names must be two"):
        draw_connectomes(brains, tmp_path / "a.svg", names=("one",))
    with pytest.raises(ValueError, match=r"columns must be at most 2 \(got 3\)"):
        draw_connectomes(brains, tmp_path / "a.svg", columns=3)
    with pytest.raises(ValueError, match="listed must be at least 0"):
        draw_connectomes(brains, tmp_path / "a.svg", listed=-1)
    assert not list(tmp_path.iterdir())


def test_simulated_connectomes_bring_all_that_a_picture_needs(texts):
    data = PlantedConnectomes(2, density=0.05)
    model = SiameseGNN(GCN(data[0].x.size(1), 8, 2))
    explanation = PairExplainer(model, Saliency(), edge_mask_type="object")(data[0], data[1])
    words = texts(draw_connectomes(explanation, regions=1))
    assert set(data.atlas.network_names) <= set(words)
    (first, second) = [text for text in words if text.startswith("1: ")]
    assert {first[3:], second[3:]} <= set(data.atlas.names)
    assert f"query: {data[0].name}" in words
