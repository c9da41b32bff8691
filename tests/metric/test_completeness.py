import math

import pytest
import torch
from graphs import ENCODERS, random_graph

from pyg_siamex import IntegratedJacobians, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.metric import completeness

D = torch.double


def explanations(algorithm):
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add", "dot")
    explainer = PairExplainer(model, algorithm, node_mask_type="object")
    graphs = [random_graph(5, seed, D) for seed in range(4)]
    return explainer.explain(graphs[:2], graphs[2:])


def test_summary_by_hand():
    found = explanations(Occlusion()) + explanations(Occlusion())
    for explanation, error in zip(found, (0.0, 0.02, 0.4), strict=False):
        explanation.completeness_error = error
    out = completeness(found, tolerance=0.02)
    assert out.mean == pytest.approx(0.14)
    assert (out.median, out.largest) == (pytest.approx(0.02), pytest.approx(0.4))
    assert out.complete == pytest.approx(2 / 3)
    assert out.without == 1


def test_methods_without_the_promise_have_no_number():
    out = completeness(explanations(Occlusion()))
    assert out.without == 2
    assert all(math.isnan(x) for x in (out.mean, out.median, out.largest, out.complete))


def test_reads_what_explainers_report():
    found = explanations(IntegratedJacobians(steps=20))
    out = completeness(found)
    assert out.errors.tolist() == [e.completeness_error for e in found]
    assert out.without == 0


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="no explanations"):
        completeness([])
    with pytest.raises(ValueError, match="tolerance must be above 0"):
        completeness(explanations(Occlusion()), tolerance=0)
