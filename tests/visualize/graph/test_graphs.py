import matplotlib as mpl
import numpy as np
import pytest
import torch
from graphs import edgeless_graph, random_graph
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from torch_geometric.explain import Explanation
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.visualize import draw_graphs
from pyg_siamex.visualize.paper.ink import InkScale

SQUARE = [(0, 1), (1, 2), (2, 3), (3, 0)]


def graph(mask=None, nodes=4, edges=SQUARE, **rest):
    index = torch.tensor(edges).T
    made = Explanation(
        x=torch.ones(nodes, 2), edge_index=torch.cat([index, index.flip(0)], 1), **rest
    )
    if mask is not None:
        made.edge_mask = torch.tensor(mask).repeat(2)
    return made


def discs(axes):
    (found,) = (c for c in axes.collections if isinstance(c, PathCollection))
    return found


def lines(axes):
    (found,) = (c for c in axes.collections if isinstance(c, LineCollection))
    return found


def test_shared_nodes_are_at_the_same_place_in_both(pair):
    both = pair(graph([1.0, 2.0, 3.0, 4.0]), graph([1.0], edges=[(0, 2)]))
    query, reference = draw_graphs(both).axes[:2]
    assert discs(query).get_offsets().tolist() == discs(reference).get_offsets().tolist()
    assert query.get_xlim() == reference.get_xlim()
    assert query.get_ylim() == reference.get_ylim()


def test_nodes_are_shared_by_name_and_not_by_number(pair):
    query = graph([1.0] * 4, node_names=["a", "b", "c", "d"])
    reference = graph([1.0, 1.0], nodes=3, edges=[(0, 1), (1, 2)], node_names=["d", "x", "a"])
    figure = draw_graphs(pair(query, reference))
    one, other = (discs(axes).get_offsets() for axes in figure.axes[:2])
    assert other[0].tolist() == one[3].tolist()
    assert other[2].tolist() == one[0].tolist()
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim()
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()


def test_unnamed_graphs_of_different_size_share_nothing_unless_asked_to(pair):
    both = pair(graph([1.0] * 4), graph([1.0] * 3, nodes=5, edges=[(0, 4), (4, 1), (3, 2)]))

    def places(**options):
        axes = draw_graphs(both, **options).axes[:2]
        return [discs(ax).get_offsets()[:4].tolist() for ax in axes]

    apart, together = places(), places(shared=True)
    assert apart[0] != apart[1]
    assert together[0] == together[1]


def test_edges_are_wider_and_darker_for_more(pair):
    values = [1.0, -2.0, 0.0, 4.0]
    figure = draw_graphs(pair(graph(values), graph()))
    drawn = lines(figure.axes[0])
    scale = InkScale(4.0, signed=True)
    order = sorted(values, key=abs)
    assert [to_hex(colour) for colour in drawn.get_colors()] == [scale.colour(v) for v in order]
    widths = drawn.get_linewidths()
    assert (np.diff(widths) > 0).all()


def test_lines_join_the_discs_of_their_nodes(pair):
    axes = draw_graphs(pair(graph([1.0, 2.0, 3.0, 4.0]), graph())).axes[0]
    places = discs(axes).get_offsets()
    for (u, v), segment in zip(SQUARE, lines(axes).get_segments(), strict=True):
        ends = sorted(map(tuple, np.asarray(segment).tolist()))
        assert ends == sorted(map(tuple, [places[u].tolist(), places[v].tolist()]))


def test_nodes_are_larger_and_darker_for_more_and_white_without_importance(pair):
    masked = graph(node_mask=torch.tensor([[0.0], [1.0], [2.0], [3.0]]))
    figure = draw_graphs(pair(masked, graph([1.0] * 4)))
    nodes, plain = discs(figure.axes[0]), discs(figure.axes[1])
    assert (np.diff(nodes.get_sizes()) > 0).all()
    scale = InkScale(3.0, signed=False)
    assert [to_hex(c) for c in nodes.get_facecolors()] == [scale.colour(v) for v in range(4)]
    assert {to_hex(c) for c in plain.get_facecolors()} == {"#ffffff"}


