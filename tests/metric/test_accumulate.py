import pytest
import torch
from metric.planted import explained, planted_graph, planted_truth
from torchmetrics import MetricCollection

from pyg_siamex.metric import (
    Faithfulness,
    GroundTruth,
    fidelity,
    ground_truth_auroc,
    ground_truth_precision,
    insertion_deletion,
)

TRUTH = torch.tensor([True, False, True, False, False])


def test_ground_truth_is_the_mean_over_pairs():
    masks = torch.rand(4, 5)
    metric = GroundTruth(k=3)
    for mask in masks:
        metric.update(mask, TRUTH)
    out = metric.compute()
    expected = sum(ground_truth_auroc(mask, TRUTH) for mask in masks) / 4
    assert out["auroc"].item() == pytest.approx(expected)
    expected = sum(ground_truth_precision(mask, TRUTH, 3) for mask in masks) / 4
    assert out["precision"].item() == pytest.approx(expected)
    assert out["undefined"] == 0


def test_undefined_pairs_are_counted_and_left_out():
    metric = GroundTruth()
    metric.update(TRUTH.float(), TRUTH)
    metric.update(TRUTH.float(), torch.zeros(5))
    assert metric.compute() == {
        "auroc": 1,
        "average_precision": 1,
        "precision": 1,
        "undefined": 1,
    }
    metric.reset()
    metric.update(-TRUTH.float(), TRUTH)
    assert metric.compute()["auroc"] == 0


def test_faithfulness_in_batches_equals_all_at_once(model):
    query = planted_graph(3)
    pairs = [explained(query, planted_graph(2), torch.rand(10)) for _ in range(5)]
    metric = Faithfulness(model, share=0.3, steps=5, removal="message")
    metric.update(pairs[:2])
    metric.update(pairs[2:])
    out = metric.compute()
    at_share = fidelity(model, pairs, share=0.3)
    assert out["fidelity_plus"].item() == pytest.approx(at_share.plus.mean().item())
    assert out["characterisation"].item() == pytest.approx(at_share.characterisation.mean().item())
    areas = insertion_deletion(model, pairs, steps=5)
    assert out["insertion_deletion"].item() == pytest.approx(areas.difference.mean().item())


def test_forward_gives_the_batch_and_keeps_the_total(model, perfect, inverted):
    metric = Faithfulness(model, steps=10)
    assert metric(perfect)["insertion_deletion"].item() == pytest.approx(0.8)
    assert metric(inverted)["insertion_deletion"].item() == pytest.approx(-0.8)
    assert metric.compute()["insertion_deletion"].item() == pytest.approx(0)


def test_the_model_is_no_part_of_the_metric(model):
    metric = Faithfulness(model)
    assert not list(metric.parameters()) and not list(metric.children())
    assert not metric.state_dict()


def test_works_in_a_collection(model, perfect):
    metrics = MetricCollection({"deletion": Faithfulness(model), "message": Faithfulness(model)})
    metrics.update(perfect)
    out = metrics.compute()
    assert any("insertion_deletion" in name for name in out)


def test_nothing_seen_is_an_error(model):
    for metric in (GroundTruth(), Faithfulness(model)):
        with pytest.raises(ValueError, match="no pairs"), pytest.warns(UserWarning, match="before"):
            metric.compute()
    with pytest.raises(ValueError, match="side must be one of"):
        Faithfulness(model, side="left")


def test_truth_on_a_graph_of_the_planted_set():
    graph = planted_graph()
    metric = GroundTruth()
    metric.update(planted_truth(graph).float(), planted_truth(graph))
    assert metric.compute()["average_precision"] == 1


@pytest.mark.filterwarnings("ignore:The ``compute`` method")
def test_a_pair_that_lacks_one_value_is_counted():
    metric = GroundTruth(k=1)
    metric.add(torch.tensor([[1.0, float("nan"), 1.0]]))
    metric.add(torch.tensor([[0.5, 0.5, 0.0]]))
    found = metric.compute()
    assert found["undefined"] == 1
    assert sorted(float(value) for name, value in found.items() if name != "undefined") == [
        *(0.5, 0.5, 0.75),
    ]


def test_a_number_of_elements_is_checked_before_the_first_pair():
    with pytest.raises(ValueError, match="k must be at least 1"):
        GroundTruth(k=0)
