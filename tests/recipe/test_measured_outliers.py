"""Labels are judged by the rule of the training."""

import numpy as np
import pytest
import torch
from explained import molecule, small_model

from pyg_siamex.explain import overview
from pyg_siamex.nn import Library
from pyg_siamex.nn.neighbour_estimate import left_out_estimates
from pyg_siamex.recipe import Trained
from pyg_siamex.recipe.labelled import Labelled
from pyg_siamex.recipe.measured_outliers import judged_by_values

SMILES = [f"{'C' * n}{end}" for n in range(1, 9) for end in ("O", "N", "Cl", "C#N", "c1ccccc1")]


@pytest.fixture
def data():
    graphs = [molecule(smiles) for smiles in SMILES]
    for k, graph in enumerate(graphs):
        graph.y = torch.tensor(float(k // 5) + 0.01 * (k % 5))
    labels = [min(k // 14, 2) for k in range(len(graphs))]
    groups = [["all"] * graph.num_nodes for graph in graphs]
    return Labelled(graphs, SMILES, labels, ["low", "middle", "high"], groups, len(graphs))


def judged(data, rule, label=None, known=None):
    metadata = {"rule": rule} | ({} if known is None else known)
    trained = Trained(small_model(9, biases="nodes"), metadata)
    found = overview(
        trained.model, data.graphs, data.groups, data.labels, names=data.names,
        class_names=data.class_names,
    )  # fmt: skip
    return trained, found, judged_by_values(found, trained, data, label)


def test_a_value_far_from_its_neighbours_deserves_a_look(data):
    trained, _, found = judged(data, "values differ by at most 2")
    values = np.array([float(graph.y) for graph in data.graphs])
    library = Library.embed(trained.model, data.graphs)
    expected = np.array(left_out_estimates(library, values.tolist(), 5))
    assert found.rule == "value"
    frame = found.outliers.sort_values("position")
    np.testing.assert_allclose(frame["other"], expected)
    off = values - expected
    limit = max(2.0, 3 * 1.4826 * np.median(np.abs(off - np.median(off))))
    np.testing.assert_allclose(frame["score"], np.abs(off) / limit - 1)
    assert found.outliers["score"].is_monotonic_decreasing

    data.graphs[7].y = torch.tensor(60.0)
    *_, wrong = judged(data, "values differ by at most 2")
    assert wrong.suspicious["position"].iloc[0] == 7
    assert wrong.suspicious["class"].iloc[0] == "60"


def test_a_rule_of_classes_leaves_the_overview_as_it_is(data):
    _, found, same = judged(data, "same class")
    assert same is found and found.rule == "class"
    data.graphs[0].y = torch.tensor(0)
    for graph in data.graphs:
        graph.y = torch.tensor(int(graph.y))
    _, found, same = judged(data, "values differ by at most 2")
    assert same is found


def test_few_deserve_a_look_whatever_the_scores(data):
    _, found, _ = judged(data, "same class")
    assert len(found.suspicious) <= 20
    assert found.num_disagreeing >= len(found.suspicious)
    assert repr(found).startswith("Overview(40 graphs, 3 classes, 1 groups, first='all'")


def test_values_are_judged_by_their_logarithms_where_these_were_learned(data):
    for graph in data.graphs:
        graph.y = 10**graph.y
    known = {"label_column": "IC50", "label": "log10 of 'IC50'"}
    trained, _, found = judged(data, "values differ by at most 0.5", "IC50", known)
    logs = np.array([float(graph.y.double().log10()) for graph in data.graphs])
    library = Library.embed(trained.model, data.graphs)
    expected = np.array(left_out_estimates(library, logs.tolist(), 5))
    frame = found.outliers.sort_values("position")
    np.testing.assert_allclose(frame["own"], 10**logs, rtol=1e-6)
    np.testing.assert_allclose(frame["other"], 10**expected, rtol=1e-6)
    off = logs - expected
    limit = max(0.5, 3 * 1.4826 * np.median(np.abs(off - np.median(off))))
    np.testing.assert_allclose(frame["score"], np.abs(off) / limit - 1, rtol=1e-6)


def test_the_rule_of_another_label_says_nothing(data):
    rule = "values differ by at most 1000"
    *_, own = judged(data, rule, "logP", {"label_column": "logP"})
    *_, other = judged(data, rule, "weight", {"label_column": "logP"})
    assert own.outliers["score"].max() < -0.9
    frame = other.outliers
    off = (frame["own"] - frame["other"]).to_numpy()
    limit = 3 * 1.4826 * np.median(np.abs(off - np.median(off)))
    np.testing.assert_allclose(frame["score"], np.abs(off) / limit - 1)
