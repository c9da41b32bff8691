from dataclasses import replace
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch_geometric.explain import Explanation

from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.group_relevance import GroupRelevance
from pyg_siamex.visualize import draw_group_relevance, draw_relevance

RELEVANCE = torch.tensor([[1.0, -2.0, 0.0, 0.5], [0.0, 3.0, 0.0, 0.0], [4.0, 0.0, -5.0, 0.0]])


@pytest.fixture
def explanation(graph, pair):
    return pair(graph("CCO"), graph("CCCN"), relevance=RELEVANCE)


def drawn(figure: Figure) -> np.ndarray:
    return np.asarray(figure.axes[0].images[0].get_array())


def names(axis, minor: bool = False) -> list[str]:
    return [label.get_text() for label in axis.get_ticklabels(minor=minor)]


def test_the_map_is_the_pair_matrix_on_a_symmetric_scale(explanation):
    figure = draw_relevance(explanation, names=("alcohol", "amine"))
    ax = figure.axes[0]
    assert np.array_equal(drawn(figure), RELEVANCE.numpy())
    assert ax.images[0].get_clim() == (-5.0, 5.0)
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("alcohol", "amine")
    assert names(ax.yaxis) == ["C0", "C1", "O2"]
    assert names(ax.xaxis) == ["C0", "C1", "C2", "N3"]


def test_groups_put_their_nodes_side_by_side(explanation):
    figure = draw_relevance(
        explanation, query_groups={"ends": [2, 0]}, reference_groups=["a", "b", "a", "b"]
    )
    expected = RELEVANCE[[0, 2, 1]][:, [0, 2, 1, 3]]
    ax = figure.axes[0]
    assert np.array_equal(drawn(figure), expected.numpy())
    assert names(ax.yaxis) == ["ends", "rest"]
    assert names(ax.yaxis, minor=True) == ["C0", "O2", "C1"]
    assert names(ax.xaxis) == ["a", "b"]
    assert len(ax.lines) == 2


def test_strength_puts_the_strongest_first_within_groups(explanation):
    figure = draw_relevance(
        explanation, order="strength", reference_groups=torch.tensor([0, 0, 1, 1])
    )
    expected = RELEVANCE[[2, 0, 1]][:, [0, 1, 2, 3]]
    assert np.array_equal(drawn(figure), expected.numpy())
    assert names(draw_relevance(explanation, order="strength").axes[0].yaxis) == ["O2", "C0", "C1"]


def test_graphs_without_smiles_have_numbers_and_large_ones_groups_alone(pair):
    small = Explanation(x=torch.ones(3, 1), edge_index=torch.empty(2, 0, dtype=torch.long))
    figure = draw_relevance(pair(small, small, relevance=torch.eye(3)))
    assert names(figure.axes[0].yaxis) == ["0", "1", "2"]
    large = Explanation(x=torch.ones(90, 1), edge_index=torch.empty(2, 0, dtype=torch.long))
    halves = ["left"] * 45 + ["right"] * 45
    figure = draw_relevance(pair(large, large, relevance=torch.eye(90)), query_groups=halves)
    assert names(figure.axes[0].yaxis) == ["left", "right"]
    assert names(figure.axes[0].xaxis) == []


def test_group_relevance_writes_its_numbers():
    grouped = GroupRelevance(torch.tensor([[0.5, -1.0]]), ["ring"], ["acid", "$tail$"])
    figure = draw_group_relevance(grouped)
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.5", "\u22121.0"]
    assert names(figure.axes[0].xaxis) == ["acid", r"\$tail\$"]


def test_matrices_say_what_their_cells_carry(explanation):
    wrong = replace(explanation, terms={"explained": 0.8, "nodes": 0.2})
    title = draw_relevance(wrong).axes[0].get_title()
    assert title.startswith("Atoms do not account for this similarity:\nthey carry 0.20 of 0.80")
    grouped = GroupRelevance(torch.ones(1, 1), ["a"], ["b"], Carried(0.2, 0.8))
    title = draw_group_relevance(grouped).axes[0].get_title()
    assert title == "Groups do not account for this similarity:\nthey carry 0.20 of 0.80"
    grouped = GroupRelevance(torch.ones(1, 1), ["a"], ["b"], Carried(0.7, 0.8))
    assert draw_group_relevance(grouped).axes[0].get_title() == "groups carry 0.70 of 0.80"


