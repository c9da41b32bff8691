import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from torch_geometric.explain import Explanation
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.visualize import draw_features
from pyg_siamex.visualize.paper.colour import ColourScale
from pyg_siamex.visualize.table.feature_table import feature_table


def row(mask=None, x=(1.0, 2.0, 3.0), **rest):
    values = torch.tensor([x])
    made = Explanation(x=values, edge_index=torch.empty(2, 0, dtype=torch.long), **rest)
    if mask is not None:
        made.node_mask = torch.tensor([mask])
    return made


NAMES = ["age", "dose", "$weight_1$"]


@pytest.fixture
def table(pair):
    return pair(row([0.1, -0.5, 0.2], feature_names=NAMES), row([0.0, 0.25, -0.3], (4.0, 5.0, 6.0)))


def bars(axes):
    return [patch.get_width() for patch in axes.patches]


def rows(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def test_bars_are_the_masks_the_most_important_column_on_top(table):
    figure = draw_features(table)
    query, reference = figure.axes[:2]
    assert rows(query) == ["dose", "$weight_1$", "age"]
    assert bars(query) == pytest.approx([-0.5, 0.2, 0.1])
    assert bars(reference) == pytest.approx([0.25, -0.3, 0.0])
    assert query.get_ylim()[0] > query.get_ylim()[1]  # the first row is the upper one
    assert query.get_xlim() == reference.get_xlim()
    scale = ColourScale(0.5, signed=True)
    colours = [to_hex(patch.get_facecolor()) for patch in query.patches]
    assert colours == [scale.colour(v) for v in torch.tensor([-0.5, 0.2, 0.1]).tolist()]


def test_a_single_row_shows_its_values(table):
    query, reference = draw_features(table).axes[:2]
    assert [text.get_text() for text in query.texts] == ["2", "3", "1", "input"]
    assert [text.get_text() for text in reference.texts] == ["5", "6", "4", "input"]


def test_values_before_scaling_are_shown_where_they_are_known(pair):
    raw = torch.tensor([[70.0, 2.5, 0.001]])
    known = row([1.0, 2.0, 3.0], feature_names=NAMES, raw=raw, raw_names=NAMES)
    other = row([0.0] * 3, feature_names=NAMES, raw=raw, raw_names=["a", "b", "c"])
    query, reference = draw_features(pair(known, other)).axes[:2]
    assert [text.get_text() for text in query.texts] == ["0.001", "2.5", "70", "value"]
    assert reference.texts[-1].get_text() == "input"


def test_what_is_left_out_is_said(table):
    figure = draw_features(table, most=1)
    assert len(bars(figure.axes[0])) == 1
    words = [text.get_text() for text in figure.texts]
    assert any(text.endswith("1 of 3 features, 56% of all importance") for text in words)
    assert any(text.endswith("all 3 features") for text in _words(draw_features(table)))


def _words(figure):
    return [text.get_text() for text in figure.texts]


def test_features_of_larger_graphs_are_summed_over_the_nodes(pair):
    graph = Explanation(x=torch.ones(4, 3), edge_index=torch.tensor([[0, 1], [1, 0]]))
    graph.node_mask = torch.arange(12.0).view(4, 3)
    common = Explanation(x=torch.ones(4, 3), edge_index=torch.tensor([[0, 1], [1, 0]]))
    common.node_mask = torch.tensor([[1.0, 2.0, 3.0]])
    table = feature_table(pair(graph, common))
    assert table.sides[0].importance.tolist() == [18.0, 22.0, 26.0]
    assert table.sides[1].importance.tolist() == [1.0, 2.0, 3.0]
    assert table.sides[0].inputs is None
    assert table.columns == ["feature 0", "feature 1", "feature 2"]
    assert not draw_features(pair(graph, common)).axes[0].texts


def test_names_given_by_the_caller_come_first_and_one_side_is_enough(pair):
    figure = draw_features(
        pair(row([1.0, 2.0, 3.0], feature_names=NAMES), row(feature_names=NAMES)),
        columns=["a", "b", "c"],
        names=("patient", "control"),
        title="Why",
    )
    assert rows(figure.axes[0]) == ["c", "b", "a"]
    assert {"patient", "control", "Why", "unimportant 0", "3 important"} <= set(_words(figure))
    assert "not explained" in [text.get_text() for text in figure.axes[1].texts]


@pytest.mark.parametrize("mask", [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
def test_flat_masks_keep_the_order_of_the_columns(mask, pair):
    figure = draw_features(pair(row(mask, feature_names=NAMES), row(mask)))
    assert rows(figure.axes[0]) == NAMES


def test_rows_of_a_real_table_are_drawn_with_its_columns():
    from sklearn.datasets import load_breast_cancer

    from pyg_siamex.datasets import TableRows

    cells = load_breast_cancer(as_frame=True).frame
    _, test = TableRows(cells, label="target").split((0.8, 0.2))
    model = SiameseGNN(GIN(30, 8, 2), pool="add")
    explanation = PairExplainer(model, Occlusion(), node_mask_type="attributes")(test[0], test[1])
    figure = draw_features(explanation, most=10)
    strength = np.abs([explanation.query.node_mask[0], explanation.reference.node_mask[0]]).max(0)
    wanted = [str(cells.columns[k]) for k in np.argsort(-strength, kind="stable")[:10]]
    assert rows(figure.axes[0]) == wanted
    value = test[0].raw[0, list(cells.columns).index(wanted[0])]
    assert float(figure.axes[0].texts[0].get_text()) == pytest.approx(float(value), rel=5e-3)


def test_the_same_file_twice(table, tmp_path):
    for name in ("one", "two"):
        draw_features(table, tmp_path / f"{name}.pdf")
    one, two = ((tmp_path / f"{name}.pdf").read_bytes() for name in ("one", "two"))
    assert one == two


def test_wrong_arguments_are_named(table, pair, tmp_path):
    with pytest.raises(ValueError, match="most must be at least 1"):
        draw_features(table, tmp_path / "a.svg", most=0)
    with pytest.raises(ValueError, match="'attributes' or 'common_attributes'"):
        draw_features(pair(row(), row()), tmp_path / "a.svg")
    with pytest.raises(ValueError, match="2 column names for 3 features"):
        draw_features(table, columns=["a", "b"])
    with pytest.raises(ValueError, match="the query has 3 features and the reference 2"):
        draw_features(pair(row([1.0, 2.0, 3.0]), row([1.0, 2.0], (1.0, 2.0))))
    with pytest.raises(ValueError, match="differ in the names of their features"):
        draw_features(pair(row([1.0] * 3, feature_names=NAMES), row(feature_names=["a", "b", "c"])))
    with pytest.raises(ValueError, match="not finite"):
        draw_features(pair(row([float("nan")] * 3), row()), tmp_path / "a.svg")
    assert not list(tmp_path.iterdir())
