"""Explanations are drawn by what the package sets, and by nothing if it sets nothing."""

import pandas as pd
import pytest
from torch_geometric.nn import GIN

from pyg_siamex import (
    BiLRP,
    IntegratedGradients,
    IntegratedJacobians,
    Occlusion,
    PairDataset,
    PairExplainer,
    SelfLearned,
    SiameseGNN,
    _notebook,
)
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.explain import DescentAscent, search
from pyg_siamex.nn import Library


@pytest.fixture(autouse=True)
def _as_before():
    before = list(_notebook._DRAWN_BY)
    yield
    _notebook._DRAWN_BY[:] = before


def test_the_last_function_that_was_set_draws():
    _notebook.drawn_by(str)
    _notebook.drawn_by(lambda explanation: f"<p>{explanation}</p>")
    assert _notebook.drawn(3) == "<p>3</p>"


def test_without_a_function_nothing_is_drawn():
    _notebook._DRAWN_BY.clear()
    assert _notebook.drawn(3) is None


def test_tables_escape_what_they_show():
    html = _notebook.rows_html("<b>", [("<i>", "<script>")])
    assert "<script" not in html and "&lt;script&gt;" in html
    frame = pd.DataFrame({"<b>": ["<script>"], "z": [0.123456]})
    html = _notebook.frame_html("hits", frame)
    assert "<script" not in html and "0.123" in html and "0.1234" not in html


def test_long_tables_say_how_many_rows_are_left():
    html = _notebook.frame_html("hits", pd.DataFrame({"name": range(14)}), most=10)
    assert "and 4 more" in html and html.count("<tr") == 11
    assert "more" not in _notebook.frame_html("hits", pd.DataFrame({"name": range(3)}))


def test_settings_are_one_line_of_limited_length():
    assert (
        _notebook.settings_text("A", [("a", 1), ("b", {"type": "B", "c": 2})]) == "A(a=1, b=B(c=2))"
    )
    assert len(_notebook.settings_text("A", [("a", "x" * 999)])) < 210


@pytest.mark.parametrize(
    "algorithm", [SelfLearned(), BiLRP(), Occlusion(), IntegratedJacobians(), IntegratedGradients()]
)
def test_explainers_show_their_settings(algorithm):
    text = repr(algorithm)
    assert text.startswith(f"{type(algorithm).__name__}(") and "\n" not in text and "0x" not in text


def test_settings_of_parts_are_shown():
    assert "DescentAscent(steps=7" in repr(SelfLearned(DescentAscent(steps=7)))
    assert "gamma=0.5" in repr(BiLRP(gamma=0.5))


def test_data_models_and_explainers_are_one_line():
    graphs = FunctionalGroups()
    few = [graphs[k] for k in range(0, len(graphs), 100)]
    model = SiameseGNN(GIN(few[0].num_features, 4, 2), "add").eval()
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)
    shown = [graphs, PairDataset(few), Library.embed(model, few), explainer]
    for text in map(repr, shown):
        assert "\n" not in text and "0x" not in text and len(text) < 250
    assert "undirected=True" in repr(explainer) and "GIN" in repr(explainer)
    assert f"{len(few)} graphs, 4 channels" in repr(shown[2])


def test_searches_are_tables_in_notebooks():
    graphs = [graph for graph in FunctionalGroups()][:12]
    model = SiameseGNN(GIN(graphs[0].num_features, 4, 2), "add").eval()
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    found = search(Library.embed(model, graphs), graphs, graphs[0], k=3, explainer=explainer)
    html = found._repr_html_()
    assert "3 hits of" in html and html.count("<tr") == 4
