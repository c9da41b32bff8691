import numpy as np
import pytest
import torch

from pyg_siamex.visualize import draw_network_relevance


def test_the_pair_matrix_is_summed_over_networks(brain, pair):
    relevance = torch.arange(36.0).view(6, 6)
    figure = draw_network_relevance(pair(brain(), brain(), relevance=relevance), names=("a", "b"))
    drawn = np.asarray(figure.axes[0].images[0].get_array())
    members = [[0, 2], [1, 3, 5], [4]]
    expected = [[relevance[rows][:, columns].sum() for columns in members] for rows in members]
    np.testing.assert_allclose(drawn, np.array(expected))
    assert drawn.sum() == pytest.approx(float(relevance.sum()))
    named = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert named == ["front", "back", "middle"]


@pytest.mark.parametrize(("columns", "width"), [(1, 3.5), (2, 7.2)])
def test_it_is_as_wide_as_columns_and_small_cells_have_no_numbers(brain, pair, columns, width):
    relevance = torch.arange(36.0).view(6, 6)
    few = pair(brain(), brain(), relevance=relevance)
    figure = draw_network_relevance(few, columns=columns)
    assert figure.get_size_inches()[0] == width and len(figure.axes[0].texts) == 9
    many = pair(brain(networks=list("abcdef")), brain(networks=list("abcdef")), relevance=relevance)
    drawn = draw_network_relevance(many, columns=columns)
    assert len(drawn.axes[0].texts) == {1: 0, 2: 36}[columns]
    with pytest.raises(ValueError, match="columns must be"):
        draw_network_relevance(few, columns=3)