def test_it_draws_into_given_axes_and_nothing_else(explanation):
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert draw_relevance(explanation, ax=right) is figure
    assert not left.images
    assert len(right.images) == 1


def test_dollar_signs_are_no_mathematics(explanation, tmp_path):
    groups = {"$x_1": [0], "a$b$c^": [1, 2]}
    draw_relevance(explanation, tmp_path / "a.png", query_groups=groups, names=("$a^$", "$\\b$"))
    assert (tmp_path / "a.png").stat().st_size > 1000


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_the_same_file_twice(suffix, explanation, tmp_path):
    for name in ("one", "two"):
        draw_relevance(explanation, tmp_path / f"{name}.{suffix}")
    one, two = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two


def test_matplotlib_stays_as_it_was(explanation, tmp_path):
    before = dict(mpl.rcParams)
    draw_relevance(explanation, tmp_path / "a.svg")
    assert dict(mpl.rcParams) == before


def test_wrong_arguments_are_named(explanation, graph, pair, tmp_path):
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.pdf"):
        draw_relevance(explanation, tmp_path / "a.gif")
    with pytest.raises(ValueError, match="order must be"):
        draw_relevance(explanation, order="size")
    with pytest.raises(ValueError, match="reference_groups has 1 entries for 4 nodes"):
        draw_relevance(explanation, reference_groups=["a"])
    with pytest.raises(ValueError, match="no pair matrix"):
        draw_relevance(pair(graph("CO"), graph("CO")))
    with pytest.raises(ValueError, match="not finite"):
        draw_relevance(pair(graph("C"), graph("C"), relevance=torch.tensor([[torch.nan]])))
    assert not list(tmp_path.iterdir())


def test_many_nodes_are_drawn_as_sums_of_blocks_that_the_title_names(pair):
    large = [
        Explanation(x=torch.ones(n, 1), edge_index=torch.zeros(2, 0, dtype=torch.long))
        for n in (2101, 1500)
    ]
    relevance = torch.randn(2101, 1500, generator=torch.Generator().manual_seed(0))
    figure = draw_relevance(pair(*large, relevance=relevance))
    shown = drawn(figure)
    assert shown.shape == (701, 500)
    expected = [
        [relevance[r : r + 3, c : c + 3].double().sum() for c in (0, 3, 1497)] for r in (0, 3, 2100)
    ]
    assert np.allclose(shown[[0, 1, 700]][:, [0, 1, 499]], expected)
    assert np.isclose(shown.sum(), relevance.double().sum())
    ax = figure.axes[0]
    assert "each cell sums 3 x 3 nodes, the strongest 5% have full colour" in ax.get_title()
    assert (np.abs(shown) > ax.images[0].get_clim()[1]).mean() == pytest.approx(0.05, abs=0.001)
    assert draw_relevance(pair(*large, relevance=relevance), limit=2.0).axes[0].images[
        0
    ].get_clim() == (-2.0, 2.0)


@pytest.mark.parametrize("mark", ["\x00", "\x0b", "\x1b", "\ufffe"], ids=ascii)
def test_names_that_no_picture_holds_are_replaced(mark, explanation, tmp_path):
    path = tmp_path / "a.svg"
    groups = {f"a{mark}": [0], "b": [1, 2]}
    draw_relevance(explanation, path, query_groups=groups, names=(f"q{mark}", "r"))
    ElementTree.parse(path)
    summed = explanation.group(groups, {f"{mark}c": [0, 1, 2]})
    draw_group_relevance(summed, path, names=("q", f"{mark}r"))
    ElementTree.parse(path)