def test_nodes_and_edges_have_a_colour_bar_each(pair):
    masked = graph([0.1] * 4, node_mask=torch.ones(4, 1))
    figure = draw_graphs(pair(masked, graph()), names=("one", "other"), title="Title")
    words = [text.get_text() for text in figure.texts]
    for part in ("one", "other", "Title", "edge: unimportant 0", "node: unimportant 0"):
        assert part in words
    assert {"0.1 important", "1 important"} <= set(words)
    assert figure.axes[1].get_title() == "not explained"


def test_names_are_written_in_the_discs_or_for_the_most_important_nodes(pair):
    def written(explanation):
        return [text.get_text() for text in draw_graphs(explanation).axes[0].texts]

    assert written(pair(graph([1.0] * 4), graph())) == ["0", "1", "2", "3"]
    long = [f"a long name {k}" for k in range(4)]
    mask = torch.tensor([[0.0], [5.0], [-1.0], [0.0]])
    assert written(pair(graph(node_names=long, node_mask=mask), graph())) == [long[1], long[2]]
    assert written(pair(graph([0.0, 0.0, 1.0, 0.0], node_names=long), graph())) == long[2:]


def test_edges_without_their_reverse_are_arrows(pair):
    one_way = Explanation(x=torch.ones(3, 1), edge_index=torch.tensor([[0, 1], [1, 2]]))
    one_way.edge_mask = torch.tensor([1.0, 0.5])
    axes = draw_graphs(pair(one_way, one_way)).axes[0]
    assert len(axes.patches) == 2
    assert not any(isinstance(c, LineCollection) for c in axes.collections)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_flat_masks_and_graphs_without_edges_are_drawn(value, pair, tmp_path):
    flat = graph([value] * 4, node_mask=torch.full((4, 1), value))
    lone = edgeless_graph()
    lone = Explanation(x=lone.x, edge_index=lone.edge_index, edge_mask=torch.empty(0))
    lone.node_mask = torch.full((1, 1), value)
    draw_graphs(pair(flat, lone), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 5000


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_a_real_explanation_is_the_same_file_twice(suffix, tmp_path):
    model = SiameseGNN(GIN(5, 8, 2), pool="add")
    explainer = PairExplainer(
        model, Occlusion(), edge_mask_type="object", node_mask_type="object", undirected=True
    )
    explanation = explainer(random_graph(9, 1), random_graph(12, 2))
    before = dict(mpl.rcParams)
    for name in ("one", "two"):
        draw_graphs(explanation, tmp_path / f"{name}.{suffix}")
    assert dict(mpl.rcParams) == before
    one, two = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two


def test_wrong_arguments_are_named(pair, tmp_path):
    with pytest.raises(ValueError, match="there is no relevance"):
        draw_graphs(pair(graph(), graph()), tmp_path / "a.svg")
    with pytest.raises(ValueError, match="not finite"):
        draw_graphs(pair(graph([float("nan")] * 4), graph()), tmp_path / "a.svg")
    with pytest.raises(TypeError, match="`node_names` must be 2 values, each a list"):
        draw_graphs(pair(graph([1.0] * 4), graph()), node_names=(["a"],))
    with pytest.raises(ValueError, match="3 node names for 4 nodes"):
        draw_graphs(pair(graph([1.0] * 4), graph()), node_names=(list("abc"), list("abcd")))
    assert not list(tmp_path.iterdir())


def test_a_large_graph_is_an_image_in_a_small_file(tmp_path):
    nodes = torch.arange(2200)
    edge_index = torch.cat([torch.stack([nodes, (nodes + k) % 2200]) for k in (1, 2, -1, -2)], 1)
    graph = Explanation(x=torch.ones(2200, 1), edge_index=edge_index)
    graph.edge_mask = torch.rand(len(edge_index[0]), generator=torch.Generator().manual_seed(0))
    path = tmp_path / "large.svg"
    draw_graphs(PairExplanation(graph, graph, 0.5), path)
    text = path.read_text()
    assert "<image" in text and text.count("<path") < 200
    assert len(text) < 5e6
