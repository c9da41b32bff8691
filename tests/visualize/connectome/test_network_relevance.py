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
