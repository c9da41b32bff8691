import numpy as np
import pytest
import torch
from matplotlib.patches import Rectangle

from pyg_siamex.visualize import draw_network_importance, draw_network_relevance
from pyg_siamex.visualize.connectome.brain_pair import BrainPair
from pyg_siamex.visualize.connectome.network_importance import network_blocks

ORDER = ["front", "back", "middle"]


def blocks(explanation, statistic):
    pair = BrainPair.of(explanation, None, None, 0, None)
    return network_blocks(pair.sides[0], pair.networks, statistic)


def test_sums_and_means_are_over_the_edges_of_a_block(brains):
    nan = np.nan
    sums = [[-2.0, nan, nan], [1.0, 0.5, nan], [nan, 0.25, nan]]
    means = [[-2.0, nan, nan], [0.5, 0.5, nan], [nan, 0.25, nan]]
    np.testing.assert_allclose(blocks(brains, "sum"), sums)
    np.testing.assert_allclose(blocks(brains, "mean"), means)


def test_the_cells_sum_to_the_whole(brain, pair):
    values = torch.randn(5).tolist()
    total = np.nansum(blocks(pair(brain(values), brain()), "sum"))
    assert total == pytest.approx(sum(values), abs=1e-6)


def test_cells_have_their_numbers_and_networks_their_names(brains):
    figure = draw_network_importance(brains, names=("patient", "control"))
    query, reference = figure.axes[:2]
    cells = [text.get_text() for text in query.texts]
    assert cells == ["\u22122.0", "1.0", "0.50", "\u2013", "0.25", "\u2013"]
    assert [label.get_text() for label in query.get_yticklabels()] == ORDER
    assert [label.get_text() for label in query.get_xticklabels()] == ORDER
    assert [label.get_text() for label in reference.get_yticklabels()] == [""] * 3
    assert sum(isinstance(patch, Rectangle) for patch in query.patches) == 6


def test_small_numbers_are_in_units_that_the_caption_names(brain, pair, texts):
    tiny = brain([0.0012, -0.002, 0, 0, 0.0001])
    figure = draw_network_importance(pair(tiny, brain()))
    assert figure.axes[0].texts[0].get_text() == "\u22122.0"
    assert any(text.endswith("in units of 0.001") for text in texts(figure))
    assert "not explained" in [axes.get_title() for axes in figure.axes]


def test_the_same_file_twice(brains, brain, pair, tmp_path):
    matrix = pair(brain(), brain(), relevance=torch.ones(6, 6))
    for name in ("one", "two"):
        draw_network_importance(brains, tmp_path / f"{name}.png", title="Networks")
        draw_network_relevance(matrix, tmp_path / f"{name}r.png")
    for end in ("", "r"):
        one, two = ((tmp_path / f"{name}{end}.png").read_bytes() for name in ("one", "two"))
        assert one == two


def test_what_is_missing_is_named(brains, brain, pair, tmp_path):
    with pytest.raises(ValueError, match="edge_mask_type='object'"):
        draw_network_importance(pair(brain(None, [1] * 6), brain()), tmp_path / "a.svg")
    with pytest.raises(ValueError, match="the query has no networks"):
        draw_network_importance(pair(brain([1] * 5, networks=None), brain()))
    with pytest.raises(ValueError, match="'sum' or 'mean'"):
        draw_network_importance(brains, statistic="median")
    with pytest.raises(ValueError, match="no pair matrix"):
        draw_network_relevance(brains, tmp_path / "a.svg")
    with pytest.raises(ValueError, match="the reference has no networks"):
        draw_network_relevance(pair(brain(), brain(networks=None), relevance=torch.ones(6, 6)))
    assert not list(tmp_path.iterdir())


def test_one_column_has_one_matrix_above_the_other(brains, tmp_path):
    figure = draw_network_importance(brains, tmp_path / "n.svg", columns=1)
    first, second = (ax.get_position() for ax in figure.axes[:2])
    assert figure.get_size_inches()[0] == 3.5 and first.y0 > second.y1
    assert "<text" in (tmp_path / "n.svg").read_text()
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.texts]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width for box in boxes)
